#include "links.h"

namespace pixgraph::replicate {

// The server's hour counts from the end of the prediction, which is noticed some minutes later at most; and the next
// model may wait in a queue before it fetches its input.
static constexpr std::chrono::minutes kUsable{40};
static constexpr std::size_t kMost = 4096;

bool Links::young(Clock::time_point birth) const {
  return now_() - birth < kUsable;
}

void Links::born(const std::vector<std::string>& urls) {
  const std::lock_guard lock(mutex_);
  for (const std::string& url : urls)
    if (url.starts_with("http")) born_.emplace(url, now_());
  if (born_.size() > kMost) forget_old();
}

bool Links::alive(const std::string& url) const {
  const std::lock_guard lock(mutex_);
  const auto found = born_.find(url);
  return found != born_.end() && young(found->second);
}

void Links::forget_old() {
  std::erase_if(born_, [&](const auto& entry) { return !young(entry.second); });
  // Still too many: more than one a second. Any of them may go, it only costs an upload.
  while (born_.size() > kMost) born_.erase(born_.begin());
}

}  // namespace pixgraph::replicate
