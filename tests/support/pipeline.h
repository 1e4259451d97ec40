// Pipelines in tests: a graph from its text, node types from lambdas, and everything a Scheduler stands on.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "document.h"
#include "graph.h"
#include "key.h"
#include "plan_summary.h"
#include "redact.h"
#include "registry.h"
#include "scheduler.h"
#include "support/fake_host.h"
#include "support/temp_folder.h"

namespace pixgraph::test {

using nlohmann::json;

/// Node types with functions, as if a plugin had brought them.
class Nodes {
 public:
  Nodes() {
    registry.set_source(
        {[this](const std::string&, const std::string& type) { return behaviours_.at(type); }, nullptr});
  }
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;
  void add(Spec spec, RunFunction run) {
    behaviours_[spec.name] = {std::move(run), nullptr};
    registry.add(std::move(spec), "test.pixgraph.so");
  }
  void add(Spec spec, std::shared_ptr<const RemoteNode> remote) {
    behaviours_[spec.name] = {nullptr, std::move(remote)};
    registry.add(std::move(spec), "test.pixgraph.so");
  }
  Behaviour behaviour(const std::string& type) const { return behaviours_.at(type); }
  Registry registry;

 private:
  std::map<std::string, Behaviour> behaviours_;
};

/// The graph of a text that must be without mistakes.
inline Graph graph_of(const std::string& text, const Registry& registry, const Settings& settings = {}) {
  Diagnostics diagnostics;
  const Document document = parse_document("test.yaml", "pixgraph: 1\n" + text, diagnostics);
  Graph graph = bind(document, registry, settings, diagnostics);
  if (diagnostics.has_errors()) ADD_FAILURE() << diagnostics.render(document.file, document.text, false);
  return graph;
}

/// One run over items that are texts. Things may be set between its making and run().
class TestRun : RemoteObserver {
 public:
  TestRun(Nodes& nodes, const std::string& pipeline, const std::vector<std::string>& items, bool fail_fast = false,
          int threads = 4)
      : TestRun(nodes, graph_of(pipeline, nodes.registry), items, fail_fast, threads) {}
  TestRun(Nodes& nodes, Graph bound, const std::vector<std::string>& items, bool fail_fast = false, int threads = 4)
      : graph(std::move(bound)),
        codecs(nodes.registry),
        store(real_disk(), folder.path("state/store")),
        http(store),
        host(http, store, codecs, redactor),
        index(folder.path("state")),
        ledger(real_disk(), folder.path("state/ledger")),
        events(redactor),
        writer(real_disk(), index, codecs, folder.path("out"), false),
        planner(graph, index, writer, {}),
        executor(std::make_unique<Executor>(threads, threads)),
        driver({*executor, ledger, store, host, *this, "", [](const std::string&) { return ServerLimits(); }}) {
    for (const std::string& item : items) table.items.push_back({item, {Value(item)}});
    events.add_sink([this](std::span<const json> batch) {
      for (const json& event : batch) {
        all.push_back(event);
        if (on_event) on_event(event);
      }
    });
    make_scheduler = [this, &nodes, fail_fast](Thumbnails* thumbnails) {
      scheduler = std::make_unique<Scheduler>(Scheduler::Setup{graph,
                                                               nodes.registry,
                                                               table,
                                                               planner,
                                                               codecs,
                                                               *executor,
                                                               driver,
                                                               host,
                                                               index,
                                                               writer,
                                                               events,
                                                               memory,
                                                               in_flight,
                                                               fail_fast,
                                                               {},
                                                               thumbnails});
    };
    make_scheduler(nullptr);
  }
  /// Before run().
  void look_at_pictures(Thumbnails& thumbnails) { make_scheduler(&thumbnails); }
  ~TestRun() { executor.reset(); }
  RunCounts run() {
    writer.check_folder();
    make_plan(graph, table, planner, codecs, [this](const File& file) { return index.known_hash(file.path); });
    const RunCounts counts = scheduler->run();
    executor.reset();  // every event has been emitted
    events.finish();
    return counts;
  }
  /// The plan by node, with what was bought until now.
  PlanSummary told(const Plan& plan) {
    return summary(graph, table, plan, {index, ledger, [](const File&) { return ""; }, {}});
  }
  /// "a: done" per item, in the order of their ends.
  std::vector<std::string> items_ended() const {
    std::vector<std::string> out;
    for (const json& event : all)
      if (event["type"] == "item")
        out.push_back(event["item"].get<std::string>() + ": " + event["outcome"].get<std::string>());
    return out;
  }
  /// "node state" of one item's tasks that ended, in order.
  std::vector<std::string> tasks_of(const std::string& item) const {
    std::vector<std::string> out;
    for (const json& event : all)
      if (event["type"] == "task" && event["item"] == item && event["state"] != "started")
        out.push_back(event["node"].get<std::string>() + " " + event["state"].get<std::string>());
    return out;
  }
  std::string cause_of(const std::string& item) const {
    for (const json& event : all)
      if (event["type"] == "item" && event["item"] == item) return event.value("cause", "");
    return "no such item";
  }

  static constexpr int in_flight = 16;
  MemoryBound memory{0, 1, nullptr};
  TempFolder folder;
  Graph graph;
  Redactor redactor;
  Codecs codecs;
  Store store;
  FakeHttp http;
  RunHost host;
  Index index;
  Ledger ledger;
  Events events;
  OutputWriter writer;
  Planner planner;
  ItemTable table;
  std::unique_ptr<Executor> executor;
  RemoteDriver driver;
  std::unique_ptr<Scheduler> scheduler;
  std::vector<json> all;
  std::function<void(const json&)> on_event;

 private:
  std::function<void(Thumbnails*)> make_scheduler;
  void remote_created(const Request&, const std::string&, const std::string&) override {}
  void remote_ended(const Request&, const std::string&, const std::string&, const std::string&,
                    std::optional<NanoUsd>) override {}
  void remote_retries(const Request&, const std::string&, const std::string&, int, int,
                      std::chrono::milliseconds) override {}
  void remote_waits(const Request&, const std::string&, std::chrono::milliseconds) override {}
};

}  // namespace pixgraph::test
