// Item check: what an item's own values say of the params of nodes, held against their Specs before anything of the
// item runs; so that a colour in a manifest that is none does not come to light after the model before it was paid.
//
// Safe from many threads after its making.
#pragma once

#include <optional>
#include <vector>

#include <pixgraph/error.h>

#include "codec.h"
#include "graph.h"
#include "items.h"

namespace pixgraph {

class ItemCheck {
 public:
  explicit ItemCheck(const Graph& graph);

  /// The error that the first of these nodes would end with whatever other nodes make: E025, E026, E110, E330 or E333.
  std::optional<Error> fault(const Item& item, const std::vector<int>& nodes, const Codecs& codecs) const;

 private:
  /// What is known of an argument when the item's values are.
  enum class Known : std::uint8_t { nothing, a_picture, value };

  std::optional<Error> fault(const GraphNode& node, const Item& item, const Codecs& codecs) const;

  const Graph& graph_;
  std::vector<std::vector<Known>> known_;  // by node, by argument; empty where the inputs have no part in a param
  bool any_ = false;
};

}  // namespace pixgraph
