#include "run_times.h"

#include <algorithm>
#include <cstdlib>

namespace pixgraph {

using std::chrono::milliseconds;

static constexpr int kFineEnough = 16;  // a change by less than one part of these is not written down

std::optional<milliseconds>& RunTimes::known(const std::string& what) {
  const auto [entry, is_new] = known_.try_emplace(what);
  if (is_new && index_)
    if (const auto remembered = index_->run_time(what)) entry->second = milliseconds(*remembered);
  return entry->second;
}

std::optional<milliseconds> RunTimes::usual(const std::string& what) {
  std::lock_guard lock(mutex_);
  return known(what);
}

void RunTimes::learn(const std::string& what, milliseconds took) {
  took = std::max(took, milliseconds(1));
  std::lock_guard lock(mutex_);
  auto& usual = known(what);
  if (!usual)
    usual = took;
  else  // a slow one may have been a cold start; a fast one shows how fast it can be
    usual = took < *usual ? (*usual + took) / 2 : (*usual * 3 + took) / 4;
  auto& kept = kept_[what];
  if (!index_ || std::abs((*usual - kept).count()) * kFineEnough <= kept.count()) return;
  index_->remember_run_time(what, usual->count());
  kept = *usual;
}

static const char* kLeast = " billed at least";
static const char* kMost = " billed at most";

std::optional<RunTimes::Billed>& RunTimes::known_billed(const std::string& what) {
  const auto [entry, is_new] = billed_.try_emplace(what);
  if (is_new && index_) {
    const auto least = index_->run_time(what + kLeast), most = index_->run_time(what + kMost);
    if (least && most) entry->second = Billed{std::chrono::nanoseconds(*least), std::chrono::nanoseconds(*most)};
  }
  return entry->second;
}

std::optional<RunTimes::Billed> RunTimes::billed(const std::string& what) {
  std::lock_guard lock(mutex_);
  return known_billed(what);
}

void RunTimes::learn_billed(const std::string& what, std::chrono::nanoseconds ran) {
  std::lock_guard lock(mutex_);
  auto& billed = known_billed(what);
  const Billed before = billed.value_or(Billed{ran, ran});
  const bool is_new = !billed || ran < before.least || ran > before.most;
  billed = Billed{std::min(before.least, ran), std::max(before.most, ran)};
  if (!index_ || !is_new) return;
  index_->remember_run_time(what + kLeast, billed->least.count());
  index_->remember_run_time(what + kMost, billed->most.count());
}

}  // namespace pixgraph
