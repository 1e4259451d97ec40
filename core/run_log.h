// RunLog: the folder of one run, runs/<id>, and everybody who is told what happens in it: events.ndjson and items.jsonl
// are written from the run's events; the console and --events follow the first of them.
//
// Made by the thread that runs; what emits events may do so from any thread as long as it lives.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "console.h"
#include "disk.h"
#include "event_follower.h"
#include "events.h"
#include "line_file.h"

namespace pixgraph {

/// A file of a run's folder that is locked as long as the run goes on.
std::string alive_path(const std::string& run_folder);

class RunLog {
 public:
  /// Makes the folder. `copy_to`: a file, "-" (then no paths are shown), or empty. `shard`: "0/4" or empty. `failed`
  /// hears, once, that the log cannot be written any more. Throws Error E602, or E631 where gc works with the state
  /// directory (stops_run).
  RunLog(const std::string& state, const std::string& copy_to, const std::string& shard, const Redactor& redactor,
         std::function<void(const Error&)> failed, ConsoleOptions console = {});
  ~RunLog();

  const std::string& id() const { return id_; }
  const std::string& folder() const { return folder_; }
  Events& events() { return *events_; }
  /// Lines for the user, with their ends; from any thread.
  void say(const std::string& text) { console_.say(text); }
  /// Returns when everything emitted before has been written and shown.
  void finish();
  /// After finish(): whether somebody who was to be told, by --events or on standard output, has been told all. One who
  /// has gone away does not count.
  bool told_all() const { return !copy_failed_ && console_.results_error() == 0; }

 private:
  void copy(std::string_view line);

  const std::string id_, folder_;
  std::unique_ptr<Disk::Lock> alive_;
  // In this order: what the events call outlives them.
  Console console_;
  std::unique_ptr<LineFile> copy_;
  bool copy_failed_ = false;
  std::unique_ptr<EventFollower> follower_;
  std::unique_ptr<Events> events_;
};

}  // namespace pixgraph
