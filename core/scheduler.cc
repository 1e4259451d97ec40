#include "scheduler.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "call.h"
#include "evaluate.h"
#include "hash.h"
#include "item_values.h"
#include "key.h"

namespace pixgraph {

using nlohmann::json;
using std::chrono::steady_clock;

static constexpr int kUrgencyFetch = 2, kUrgencyWork = 5;

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::done: return "done";
    case Outcome::reused: return "reused";
    case Outcome::failed: return "failed";
    case Outcome::skipped: return "skipped";
    case Outcome::canceled: return "canceled";
  }
  return "?";
}

/// One item under way. Guarded by Scheduler::mutex_, but for `outputs` of nodes that are done, which their consumers
/// read.
struct Scheduler::ItemRun {
  std::size_t index = 0;
  const Item* item = nullptr;
  std::vector<std::vector<Value>> outputs;  // by node
  const Shape* shape = nullptr;
  std::vector<OutputPlan> plans;              // by output
  std::vector<std::string> parts;             // by output: of the recipe that it is made by
  std::map<std::string, std::string> hashes;  // of input files, by path, as they were before anything read them
  std::vector<int> waiting;                   // by vertex: upstream that has not ended
  std::vector<int> readers;                   // by vertex: downstream that still needs its values
  std::vector<std::optional<Outcome>> outcomes;
  std::vector<steady_clock::time_point> started;
  std::vector<int> tries;  // by vertex: that have failed and may be repeated
  int left = 0;
  bool failed = false, canceled = false;
  std::string cause, code, culprit;  // of the first failure: what, its code and the node
  steady_clock::time_point begun = steady_clock::now();
  int attempts = 1;  // of the node that was tried most often
  json files = json::array(), predictions = json::array();
  std::once_flag recipes_made;
  std::vector<std::string> recipes;  // by node; made when the first paid node asks
};

