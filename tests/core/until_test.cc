#include "until.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/fake_call.h"
#include "support/words.h"

namespace pixgraph {
namespace {

using namespace test;

const char* const kThree = R"(
inputs: {word: {type: text}}
nodes:
  first: {type: Upper, text: "${word}"}
  asked: {type: Ask, prompt: "${first}"}
  other: {type: Upper, text: "${word}"}
  last: {type: Upper, text: "${asked}"}
outputs:
  early: {value: "${first}", file: "${word}-early.txt"}
  other: {value: "${other}", file: "${word}-other.txt"}
  result: {value: "${last}", file: "${word}.txt"}
)";

TEST(Until, OnlyWhatTheNodeNeedsRuns) {
  Words nodes;
  Graph graph = graph_of(kThree, nodes.registry);
  limit_until(graph, "asked");
  TestRun run(nodes, std::move(graph), {"a"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(run.tasks_of("a"), (std::vector<std::string>{"first done", "early done", "asked done"}));
  EXPECT_EQ(nodes.asked.size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(run.folder.path("out/a-early.txt")));
  EXPECT_FALSE(std::filesystem::exists(run.folder.path("out/a-other.txt")));
  EXPECT_FALSE(std::filesystem::exists(run.folder.path("out/a.txt")));
  // Its result is not kept: it runs again, and is bought no more.
  const Plan plan = make_plan(run.graph, run.table, run.planner, run.codecs, [](const File&) { return ""; });
  EXPECT_FALSE(plan.nothing_to_do);
  const PlanSummary told = run.told(plan);
  ASSERT_EQ(told.nodes.size(), 2u);
  EXPECT_EQ(told.nodes[0].name, "first");
  EXPECT_EQ(told.nodes[0].why, (std::map<std::string, int>{{"--until", 1}}));
  EXPECT_EQ(told.nodes[1].reused, 1);
  EXPECT_EQ(told.predictions, 0);
}

TEST(Until, ANameThatNoNodeHasIsRefused) {
  Words nodes;
  Graph graph = graph_of(kThree, nodes.registry);
  EXPECT_EQ(error_of([&] { limit_until(graph, "lst"); }),
            "E806: `--until lst`: no node of that name is in test.yaml (did you mean `last`?)");
}

}  // namespace
}  // namespace pixgraph
