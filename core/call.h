// BoundCall: the Call that a graph's node gives its function: arguments evaluated and converted, outputs checked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <pixgraph/node.h>

#include "codec.h"
#include "evaluate.h"
#include "graph.h"

namespace pixgraph {

class BoundCall : public Call {
 public:
  /// Evaluates every argument now, which may decode files. Throws Error.
  BoundCall(const GraphNode& node, const ItemValues& values, const Codecs& codecs, Host& host);

  Host& host() override { return host_; }
  const Value& value(std::string_view name) const override;
  void set(std::string_view output, Value value) override;
  /// Whether nothing in this argument came out of a node.
  bool written_by_user(std::string_view name) const;

  /// One value per output of the Spec, absent where the node set none. Call it once.
  std::vector<Value> take_outputs() { return std::move(outputs_); }
  /// Lets go of every image among the arguments.
  void release_inputs();

 private:
  const GraphNode& node_;
  const Spec& spec_;
  Host& host_;
  std::vector<Value> arguments_;  // inputs, then params
  Value open_;
  std::vector<Value> outputs_;
};

}  // namespace pixgraph
