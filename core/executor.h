// Executor: the threads of a run. Three pools (cpu work, network calls, downloads, which may take minutes and
// must not keep a poll or a cancel waiting) with priorities, and a clock that posts work
// later, so that no thread sleeps for anything.
//
// post() and at() may be called from any thread, also from within work. Work must not throw. The destructor finishes
// what is running and drops what is waiting.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

namespace pixgraph {

enum class Workers : std::uint8_t { cpu, net, download };

/// Smaller runs first: `urgency` decides (a download whose link is expiring before a poll before a create), then the
/// item's number (finish items before starting new ones), then depth (further along the graph first).
struct Priority {
  int urgency = 5;
  std::int64_t item = 0;
  int depth = 0;
};

class Executor {
 public:
  Executor(int cpu_threads, int net_threads, int download_threads = 1);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  using Work = std::function<void()>;
  using Time = std::chrono::steady_clock::time_point;
  void post(Workers workers, Priority priority, Work work);
  void at(Time when, Workers workers, Priority priority, Work work);
  /// Runs everything that waits for its time at once; later at() calls post immediately. For a run that is ending.
  void hurry();

 private:
  struct Entry {
    Priority priority;
    std::uint64_t sequence;
    Work work;
    bool operator<(const Entry& other) const;  // for a heap with the most urgent on top
  };
  struct Pool {
    std::priority_queue<Entry> waiting;
    std::condition_variable wake;
    std::vector<std::thread> threads;
  };
  struct Timer {
    Time when;
    std::uint64_t sequence;
    Workers workers;
    Priority priority;
    Work work;
    bool operator<(const Timer& other) const {
      return when != other.when ? when > other.when : sequence > other.sequence;
    }
  };
  void work_loop(Pool& pool);
  void clock_loop();
  Pool& pool_of(Workers workers) { return pools_[static_cast<std::size_t>(workers)]; }
  void push(Pool& pool, Priority priority, Work work);  // REQUIRES: mutex_ held

  std::mutex mutex_;
  std::array<Pool, 3> pools_;
  std::priority_queue<Timer> timers_;
  std::condition_variable clock_wake_;
  std::thread clock_;
  std::uint64_t sequence_ = 0;
  bool ending_ = false, hurried_ = false;
};

}  // namespace pixgraph
