#include "scheduler.h"

#include <algorithm>
#include <utility>

#include "condition.h"
#include "evaluate.h"
#include "hash.h"
#include "item_values.h"
#include "key.h"
#include "on_error.h"
#include "pictures.h"

namespace pixgraph {

using nlohmann::json;
using std::chrono::steady_clock;

static constexpr int kUrgencyFetch = 2, kUrgencyWork = 5;

Scheduler::Scheduler(Setup setup)
    : setup_(std::move(setup)),
      around_{setup_.codecs, setup_.events, setup_.remote.sent_reach(), stopping_},
      vertices_(setup_.graph) {}

Scheduler::~Scheduler() = default;

const std::string& Scheduler::vertex_name(int vertex) const {
  const std::size_t nodes = setup_.graph.nodes.size();
  return is_output(vertex) ? setup_.graph.outputs[vertex - nodes].name : setup_.graph.nodes[vertex].name;
}

RunCounts Scheduler::run() {
  std::unique_lock lock(mutex_);
  start_items();
  idle_.wait(lock, [&] { return running_items_ == 0 && (next_item_ == setup_.table.items.size() || stopping_); });
  // Items that were never started end too: every one of them has an outcome.
  for (; next_item_ < setup_.table.items.size(); ++next_item_) {
    ++counts_.items_canceled;
    const Item& item = setup_.table.items[next_item_];
    json event = written_inputs(setup_.graph, item);
    event.update(
        {{"type", "item"}, {"item", item.name}, {"outcome", "canceled"}, {"cause", "not started: the run was ended"}});
    setup_.events.emit(std::move(event));
  }
  return counts_;
}

void Scheduler::stop() {
  stopping_ = true;
  setup_.remote.stop_creating();
  std::lock_guard lock(mutex_);
  for (const Piece& piece : resting_)  // they need not wait for their next try
    setup_.executor.post(Workers::net, {kUrgencyWork},
                         [this, piece] { end_rest(piece, Error("E902", "the run was ended before the next try")); });
  idle_.notify_all();
}

void Scheduler::stop(const Error& why) {
  {
    std::lock_guard lock(mutex_);
    if (!counts_.stopped) counts_.stopped = why;
  }
  stop();
}

RunCounts Scheduler::counts() {
  std::lock_guard lock(mutex_);
  return counts_;
}

void Scheduler::start_items() {
  while (!stopping_ && running_items_ < setup_.items_in_flight && next_item_ < setup_.table.items.size() &&
         setup_.memory.admits(running_items_, fresh_items_)) {
    auto item = std::make_shared<ItemRun>(setup_.host);
    item->index = next_item_++;
    item->item = &setup_.table.items[item->index];
    ++running_items_;
    ++fresh_items_;
    setup_.executor.post(Workers::cpu, {kUrgencyWork, static_cast<std::int64_t>(item->index), 0}, [this, item] {
      try {
        begin(item);
      } catch (const Error& error) {
        refuse(item, error);
      } catch (const std::exception& other) {
        refuse(item, unexpected(other.what()));
      }
    });
  }
}

/// Looks at the contents of the item's files and starts what has to run because of them.
void Scheduler::begin(const ItemPtr& item) {
  const FileHash hash_of = [&](const File& file) {
    std::string& hash = item->hashes[file.path];
    if (hash.empty()) hash = setup_.index.hash_of(file.path);
    return hash;
  };
  std::optional<Error> refused;
  item->plans = setup_.planner.look(*item->item, setup_.codecs, hash_of, refused);
  std::vector<bool> outputs;
  for (std::size_t i = 0; i < item->plans.size(); ++i) {
    outputs.push_back(!item->plans[i].why.empty() && !item->plans[i].refused);
    for (const json& file : item->plans[i].files) item->files.push_back(file);
    item->parts.push_back(outputs[i] ? item_parts(setup_.planner.recipes()[i], setup_.graph, *item->item, hash_of)
                                     : "");
  }
  if (refused && std::find(outputs.begin(), outputs.end(), true) == outputs.end()) return refuse(item, *refused);
  if (setup_.remote.over_budget() && !has_unknown_purchases() && item->would_buy(setup_.graph, setup_.index, outputs))
    return refuse(item, setup_.remote.budget_refusal(), Outcome::canceled);
  if (setup_.thumbnails) tell_inputs(setup_.events, setup_.graph, *item->item, item->hashes);
  std::unique_lock lock(mutex_);
  auto [shape, is_new] = shapes_.try_emplace(outputs);
  if (is_new) shape->second = vertices_.shape_of(setup_.graph, outputs);
  item->shape = &shape->second;
  item->left = item->shape->count;
  if (item->left == 0) {
    lock.unlock();
    return end_item(item);
  }
  item->outputs.resize(setup_.graph.nodes.size());
  item->waiting.resize(vertices_.count);
  item->outcomes.resize(vertices_.count);
  item->started.resize(vertices_.count);
  item->tries.resize(vertices_.count);
  item->substituted.resize(vertices_.count);
  item->fanned.resize(setup_.graph.nodes.size());
  item->readers = item->shape->readers;
  for (std::size_t i = 0; i < item->plans.size(); ++i)
    if (item->plans[i].refused) fail_output(*item, static_cast<int>(i), *item->plans[i].refused);
  for (int vertex = 0; vertex < vertices_.count; ++vertex)
    item->waiting[vertex] = static_cast<int>(vertices_.upstream[vertex].size());
  for (int vertex = 0; vertex < vertices_.count; ++vertex)
    if (item->shape->needed[vertex] && item->waiting[vertex] == 0) post({item, vertex});
  lock.unlock();
  if (setup_.fail_fast && refused) stop();
}

/// One that was refused before anything ran: the item has failed, and its other outputs are made.
void Scheduler::fail_output(ItemRun& item, int output, const Error& error) {
  const int vertex = vertices_.nodes + output;
  const Ending ending = {Outcome::failed, error};
  item.started[vertex] = steady_clock::now();
  item.outcomes[vertex] = Outcome::failed;
  item.failed = true;
  emit_task(item, vertex, "failed", &ending);
  if (!item.cause.empty()) return;
  item.cause = "`" + vertex_name(vertex) + "`: " + error.message();
  item.code = error.code();
  item.culprit = vertex_name(vertex);
}

bool Scheduler::has_unknown_purchases() {
  std::call_once(looked_for_unknown_,
                 [&] { unknown_purchases_ = setup_.unknown_purchases && setup_.unknown_purchases(); });
  return unknown_purchases_;
}

/// The item holds what it will: others may follow.
void Scheduler::at_work(ItemRun& item) {
  if (!std::exchange(item.fresh, false)) return;
  --fresh_items_;
  start_items();
}

/// Ends an item of which nothing ran.
void Scheduler::refuse(const ItemPtr& item, const Error& error, Outcome outcome) {
  json event = written_inputs(setup_.graph, *item->item);
  event.update({{"type", "item"},
                {"item", item->item->name},
                {"outcome", outcome_name(outcome)},
                {"code", error.code()},
                {"cause", error.message()}});
  if (!error.hint().empty()) event["hint"] = error.hint();
  setup_.events.emit(std::move(event));
  if (error.stops_run()) stop(error);
  if (setup_.fail_fast && outcome == Outcome::failed) stop();
  std::lock_guard lock(mutex_);
  ++(outcome == Outcome::canceled ? counts_.items_canceled : counts_.items_failed);
  --fresh_items_;
  --running_items_;
  start_items();
  idle_.notify_all();
}

void Scheduler::post(const Piece& piece) {
  const bool net = !is_output(piece.vertex) && setup_.graph.nodes[piece.vertex].spec->pool == Pool::net;
  setup_.executor.post(
      net ? Workers::download : Workers::cpu,
      {net ? kUrgencyFetch : kUrgencyWork, static_cast<std::int64_t>(piece.item->index), vertices_.depth[piece.vertex]},
      [this, piece] { run_piece(piece); });
}

int& Scheduler::tries_of(const Piece& piece) const {
  return piece.element < 0 ? piece.item->tries[piece.vertex] : piece.item->fanned[piece.vertex]->tries(piece.element);
}

void Scheduler::run_piece(const Piece& piece) {
  if (piece.element < 0 && piece.item->tries[piece.vertex] == 0) {
    piece.item->started[piece.vertex] = steady_clock::now();
    emit_task(*piece.item, piece.vertex, "started", nullptr);
  }
  try {
    if (is_output(piece.vertex))
      run_output(piece.item, piece.vertex - static_cast<int>(setup_.graph.nodes.size()));
    else
      run_node(piece);
  } catch (const Error& error) {
    failed(piece, error);
  } catch (const std::bad_alloc&) {
    failed(piece, Error("E302", "not enough memory"));
  } catch (const std::exception& other) {
    failed(piece, unexpected(other.what()));
  } catch (...) {
    failed(piece, unexpected("the node threw what is no exception"));
  }
}

void Scheduler::failed(const Piece& piece, const Error& error) {
  if (try_again(piece, error)) return;
  // E901: a node that obeyed canceled().
  ended(piece, {error.code() == "E901" && stopping_ ? Outcome::canceled : Outcome::failed, error});
}

/// Whether the node's `retry` wants another try, which is then arranged. A paid node's tries are the RemoteDriver's;
/// what fails before its request is made fails again.
bool Scheduler::try_again(const Piece& piece, const Error& error) {
  const auto& [item, vertex, element] = piece;
  if (is_output(vertex) || setup_.graph.nodes[vertex].spec->pool == Pool::predict) return false;
  const Retry& retry = setup_.graph.nodes[vertex].retry;
  if (tries_of(piece) + 1 >= retry.attempts || !worth_retrying(retry, error)) return false;
  const int attempt = ++tries_of(piece) + 1;
  const auto wait = wait_before(retry, attempt);
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return false;
    piece.item->attempts = std::max(piece.item->attempts, attempt);
    resting_.insert(piece);
  }
  setup_.events.emit({{"type", "retry"},
                      {"item", item->item->name},
                      {"node", vertex_name(vertex)},
                      {"attempt", attempt},
                      {"attempts", retry.attempts},
                      {"code", error.code()},
                      {"cause", error.message()},
                      {"ms", wait.count()}});
  setup_.executor.at(steady_clock::now() + wait, Workers::net, {kUrgencyWork, static_cast<std::int64_t>(item->index)},
                     [this, piece, error] { end_rest(piece, error); });
  return true;
}

