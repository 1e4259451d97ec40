#include "remote.h"

#include <algorithm>
#include <utility>

#include "clock.h"
#include "outcome.h"
#include "reconcile.h"
#include "schema_gate.h"
#include "uploads.h"

namespace pixgraph {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

static constexpr int kNotSentTries = 5;          // creates that provably never reached the server
static constexpr milliseconds kOthersLook(500);  // between looks at a purchase that another process makes

RemoteDriver::RemoteDriver(Setup setup)
    : setup_(std::move(setup)),
      budget_(setup_.budget ? *setup_.budget : uncapped_),
      servers_({setup_.executor, setup_.limits, setup_.sandbox_server, setup_.time_scale}),
      run_times_(setup_.index),
      poller_({setup_.executor, setup_.host, servers_, run_times_,
               [this](const Request& request, const std::string& why, milliseconds wait) {
                 setup_.observer.remote_waits(request, why, wait);
               }}) {}
RemoteDriver::~RemoteDriver() = default;

/// Runs one step of a job; whatever it throws ends the job, and what is in the ledger stays.
void RemoteDriver::step(const JobPtr& job, const std::function<void()>& work) {
  std::lock_guard turn(job->turn);
  if (job->over) return;
  try {
    work();
  } catch (const Error& error) {
    fail(job, error);
  } catch (const std::exception& other) {
    fail(job, unexpected(other.what()));
  }
}

void RemoteDriver::start(RemoteCall call) {
  sent_reach_.asked(call.request.server);
  const std::string key = purchase_key(servers_.name(call.request.server), call.request);
  JobPtr job;
  {
    std::lock_guard lock(mutex_);
    auto& slot = jobs_[key];
    if (slot) {  // somebody is at it: one prediction for all
      slot->waiters.push_back(std::move(call.done));
      return;
    }
    slot = job = std::make_shared<Job>();
    job->key = key;
    if (call.timeout)
      call.request.lifetime = *call.timeout;
    else if (call.queue_timeout && call.run_timeout)
      call.request.lifetime = *call.queue_timeout + *call.run_timeout;
    job->waiters.push_back(std::move(call.done));
    if (failed_.contains(key)) call.consent = {};
    job->call = std::move(call);
  }
  setup_.executor.post(Workers::net, {kUrgencyPoll, job->call.priority.item, job->call.priority.depth},
                       [this, job] { step(job, [&] { look_up(job); }); });
}

static Error ended_before() {
  return Error("E902", "the run was ended before this was bought");
}

/// One that runs at another server, under its key there, is paid for already.
void RemoteDriver::refuse_what_runs_elsewhere(const Request& request) {
  std::call_once(running_read_, [this] { running_ = setup_.ledger.running(); });
  for (const auto& [server, purchases] : running_)
    if (server != request.server)
      if (const auto found = purchases.find(purchase_key(servers_.name(server), request)); found != purchases.end())
        throw runs_elsewhere(found->second, request.server, setup_.ledger_flags);
}

void RemoteDriver::look_up(const JobPtr& job) {
  const std::optional<Purchase> known = setup_.ledger.latest(job->key);
  if (!known) {
    refuse_what_runs_elsewhere(job->call.request);
    return buy(job, 1, 1);
  }
  // What was not paid was no try; with a person's word the tries begin anew.
  if (free_to_buy(known->state)) {
    const auto saved = saved_before(setup_.ledger, *known);
    if (saved && !agreed(job->call.consent, *saved)) return reuse(job, *saved);
    return buy(job, known->number + 1, known->state == PurchaseState::released ? 1 : known->attempt);
  }
  if (known->state == PurchaseState::timed_out && !known->id.empty() && known->server == job->call.request.server &&
      !std::exchange(job->looked_again, true))
    return look_again(job, *known);
  if (agreed(job->call.consent, *known)) return buy(job, known->number + 1, 1);
  if (agreed(job->call.retry, *known)) return buy_again_later(job, *known);
  switch (known->state) {
    case PurchaseState::succeeded: return reuse(job, *known);
    case PurchaseState::created:
      // A sandbox forgets its predictions when it ends, and costs nothing.
      if (servers_.name(job->call.request.server) == "sandbox" && known->server != job->call.request.server)
        return buy(job, known->number + 1, known->attempt);
      return attach(job, *known);
    case PurchaseState::intent:
      // One of ours without a job is what a failed write of this run left behind: nobody will ever end it.
      if (!setup_.ledger.is_ours(*known) && !setup_.ledger.owner_gone(*known)) {  // another process is at it
        if (stopping_) return fail(job, ended_before(), true);
        if (!std::exchange(job->told, true))
          setup_.observer.remote_waits(job->call.request,
                                       "another pixgraph began to buy this at " + known->wall + "; its end is awaited",
                                       milliseconds(0));
        setup_.executor.at(steady_clock::now() + kOthersLook, Workers::net,
                           {kUrgencyPoll, job->call.priority.item, job->call.priority.depth},
                           [this, job] { step(job, [&] { look_up(job); }); });
        return;
      }
      if (servers_.name(job->call.request.server) == "sandbox") return buy(job, known->number + 1, known->attempt);
      job->purchase = *known;
      job->inquiry.emplace("", steady_clock::now());  // no later than now: its lock is free
      return reconcile(job);
    default:
      if (const auto saved = saved_before(setup_.ledger, *known)) return reuse(job, *saved);
      throw refusal(*known, setup_.ledger_flags);
  }
}

/// What timed out may have ended well since, or still run within a limit that was raised: then it is not bought again.
void RemoteDriver::look_again(const JobPtr& job, Purchase known) {
  const std::string& server = job->call.request.server;
  const auto later = [&](milliseconds wait) {
    setup_.executor.at(std::max(steady_clock::now() + wait, servers_.governor(server).next_call()), Workers::net,
                       {kUrgencyPoll, job->call.priority.item, job->call.priority.depth},
                       [this, job, known] { step(job, [&] { look_again(job, known); }); });
  };
  if (!std::exchange(job->asked_again, true)) return later(milliseconds(0));
  if (stopping_) return fail(job, ended_before(), true);
  Snapshot now;
  try {
    now = job->call.node->poll(server, known.id, setup_.host);
  } catch (const Throttled& throttled) {
    return later(servers_.governor(server).pause_calls(throttled.wait()));
  }
  const bool in_time = job->call.timeout ? age_of(known) < *job->call.timeout : !agreed(job->call.consent, known);
  if (now.status != RemoteStatus::succeeded && (terminal(now.status) || !in_time)) return look_up(job);
  setup_.ledger.created(known, known.id);
  attach(job, std::move(known));
}

void RemoteDriver::reuse(const JobPtr& job, const Purchase& purchase) {
  finish(job, reused_outcome(setup_.store, purchase));
}

void RemoteDriver::attach(const JobPtr& job, Purchase purchase) {
  job->purchase = std::move(purchase);
  servers_.governor(job->call.request.server).occupy(job->lane());
  job->placed = true;
  watch(job, steady_clock::now() - age_of(*job->purchase), std::nullopt);
}

void RemoteDriver::watch(const JobPtr& job, steady_clock::time_point created_at, std::optional<Snapshot> first) {
  for (RequestFile& file : job->call.request.files)
    file.encode = nullptr;  // lets go of the pixels: nothing is sent again
  Watch watch;
  watch.node = job->call.node;
  watch.request = job->call.request;
  watch.id = job->purchase->id;
  watch.usual = RunTimes::name(servers_.name(job->call.request.server), job->call.request.lane);
  watch.priority = job->call.priority;
  watch.timeout = job->call.timeout;
  watch.queue_timeout = job->call.queue_timeout;
  watch.run_timeout = job->call.run_timeout;
  watch.created_at = created_at;
  watch.first = std::move(first);
  watch.done = [this, job](WatchEnd end) {
    step(job, [&] {
      if (end.error) return fail(job, std::move(*end.error), end.canceled);
      arrived(job, std::move(end));
    });
  };
  poller_.watch(std::move(watch));
}

/// Gives its place in flight on, where it has one.
void RemoteDriver::leave(const JobPtr& job) {
  if (std::exchange(job->placed, false)) servers_.governor(job->call.request.server).leave(job->lane());
}

void RemoteDriver::buy(const JobPtr& job, int number, int attempt) {
  job->attempt = attempt;
  if (stopping_) return fail(job, ended_before(), true);
  if (!reserve(job, number)) return;
  servers_.governor(job->call.request.server)
      .enter(job->lane(), {kUrgencyCreate, job->call.priority.item, job->call.priority.depth},
             [this, job, number](bool admitted) {
               step(job, [&] {
                 job->placed = admitted;
                 if (!admitted) return fail(job, ended_before(), true);
                 look_at(job, number);
               });
             });
}

/// Holds the input against the model's schema, which the first job of a model has to ask the server for.
void RemoteDriver::look_at(const JobPtr& job, int number) {
  if (!setup_.gate || std::exchange(job->looked_at, true)) return submit(job, number);
  const auto go_on = [this, job, number] {
    if (stopping_) return fail(job, ended_before(), true);
    setup_.gate->check(*job->call.node, job->call.request);
    submit(job, number);
  };
  const Priority priority = {kUrgencyCreate, job->call.priority.item, job->call.priority.depth};
  const auto resume = [this, job, go_on, priority] {
    setup_.executor.post(Workers::net, priority, [this, job, go_on] { step(job, go_on); });
  };
  switch (setup_.gate->turn(job->call.request, resume)) {
    case SchemaGate::Turn::go: return go_on();
    case SchemaGate::Turn::ask: return describe_later(job);
    case SchemaGate::Turn::wait: return;
  }
}

/// Not a step of the job: others wait for the answer, whatever becomes of this one.
void RemoteDriver::describe_later(const JobPtr& job) {
  setup_.executor.at(servers_.governor(job->call.request.server).next_call(), Workers::net,
                     {kUrgencyPoll, job->call.priority.item, job->call.priority.depth}, [this, job] {
                       try {
                         setup_.gate->describe(*job->call.node, job->call.request);
                       } catch (const Throttled& throttled) {
                         const milliseconds pause =
                             servers_.governor(job->call.request.server).pause_calls(throttled.wait());
                         setup_.observer.remote_waits(job->call.request, throttled.message(), pause);
                         describe_later(job);
                       }
                     });
}

/// Takes the most that it can cost out of the budget. False where it waits for what others settle, or has ended.
bool RemoteDriver::reserve(const JobPtr& job, int number) {
  const auto most =
      budget_.reservation(job->call.request.model, job->call.run_timeout ? job->call.run_timeout : job->call.timeout,
                          job->call.request.images);
  if (!most) return true;
  job->waits_for_budget = true;
  const auto resume = [this, job, number] {
    setup_.executor.post(Workers::net, {kUrgencyCreate, job->call.priority.item, job->call.priority.depth},
                         [this, job, number] {
                           step(job, [&] {
                             if (std::exchange(job->waits_for_budget, false)) buy(job, number, job->attempt);
                           });
                         });
  };
  switch (budget_.reserve(*most, resume)) {
    case Budget::Answer::wait: return false;
    case Budget::Answer::reached: fail(job, budget_.refusal(), true); return false;
    case Budget::Answer::reserved: break;
  }
  job->waits_for_budget = false;
  job->reserved = most;
  return true;
}

void RemoteDriver::submit(const JobPtr& job, int number) {
  auto put_off = [&](milliseconds wait, const Error& why) {  // nothing was bought and nothing claimed yet
    setup_.observer.remote_waits(job->call.request, why.message(),
                                 servers_.governor(job->call.request.server).pause_creates(wait));
    job->settle(budget_, 0);
    leave(job);
    buy(job, number, job->attempt);
  };
  const Uploads uploads(setup_.index);
  uploads.recall(job->call.request);
  for (const RequestFile& file : job->call.request.files)
    if (file.live_url.empty() && file.reference.empty())
      servers_.governor(job->call.request.server).next_call();  // its upload
  try {
    job->call.node->stage(job->call.request, setup_.host);
    uploads.remember(job->call.request);
  } catch (const Throttled& throttled) {
    return put_off(std::max(throttled.wait(), own_pause(job->throttled++)), throttled);
  } catch (const HttpError& error) {
    if (error.stops_run() || ++job->stage_failures >= kNotSentTries) throw;
    return put_off(milliseconds(250) * (1 << job->stage_failures), error);
  }
  if (stopping_) return fail(job, ended_before(), true);
  job->purchase = setup_.ledger.claim(job->key, number, job->call.request, job->attempt, job->reserved);
  if (!job->purchase) {  // another process was faster: it is theirs
    job->settle(budget_, 0);
    leave(job);
    return look_up(job);
  }
  Purchase& purchase = *job->purchase;
  job->claimed = true;
  try {
    setup_.ledger.check_fresh(purchase);
  } catch (const Error& error) {
    setup_.ledger.ended(purchase, PurchaseState::not_sent, error.message(), nullptr);
    job->settle(budget_, 0);
    throw;
  }
  const auto asked_at = steady_clock::now();
  Submitted sent = submit_once(*job->call.node, job->call.request, setup_.host);
  auto again = [&](milliseconds wait, const std::string& why) {
    setup_.ledger.ended(purchase, PurchaseState::not_sent, why, nullptr);
    job->settle(budget_, 0);
    setup_.observer.remote_waits(job->call.request, why,
                                 servers_.governor(job->call.request.server).pause_creates(wait));
    leave(job);
    buy(job, number + 1, job->attempt);
  };
  switch (sent.kind) {
    case Submitted::Kind::created: try { setup_.ledger.created(purchase, sent.id);
      } catch (Error& error) {  // it is paid and running, and the ledger does not know: at least a person does
        throw Error(error.code(),
                    error.message() + "; prediction " + sent.id + " was just bought and is not in the ledger",
                    error.hint())
            .stopping_run();
      }
      ++creates_;
      job->bought = true;
      setup_.observer.remote_created(job->call.request, job->key, sent.id);
      if (terminal(sent.snapshot.status)) return arrived(job, {std::nullopt, false, "", std::move(sent.snapshot)});
      return watch(job, asked_at, std::move(sent.snapshot));
    case Submitted::Kind::throttled:
      return again(std::max(sent.wait, own_pause(job->throttled++)),
                   sent.error ? sent.error->message() : "the server asked to slow down");
    case Submitted::Kind::not_sent:
      if (++job->not_sent < kNotSentTries)
        return again(milliseconds(250) * (1 << job->not_sent),
                     sent.error ? sent.error->message() : "the server was not reached");
      setup_.ledger.ended(purchase, PurchaseState::not_sent, sent.error ? sent.error->message() : "", nullptr);
      job->settle(budget_, 0);
      throw sent.error ? *sent.error : Error("E202", "the server was not reached");
    case Submitted::Kind::rejected:
      return give_up(job, PurchaseState::rejected,
                     sent.error ? *sent.error : Error("E420", "the server refused the prediction"), {});
    case Submitted::Kind::unknown:
      job->inquiry.emplace(sent.error ? sent.error->message() : "no answer", steady_clock::now());
      leave(job);
      return reconcile(job);
  }
}

/// The purchase is an intent that may have become a prediction: adopts the one that it became, or buys again where
/// there is none.
void RemoteDriver::reconcile(const JobPtr& job) {
  Purchase& purchase = *job->purchase;
  const std::string& server = job->call.request.server;
  // In short steps, so that the end of the run need not be waited for.
  const bool waiting = steady_clock::now() < job->next_list;
  if (canceling_ || (stopping_ && waiting))  // looked at once, but not waited for: the next run finds out
    return fail(job, Error("E902", "the run was ended while it was found out what became of this purchase"), true);
  Inquiry::Step next;
  try {
    if (!waiting) {
      next = job->inquiry->look(purchase, {*job->call.node, setup_.host, setup_.ledger,
                                           [&] { servers_.governor(purchase.server).next_call(); },
                                           [&](milliseconds wait) { return servers_.real(server, wait); }});
      servers_.governor(server).call_answered();
    }
  } catch (const Throttled& throttled) {
    next.wait = servers_.governor(server).pause_calls(throttled.wait());
  }
  switch (next.kind) {
    case Inquiry::Step::Kind::wait:
      if (next.tell)
        setup_.observer.remote_waits(job->call.request, "finding out whether a prediction was created", next.wait);
      if (!waiting)
        job->next_list = std::max(steady_clock::now() + next.wait, servers_.governor(server).next_free_call());
      return setup_.executor.at(std::min(job->next_list, steady_clock::now() + milliseconds(500)), Workers::net,
                                {kUrgencyPoll, job->call.priority.item, job->call.priority.depth},
                                [this, job] { step(job, [&] { reconcile(job); }); });
    case Inquiry::Step::Kind::adopt:
      setup_.ledger.created(purchase, next.text);
      job->bought = setup_.ledger.is_ours(purchase);  // this run made the POST whose answer got lost
      setup_.observer.remote_ended(job->call.request, job->key, next.text, "adopted", {});
      return attach(job, purchase);
    case Inquiry::Step::Kind::maybe_paid:
      return give_up(job, PurchaseState::maybe_paid,
                     maybe_paid(purchase, job->lane(), job->inquiry->doubt(), next.text, setup_.ledger_flags), {});
    case Inquiry::Step::Kind::not_bought:
      setup_.ledger.ended(purchase, PurchaseState::not_sent, "the server's list does not have it", nullptr);
      setup_.observer.remote_waits(job->call.request, "a prediction whose answer was lost was not made: it is bought",
                                   milliseconds(0));
      job->settle(budget_, 0);
      return buy(job, purchase.number + 1, purchase.attempt);
  }
}

void RemoteDriver::fail(const JobPtr& job, Error error, bool canceled) {
  RemoteOutcome outcome;
  if (job->purchase) outcome.id = job->purchase->id;
  // Before its place is given on: the next create must not slip out while the run is being told.
  if (error.stops_run()) stop_creating();
  outcome.error = std::move(error);
  outcome.canceled = canceled;
  finish(job, std::move(outcome));
}

void RemoteDriver::finish(const JobPtr& job, RemoteOutcome outcome) {
  job->over = true;
  job->settle_rest(budget_);
  outcome.key = job->key;
  if (job->purchase) outcome.attempts = job->purchase->attempt;
  outcome.cost = job->cost;
  if (setup_.gate && !outcome.error) outcome.schema = setup_.gate->schema(job->call.request);
  leave(job);
  std::vector<std::function<void(const RemoteOutcome&)>> waiters;
  {
    std::lock_guard lock(mutex_);
    waiters = std::move(job->waiters);
    jobs_.erase(job->key);
    if (outcome.error) failed_.insert(job->key);
  }
  bool first = true;
  for (const auto& done : waiters) {
    done(outcome);
    if (std::exchange(first, false))
      outcome.reused = outcome.reused || !outcome.error, outcome.cost.reset();  // the others share what the first got
  }
}

void RemoteDriver::stop_creating() {
  stopping_ = true;
  servers_.close();
  std::lock_guard lock(mutex_);
  // What waits for its next try, or for the budget, need not wait for the end of that.
  for (auto& [key, job] : jobs_)
    setup_.executor.post(Workers::net, {kUrgencyPoll}, [this, job = job] {
      step(job, [&] {
        if (job->before_retry) fail(job, *job->before_retry);
        if (!job->over && job->waits_for_budget) fail(job, ended_before(), true);
      });
    });
}

void RemoteDriver::cancel_all() {
  stop_creating();
  canceling_ = true;
  poller_.cancel_all();
}

}  // namespace pixgraph
