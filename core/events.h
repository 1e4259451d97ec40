// Events: what happens in a run, as it happens, one JSON object each. The console, the file runs/<id>/events.ndjson and
// every later view are readers of the same events, and know nothing else of the run.
//
// emit() may be called from any thread; sinks are called one at a time, in the order of the events.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace pixgraph {

class Redactor;

class Events {
 public:
  using Sink = std::function<void(const nlohmann::json&)>;
  explicit Events(const Redactor& redactor) : redactor_(redactor) {}
  void add_sink(Sink sink) { sinks_.push_back(std::move(sink)); }
  /// Adds `t`, seconds since the start; takes secrets out of every text; gives it to every sink.
  void emit(nlohmann::json event);

 private:
  const Redactor& redactor_;
  std::mutex mutex_;
  std::vector<Sink> sinks_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// A sink that appends lines to a file ("-" = standard output), the version line first. Throws Error E602.
Events::Sink event_file(const std::string& path);

}  // namespace pixgraph
