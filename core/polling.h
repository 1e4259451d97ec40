// Poller: asks the servers what became of predictions that exist, until each has ended or its limit has passed.
//
// A wait holds no thread: looks are posted to the executor. Owned by the RemoteDriver; outlives the executor's work.
// Safe from many threads. Every watch() is answered by exactly one `done`, on a net worker and with no lock held.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <pixgraph/remote.h>

#include "executor.h"
#include "governor.h"

namespace pixgraph {

/// How a watch ended.
struct WatchEnd {
  std::optional<Error> error;  // set: it was not found out; the prediction goes on at the server
  bool canceled = false;       // with error: because the run was ended
  std::string past_limit;      // why our cancel was sent; the snapshot may then be one that still runs
  Snapshot snapshot;
};

struct Watch {
  std::shared_ptr<const RemoteNode> node;
  Request request;  // for messages; its files are not held
  std::string id;
  Priority priority;
  // From creation to end; from creation until it runs; from then to its end.
  std::optional<std::chrono::milliseconds> timeout, queue_timeout, run_timeout;
  std::chrono::steady_clock::time_point created_at;
  /// What the create said. Absent: it was found again after a restart; the first look is at once, and is no cancel.
  std::optional<Snapshot> first;
  std::function<void(WatchEnd)> done;
};

class Poller {
 public:
  struct Setup {
    Executor& executor;
    Host& host;
    std::function<Governor&(const std::string& server)> governor;
    /// A server's 429, told to whoever shows the run.
    std::function<void(const Request&, const std::string& why, std::chrono::milliseconds)> waits;
  };
  explicit Poller(Setup setup) : setup_(std::move(setup)) {}

  void watch(Watch watch);
  /// Asks the servers to end all of them; they end as canceled.
  void cancel_all();

 private:
  struct Watched;
  using WatchedPtr = std::shared_ptr<Watched>;
  void later(const WatchedPtr& watched, std::chrono::milliseconds wait);
  void look(const WatchedPtr& watched);
  std::optional<WatchEnd> ask(const WatchedPtr& watched);
  std::optional<WatchEnd> judge(const WatchedPtr& watched, Snapshot snapshot);
  std::chrono::milliseconds usual_time(const std::string& lane);
  void learn(const std::string& lane, std::chrono::milliseconds took);

  Setup setup_;
  std::mutex mutex_;  // guards the two below
  std::set<WatchedPtr> watched_;
  std::map<std::string, std::chrono::milliseconds> usual_;  // run time by lane, as this run has seen it
  std::atomic<bool> canceling_ = false;
};

}  // namespace pixgraph
