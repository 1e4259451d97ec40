#include "condition.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/words.h"

namespace pixgraph {
namespace {

using namespace test;

TEST(Condition, WhatDoesNotHoldIsSkippedAndSoIsWhatStandsAfterIt) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  first: {type: Upper, text: \"${word}\", when: \"${word} == 'a'\"}\n"
                          "  last: {type: Upper, text: \"${first}\"}\n"),
              {"a", "b"});
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_done, 1);
  EXPECT_EQ(counts.items_skipped, 1);
  EXPECT_EQ(counts.items_failed, 0);
  EXPECT_EQ(told(run, "b"),
            "first skipped: `when` does not hold: ${word} == 'a'\n"
            "last skipped: upstream `first`: `when` does not hold: ${word} == 'a'\n"
            "result skipped: upstream `first`: `when` does not hold: ${word} == 'a'\n");
  EXPECT_EQ(run.cause_of("b"), "`first`: `when` does not hold: ${word} == 'a'");
  EXPECT_EQ(run.folder.read("out/a.txt"), "A\n");
  EXPECT_FALSE(std::filesystem::exists(run.folder.path("out/b.txt")));
  // It would be skipped again: there is nothing to do for it.
  const Plan plan = make_plan(run.graph, run.table, run.planner, run.codecs, [](const File&) { return ""; });
  EXPECT_TRUE(plan.nothing_to_do);
}

TEST(Condition, AnItemOfWhichSomethingWasWrittenIsDone) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  last: {type: Upper, text: \"${word}\"}\n"
                          "  long: {type: Upper, text: \"${last}\", when: \"${last.length} > 3\"}\n") +
                  "  more: {value: \"${long}\", file: \"${word}-long.txt\"}\n",
              {"abc"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(run.cause_of("abc"), "");
  EXPECT_EQ(run.folder.read("out/abc.txt"), "ABC\n");
}

/// Whether a condition over the words of json holds; the error's text where it cannot be told.
std::string answer(const std::string& when, const json& value) {
  Words nodes;
  const Graph graph = graph_of("inputs: {v: {type: json}}\nnodes:\n  last: {type: Upper, text: a, when: \"" + when +
                                   "\"}\noutputs: {result: {value: \"${last}\", file: a.txt}}\n",
                               nodes.registry);
  const std::vector<Value> inputs = {Value(std::make_shared<const json>(value))};
  const std::vector<std::vector<Value>> outputs(1);
  const Codecs codecs(nodes.registry);
  try {
    return holds(*graph.nodes[0].when, {graph, inputs, outputs}, codecs) ? "true" : "false";
  } catch (const Error& error) {
    return error.message();
  }
}

TEST(Condition, ComparesAsTheManualSays) {
  const json value = {{"n", 2}, {"x", 0.5}, {"s", "sky"}, {"t", true}, {"none", nullptr}, {"list", {1}}};
  for (const auto& [when, wanted] : std::vector<std::pair<std::string, std::string>>{
           {"${v.n} == 2", "true"},
           {"${v.n} == 2.0", "true"},
           {"${v.n} != 2", "false"},
           {"${v.x} < 1 and ${v.n} >= 2", "true"},
           {"${v.x} <= 0.5 and ${v.x} > 0.5", "false"},
           {"${v.s} == 'sky'", "true"},
           {"not ${v.s} == 'sky'", "false"},
           {"not not ${v.t}", "true"},
           {"${v.s} == 'sea' or ${v.t} == true", "true"},
           // `and` binds closer than `or`, and `not` than both.
           {"true or false and false", "true"},
           {"(true or false) and false", "false"},
           {"not false and false", "false"},
           {"${v.none} == 2", "false"},
           {"${v.none} != 'a'", "true"},
           {"${v.s} == 2", "`when` cannot compare the text `sky` with 2"},
           {"${v.list} == 2", "`when` cannot compare the json `[1]` with 2"},
           {"${v.none} < 2", "`when` cannot compare nothing with 2"},
           {"${v.n}", "`when` takes true or false, and got 2"},
           // What follows is not looked at where it cannot change anything.
           {"${v.t} or ${v.n}", "true"},
       })
    EXPECT_EQ(answer(when, value), wanted) << when;
}

}  // namespace
}  // namespace pixgraph
