// RemoteDriver, when a prediction has ended: its files are saved, its end is written down, or it is bought again.
#include <utility>

#include "prediction_end.h"
#include "remote.h"
#include "saver.h"
#include "schema_gate.h"

namespace pixgraph {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

void RemoteDriver::arrived(const JobPtr& job, WatchEnd end) {
  PredictionEnd meant = end_of(job->purchase->id, end.snapshot, end.past_limit);
  if (!meant.error) {
    leave(job);
    return save(job, std::move(end.snapshot));
  }
  if (meant.state != PurchaseState::failed) return give_up(job, meant.state, std::move(*meant.error), end.snapshot);
  record_end(job, meant.state, meant.error->message(), end.snapshot);
  if (agreed(job->call.retry, *job->purchase) && !stopping_) return buy_again_later(job, *job->purchase);
  fail(job, std::move(*meant.error));
}

/// In the ledger, in the sum of what was spent, and to whoever shows the run.
void RemoteDriver::record_end(const JobPtr& job, PurchaseState state, const std::string& error,
                              const Snapshot& snapshot) {
  Purchase& purchase = *job->purchase;
  const json answer = snapshot.answer ? *snapshot.answer : json();
  const auto cost = cost_of(state, snapshot, budget_.price_of(job->call.request.model), purchase.price);
  setup_.ledger.ended(purchase, state, error, answer, cost);
  purchase.answer = answer;
  job->settle(budget_, cost);
  setup_.observer.remote_ended(job->call.request, job->key, purchase.id, std::string(state_name(state)), cost);
}

/// The pipeline file's `retry` agrees to another purchase, for which it waits without a place in flight.
void RemoteDriver::buy_again_later(const JobPtr& job, const Purchase& failed) {
  leave(job);
  const int attempt = failed.attempt + 1;
  const milliseconds wait = servers_.real(job->call.request.server, wait_before(job->call.retry, attempt));
  setup_.observer.remote_retries(job->call.request, job->key, failed.id, attempt, job->call.retry.attempts, wait);
  job->before_retry = Error("E411", failed.error);
  setup_.executor.at(steady_clock::now() + wait, Workers::net,
                     {kUrgencyCreate, job->call.priority.item, job->call.priority.depth},
                     [this, job, number = failed.number + 1, attempt] {
                       step(job, [&] {
                         if (stopping_) return fail(job, *job->before_retry);
                         job->before_retry.reset();
                         buy(job, number, attempt);
                       });
                     });
}

void RemoteDriver::save(const JobPtr& job, Snapshot snapshot) {
  const std::string& server = job->call.request.server;
  const JsonPtr schema = setup_.gate ? setup_.gate->schema(job->call.request) : nullptr;
  auto saver = std::make_shared<Saver>(
      setup_.executor, setup_.store, setup_.host, origin_name(*job->purchase),
      Saver::Source{job->call.node->files(snapshot, schema.get()), [this, server] { return sent_reach_.of(server); },
                    [this, server, schema, node = job->call.node, id = job->purchase->id] {
                      servers_.governor(server).next_call();
                      Snapshot now = node->poll(server, id, setup_.host);
                      if (auto meant = end_of(id, now, ""); meant.error) throw *meant.error;
                      return node->files(now, schema.get());
                    }});
  const auto cost =
      cost_of(PurchaseState::succeeded, snapshot, budget_.price_of(job->call.request.model), job->purchase->price);
  job->settle(budget_, cost);
  if (snapshot.ran)
    run_times_.learn_billed(RunTimes::name(servers_.name(job->call.request.server), job->call.request.lane),
                            *snapshot.ran);
  auto answer = snapshot.answer;
  saver->start(job->call.priority, [this, job, saver, answer, cost](std::optional<Error> error) {
    step(job, [&] {
      if (error) return not_saved(job, std::move(*error), saver->may_come_later(), cost);
      json kept = answer ? saver->kept_answer(*answer) : json();
      setup_.ledger.succeeded(*job->purchase, kept, saver->records(), cost);
      setup_.observer.remote_ended(job->call.request, job->key, job->purchase->id, "succeeded", cost);
      RemoteOutcome outcome;
      outcome.reused = !job->bought;
      outcome.id = job->purchase->id;
      outcome.files = saver->files();
      outcome.answer = std::make_shared<const json>(std::move(kept));
      finish(job, std::move(outcome));
    });
  });
}

/// The ledger says `created`: the next run attaches and fetches again. Bought again it is only with a person's word.
void RemoteDriver::not_saved(const JobPtr& job, Error error, bool later, std::optional<NanoUsd> cost) {
  Purchase& purchase = *job->purchase;
  if (later || error.stops_run()) throw error;
  Purchase ended = purchase;
  ended.state = error.code() == "E415" ? PurchaseState::lost : PurchaseState::expired;
  const bool gone = error.code() == "E415" || error.code() == "E416", again = agreed(job->call.consent, ended);
  if (gone || again) {
    setup_.ledger.ended(purchase, ended.state, error.message(), nullptr, cost);
    setup_.observer.remote_ended(job->call.request, job->key, purchase.id, std::string(state_name(ended.state)), cost);
  }
  if (again) return buy(job, purchase.number + 1, 1);
  throw gone ? error : unsaved(error, purchase, setup_.ledger_flags);
}

void RemoteDriver::give_up(const JobPtr& job, PurchaseState state, Error error, const Snapshot& snapshot) {
  record_end(job, state, error.message(), snapshot);
  fail(job, std::move(error), state == PurchaseState::canceled && canceling_);
}

}  // namespace pixgraph
