// HttpPool: connections that wait to be used again. Safe from many threads.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http_connection.h"

namespace pixgraph {

class HttpPool {
 public:
  /// The one that was used last; null where none is left that is quiet, idle for no longer than `max_idle` and at an
  /// address that `reach` allows (it may have been opened for a call that was allowed more). No reach: a proxy's.
  std::unique_ptr<HttpConnection> take(const std::string& key, std::chrono::milliseconds max_idle,
                                       std::optional<Reach> reach);
  /// Keeps a connection for `keep`. REQUIRES: an answer was read to its end.
  void give(const std::string& key, std::unique_ptr<HttpConnection> connection, std::chrono::milliseconds keep);

  static constexpr std::chrono::milliseconds kMaxIdle{8'000};
  /// Of one key; the oldest goes first. So many only wait here, the number in use has no bound.
  static constexpr std::size_t kMaxWaiting = 64;

 private:
  std::unique_ptr<HttpConnection> take_youngest(const std::string& key, std::chrono::milliseconds max_idle,
                                                std::optional<Reach> reach);

  std::mutex mutex_;
  std::map<std::string, std::deque<std::unique_ptr<HttpConnection>>> waiting_;  // by last use
};

}  // namespace pixgraph
