// RemoteDriver: makes purchases happen exactly once. It drives the small functions of a RemoteNode: looks into the
// ledger first, writes the intent before the POST, has the Poller wait for the end, saves every output file before it
// says "succeeded", and shares one prediction among all items that ask for the same thing.
//
// Owned by the run; outlives the executor's work. start() and the stops may be called from any thread. Every start() is
// answered by exactly one done(), on a net worker, whatever happens.
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
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/remote.h>

#include "budget.h"
#include "executor.h"
#include "ledger.h"
#include "polling.h"
#include "remote_job.h"
#include "run_times.h"
#include "sent_reach.h"
#include "servers.h"
#include "store.h"

namespace pixgraph {

/// What the driver tells whoever shows the run. Called on net workers; must be quick.
class RemoteObserver {
 public:
  virtual ~RemoteObserver() = default;
  virtual void remote_created(const Request& request, const std::string& key, const std::string& id) = 0;
  virtual void remote_ended(const Request& request, const std::string& key, const std::string& id,
                            const std::string& state, std::optional<NanoUsd> cost) = 0;
  /// It failed as try `attempt` - 1 of `attempts`, and is bought again after `wait`.
  virtual void remote_retries(const Request& request, const std::string& key, const std::string& id, int attempt,
                              int attempts, std::chrono::milliseconds wait) = 0;
  virtual void remote_waits(const Request& request, const std::string& why, std::chrono::milliseconds wait) = 0;
};

class SchemaGate;

class RemoteDriver {
 public:
  struct Setup {
    Executor& executor;
    Ledger& ledger;
    Store& store;
    Host& host;
    RemoteObserver& observer;
    std::string sandbox_server;  // the base URL of this run's own sandbox, else empty
    std::function<ServerLimits(const std::string& server)> limits;
    double time_scale = 1;     // how much faster time passes at a server on this machine (a sandbox under --time-scale)
    Budget* budget = nullptr;  // null: nothing has a price or a cap
    Index* index = nullptr;    // remembers run times
    std::string ledger_flags;  // " --state DIR": what `pixgraph ledger` needs to reach this ledger
    SchemaGate* gate = nullptr;  // looks at every request before it is bought; null: nobody does
    Resolver resolver = {};      // tests; empty: the system's
  };
  explicit RemoteDriver(Setup setup);
  ~RemoteDriver();

  void start(RemoteCall call);
  /// Of the purchase that start() makes of it.
  std::string key_of(const Request& request) const { return purchase_key(servers_.name(request.server), request); }
  /// No more creates; what is running is awaited and saved. Calls not created yet end as canceled.
  void stop_creating();
  /// Asks the servers to end what is running; their calls end as canceled. Created predictions stay in the ledger.
  void cancel_all();
  int creates() const { return creates_; }
  /// The cap is reached: nothing more is bought in this run.
  bool over_budget() const { return budget_.reached(); }
  Error budget_refusal() const { return budget_.refusal(); }
  /// Where URLs in the answers of the servers of this run may lead.
  SentReach& sent_reach() { return sent_reach_; }

 private:
  using Job = RemoteJob;
  using JobPtr = std::shared_ptr<Job>;
  void look_up(const JobPtr& job);
  void refuse_what_runs_elsewhere(const Request& request);
  void look_again(const JobPtr& job, Purchase known);
  void reuse(const JobPtr& job, const Purchase& purchase);
  void attach(const JobPtr& job, Purchase purchase);
  /// As purchase `number`, which is try `attempt` of what `retry` allows.
  void buy(const JobPtr& job, int number, int attempt);
  void look_at(const JobPtr& job, int number);
  void describe_later(const JobPtr& job);
  void submit(const JobPtr& job, int number);
  void buy_again_later(const JobPtr& job, const Purchase& failed);
  void reconcile(const JobPtr& job);
  /// `first` is what the create said; absent for one that was found again.
  void watch(const JobPtr& job, std::chrono::steady_clock::time_point created_at, std::optional<Snapshot> first);
  void arrived(const JobPtr& job, WatchEnd end);
  void save(const JobPtr& job, Snapshot snapshot);
  void record_end(const JobPtr& job, PurchaseState state, const std::string& error, const Snapshot& snapshot);
  void not_saved(const JobPtr& job, Error error, bool later, std::optional<NanoUsd> cost);
  void give_up(const JobPtr& job, PurchaseState state, Error error, const Snapshot& snapshot);
  bool reserve(const JobPtr& job, int number);
  void fail(const JobPtr& job, Error error, bool canceled = false);
  void finish(const JobPtr& job, RemoteOutcome outcome);
  void step(const JobPtr& job, const std::function<void()>& work);
  void leave(const JobPtr& job);

  Setup setup_;
  Budget uncapped_;
  Budget& budget_;
  Servers servers_;
  RunTimes run_times_;
  Poller poller_;
  SentReach sent_reach_;
  std::mutex mutex_;                    // guards jobs_, their waiters and failed_
  std::map<std::string, JobPtr> jobs_;  // by purchase key: single flight
  std::set<std::string> failed_;        // keys of jobs that failed: no consent was given after that
  std::once_flag running_read_;
  std::map<std::string, std::map<std::string, Purchase>> running_;  // before this run, by server and key
  std::atomic<bool> stopping_ = false, canceling_ = false;
  std::atomic<int> creates_ = 0;
};

}  // namespace pixgraph
