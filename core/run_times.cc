#include "run_times.h"

#include <algorithm>

namespace pixgraph {

using std::chrono::milliseconds;

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
  if (index_) index_->remember_run_time(what, usual->count());
}

}  // namespace pixgraph
