#include "on_error.h"

#include <gtest/gtest.h>

#include "support/words.h"

namespace pixgraph {
namespace {

using namespace test;

TEST(OnError, SkipIsNoFailure) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  first: {type: Upper, text: \"${word}\", on_error: skip}\n"
                          "  last: {type: Upper, text: \"${first}\"}\n"),
              {"bad", "good"});
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_failed, 0);
  EXPECT_EQ(counts.items_skipped, 1);
  EXPECT_EQ(counts.items_done, 1);
  EXPECT_EQ(told(run, "bad"),
            "first skipped: on_error: `bad` is bad\n"
            "last skipped: upstream `first`: `bad` is bad\n"
            "result skipped: upstream `first`: `bad` is bad\n");
  // The error may have passed: it is tried again.
  EXPECT_FALSE(make_plan(run.graph, run.table, run.planner, run.codecs, [](const File&) { return ""; }).nothing_to_do);
}

TEST(OnError, UsePutsItsValueIn) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  first: {type: Upper, text: \"${word}\", on_error: {use: \"instead of ${word}\"}}\n"
                          "  last: {type: Upper, text: \"${first}\"}\n"),
              {"bad"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(run.tasks_of("bad"), (std::vector<std::string>{"first skipped", "last done", "result done"}));
  EXPECT_EQ(run.folder.read("out/bad.txt"), "INSTEAD OF BAD\n");
  const Plan plan = make_plan(run.graph, run.table, run.planner, run.codecs, [](const File&) { return ""; });
  EXPECT_EQ(plan.why[0], (std::map<std::string, int>{{"made after an error", 1}}));
}

TEST(OnError, WhatStopsTheRunStopsIt) {
  Words nodes;
  TestRun run(nodes, pipeline_of("  last: {type: Upper, text: \"${word}\", on_error: skip}\n"), {"stop"});
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_failed, 1);
  EXPECT_TRUE(counts.stopped);
}

}  // namespace
}  // namespace pixgraph
