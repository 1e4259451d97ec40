// Signals: what SIGINT and SIGTERM do to a run: while it works what it says, before and after that they end the
// process. SIGHUP, the terminal's end, is taken as SIGTERM is, unless it is ignored (nohup).
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace pixgraph {

/// Takes them for as long as it lives, on a thread of its own. block() must have been called before any other thread
/// was made.
class Signals {
 public:
  Signals(std::function<void()> first_interrupt, std::function<void()> second_interrupt,
          std::function<void()> terminate);
  ~Signals();
  static void block();
  /// Where no object lives: each ends the process at once, with 130, 143 or 129, also one that came while they were
  /// blocked. For the main thread.
  static void end_at_once();
  bool interrupted() const { return interrupts_ > 0; }

 private:
  std::atomic<bool> ending_ = false;
  std::atomic<int> interrupts_ = 0;
  std::thread thread_;
};

}  // namespace pixgraph
