#include "remote.h"

#include <algorithm>
#include <utility>

#include "clock.h"
#include "reconcile.h"
#include "saver.h"
#include "schema_gate.h"

namespace pixgraph {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Urgency on the net workers: a link that lives an hour comes before a poll, a poll before a create.
static constexpr int kUrgencyPoll = 3, kUrgencyCreate = 5;
static constexpr int kContestedTries = 24;       // two minutes, in which the other one gets its id or is in doubt too
static constexpr int kNotSentTries = 5;          // creates that provably never reached the server
static constexpr milliseconds kOthersLook(500);  // between looks at a purchase that another process makes

/// What `limits:` calls it: the model where it is known.
static const std::string& lane_of(const Request& request) {
  return request.model.empty() ? request.lane : request.model;
}

/// One purchase under way and everyone who waits for it. Steps of a job run one at a time (`turn`).
struct RemoteDriver::Job {
  std::string key;
  std::shared_ptr<const RemoteNode> node;
  Request request;
  Priority priority;
  std::optional<milliseconds> timeout, queue_timeout, run_timeout;
  Consent consent;
  Retry retry;
  std::vector<std::function<void(const RemoteOutcome&)>> waiters;  // guarded by RemoteDriver::mutex_

  std::mutex turn;
  bool over = false;  // an outcome was given
  std::optional<Purchase> purchase;
  bool placed = false;                // holds a place of the governor
  bool bought = false;                // this run made the create
  bool told = false;                  // that it waits for another process
  bool looked_at = false;             // its input was held against the model's schema
  int attempt = 1;                    // of `retry`, which the purchase under way is
  std::optional<Error> before_retry;  // set while it waits for the next try: what the last one ended with
  int stage_failures = 0, not_sent = 0, throttled = 0;
  // Of an intent without an id:
  std::string doubt;                                    // why it is not known
  steady_clock::time_point died_at{};                   // the connection was gone by then
  std::optional<steady_clock::time_point> first_empty;  // a full list that did not have it
  steady_clock::time_point next_list{};
  int list_failures = 0, contested = 0;
};

RemoteDriver::RemoteDriver(Setup setup)
    : setup_(std::move(setup)),
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
    fail(job, Error("E990", std::string("something unexpected happened: ") + other.what()));
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
    job->node = std::move(call.node);
    job->request = std::move(call.request);
    job->priority = call.priority;
    job->timeout = call.timeout;
    job->queue_timeout = call.queue_timeout;
    job->run_timeout = call.run_timeout;
    if (call.timeout)
      job->request.lifetime = *call.timeout;
    else if (call.queue_timeout && call.run_timeout)
      job->request.lifetime = *call.queue_timeout + *call.run_timeout;
    job->consent = call.consent;
    job->retry = std::move(call.retry);
    job->waiters.push_back(std::move(call.done));
  }
  setup_.executor.post(Workers::net, {kUrgencyPoll, job->priority.item, job->priority.depth},
                       [this, job] { step(job, [&] { look_up(job); }); });
}

static Error ended_before() {
  return Error("E902", "the run was ended before this was bought");
}

void RemoteDriver::look_up(const JobPtr& job) {
  const std::optional<Purchase> known = setup_.ledger.latest(job->key);
  if (!known) return buy(job, 1, 1);
  // What was not paid was no try; with a person's word the tries begin anew.
  if (free_to_buy(known->state))
    return buy(job, known->number + 1, known->state == PurchaseState::released ? 1 : known->attempt);
  if (agreed(job->consent, *known)) return buy(job, known->number + 1, 1);
  if (agreed(job->retry, *known)) return buy_again_later(job, *known);
  switch (known->state) {
    case PurchaseState::succeeded: return reuse(job, *known);
    case PurchaseState::created:
      // A sandbox forgets its predictions when it ends, and costs nothing.
      if (servers_.name(job->request.server) == "sandbox" && known->server != job->request.server)
        return buy(job, known->number + 1, known->attempt);
      return attach(job, *known);
    case PurchaseState::intent:
      // One of ours without a job is what a failed write of this run left behind: nobody will ever end it.
      if (!setup_.ledger.is_ours(*known) && !setup_.ledger.owner_gone(*known)) {  // another process is at it
        if (stopping_) return fail(job, ended_before(), true);
        if (!std::exchange(job->told, true))
          setup_.observer.remote_waits(job->request,
                                       "another pixgraph began to buy this at " + known->wall + "; its end is awaited",
                                       milliseconds(0));
        setup_.executor.at(steady_clock::now() + kOthersLook, Workers::net,
                           {kUrgencyPoll, job->priority.item, job->priority.depth},
                           [this, job] { step(job, [&] { look_up(job); }); });
        return;
      }
      if (servers_.name(job->request.server) == "sandbox") return buy(job, known->number + 1, known->attempt);
      job->purchase = *known;
      job->died_at = steady_clock::now();  // no later than now: its lock is free
      return reconcile(job);
    default: throw refusal(*known, setup_.ledger_flags);
  }
}

