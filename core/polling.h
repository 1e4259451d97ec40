// Poller: asks the servers what became of predictions that exist, until each has ended or its limit has passed.
//
// The first look comes near the model's usual run time, the next ones in growing steps, slower as more is in flight.
// Where many are due at one server its list is read in place of single answers, for a page tells of up to 100. What a
// list does not tell is asked for by itself, and so is one prediction of every list, so that a stale list delays
// nothing for long.
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
#include <string>
#include <vector>

#include <pixgraph/remote.h>

#include "executor.h"
#include "run_times.h"
#include "servers.h"

namespace pixgraph {

/// How a watch ended.
struct WatchEnd {
  std::optional<Error> error;  // set: it was not found out; the prediction goes on at the server
  bool canceled = false;       // with error: because the run was ended
  std::string
      past_limit;  // why our cancel was sent, and whether that was taken; the snapshot may then be one that still runs
  Snapshot snapshot;
};

struct Watch {
  std::shared_ptr<const RemoteNode> node;
  Request request;  // for messages; its files are not held
  std::string id;
  std::string usual;  // what the run time is remembered under: the server's name and the lane
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
    Servers& servers;
    RunTimes& run_times;
    /// A server's 429, told to whoever shows the run.
    std::function<void(const Request&, const std::string& why, std::chrono::milliseconds)> waits;
  };
  explicit Poller(Setup setup);
  ~Poller();

  void watch(Watch watch);
  /// Asks the servers to end all of them; they end as canceled.
  void cancel_all();

 private:
  struct Watched;
  struct Server;
  struct Listing;
  using WatchedPtr = std::shared_ptr<Watched>;
  using ListingPtr = std::shared_ptr<Listing>;
  using Time = std::chrono::steady_clock::time_point;

  // REQUIRES: mutex_ held, these five
  Server& server_of(const Watched& watched);
  void arm(Server& server, Time when);
  ListingPtr choose_listing(Server& server, std::vector<WatchedPtr>& due);
  Time aligned(const Server& server, Time when, std::chrono::milliseconds interval) const;
  std::chrono::milliseconds slowest_needed(const Server& server) const;

  void pump(Server& server);
  void look_soon(const WatchedPtr& watched);
  void later(const WatchedPtr& watched, std::chrono::milliseconds wait);
  void look(const WatchedPtr& watched);
  void tell(const WatchedPtr& watched, WatchEnd end);
  std::optional<WatchEnd> ask(const WatchedPtr& watched);
  std::optional<WatchEnd> judge(const WatchedPtr& watched, Snapshot snapshot);
  std::chrono::milliseconds next_wait(Watched& watched, std::chrono::milliseconds passed);
  void read_page(const ListingPtr& listing);
  void take(const ListingPtr& listing, const Candidate& entry);
  void listed(const WatchedPtr& watched, Snapshot snapshot);
  void end_listing(const ListingPtr& listing, bool failed, std::chrono::milliseconds wait);

  Setup setup_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Server>> servers_;
  std::atomic<bool> canceling_ = false;
};

}  // namespace pixgraph
