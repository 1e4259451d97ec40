// RemoteJob: one purchase under way in the RemoteDriver: what was asked for, how far it is, what it has cost.
//
// Plain values of the driver, which runs the steps of a job one at a time.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/remote.h>

#include "budget.h"
#include "consent.h"
#include "executor.h"
#include "ledger.h"
#include "reconcile.h"
#include "retry.h"
#include "store.h"

namespace pixgraph {

/// On the net workers: a link that lives an hour comes before a poll, a poll before a create.
constexpr int kUrgencyPoll = 3, kUrgencyCreate = 5;

struct RemoteOutcome {
  std::optional<Error> error;  // set: nothing else but key and id means anything
  bool canceled = false;       // with error: the run was ended, the prediction was not refused
  bool reused = false;         // nothing was bought for this call
  std::string key, id;
  int attempts = 1;                              // of what the node's `retry` allows
  std::shared_ptr<const nlohmann::json> answer;  // data: URIs stand as "pixgraph-store:<hash>"
  std::optional<NanoUsd> cost;                   // of what was bought for this call, also where it failed
  std::vector<FilePtr> files;                    // RemoteNode::files(), saved, in order
  JsonPtr schema;                                // of the model, where it is known
};

struct RemoteCall {
  std::shared_ptr<const RemoteNode> node;
  Request request;
  Priority priority;
  // From creation to end; from creation until it runs; from then to its end.
  std::optional<std::chrono::milliseconds> timeout, queue_timeout, run_timeout;
  Consent consent;
  Retry retry;  // of what failed: each try is a purchase
  std::function<void(const RemoteOutcome&)> done;
};

/// Sends the request once. What the node throws in spite of its contract, or an answer without an id, may have come
/// after the POST.
Submitted submit_once(const RemoteNode& node, const Request& request, Host& host);

/// What was bought before. Throws Error E513 where a file of it is gone.
RemoteOutcome reused_outcome(const Store& store, const Purchase& purchase);

/// Since it was created, which may have been in an earlier run.
std::chrono::milliseconds age_of(const Purchase& purchase);

/// One purchase under way and everyone who waits for it. Steps of a job run one at a time (`turn`).
struct RemoteJob {
  std::string key;
  RemoteCall call;                                                 // the first one that asked
  std::vector<std::function<void(const RemoteOutcome&)>> waiters;  // guarded by the driver

  std::mutex turn;
  bool over = false;  // an outcome was given
  std::optional<Purchase> purchase;
  bool placed = false;                             // holds a place of the governor
  bool bought = false;                             // this run made the create
  bool told = false;                               // that it waits for another process
  bool looked_at = false;                          // its input was held against the model's schema
  bool looked_again = false, asked_again = false;  // whether a timed-out purchase has ended since
  int attempt = 1;                                 // of `retry`, which the purchase under way is
  std::optional<Error> before_retry;               // set while it waits for the next try: what the last one ended with
  int stage_failures = 0, not_sent = 0, throttled = 0;
  std::optional<Inquiry> inquiry;  // into an intent without an id
  std::chrono::steady_clock::time_point next_list{};
  std::optional<NanoUsd> reserved;  // of the budget
  bool claimed = false;             // what was reserved may have been spent
  bool waits_for_budget = false;
  std::optional<NanoUsd> cost;  // of all its tries

  /// What `limits:` calls it: the model where it is known.
  const std::string& lane() const { return call.request.model.empty() ? call.request.lane : call.request.model; }
  /// Its try has cost that much, or, where that is not known, all that was reserved. Once for each reservation.
  void settle(Budget& budget, std::optional<NanoUsd> cost_of_try);
  /// The same for a job that ends with something reserved: what was claimed may have been spent.
  void settle_rest(Budget& budget) {
    if (reserved) settle(budget, claimed ? reserved : 0);
  }
};

}  // namespace pixgraph