void RemoteDriver::reuse(const JobPtr& job, const Purchase& purchase) {
  RemoteOutcome outcome;
  outcome.reused = true;
  outcome.id = purchase.id;
  outcome.answer = std::make_shared<const json>(purchase.answer);
  int index = 0;
  for (const SavedFile& file : purchase.files) {
    if (!setup_.store.has(file.hash))
      throw Error("E513",
                  "output `" + file.name + "` of the paid prediction " + purchase.id + " is gone from the store",
                  "put " + setup_.store.path_of(file.hash) + " back, or buy it again with --rebuy");
    outcome.files.push_back(saved_output(setup_.store, origin_name(purchase), index++, file));
  }
  finish(job, std::move(outcome));
}

void RemoteDriver::attach(const JobPtr& job, Purchase purchase) {
  job->purchase = std::move(purchase);
  // Limits count from when it was created, which may have been in an earlier run.
  const auto wall = parse_iso_time(job->purchase->wall).value_or(std::chrono::system_clock::now());
  const auto age = std::clamp(std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now() - wall),
                              milliseconds(0), milliseconds(std::chrono::hours(24)));
  servers_.governor(job->request.server).occupy(lane_of(job->request));
  job->placed = true;
  watch(job, steady_clock::now() - age, std::nullopt);
}

void RemoteDriver::watch(const JobPtr& job, steady_clock::time_point created_at, std::optional<Snapshot> first) {
  for (RequestFile& file : job->request.files) file.encode = nullptr;  // lets go of the pixels: nothing is sent again
  Watch watch;
  watch.node = job->node;
  watch.request = job->request;
  watch.id = job->purchase->id;
  watch.usual = servers_.name(job->request.server) + " " + job->request.lane;
  watch.priority = job->priority;
  watch.timeout = job->timeout;
  watch.queue_timeout = job->queue_timeout;
  watch.run_timeout = job->run_timeout;
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
  if (std::exchange(job->placed, false)) servers_.governor(job->request.server).leave(lane_of(job->request));
}

void RemoteDriver::buy(const JobPtr& job, int number, int attempt) {
  job->attempt = attempt;
  if (stopping_) return fail(job, ended_before(), true);
  servers_.governor(job->request.server)
      .enter(lane_of(job->request), {kUrgencyCreate, job->priority.item, job->priority.depth},
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
    setup_.gate->check(*job->node, job->request);
    submit(job, number);
  };
  const Priority priority = {kUrgencyCreate, job->priority.item, job->priority.depth};
  const auto resume = [this, job, go_on, priority] {
    setup_.executor.post(Workers::net, priority, [this, job, go_on] { step(job, go_on); });
  };
  switch (setup_.gate->turn(job->request, resume)) {
    case SchemaGate::Turn::go: return go_on();
    case SchemaGate::Turn::ask: return describe_later(job);
    case SchemaGate::Turn::wait: return;
  }
}

/// Not a step of the job: others wait for the answer, whatever becomes of this one.
void RemoteDriver::describe_later(const JobPtr& job) {
  setup_.executor.at(servers_.governor(job->request.server).next_call(), Workers::net,
                     {kUrgencyPoll, job->priority.item, job->priority.depth}, [this, job] {
                       try {
                         setup_.gate->describe(*job->node, job->request);
                       } catch (const Throttled& throttled) {
                         setup_.observer.remote_waits(job->request, throttled.message(), throttled.wait());
                         servers_.governor(job->request.server).pause_calls(throttled.wait());
                         describe_later(job);
                       }
                     });
}

