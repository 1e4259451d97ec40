// Console: shows a run in a terminal or a log, from its events alone. Results (paths of written files) go to standard
// output, everything else to standard error.
//
// show() and tick() are called by one thread, the follower's; say() by any. A terminal that does not take what it is
// given holds up these, and nothing else.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include <nlohmann/json.hpp>

#include "progress.h"
#include "progress_view.h"
#include "terminal.h"

namespace pixgraph {

enum class ProgressMode { automatic, tty, plain, none };

struct ConsoleOptions {
  ProgressMode mode = ProgressMode::automatic;
  bool quiet = false;  // failures and the end only
  bool paths = true;   // each written path on standard output
};

/// tty where standard error is a terminal that can, and no CI writes it down; else plain.
ProgressMode progress_mode(ProgressMode asked);

class Console {
 public:
  explicit Console(const ConsoleOptions& options);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// How often tick() is wanted.
  static constexpr auto kTick = std::chrono::milliseconds(100);

  void show(const nlohmann::json& event);
  /// Time has passed.
  void tick();
  /// Why the paths on standard output are not whole, as an errno; 0 where they are. EPIPE is none: who reads them may
  /// have seen enough. For the thread that calls show(), or after it.
  int results_error() const { return results_error_; }
  /// Lines that stay, with their ends. They begin on a line of their own, whatever the user has typed (^C).
  void say(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  // REQUIRES: mutex_ held, all of these
  void print(const std::string& text);
  void update(bool now);
  void begin(const nlohmann::json& event);
  void show_result(const std::string& path);
  void remark(const nlohmann::json& event, const std::string& type);
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  const ProgressMode mode_;
  const bool quiet_, paths_;
  const Look look_;
  const int most_shown_;  // failures of one cause; the rest is counted
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  Region region_;
  Progress progress_;
  std::string until_;                // the node of --until
  std::map<std::string, int> same_;  // remarks: the first few are shown
  Clock::time_point last_ = start_;
  bool begun_ = false, over_ = false, results_over_ = false;
  int results_error_ = 0;
};

}  // namespace pixgraph
