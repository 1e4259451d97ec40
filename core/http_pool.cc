#include "http_pool.h"

#include <vector>

namespace pixgraph {

std::unique_ptr<HttpConnection> HttpPool::take(const std::string& key, std::chrono::milliseconds max_idle,
                                               std::optional<Reach> reach) {
  std::vector<std::unique_ptr<HttpConnection>> dead;  // closed after the lock is gone: TLS says goodbye
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return nullptr;
  const Clock::time_point now = Clock::now();
  auto& queue = found->second;
  std::unique_ptr<HttpConnection> good;
  for (auto one = queue.end(); one != queue.begin() && !good;) {
    --one;
    if (reach && !allowed((*one)->peer_kind(), *reach)) continue;
    const bool young = now < (*one)->expires && now - (*one)->last_used < max_idle;
    if (!young && now < (*one)->expires) continue;  // too old for this caller, not for others
    if (young && (*one)->quiet())
      good = std::move(*one);
    else
      dead.push_back(std::move(*one));
    one = queue.erase(one);
  }
  if (queue.empty()) waiting_.erase(found);
  return good;
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
