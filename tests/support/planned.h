// Planned: three items, two of which ask for the same prediction, and what was bought for them before, as plans and
// estimates see it.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "key.h"
#include "plan_summary.h"
#include "support/fake_remote.h"
#include "support/memory_disk.h"
#include "support/pipeline.h"

namespace pixgraph::test {

struct Planned : Nodes {
  Planned() {
    add(Spec("Predict", "Buys a text")
            .in("prompt", Type::text, "x")
            .out("text", Type::text, "x")
            .runs_in(Pool::predict, Cost::paid),
        RunFunction());
    add(Spec("Add", "Appends").in("text", Type::text, "x").out("text", Type::text, "x"), RunFunction());
    graph = graph_of(
        "inputs: {word: {type: text}, name: {type: text}}\nnodes:\n  bought: {type: Predict, prompt: \"${word}\"}\n  "
        "after: {type: Add, "
        "text: \"${bought}\"}\n"
        "outputs: {result: {value: \"${after}\", file: \"${name}.txt\"}}\n",
        registry);
    for (const char* word : {"a", "b", "a"}) add_item(word);
  }
  void add_item(const std::string& word) {
    const std::string name = word + std::to_string(table.items.size());
    table.items.push_back({name, {Value(word), Value(name)}});
  }
  void bought(int item, PurchaseState state) {
    const std::string key(64, static_cast<char>('0' + item));
    index.remember_purchase(
        recipe_keys(graph, table.items[static_cast<std::size_t>(item)], [](const File&) { return ""; })[0], key);
    Purchase purchase = ledger.claim(key, 1, FakeRemote::request("x")).value();
    if (state == PurchaseState::created)
      ledger.created(purchase, "p");
    else if (state == PurchaseState::succeeded)
      ledger.succeeded(purchase, {}, {});
    else
      ledger.ended(purchase, state, "", nullptr);
  }
  PlanSummary plan(Consents consents = {}) {
    Codecs codecs(registry);
    OutputWriter writer(real_disk(), index, codecs, folder.path("out"), false);
    const Planner planner(graph, index, writer, {});
    const FileHash none = [](const File&) { return ""; };
    const Plan made = make_plan(graph, table, planner, codecs, none);
    return summary(graph, table, made, {index, ledger, none, std::move(consents)});
  }
  TempFolder folder;
  MemoryDisk disk;
  Graph graph;
  ItemTable table;
  Index index{folder.path("state")};
  Ledger ledger{disk, "ledger"};
};

}  // namespace pixgraph::test
