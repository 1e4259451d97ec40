#include "budget.h"

#include <utility>
#include <vector>

namespace pixgraph {

Error unpriced(const std::string& model, std::string where) {
  const bool named = model.find('/') != std::string::npos;
  return Error("E530",
               named ? "`" + model + "` has no price, so --max-cost cannot be kept"
                     : "a model is known by its version alone" + (model.empty() ? "" : " (" + model + ")") +
                           " and so has no price, and --max-cost cannot be kept",
               (named ? "" : "write `version: owner/name:...`, and ") +
                   std::string("give its price in the pipeline file: `prices: {") + (named ? model : "owner/name") +
                   ": {per_run: 0.01}}`, or in ~/.config/pixgraph/prices.yaml")
      .at(std::move(where))
      .stopping_run();
}

Error unlimited(const std::string& model, std::string where) {
  return Error("E531",
               "`" + model + "` is paid by the second and nothing limits its time, so --max-cost cannot be kept",
               "give the node a `timeout: 5m`, or `timeout: {queue: 10m, run: 2m}`")
      .at(std::move(where))
      .stopping_run();
}

const Price* Budget::price_of(const std::string& model) const {
  const auto price = prices_.find(model);
  return price == prices_.end() ? nullptr : &price->second;
}

std::optional<NanoUsd> Budget::reservation(const std::string& model, std::optional<std::chrono::nanoseconds> run_limit,
                                           int images) const {
  const Price* price = price_of(model);
  if (!price && cap_) throw unpriced(model);
  const auto most = price ? highest_cost(*price, run_limit, images) : std::nullopt;
  if (!most && cap_) throw unlimited(model);
  return most;
}

bool Budget::fits(NanoUsd most) const {
  return !cap_ || sum_of(sum_of(spent_, reserved_), most) <= *cap_;
}

Budget::Answer Budget::reserve(NanoUsd most, std::function<void()> resume) {
  std::lock_guard lock(mutex_);
  if (refused_) return Answer::reached;
  if (fits(most)) {
    reserved_ = sum_of(reserved_, most);
    ++pending_;
    return Answer::reserved;
  }
  if (pending_ > 0) {
    waiting_.push_back({most, std::move(resume)});
    return Answer::wait;
  }
  refused_ = most;
  return Answer::reached;
}

void Budget::settle(NanoUsd reserved, NanoUsd cost) {
  std::vector<std::function<void()>> told;
  {
    std::lock_guard lock(mutex_);
    reserved_ -= reserved;
    --pending_;
    spent_ = sum_of(spent_, cost);
    // Those that fit by now, or, where nothing is left to settle, all: then the first that does not fit ends it.
    NanoUsd more = 0;
    for (auto one = waiting_.begin(); one != waiting_.end();) {
      if (pending_ > 0 && !fits(sum_of(more, one->most))) {
        ++one;
        continue;
      }
      more = sum_of(more, one->most);
      told.push_back(std::move(one->resume));
      one = waiting_.erase(one);
    }
  }
  for (const auto& resume : told) resume();
}

void Budget::spend(NanoUsd cost) {
  std::lock_guard lock(mutex_);
  spent_ = sum_of(spent_, cost);
}

NanoUsd Budget::spent() const {
  std::lock_guard lock(mutex_);
  return spent_;
}

bool Budget::reached() const {
  std::lock_guard lock(mutex_);
  return refused_.has_value();
}

Error Budget::refusal() const {
  std::lock_guard lock(mutex_);
  return Error("E532",
               "the cap is reached: " + show_usd(spent_) + " of " + show_usd(cap_.value_or(0)) +
                   " USD are spent, and the next prediction may cost " + show_usd(refused_.value_or(0)) + " USD",
               "what was bought is kept and costs nothing again: run it again with a --max-cost for the rest");
}

}  // namespace pixgraph