/// The time of the next try has come, or the run is being ended, which ends it with the last try's error.
void Scheduler::end_rest(const Piece& piece, const Error& error) {
  {
    std::lock_guard lock(mutex_);
    if (resting_.erase(piece) == 0) return;
  }
  if (stopping_) return ended(piece, {Outcome::failed, error});
  post(piece);
}

ItemValues Scheduler::values_of(const Piece& piece) const {
  ItemValues values{setup_.graph, piece.item->item->inputs, piece.item->outputs};
  if (piece.element >= 0) {
    values.each = &piece.item->fanned[piece.vertex]->element(piece.element);
    values.each_index = piece.element;
  }
  return values;
}

void Scheduler::run_node(const Piece& piece) {
  const GraphNode& node = setup_.graph.nodes[piece.vertex];
  if (piece.element >= 0) {
    const FanOut& fan = *piece.item->fanned[piece.vertex];
    if (fan.given_up()) {
      if (node.spec->cost == Cost::paid) piece.item->fanned[piece.vertex]->bought(piece.element, kNotBought);
      return ended(piece, {.outcome = Outcome::skipped, .cause = "another element failed"});
    }
    if (fan.element(piece.element).absent())
      return ended(piece, {.outcome = Outcome::skipped, .cause = "there is no such element"});
  }
  const ItemValues values = values_of(piece);
  if (node.when && node.when_of_element == (piece.element >= 0) && !holds(*node.when, values, setup_.codecs))
    return ended(piece,
                 {.outcome = Outcome::skipped, .cause = "`when` does not hold: " + node.when_text, .by_when = true});
  if (node.each && piece.element < 0) return fan_out(piece);
  const Behaviour behaviour = setup_.registry.behaviour(node.spec->name);
  auto call = std::make_shared<NodeCall>(around_, piece.item, node, values);
  if (behaviour.remote) return run_remote(piece, std::move(call), behaviour.remote);
  try {
    behaviour.run(*call);
  } catch (const Error& error) {
    if (error.code() == "E901" && call->over_time() && !stopping_) throw call->over_time_error();
    throw;
  }
  if (call->over_time()) throw call->over_time_error();
  std::vector<Value> outputs = call->take_outputs();
  call.reset();  // lets go of the inputs before what follows is posted
  ended(piece, {.outputs = std::move(outputs)});
}

