#include "plan.h"

#include <gtest/gtest.h>

#include "key.h"
#include "support/fake_remote.h"
#include "support/memory_disk.h"
#include "support/pipeline.h"

namespace pixgraph {
namespace {

using namespace test;

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
  PlanSummary plan() {
    Codecs codecs(registry);
    OutputWriter writer(real_disk(), index, codecs, folder.path("out"), false);
    const Planner planner(graph, index, writer, {});
    const Plan made = make_plan(graph, table, planner, codecs, [](const File&) { return ""; });
    return summary(graph, table, made, index, ledger);
  }
  TempFolder folder;
  MemoryDisk disk;
  Graph graph;
  ItemTable table;
  Index index{folder.path("state")};
  Ledger ledger{disk, "ledger"};
};

TEST(Plan, ItemsThatAskForTheSameShareOnePrediction) {
  Planned planned;
  const PlanSummary plan = planned.plan();
  EXPECT_EQ(plan.predictions, 2);
  EXPECT_EQ(plan.nodes[0].runs, 3);
  EXPECT_EQ(render_plan(planned.graph, plan),
            "test.yaml: 2 nodes, 3 items\n\n"
            "  node       runs   reused  why\n"
            "  bought        3        0  new: never bought with these inputs\n"
            "  after         3        0  new\n"
            "\nWould buy at most 2 predictions (items with the same request share one). Nothing was run.\n");
}

TEST(Plan, SaysWhatTheLedgerSays) {
  Planned planned;
  planned.bought(0, PurchaseState::succeeded);
  planned.bought(1, PurchaseState::maybe_paid);
  PlanSummary plan = planned.plan();
  EXPECT_EQ(plan.nodes[0].reused, 2);
  EXPECT_EQ(plan.predictions, 0);
  EXPECT_EQ(plan.nodes[0].why,
            (std::map<std::string, int>{{"cannot run without your word: the last purchase is maybe-paid", 1}}));
  Planned other;
  other.bought(0, PurchaseState::created);
  other.bought(1, PurchaseState::rejected);
  plan = other.plan();
  EXPECT_EQ(plan.predictions, 1);
  EXPECT_EQ(plan.nodes[0].why, (std::map<std::string, int>{{"running: will be waited for, not bought", 2},
                                                           {"the last try was not paid (rejected)", 1}}));
}

}  // namespace
}  // namespace pixgraph
