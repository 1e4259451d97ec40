#include "http_pool.h"

#include <algorithm>
#include <vector>

namespace pixgraph {

std::unique_ptr<HttpConnection> HttpPool::take(const std::string& key, std::chrono::milliseconds max_idle,
                                               std::optional<Reach> reach) {
  // Asking the system whether one is quiet, and closing those that are not, happens without the lock.
  while (std::unique_ptr<HttpConnection> one = take_youngest(key, max_idle, reach))
    if (Clock::now() < one->expires && one->quiet()) return one;
  return nullptr;
}

std::unique_ptr<HttpConnection> HttpPool::take_youngest(const std::string& key, std::chrono::milliseconds max_idle,
                                                        std::optional<Reach> reach) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return nullptr;
  auto& queue = found->second;
  const auto last = std::find_if(queue.rbegin(), queue.rend(),
                                 [&](const auto& one) { return !reach || allowed(one->peer_kind(), *reach); });
  // Older ones than the youngest are too old as well, but not for other callers.
  if (last == queue.rend() || Clock::now() - (*last)->last_used >= max_idle) return nullptr;
  std::unique_ptr<HttpConnection> one = std::move(*last);
  queue.erase(std::next(last).base());
  if (queue.empty()) waiting_.erase(found);
  return one;
}

void HttpPool::give(const std::string& key, std::unique_ptr<HttpConnection> connection,
                    std::chrono::milliseconds keep) {
  connection->reset_for_reuse();
  connection->last_used = Clock::now();
  connection->expires = connection->last_used + keep;
  std::vector<std::unique_ptr<HttpConnection>> dead;
  const std::lock_guard lock(mutex_);
  // Hosts that are never asked again must not keep their sockets.
  for (auto queue = waiting_.begin(); queue != waiting_.end();) {
    while (!queue->second.empty() && queue->second.front()->expires <= connection->last_used) {
      dead.push_back(std::move(queue->second.front()));
      queue->second.pop_front();
    }
    queue = queue->second.empty() ? waiting_.erase(queue) : std::next(queue);
  }
  auto& queue = waiting_[key];
  queue.push_back(std::move(connection));
  if (queue.size() > kMaxWaiting) {
    dead.push_back(std::move(queue.front()));
    queue.pop_front();
  }
}

}  // namespace pixgraph