/// What the node throws in spite of its contract, or an answer without an id, may have come after the POST.
static Submitted submitted(const RemoteNode& node, const Request& request, Host& host) {
  Submitted sent;
  try {
    sent = node.submit(request, host);
  } catch (const Error& error) {
    sent.error = error;
    return sent;
  } catch (const std::exception& other) {
    sent.error = Error("E990", other.what());
    return sent;
  }
  if (sent.kind != Submitted::Kind::created || !sent.id.empty()) return sent;
  sent = {};
  sent.error = Error("E510", "the answer has no id");
  return sent;
}

void RemoteDriver::submit(const JobPtr& job, int number) {
  auto put_off = [&](milliseconds wait, const Error& why) {  // nothing was bought and nothing claimed yet
    setup_.observer.remote_waits(job->request, why.message(), wait);
    servers_.governor(job->request.server).pause_creates(wait);
    leave(job);
    buy(job, number, job->attempt);
  };
  for (const RequestFile& file : job->request.files)
    if (file.live_url.empty() && file.reference.empty())
      servers_.governor(job->request.server).next_call();  // its upload
  try {
    job->node->stage(job->request, setup_.host);
  } catch (const Throttled& throttled) {
    return put_off(std::max(throttled.wait(), milliseconds(500)), throttled);
  } catch (const HttpError& error) {
    if (error.stops_run() || ++job->stage_failures >= kNotSentTries) throw;
    return put_off(milliseconds(250) * (1 << job->stage_failures), error);
  }
  if (stopping_) return fail(job, ended_before(), true);
  job->purchase = setup_.ledger.claim(job->key, number, job->request, job->attempt);
  if (!job->purchase) {  // another process was faster: it is theirs
    leave(job);
    return look_up(job);
  }
  Purchase& purchase = *job->purchase;
  try {
    setup_.ledger.check_fresh(purchase);
  } catch (const Error& error) {
    setup_.ledger.ended(purchase, PurchaseState::not_sent, error.message(), nullptr);
    throw;
  }
  const auto asked_at = steady_clock::now();
  Submitted sent = submitted(*job->node, job->request, setup_.host);
  auto again = [&](milliseconds wait, const std::string& why) {
    setup_.ledger.ended(purchase, PurchaseState::not_sent, why, nullptr);
    setup_.observer.remote_waits(job->request, why, wait);
    servers_.governor(job->request.server).pause_creates(wait);
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
      setup_.observer.remote_created(job->request, job->key, sent.id);
      if (terminal(sent.snapshot.status)) return arrived(job, {std::nullopt, false, "", std::move(sent.snapshot)});
      return watch(job, asked_at, std::move(sent.snapshot));
    case Submitted::Kind::throttled:
      return again(std::max(sent.wait, milliseconds(500) * (1 << std::min(job->throttled++, 6))),
                   sent.error ? sent.error->message() : "the server asked to slow down");
    case Submitted::Kind::not_sent:
      if (++job->not_sent < kNotSentTries)
        return again(milliseconds(250) * (1 << job->not_sent),
                     sent.error ? sent.error->message() : "the server was not reached");
      setup_.ledger.ended(purchase, PurchaseState::not_sent, sent.error ? sent.error->message() : "", nullptr);
      throw sent.error ? *sent.error : Error("E202", "the server was not reached");
    case Submitted::Kind::rejected:
      return give_up(job, PurchaseState::rejected,
                     sent.error ? *sent.error : Error("E420", "the server refused the prediction"), nullptr);
    case Submitted::Kind::unknown:
      job->doubt = sent.error ? sent.error->message() : "no answer";
      job->died_at = steady_clock::now();
      leave(job);
      return reconcile(job);
  }
}

