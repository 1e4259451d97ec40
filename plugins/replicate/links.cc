#include "links.h"

namespace pixgraph::replicate {

// The server's hour counts from the end of the prediction, which we learn of a little later; the next model may wait in
// a queue before it fetches its input.
static constexpr std::chrono::minutes kUsable{40};
static constexpr std::size_t kMost = 4096;

void Links::born(const std::vector<std::string>& urls) {
  const std::lock_guard lock(mutex_);
  for (const std::string& url : urls)
    if (url.starts_with("http")) born_.emplace(url, now_());
  forget_old();
}

bool Links::alive(const std::string& url) const {
  const std::lock_guard lock(mutex_);
  return alive_locked(url);
}

bool Links::alive_locked(const std::string& url) const {
  const auto found = born_.find(url);
  return found != born_.end() && now_() - found->second < kUsable;
}

void Links::belongs(const std::string& origin, const std::string& url) {
  const std::lock_guard lock(mutex_);
  if (!origin.empty() && alive_locked(url)) by_origin_[origin] = url;
}

std::string Links::of(const std::string& origin) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_origin_.find(origin);
  return found != by_origin_.end() && alive_locked(found->second) ? found->second : std::string();
}

void Links::forget_old() {
  if (born_.size() <= kMost) return;
  std::erase_if(born_, [&](const auto& entry) { return !alive_locked(entry.first); });
  // Still too many: more than one a second. Any of them may go, it only costs an upload.
  while (born_.size() > kMost) born_.erase(born_.begin());
  std::erase_if(by_origin_, [&](const auto& entry) { return !born_.contains(entry.second); });
}

}  // namespace pixgraph::replicate