Scheduler::Scheduler(Setup setup) : setup_(std::move(setup)) {
  const Graph& graph = setup_.graph;
  const int nodes = static_cast<int>(graph.nodes.size());
  upstream_.resize(vertex_count());
  downstream_.resize(vertex_count());
  depth_.resize(vertex_count());
  for (int i = 0; i < nodes; ++i) upstream_[i] = graph.nodes[i].upstream;
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    std::set<int> from;
    for (const Expression* expression : {&graph.outputs[i].value, &graph.outputs[i].file})
      for_each_reference(*expression, [&](const Reference& reference) {
        if (reference.to == Reference::To::node) from.insert(reference.index);
      });
    upstream_[nodes + i].assign(from.begin(), from.end());
  }
  for (int vertex = 0; vertex < vertex_count(); ++vertex)
    for (int from : upstream_[vertex]) downstream_[from].push_back(vertex);
  std::vector<int> order = graph.order;
  for (int vertex = nodes; vertex < vertex_count(); ++vertex) order.push_back(vertex);
  for (int vertex : order)
    for (int from : upstream_[vertex]) depth_[vertex] = std::max(depth_[vertex], depth_[from] + 1);
}

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
  for (const auto& [item, vertex] : resting_)  // they need not wait for their next try
    setup_.executor.post(Workers::net, {kUrgencyWork}, [this, item = item, vertex = vertex] {
      end_rest(item, vertex, Error("E902", "the run was ended before the next try"));
    });
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
  while (!stopping_ && running_items_ < setup_.items_in_flight && next_item_ < setup_.table.items.size()) {
    auto item = std::make_shared<ItemRun>();
    item->index = next_item_++;
    item->item = &setup_.table.items[item->index];
    ++running_items_;
    setup_.executor.post(Workers::cpu, {kUrgencyWork, static_cast<std::int64_t>(item->index), 0}, [this, item] {
      try {
        begin(item);
      } catch (const Error& error) {
        refuse(item, error);
      } catch (const std::exception& other) {
        refuse(item, Error("E990", std::string("something unexpected happened: ") + other.what()));
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
  if (refused) return refuse(item, *refused);
  std::vector<bool> outputs;
  for (std::size_t i = 0; i < item->plans.size(); ++i) {
    outputs.push_back(!item->plans[i].why.empty());
    for (const json& file : item->plans[i].files) item->files.push_back(file);
    item->parts.push_back(outputs[i] ? item_parts(setup_.planner.recipes()[i], setup_.graph, *item->item, hash_of)
                                     : "");
  }
  if (setup_.thumbnails)
    for (std::size_t i = 0; i < item->item->inputs.size(); ++i) {
      const FilePtr file = item->item->inputs[i].file();
      if (!file || !item->hashes.contains(file->path)) continue;
      setup_.events.emit({{"type", "picture"},
                          {"item", item->item->name},
                          {"input", setup_.graph.inputs[i].name},
                          {"hash", item->hashes[file->path]},
                          {"path", std::filesystem::absolute(file->path).string()}});
    }
  std::unique_lock lock(mutex_);
  item->shape = &shape_for(outputs);
  item->left = item->shape->count;
  if (item->left == 0) {
    lock.unlock();
    return end_item(item);
  }
  item->outputs.resize(setup_.graph.nodes.size());
  item->waiting.resize(vertex_count());
  item->outcomes.resize(vertex_count());
  item->started.resize(vertex_count());
  item->tries.resize(vertex_count());
  item->readers = item->shape->readers;
  for (int vertex = 0; vertex < vertex_count(); ++vertex)
    item->waiting[vertex] = static_cast<int>(upstream_[vertex].size());
  for (int vertex = 0; vertex < vertex_count(); ++vertex)
    if (item->shape->needed[vertex] && item->waiting[vertex] == 0) post(item, vertex);
}

const Scheduler::Shape& Scheduler::shape_for(const std::vector<bool>& outputs) {
  const auto [place, is_new] = shapes_.emplace(outputs, Shape());
  Shape& shape = place->second;
  if (!is_new) return shape;
  shape.needed = needed_nodes(setup_.graph, outputs);
  shape.needed.insert(shape.needed.end(), outputs.begin(), outputs.end());
  shape.count = static_cast<int>(std::count(shape.needed.begin(), shape.needed.end(), true));
  shape.readers.resize(vertex_count());
  for (int vertex = 0; vertex < vertex_count(); ++vertex)
    shape.readers[vertex] = static_cast<int>(std::count_if(downstream_[vertex].begin(), downstream_[vertex].end(),
                                                           [&](int next) { return shape.needed[next]; }));
  return shape;
}

/// Ends an item of which nothing ran.
void Scheduler::refuse(const ItemPtr& item, const Error& error) {
  json event = written_inputs(setup_.graph, *item->item);
  event.update({{"type", "item"},
                {"item", item->item->name},
                {"outcome", "failed"},
                {"code", error.code()},
                {"cause", error.message()}});
  if (!error.hint().empty()) event["hint"] = error.hint();
  setup_.events.emit(std::move(event));
  if (error.stops_run()) stop(error);
  std::lock_guard lock(mutex_);
  ++counts_.items_failed;
  --running_items_;
  start_items();
  idle_.notify_all();
}

void Scheduler::post(const ItemPtr& item, int vertex) {
  const bool net = !is_output(vertex) && setup_.graph.nodes[vertex].spec->pool == Pool::net;
  setup_.executor.post(net ? Workers::net : Workers::cpu,
                       {net ? kUrgencyFetch : kUrgencyWork, static_cast<std::int64_t>(item->index), depth_[vertex]},
                       [this, item, vertex] { run_vertex(item, vertex); });
}

void Scheduler::run_vertex(const ItemPtr& item, int vertex) {
  if (item->tries[vertex] == 0) {
    item->started[vertex] = steady_clock::now();
    emit_task(*item, vertex, "started", nullptr, "");
  }
  try {
    if (is_output(vertex))
      run_output(item, vertex - static_cast<int>(setup_.graph.nodes.size()));
    else
      run_node(item, vertex);
  } catch (const Error& error) {
    if (try_again(item, vertex, error)) return;
    // E901: a node that obeyed canceled().
    ended(item, vertex, error.code() == "E901" && stopping_ ? Outcome::canceled : Outcome::failed, &error, {});
  } catch (const std::bad_alloc&) {
    const Error error("E302", "not enough memory");
    ended(item, vertex, Outcome::failed, &error, {});
  } catch (const std::exception& other) {
    const Error error("E990", std::string("something unexpected happened: ") + other.what());
    ended(item, vertex, Outcome::failed, &error, {});
  } catch (...) {
    const Error error("E990", "something unexpected happened: the node threw what is no exception");
    ended(item, vertex, Outcome::failed, &error, {});
  }
}

/// Whether the node's `retry` wants another try, which is then arranged. A paid node's tries are the RemoteDriver's;
/// what fails before its request is made fails again.
bool Scheduler::try_again(const ItemPtr& item, int vertex, const Error& error) {
  if (is_output(vertex) || setup_.graph.nodes[vertex].spec->pool == Pool::predict) return false;
  const Retry& retry = setup_.graph.nodes[vertex].retry;
  if (item->tries[vertex] + 1 >= retry.attempts || !worth_retrying(retry, error)) return false;
  const int attempt = ++item->tries[vertex] + 1;
  const auto wait = wait_before(retry, attempt);
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return false;
    item->attempts = std::max(item->attempts, attempt);
    resting_.emplace(item, vertex);
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
                     [this, item, vertex, error] { end_rest(item, vertex, error); });
  return true;
}

/// The time of the next try has come, or the run is being ended, which ends it with the last try's error.
void Scheduler::end_rest(const ItemPtr& item, int vertex, const Error& error) {
  {
    std::lock_guard lock(mutex_);
    if (resting_.erase({item, vertex}) == 0) return;
  }
  if (stopping_) return ended(item, vertex, Outcome::failed, &error, {});
  post(item, vertex);
}

/// A call whose warnings become events of its node and item.
class Scheduler::NodeCall : public BoundCall {
 public:
  NodeCall(Scheduler& scheduler, ItemPtr item, int node, const ItemValues& values)
      : BoundCall(scheduler.setup_.graph.nodes[node], values, scheduler.setup_.codecs, scheduler.setup_.host),
        scheduler_(scheduler),
        item_(std::move(item)),
        node_(node) {}
  void warn(std::string message) override {
    scheduler_.setup_.events.emit({{"type", "warning"},
                                   {"item", item_->item->name},
                                   {"node", scheduler_.vertex_name(node_)},
                                   {"message", std::move(message)}});
  }
  bool canceled() const override { return scheduler_.stopping_; }
  Reach reach(std::string_view name) const override {
    return written_by_user(name) ? Reach::anywhere : scheduler_.setup_.remote.sent_reach().of_all();
  }

 private:
  Scheduler& scheduler_;
  ItemPtr item_;
  int node_;
};

void Scheduler::run_node(const ItemPtr& item, int node) {
  const Behaviour behaviour = setup_.registry.behaviour(setup_.graph.nodes[node].spec->name);
  auto call =
      std::make_shared<NodeCall>(*this, item, node, ItemValues{setup_.graph, item->item->inputs, item->outputs});
  if (behaviour.remote) return run_remote(item, node, std::move(call), behaviour.remote);
  behaviour.run(*call);
  std::vector<Value> outputs = call->take_outputs();
  call.reset();  // lets go of the inputs before what follows is posted
  ended(item, node, Outcome::done, nullptr, std::move(outputs));
}

void Scheduler::run_remote(const ItemPtr& item, int node, std::shared_ptr<NodeCall> call,
                           std::shared_ptr<const RemoteNode> remote) {
  RemoteCall buy;
  buy.node = remote;
  buy.request = remote->prepare(*call);
  buy.priority = {kUrgencyWork, static_cast<std::int64_t>(item->index), depth_[node]};
  buy.timeout = setup_.graph.nodes[node].timeout;
  buy.queue_timeout = setup_.graph.nodes[node].queue_timeout;
  buy.run_timeout = setup_.graph.nodes[node].run_timeout;
  buy.retry = setup_.graph.nodes[node].retry;
  const auto agreed = setup_.consent_of.find(setup_.graph.nodes[node].name);
  buy.consent = agreed == setup_.consent_of.end() ? setup_.consent : agreed->second;
  std::call_once(item->recipes_made, [&] {
    item->recipes = recipe_keys(setup_.graph, *item->item, [&](const File& file) {
      const auto known = item->hashes.find(file.path);
      return known == item->hashes.end() ? setup_.index.hash_of(file.path) : known->second;
    });
  });
  call->release_inputs();  // what waits for a server holds no pixels but those it sends
  buy.done = [this, item, node, call, remote](const RemoteOutcome& outcome) {
    if (!outcome.id.empty()) {
      std::lock_guard lock(mutex_);
      item->attempts = std::max(item->attempts, outcome.attempts);
      item->predictions.push_back(
          {{"node", setup_.graph.nodes[node].name}, {"id", outcome.id}, {"reused", outcome.reused}});
    }
    if (outcome.error) {
      Error error = *outcome.error;
      return ended(item, node, outcome.canceled ? Outcome::canceled : Outcome::failed, &error, {});
    }
    try {
      setup_.index.remember_purchase(item->recipes[node], outcome.key);
      for (const FilePtr& file : outcome.files)
        if (!file->source_url.empty()) setup_.host.remember(file->source_url, file);
      remote->finish(*call, *outcome.answer, outcome.files);
      ended(item, node, outcome.reused ? Outcome::reused : Outcome::done, nullptr, call->take_outputs());
    } catch (const Error& error) {
      ended(item, node, Outcome::failed, &error, {});
    } catch (const std::exception& other) {
      const Error error("E990", std::string("something unexpected happened: ") + other.what());
      ended(item, node, Outcome::failed, &error, {});
    }
  };
  setup_.remote.start(std::move(buy));
}

void Scheduler::run_output(const ItemPtr& item, int index) {
  const GraphOutput& output = setup_.graph.outputs[index];
  ItemValues values{setup_.graph, item->item->inputs, item->outputs};
  const Value value = evaluate(output.value, values, setup_.codecs);
  bool changed = false;
  json paths = json::array();
  auto write = [&](const Value& one) {
    const std::string name = as_text(evaluate(output.file, values, setup_.codecs));
    const std::string path = setup_.writer.claim(name, "`" + output.name + "` of " + item->item->name);
    const OutputWriter::Written written = setup_.writer.write(path, one, output);
    changed = changed || written.changed;
    setup_.index.wrote(written.absolute, setup_.planner.recipes()[index].digest, item->parts[index]);
    paths.push_back(written.absolute);
    if (const ImagePtr image = one.image(); image && setup_.thumbnails) setup_.thumbnails->add(written.hash, *image);
    {
      std::lock_guard lock(mutex_);
      item->files.push_back({{"path", written.absolute}, {"hash", written.hash}});
    }
    setup_.events.emit({{"type", "output"},
                        {"item", item->item->name},
                        {"output", output.name},
                        {"path", written.path},
                        {"hash", written.hash},
                        {"changed", written.changed}});
  };
  if (const List* list = value.list()) {
    for (; values.element < static_cast<std::int64_t>(list->size()); ++values.element) write((*list)[values.element]);
  } else {
    write(value);
  }
  if (item->plans[index].path.empty())
    setup_.index.remember_files(sha256(setup_.planner.recipes()[index].digest + item->parts[index]), paths.dump());
  ended(item, static_cast<int>(setup_.graph.nodes.size()) + index, changed ? Outcome::done : Outcome::reused, nullptr,
        {});
}

/// Tells what a node made that can be looked at: its pictures, each once, of a list the first few.
void Scheduler::emit_pictures(const ItemRun& item, int node, const std::vector<Value>& outputs) {
  if (!setup_.thumbnails) return;
  std::set<std::string> told;
  const auto tell = [&](const Value& value) {
    json event = {{"type", "picture"}, {"item", item.item->name}, {"node", vertex_name(node)}};
    if (const ImagePtr image = value.image()) {
      event["hash"] = setup_.thumbnails->add(*image);
      event.update({{"width", image->width()}, {"height", image->height()}});
    } else if (const FilePtr file = value.file(); file && file->media_type.starts_with("image/")) {
      event["hash"] = file->hash;
      event["path"] = std::filesystem::absolute(file->path).string();
    } else {
      return;
    }
    const std::string hash = event["hash"];
    if (!hash.empty() && told.insert(hash).second) setup_.events.emit(std::move(event));
  };
  constexpr std::size_t kMostOfList = 8;
  for (const Value& output : outputs) {
    if (!output.list()) tell(output);
    for (std::size_t i = 0; output.list() && i < std::min(kMostOfList, output.list()->size()); ++i)
      tell((*output.list())[i]);
  }
}

void Scheduler::emit_task(const ItemRun& item, int vertex, std::string_view state, const Error* error,
                          const std::string& cause) {
  json event = {{"type", "task"}, {"item", item.item->name}, {"node", vertex_name(vertex)}, {"state", state}};
  if (is_output(vertex)) event["output"] = true;
  if (state != "started")
    event["ms"] =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - item.started[vertex]).count();
  if (error) {
    event["code"] = error->code();
    event["cause"] = error->message();
    if (!error->hint().empty()) event["hint"] = error->hint();
  } else if (!cause.empty()) {
    event["cause"] = cause;
  }
  setup_.events.emit(std::move(event));
}

void Scheduler::ended(const ItemPtr& item, int vertex, Outcome outcome, const Error* error,
                      std::vector<Value> outputs) {
  const bool stops = error && (error->stops_run() || (setup_.fail_fast && outcome == Outcome::failed));
  if (!error && !is_output(vertex)) emit_pictures(*item, vertex, outputs);
  std::unique_lock lock(mutex_);
  if (item->outcomes[vertex]) return;  // one outcome each, whatever failed after it was given
  emit_task(*item, vertex, outcome_name(outcome), error, "");
  if (!is_output(vertex)) item->outputs[vertex] = std::move(outputs);
  const std::string cause = error ? "`" + vertex_name(vertex) + "`: " + error->message() : "";
  if (stops && error->stops_run() && !counts_.stopped) counts_.stopped = *error;
  // A vertex that failed takes what stands after it along; done iteratively, chains may be long.
  if (error && item->cause.empty()) {
    item->code = error->code();
    item->culprit = vertex_name(vertex);
  }
  std::vector<std::pair<int, Outcome>> open = {{vertex, outcome}};
  while (!open.empty()) {
    const auto [next, how] = open.back();
    open.pop_back();
    settle(item, next, how, cause, open);
  }
  const bool last = item->left == 0;
  lock.unlock();
  if (stops) stop();
  if (last) end_item(item);
}

void Scheduler::settle(const ItemPtr& item, int vertex, Outcome outcome, const std::string& cause,
                       std::vector<std::pair<int, Outcome>>& more) {
  if (item->outcomes[vertex]) return;
  item->outcomes[vertex] = outcome;
  --item->left;
  const bool good = outcome == Outcome::done || outcome == Outcome::reused;
  if (!good) {
    if (outcome == Outcome::canceled) item->canceled = true;
    if (outcome == Outcome::failed) item->failed = true;
    if (item->cause.empty()) item->cause = cause;
  }
  if (outcome == Outcome::skipped) {
    item->started[vertex] = steady_clock::now();
    emit_task(*item, vertex, "skipped", nullptr, "upstream " + cause);
  }
  for (int from : upstream_[vertex])
    if (--item->readers[from] == 0 && !is_output(from))
      item->outputs[from].clear();  // nobody needs the pixels any more
  for (int next : downstream_[vertex]) {
    if (!item->shape->needed[next]) continue;
    if (!good)
      more.emplace_back(next, Outcome::skipped);
    else if (--item->waiting[next] == 0 && !item->outcomes[next])
      post(item, next);
  }
}

void Scheduler::end_item(const ItemPtr& item) {
  const bool reused = item->left == 0 && item->shape->count == 0;
  const std::string_view outcome = item->failed ? "failed" : item->canceled ? "canceled" : reused ? "reused" : "done";
  json event = written_inputs(setup_.graph, *item->item);
  event.update(
      {{"type", "item"},
       {"item", item->item->name},
       {"outcome", outcome},
       {"attempts", item->attempts},
       {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - item->begun).count()},
       {"predictions", item->predictions},
       {"files", item->files}});
  if (!item->cause.empty()) event.update({{"code", item->code}, {"cause", item->cause}, {"node", item->culprit}});
  setup_.events.emit(std::move(event));
  std::lock_guard lock(mutex_);
  ++(item->failed     ? counts_.items_failed
     : item->canceled ? counts_.items_canceled
     : reused         ? counts_.items_reused
                      : counts_.items_done);
  --running_items_;
  start_items();
  idle_.notify_all();
}

}  // namespace pixgraph
