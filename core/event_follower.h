// EventFollower: shows a run to somebody who may be slow or stuck (a terminal, a pipe, a browser), by following its
// file of events on a thread of its own. The run never waits for a follower, and what it has not read yet stays on disk
// instead of in memory.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <nlohmann/json.hpp>

namespace pixgraph {

class EventFollower {
 public:
  /// `show` is called on the follower's thread for every line of the file, in order, the version line included.
  using Show = std::function<void(std::string_view line, const nlohmann::json& event)>;
  /// `tick`: called on the same thread about that often, whether anything happens or not.
  EventFollower(std::string path, Show show, std::function<void()> tick = nullptr,
                std::chrono::milliseconds every = std::chrono::milliseconds(100));
  ~EventFollower();  // after finish()
  EventFollower(const EventFollower&) = delete;
  EventFollower& operator=(const EventFollower&) = delete;

  /// The file has grown. Never blocks for long.
  void advance();
  /// Returns when everything that was in the file has been shown.
  void finish();

 private:
  void follow(const std::string& path);

  const Show show_;
  const std::function<void()> tick_;
  const std::chrono::milliseconds every_;
  std::mutex mutex_;
  std::condition_variable grown_, read_;
  bool more_ = true, reading_ = false, ending_ = false, over_ = false;
  std::thread thread_;
};

/// Calls `show` for every whole line of a file of events, as a follower would. Throws Error E601.
void read_events(const std::string& path, const EventFollower::Show& show);

}  // namespace pixgraph
