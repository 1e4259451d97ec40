// FanOut: a node with `each` that is under way for one item: its elements, and what became of each of them.
//
// Safe from many threads: elements end in any order, each once. What they gave is put together in the list's order.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "graph.h"
#include "outcome.h"

namespace pixgraph {

/// What stands in the place of a purchase that is still to be made.
inline constexpr const char* kNotBought = "?";

class FanOut {
 public:
  explicit FanOut(List elements);

  int size() const { return static_cast<int>(tries_.size()); }
  const Value& element(int index) const { return elements_[index]; }
  /// How often it has failed and may be repeated. For the thread whose turn the element has.
  int& tries(int index) { return tries_[index]; }
  /// An element failed or was canceled for good: what has not begun need not.
  bool given_up() const { return given_up_; }
  /// What was bought for it, or kNotBought.
  void bought(int index, std::string purchase);

  /// True for the last one, after which the fan-out may be put together.
  bool end(int index, Ending ending);
  /// The node's ending. A port's list has every element's value in its place, nothing where one was skipped; ports
  /// that are lists themselves are put one after the other.
  Ending together(const Spec& spec);
  /// The purchases of all elements, in their order: "key ? key", "-" where there was nothing to buy.
  std::string purchases() const;

 private:
  List elements_;  // until they are put together
  std::vector<int> tries_;
  std::mutex mutex_;
  std::vector<Ending> endings_;
  std::vector<std::string> purchases_;
  int left_;
  std::atomic<bool> given_up_ = false;
};

}  // namespace pixgraph