/// Starts a node once for every element of its list.
void Scheduler::fan_out(const Piece& piece) {
  const GraphNode& node = setup_.graph.nodes[piece.vertex];
  auto fan = std::make_unique<FanOut>(
      elements_of(evaluate(*node.each, values_of(piece), setup_.codecs), "`each` of `" + node.name + "`"));
  const int elements = fan->size();
  if (elements == 0) {
    if (node.spec->cost == Cost::paid) remember_purchases(piece, fan->purchases());
    return ended(piece, fan->together(*node.spec));
  }
  piece.item->fanned[piece.vertex] = std::move(fan);
  for (int element = 0; element < elements; ++element) post({piece.item, piece.vertex, element});
}

/// So that a plan can tell what was bought for the node without doing the work before it.
void Scheduler::remember_purchases(const Piece& piece, const std::string& keys) {
  setup_.index.remember_purchase(piece.item->recipes(setup_.graph, setup_.index)[piece.vertex], keys);
}

void Scheduler::run_remote(const Piece& piece, std::shared_ptr<NodeCall> call,
                           std::shared_ptr<const RemoteNode> remote) {
  const GraphNode& node = setup_.graph.nodes[piece.vertex];
  RemoteCall buy;
  buy.node = remote;
  buy.request = remote->prepare(*call);
  buy.priority = {kUrgencyWork, static_cast<std::int64_t>(piece.item->index), vertices_.depth[piece.vertex]};
  buy.timeout = node.timeout;
  buy.queue_timeout = node.queue_timeout;
  buy.run_timeout = node.run_timeout;
  buy.retry = node.retry;
  buy.consent = setup_.consents.of(node.name);
  call->release_inputs();  // what waits for a server holds no pixels but those it sends
  {
    std::lock_guard lock(mutex_);
    at_work(*piece.item);
  }
  const auto asks = Askers::asking(setup_.askers, setup_.remote.key_of(buy.request), piece.item->item->name, node.name);
  buy.done = [this, piece, call, remote, asks](const RemoteOutcome& outcome) {
    if (!outcome.id.empty()) {
      std::lock_guard lock(mutex_);
      ItemRun& item = *piece.item;
      item.attempts = std::max(item.attempts, outcome.attempts);
      item.predictions.push_back({{"node", vertex_name(piece.vertex)}, {"id", outcome.id}, {"reused", outcome.reused}});
    }
    if (outcome.cost) {
      std::lock_guard lock(mutex_);
      piece.item->cost = sum_of(piece.item->cost.value_or(0), *outcome.cost);
    }
    // Also one that failed: a plan must not tell that it was never bought.
    const bool bought = !outcome.error || !outcome.id.empty();
    if (piece.element >= 0)
      piece.item->fanned[piece.vertex]->bought(piece.element, bought ? outcome.key : kNotBought);
    else if (bought && !outcome.key.empty())
      remember_purchases(piece, outcome.key);
    if (outcome.error) return ended(piece, {outcome.canceled ? Outcome::canceled : Outcome::failed, outcome.error});
    try {
      for (const FilePtr& file : outcome.files)
        if (!file->source_url.empty()) piece.item->host.remember(file->source_url, file);
      remote->finish(*call, *outcome.answer, outcome.files, outcome.schema.get());
      ended(piece, {outcome.reused ? Outcome::reused : Outcome::done, std::nullopt, call->take_outputs()});
    } catch (const Error& error) {
      ended(piece, {Outcome::failed, error});
    } catch (const std::exception& other) {
      ended(piece, {Outcome::failed, unexpected(other.what())});
    }
  };
  setup_.remote.start(std::move(buy));
}

