// Events: what happens in a run, as it happens, one JSON object each. The file runs/<id>/events.ndjson is written from
// them; the console and every later view follow that file (event_follower.h) and know nothing else of the run.
//
// emit() may be called from any thread and under any lock: it queues. Sinks are called on one thread of the events'
// own, in the order of the events, with all that came since the last call.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/error.h>

namespace pixgraph {

class Redactor;

class Events {
 public:
  using Sink = std::function<void(std::span<const nlohmann::json>)>;
  /// `failed` hears, on the events' thread, of a sink that threw. That sink is not called again.
  explicit Events(const Redactor& redactor, std::function<void(const Error&)> failed = nullptr);
  ~Events();  // after finish()
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  /// Before the first emit().
  void add_sink(Sink sink) { sinks_.push_back(std::move(sink)); }
  /// Adds `t`, seconds since the start. Every sink gets it with the secrets taken out of its texts. Waits only where
  /// the sinks are very far behind, so that memory stays bounded.
  void emit(nlohmann::json event);
  /// Returns when the sinks have seen every event emitted before.
  void finish();

 private:
  void deliver();
  /// Waits for the sinks, which then come at once. REQUIRES: mutex_ held.
  void wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& until);

  const Redactor& redactor_;
  const std::function<void(const Error&)> failed_;
  std::vector<Sink> sinks_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable arrived_, delivered_, hurry_;
  std::vector<nlohmann::json> queue_;
  std::uint64_t emitted_ = 0, seen_ = 0;
  int hurried_ = 0;  // how many wait for what the sinks have not seen
  bool ending_ = false;
  std::thread thread_;
};

/// A sink that appends lines to a new or existing file, the version line first; one write a batch. Throws Error E602
/// (stops_run), here and from the sink.
Events::Sink event_file(const std::string& path);

/// A line of the file, with its end.
std::string event_line(const nlohmann::json& event);

}  // namespace pixgraph