/// The purchase is an intent that may have become a prediction. Adopts the one that it became; buys again only where
/// two full lists, 30 s apart and the last one 60 s after the connection died, show that there is none.
void RemoteDriver::reconcile(const JobPtr& job) {
  Purchase& purchase = *job->purchase;
  // In short steps, so that the end of the run need not be waited for.
  auto again = [&](milliseconds wait) {
    if (wait > milliseconds(0))
      job->next_list = std::max(steady_clock::now() + wait, servers_.governor(job->request.server).next_free_call());
    setup_.executor.at(std::min(job->next_list, steady_clock::now() + milliseconds(500)), Workers::net,
                       {kUrgencyPoll, job->priority.item, job->priority.depth},
                       [this, job] { step(job, [&] { reconcile(job); }); });
  };
  // Looked at once, but not waited for: the intent stays, and the next run finds out.
  const bool waiting = steady_clock::now() < job->next_list;
  if (canceling_ || (stopping_ && waiting))
    return fail(job, Error("E902", "the run was ended while it was found out what became of this purchase"), true);
  if (waiting) return again(milliseconds(0));
  auto maybe_paid = [&](const std::string& why) {
    const std::string doubt = job->doubt.empty() ? "an earlier run ended while it was buying" : job->doubt;
    give_up(job, PurchaseState::maybe_paid,
            Error("E510",
                  "a prediction of " + (job->request.model.empty() ? purchase.lane : job->request.model) +
                      " may be paid for already (" + doubt + "), and " + why,
                  "nothing is bought twice without your word: " + ledger_command("list", purchase, setup_.ledger_flags))
                .stopping_run(),
            nullptr);
  };
  std::optional<Listed> listed;
  try {
    listed = list_since(*job->node, purchase, setup_.ledger.age(purchase), setup_.host,
                        [&] { servers_.governor(purchase.server).next_call(); });
  } catch (const Throttled& throttled) {
    servers_.governor(job->request.server).pause_calls(throttled.wait());
    return again(throttled.wait());
  } catch (const Error& error) {
    // Nothing is decided by a list that cannot be read: the intent stays, and the next run asks again.
    if (error.stops_run() || ++job->list_failures >= 8)
      throw Error("E514", "it could not be found out whether a prediction was bought: " + error.message(),
                  "run again when the server answers")
          .stopping_run();
    return again(servers_.real(job->request.server, milliseconds(500) * (1 << job->list_failures)));
  }
  if (!listed) return maybe_paid("the server has no list to look it up");
  Finding finding = judge(purchase, *listed, {}, {});
  if (finding.kind != Finding::Kind::none) {
    std::vector<Purchase> others = setup_.ledger.all();
    std::erase_if(others, [&](const Purchase& one) {
      return one.state != PurchaseState::intent || (one.key == purchase.key && one.number == purchase.number);
    });
    finding = judge(purchase, *listed, setup_.ledger.all_ids(), others);
  }
  switch (finding.kind) {
    case Finding::Kind::undecided: return maybe_paid(finding.why);
    case Finding::Kind::contested:
      if (++job->contested > kContestedTries) return maybe_paid(finding.why);
      return again(servers_.real(job->request.server, milliseconds(5000)));
    case Finding::Kind::one:
      setup_.ledger.created(purchase, finding.id);
      job->bought = setup_.ledger.is_ours(purchase);  // this run made the POST whose answer got lost
      setup_.observer.remote_ended(job->request, job->key, finding.id, "adopted");
      return attach(job, purchase);
    case Finding::Kind::none: break;
  }
  const auto now = steady_clock::now();
  if (!job->first_empty) job->first_empty = now;
  const auto enough = std::max(*job->first_empty + servers_.real(job->request.server, milliseconds(30'000)),
                               job->died_at + servers_.real(job->request.server, milliseconds(60'000)));
  if (now < enough) {
    if (!job->doubt.empty() || now == *job->first_empty)
      setup_.observer.remote_waits(job->request, "finding out whether a prediction was created",
                                   std::chrono::duration_cast<milliseconds>(enough - now));
    return again(std::chrono::duration_cast<milliseconds>(enough - now) + milliseconds(1));
  }
  setup_.ledger.ended(purchase, PurchaseState::not_sent, "the server's list does not have it", nullptr);
  buy(job, purchase.number + 1, purchase.attempt);
}

void RemoteDriver::arrived(const JobPtr& job, WatchEnd end) {
  const std::string id = job->purchase->id;
  const Snapshot& snapshot = end.snapshot;
  const json none;
  const json& answer = snapshot.answer ? *snapshot.answer : none;
  if (!end.past_limit.empty() && (!terminal(snapshot.status) || snapshot.status == RemoteStatus::canceled))
    return give_up(job, PurchaseState::timed_out,
                   Error("E413", "prediction " + id + " " + end.past_limit + " and was told to end",
                         "raise `timeout:` of the node"),
                   answer);
  switch (snapshot.status) {
    case RemoteStatus::starting:
    case RemoteStatus::processing: throw Error("E991", "prediction " + id + " has not ended");
    case RemoteStatus::succeeded: leave(job); return save(job, std::move(end.snapshot));
    case RemoteStatus::failed: {
      Error error("E411", snapshot.error.empty() ? "prediction " + id + " failed, and the server does not say why"
                                                 : snapshot.error);
      setup_.ledger.ended(*job->purchase, PurchaseState::failed, error.message(), answer);
      job->purchase->answer = answer;
      setup_.observer.remote_ended(job->request, job->key, id, "failed");
      if (agreed(job->retry, *job->purchase) && !stopping_) return buy_again_later(job, *job->purchase);
      return fail(job, std::move(error));
    }
    case RemoteStatus::canceled:
      return give_up(job, PurchaseState::canceled, Error("E412", "prediction " + id + " was canceled"), answer);
    case RemoteStatus::aborted:
      return give_up(job, PurchaseState::aborted,
                     Error("E414", "prediction " + id + " was aborted before it ran; it was not charged", "run again"),
                     answer);
    case RemoteStatus::lost:
      return give_up(job, PurchaseState::lost, Error("E415", "the server does not know prediction " + id + " any more"),
                     answer);
    case RemoteStatus::expired:
      return give_up(job, PurchaseState::expired,
                     Error("E416", "the output of prediction " + id +
                                       " has been removed from the server (it is kept for one hour)"),
                     answer);
  }
}

/// The pipeline file's `retry` agrees to another purchase, for which it waits without a place in flight.
void RemoteDriver::buy_again_later(const JobPtr& job, const Purchase& failed) {
  leave(job);
  const int attempt = failed.attempt + 1;
  const milliseconds wait = servers_.real(job->request.server, wait_before(job->retry, attempt));
  setup_.observer.remote_retries(job->request, job->key, failed.id, attempt, job->retry.attempts, wait);
  job->before_retry = Error("E411", failed.error);
  setup_.executor.at(steady_clock::now() + wait, Workers::net,
                     {kUrgencyCreate, job->priority.item, job->priority.depth},
                     [this, job, number = failed.number + 1, attempt] {
                       step(job, [&] {
                         if (stopping_) return fail(job, *job->before_retry);
                         job->before_retry.reset();
                         buy(job, number, attempt);
                       });
                     });
}

void RemoteDriver::save(const JobPtr& job, Snapshot snapshot) {
  auto saver = std::make_shared<Saver>(setup_.executor, setup_.store, setup_.host, origin_name(*job->purchase),
                                       std::move(snapshot.urls),
                                       [this, server = job->request.server] { return sent_reach_.of(server); });
  auto answer = snapshot.answer;
  saver->start(job->priority, [this, job, saver, answer](std::optional<Error> error) {
    step(job, [&] {
      if (error) throw *error;  // the ledger says `created`: the next run attaches and fetches again
      json kept = answer ? saver->kept_answer(*answer) : json();
      setup_.ledger.succeeded(*job->purchase, kept, saver->records());
      setup_.observer.remote_ended(job->request, job->key, job->purchase->id, "succeeded");
      RemoteOutcome outcome;
      outcome.reused = !job->bought;
      outcome.id = job->purchase->id;
      outcome.files = saver->files();
      outcome.answer = std::make_shared<const json>(std::move(kept));
      finish(job, std::move(outcome));
    });
  });
}

void RemoteDriver::give_up(const JobPtr& job, PurchaseState state, Error error, const json& answer) {
  setup_.ledger.ended(*job->purchase, state, error.message(), answer);
  setup_.observer.remote_ended(job->request, job->key, job->purchase->id, std::string(state_name(state)));
  fail(job, std::move(error), state == PurchaseState::canceled && canceling_);
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
  outcome.key = job->key;
  if (job->purchase) outcome.attempts = job->purchase->attempt;
  leave(job);
  std::vector<std::function<void(const RemoteOutcome&)>> waiters;
  {
    std::lock_guard lock(mutex_);
    waiters = std::move(job->waiters);
    jobs_.erase(job->key);
  }
  bool first = true;
  for (const auto& done : waiters) {
    done(outcome);
    if (std::exchange(first, false))
      outcome.reused = outcome.reused || !outcome.error;  // the others share what the first one got
  }
}

void RemoteDriver::stop_creating() {
  stopping_ = true;
  servers_.close();
  std::lock_guard lock(mutex_);
  // What waits for its next try need not wait for the end of that.
  for (auto& [key, job] : jobs_)
    setup_.executor.post(Workers::net, {kUrgencyPoll}, [this, job = job] {
      step(job, [&] {
        if (job->before_retry) fail(job, *job->before_retry);
      });
    });
}

void RemoteDriver::cancel_all() {
  stop_creating();
  canceling_ = true;
  poller_.cancel_all();
}

}  // namespace pixgraph
