#include "fan_out.h"

#include <utility>

namespace pixgraph {

FanOut::FanOut(List elements)
    : elements_(std::move(elements)),
      tries_(elements_.size()),
      endings_(tries_.size()),
      purchases_(tries_.size()),
      left_(size()) {}

void FanOut::bought(int index, std::string purchase) {
  std::lock_guard lock(mutex_);
  purchases_[index] = std::move(purchase);
}

bool FanOut::end(int index, Ending ending) {
  if (ending.outcome == Outcome::failed || ending.outcome == Outcome::canceled) given_up_ = true;
  std::lock_guard lock(mutex_);
  endings_[index] = std::move(ending);
  return --left_ == 0;
}

Ending FanOut::together(const Spec& spec) {
  Ending whole;
  bool any_made = false, all_reused = true;
  std::vector<List> lists(spec.outputs.size());
  for (int i = 0; i < size(); ++i) {
    Ending& one = endings_[i];
    const bool worse = one.outcome == Outcome::failed
                           ? whole.outcome != Outcome::failed
                           : one.outcome == Outcome::canceled && whole.outcome != Outcome::failed && !whole.error;
    if (worse) {
      whole.outcome = one.outcome;
      const std::string element = "element " + std::to_string(i) + ": ";
      whole.error = Error(one.error->code(), element + one.error->message(), one.error->hint());
      if (one.error->stops_run()) whole.error->stopping_run();
    }
    whole.substituted = whole.substituted || one.substituted;
    any_made = any_made || one.outcome == Outcome::done || one.outcome == Outcome::reused;
    all_reused = all_reused && one.outcome != Outcome::done;
    for (std::size_t port = 0; port < lists.size(); ++port) {
      Value value = port < one.outputs.size() ? std::move(one.outputs[port]) : Value();
      if (!spec.outputs[port].type.list)
        lists[port].push_back(std::move(value));
      else if (const List* inner = value.list())
        lists[port].insert(lists[port].end(), inner->begin(), inner->end());
    }
  }
  elements_.clear();
  if (whole.outcome != Outcome::done) return whole;
  if (any_made && all_reused) whole.outcome = Outcome::reused;
  for (List& list : lists) whole.outputs.emplace_back(std::move(list));
  return whole;
}

std::string FanOut::purchases() const {
  std::string keys;
  for (int i = 0; i < size(); ++i) {
    const bool missing = endings_[i].outcome == Outcome::failed || endings_[i].outcome == Outcome::canceled;
    const std::string key = purchases_[i].empty() && missing ? kNotBought : purchases_[i];
    if (!key.empty()) keys += (keys.empty() ? "" : " ") + key;
  }
  return keys.empty() ? "-" : keys;
}

}  // namespace pixgraph
