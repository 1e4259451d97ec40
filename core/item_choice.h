// Item choice: which items of a batch this run is about: --only failed, --shard, --limit, in this order.
//
// Plain values and pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

namespace pixgraph {

/// `--shard i/n`: one of n parts of a batch, told by the item's name alone, so that an item that is added moves no
/// other.
struct Shard {
  int index = 0, count = 1;
  bool takes(std::string_view item) const;
  std::string text() const { return count == 1 ? "" : std::to_string(index) + "/" + std::to_string(count); }
};
/// Throws Error E804.
Shard parse_shard(const std::string& text);

struct ItemChoice {
  Shard shard;
  std::size_t limit = 0;  // 0: none
  /// --only failed: the items that failed in their last run, or that it did not get to; not asked for those of an
  /// outcome list, which says it itself. Absent: all items.
  std::function<const std::set<std::string>&()> failed_before;
};

/// Gives the items of one batch their names, and says which of them are wanted.
class ItemNames {
 public:
  explicit ItemNames(const ItemChoice& choice) : choice_(choice) {}

  /// The name made unique, where an item of that name is wanted. `id` tells equal names apart. `outcome` is what an
  /// outcome list says of the item, empty elsewhere.
  std::optional<std::string> admit(std::string name, const std::string& id = {}, const std::string& outcome = {});
  /// No further item will be wanted.
  bool full() const { return choice_.limit > 0 && admitted_ >= choice_.limit; }

 private:
  const ItemChoice& choice_;
  std::unordered_set<std::string> taken_;
  std::size_t admitted_ = 0;
};

}  // namespace pixgraph
