// How the Scheduler's pieces, vertices and items end, and what that means for those after them.
#include <utility>

#include "on_error.h"
#include "pictures.h"
#include "scheduler.h"

namespace pixgraph {

using nlohmann::json;
using std::chrono::steady_clock;

void Scheduler::ended(const Piece& piece, Ending ending) {
  if (!is_output(piece.vertex))
    ending = covered(setup_.graph.nodes[piece.vertex], std::move(ending), values_of(piece), setup_.codecs);
  if (piece.element < 0) return vertex_ended(piece.item, piece.vertex, std::move(ending));
  FanOut& fan = *piece.item->fanned[piece.vertex];
  if (ending.outcome != Outcome::done && ending.outcome != Outcome::reused) {
    json event = {{"type", "element"}, {"item", piece.item->item->name}, {"node", vertex_name(piece.vertex)}};
    event.update({{"index", piece.element}, {"state", outcome_name(ending.outcome)}});
    ending.tell(event);
    setup_.events.emit(std::move(event));
  }
  if (!fan.end(piece.element, std::move(ending))) return;
  const Spec& spec = *setup_.graph.nodes[piece.vertex].spec;
  const std::string purchases = fan.purchases();
  Ending whole = fan.together(spec);
  const bool any = purchases.find_first_not_of(std::string(kNotBought) + " -") != std::string::npos;
  if (spec.cost == Cost::paid && (any || (whole.goes_on() && !whole.substituted))) remember_purchases(piece, purchases);
  vertex_ended(piece.item, piece.vertex, std::move(whole));
}

void Scheduler::vertex_ended(const ItemPtr& item, int vertex, Ending ending) {
  const std::optional<Error>& error = ending.error;
  const bool failed = ending.outcome == Outcome::failed || ending.outcome == Outcome::canceled;
  const bool stops = failed && error && (error->stops_run() || (setup_.fail_fast && ending.outcome == Outcome::failed));
  if (setup_.thumbnails && !is_output(vertex) && ending.goes_on())
    tell_pictures(setup_.events, *setup_.thumbnails, item->item->name, vertex_name(vertex), ending.outputs);
  std::unique_lock lock(mutex_);
  if (item->outcomes[vertex]) return;  // one outcome each, whatever failed after it was given
  at_work(*item);
  emit_task(*item, vertex, outcome_name(ending.outcome), &ending);
  const bool goes_on = ending.goes_on();
  if (!is_output(vertex)) item->outputs[vertex] = std::move(ending.outputs);
  if (ending.substituted) item->substituted[vertex] = true;
  const std::string cause = "`" + vertex_name(vertex) + "`: " + (error ? error->message() : ending.cause);
  if (failed && item->cause.empty()) {
    item->cause = cause;
    if (error) item->code = error->code();
    item->culprit = vertex_name(vertex);
  }
  if (ending.outcome == Outcome::skipped && item->skip_cause.empty()) item->skip_cause = cause;
  // At the cap nothing more is bought, but what costs nothing goes on.
  const bool over_budget = ending.outcome == Outcome::canceled && error && setup_.remote.over_budget();
  if (((stops && error->stops_run()) || over_budget) && !counts_.stopped) counts_.stopped = *error;
  // A vertex that failed takes what stands after it along; done iteratively, chains may be long.
  std::vector<Settled> open = {{vertex, ending.outcome, goes_on, ending.by_when, ""}};
  std::vector<int> conditional;  // outputs that `when` decided against
  while (!open.empty()) {
    const Settled next = open.back();
    open.pop_back();
    settle(item, next, open, conditional);
    for (Settled& more : open)
      if (more.upstream.empty()) more.upstream = "upstream " + cause;
  }
  const bool last = item->left == 0;
  lock.unlock();
  for (int output : conditional)
    setup_.index.remember_files(skipped_key(setup_.planner.recipes()[output].digest, item->parts[output]), "[]");
  if (stops) stop();
  if (last) end_item(item);
}

void Scheduler::settle(const ItemPtr& item, const Settled& settled, std::vector<Settled>& more,
                       std::vector<int>& conditional) {
  const int vertex = settled.vertex;
  if (item->outcomes[vertex]) return;
  item->outcomes[vertex] = settled.outcome;
  --item->left;
  if (settled.outcome == Outcome::canceled) item->canceled = true;
  if (settled.outcome == Outcome::failed) item->failed = true;
  if (!settled.upstream.empty()) {
    item->started[vertex] = steady_clock::now();
    const Ending along = {.outcome = Outcome::skipped, .cause = settled.upstream};
    emit_task(*item, vertex, "skipped", &along);
  }
  if (is_output(vertex)) {
    if (settled.goes_on) ++item->written;
    if (settled.by_when && !item->substituted[vertex])
      conditional.push_back(vertex - static_cast<int>(setup_.graph.nodes.size()));
  }
  for (int from : vertices_.upstream[vertex])
    if (--item->readers[from] == 0 && !is_output(from))
      item->outputs[from].clear();  // nobody needs the pixels any more
  for (int next : vertices_.downstream[vertex]) {
    if (!item->shape->needed[next]) continue;
    if (item->substituted[vertex]) item->substituted[next] = true;
    if (!settled.goes_on)
      more.push_back({next, Outcome::skipped, false, settled.by_when, ""});
    else if (--item->waiting[next] == 0 && !item->outcomes[next])
      post({item, next});
  }
}

void Scheduler::end_item(const ItemPtr& item) {
  const Outcome outcome = item->outcome();
  setup_.events.emit(item->event(setup_.graph));
  std::lock_guard lock(mutex_);
  if (item->fresh) --fresh_items_;
  switch (outcome) {
    case Outcome::done: ++counts_.items_done; break;
    case Outcome::reused: ++counts_.items_reused; break;
    case Outcome::failed: ++counts_.items_failed; break;
    case Outcome::skipped: ++counts_.items_skipped; break;
    case Outcome::canceled: ++counts_.items_canceled; break;
  }
  --running_items_;
  start_items();
  idle_.notify_all();
}

}  // namespace pixgraph