void Scheduler::run_output(const ItemPtr& item, int index) {
  const GraphOutput& output = setup_.graph.outputs[index];
  ItemValues values{setup_.graph, item->item->inputs, item->outputs};
  const Value value = evaluate(output.value, values, setup_.codecs);
  const int vertex = static_cast<int>(setup_.graph.nodes.size()) + index;
  const bool substituted = [&]() -> bool {  // no reference into the bits, which would be read without the lock
    std::lock_guard lock(mutex_);
    return item->substituted[vertex];
  }();
  bool changed = false;
  json paths = json::array();
  auto write = [&](const Value& one) {
    const std::string name = as_text(evaluate(output.file, values, setup_.codecs));
    const std::string path = setup_.writer.claim(name, "`" + output.name + "` of " + item->item->name);
    const OutputWriter::Written written = setup_.writer.write(path, one, output);
    changed = changed || written.changed;
    // What an error went into is not taken for up to date: the error may have passed by the next run.
    const std::string& digest = substituted ? kAfterError : setup_.planner.recipes()[index].digest;
    setup_.index.wrote(written.absolute, digest, item->parts[index]);
    paths.push_back(written.absolute);
    if (const ImagePtr image = one.image(); image && setup_.thumbnails) setup_.thumbnails->add(written.hash, *image);
    {
      std::lock_guard lock(mutex_);
      item->files.push_back({{"path", written.absolute}, {"hash", written.hash}});
    }
    json event = {{"type", "output"}, {"item", item->item->name}, {"output", output.name}};
    event.update({{"path", written.path}, {"hash", written.hash}, {"changed", written.changed}});
    setup_.events.emit(std::move(event));
  };
  if (const List* list = value.list()) {
    for (; values.element < static_cast<int>(list->size()); ++values.element)  // one that was skipped keeps its place
      if (!(*list)[values.element].absent()) write((*list)[values.element]);
  } else {
    write(value);
  }
  if (item->plans[index].path.empty())
    setup_.index.remember_files(
        files_key(setup_.planner.recipes()[index].digest, item->parts[index], setup_.writer.folder()), paths.dump());
  // What was decided before holds no longer, and must not keep a file from being brought back.
  if (setup_.planner.conditional(index))
    setup_.index.forget_files(skipped_key(setup_.planner.recipes()[index].digest, item->parts[index]));
  ended({item, vertex}, {changed ? Outcome::done : Outcome::reused});
}

void Scheduler::emit_task(const ItemRun& item, int vertex, std::string_view state, const Ending* ending) {
  json event = {{"type", "task"}, {"item", item.item->name}, {"node", vertex_name(vertex)}, {"state", state}};
  if (is_output(vertex)) event["output"] = true;
  if (state != "started") event["ms"] = (steady_clock::now() - item.started[vertex]) / std::chrono::milliseconds(1);
  if (!is_output(vertex) && item.fanned[vertex]) event["elements"] = item.fanned[vertex]->size();
  if (ending) ending->tell(event);
  setup_.events.emit(std::move(event));
}

}  // namespace pixgraph
