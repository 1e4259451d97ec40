#include "fan_out.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "plan_report.h"
#include "support/words.h"

namespace pixgraph {
namespace {

using namespace test;

TEST(FanOut, ANodeRunsOncePerElementAndItsOutputsAreLists) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  words: {type: Split, text: \"${word}\"}\n"
                          "  up: {type: Upper, each: \"${words.list}\", text: \"${each}-${each.index}\"}\n"
                          "  last: {type: Join, texts: \"${up}\"}\n"),
              {"a,b,c"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(nodes.ran, 3);
  EXPECT_EQ(run.folder.read("out/a,b,c.txt"), "A-0,B-1,C-2,\n");
  EXPECT_EQ(run.tasks_of("a,b,c"), (std::vector<std::string>{"words done", "up done", "last done", "result done"}));
}

TEST(FanOut, OfJsonOfLiteralsAndOfNothing) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  words: {type: Split, text: \"${word}\"}\n"
                          "  objects: {type: Upper, each: \"${words.json}\", text: \"${each.word}\"}\n"
                          "  written: {type: Upper, each: [x, \"${word}\", {a: b}], text: \"n${each.index}\"}\n"
                          "  numbers: {type: Upper, each: [1, 2.5], text: \"n${each}\"}\n"
                          "  made: {type: Upper, each: [{a: \"${word}\"}], text: \"${each.a}\"}\n"
                          "  last: {type: Join, texts: [\"${n1}\", \"${n2}\", \"${n3}\", \"${n4}\"]}\n"
                          "  n1: {type: Join, texts: \"${objects}\"}\n"
                          "  n2: {type: Join, texts: \"${written}\"}\n"
                          "  n3: {type: Join, texts: \"${numbers}\"}\n"
                          "  n4: {type: Join, texts: \"${made}\"}\n"),
              {"q,r", ","});
  EXPECT_EQ(run.run().items_done, 2);
  EXPECT_EQ(run.folder.read("out/q,r.txt"), "Q,R,,N0,N1,N2,,N1,N2.5,,Q,R,,\n");
  EXPECT_EQ(run.folder.read("out/,.txt"), ",N0,N1,N2,,N1,N2.5,,,,,\n");
}

TEST(FanOut, OneElementThatFailsFailsTheNodeAndItsCauseNamesIt) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  last: {type: Upper, each: [good, bad, good], text: \"${each}\"}\n", "${last}",
                          "${word}-${index}.txt"),
              {"a"});
  EXPECT_EQ(run.run().items_failed, 1);
  EXPECT_EQ(run.cause_of("a"), "`last`: element 1: `bad` is bad");
}

TEST(FanOut, OnErrorIsForEveryElementAndKeepsItsPlace) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  skipped: {type: Upper, each: [a, bad, c], text: \"${each}\", on_error: skip}\n"
                          "  last: {type: Upper, each: \"${skipped}\", text: \"${each}${each.index}\"}\n"
                          "  used: {type: Upper, each: [a, bad], text: \"${each}\", on_error: {use: \"no ${each}\"}}\n"
                          "  joined: {type: Join, texts: \"${used}\"}\n"
                          "  rest: {type: Join, texts: \"${skipped}\"}\n",
                          "${last}", "${word}-${index}.txt") +
                  "  used: {value: \"${joined}\", file: used.txt}\n  rest: {value: \"${rest}\", file: rest.txt}\n",
              {"w"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(run.folder.read("out/w-0.txt"), "A0\n");
  EXPECT_FALSE(std::filesystem::exists(run.folder.path("out/w-1.txt")));
  EXPECT_EQ(run.folder.read("out/w-2.txt"), "C2\n");
  EXPECT_EQ(run.folder.read("out/used.txt"), "A,no bad,\n");
  EXPECT_EQ(run.folder.read("out/rest.txt"), "A,C,\n");
}

TEST(FanOut, WhenIsAskedForEveryElementWhereItLooksAtIt) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  up: {type: Upper, each: [a, b, c], text: \"${each}\", when: \"${each} != 'b'\"}\n"
                          "  last: {type: Join, texts: \"${up}\"}\n"),
              {"w"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(nodes.ran, 2);
  EXPECT_EQ(run.folder.read("out/w.txt"), "A,C,\n");
}

TEST(FanOut, EveryElementIsBoughtOnce) {
  Words nodes;
  const std::string text = pipeline_of(
      "  words: {type: Split, text: \"${word}\"}\n"
      "  asked: {type: Ask, each: \"${words.list}\", prompt: \"${each}\"}\n"
      "  last: {type: Join, texts: \"${asked}\"}\n");
  TestRun run(nodes, text, {"a,b,a", "b,c", ","});
  EXPECT_EQ(run.run().items_done, 3);
  EXPECT_EQ(nodes.asked, (std::multiset<std::string>{"a", "b", "c"}));
  EXPECT_EQ(run.folder.read("out/a,b,a.txt"), "\"answer\",\"answer\",\"answer\",\n");
  EXPECT_EQ(run.folder.read("out/,.txt"), "\n");
  // The plan knows what was bought for all of them.
  std::filesystem::remove(run.folder.path("out/b,c.txt"));
  const Plan plan = make_plan(run.graph, run.table, run.planner, run.codecs, [](const File&) { return ""; });
  const PlanSummary told = run.told(plan);
  EXPECT_EQ(told.predictions, 0);
  EXPECT_EQ(told.nodes[1].reused, 1);
}

TEST(FanOut, PortsThatAreListsArePutOneAfterTheOther) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  words: {type: Split, each: [\"a,b\", c], text: \"${each}\"}\n"
                          "  last: {type: Join, texts: \"${words.list}\"}\n"),
              {"w"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(run.folder.read("out/w.txt"), "a,b,c,\n");
}

TEST(FanOut, ThePlanCountsElementsWhereTheyAreKnown) {
  Words nodes;
  TestRun run(nodes,
              pipeline_of("  words: {type: Split, text: \"${word}\"}\n"
                          "  later: {type: Ask, each: \"${words.list}\", prompt: \"${each}\"}\n"
                          "  known: {type: Ask, each: [x, \"${word}\"], prompt: \"${each}\"}\n"
                          "  last: {type: Join, texts: \"${later}\"}\n"
                          "  other: {type: Join, texts: \"${known}\"}\n") +
                  "  other: {value: \"${other}\", file: \"${word}-other.txt\"}\n",
              {"a"});
  const Plan plan = make_plan(run.graph, run.table, run.planner, run.codecs, [](const File&) { return ""; });
  const std::string told = render_plan(run.graph, run.told(plan), {});
  EXPECT_EQ(told.substr(told.find("Would")),
            "Would buy at most 2 predictions (items with the same request share one), and one per element of `each` of "
            "`later`. Nothing was run.\n");
}

TEST(FanOut, WhatWasBoughtInPartIsNotTakenForNew) {
  FanOut fan({Value("a"), Value("b"), Value("c"), Value("d")});
  fan.bought(0, "one");
  fan.end(0, {});
  fan.bought(1, "two");  // it failed, and was bought
  fan.end(1, {.outcome = Outcome::failed, .error = Error("E411", "x")});
  fan.end(2, {.outcome = Outcome::canceled, .error = Error("E532", "x")});
  fan.bought(3, kNotBought);
  fan.end(3, {.outcome = Outcome::skipped, .cause = "another element failed"});
  EXPECT_EQ(fan.purchases(), "one two ? ?");
}

TEST(FanOut, APlanKnowsWhatFailedAndWhatWasBoughtBesideIt) {
  Words nodes;
  nodes.remote->on_submit = [](const Request& request) {
    const std::string prompt = (*request.input)["prompt"];
    if (prompt != "bad") return created("id of " + prompt, succeeded({}, "answer"));
    return created("id of bad", ended_as(RemoteStatus::failed, "it cannot be done"));
  };
  TestRun run(nodes,
              pipeline_of("  one: {type: Ask, prompt: bad}\n"
                          "  many: {type: Ask, each: [a, b, bad, \"${word}\"], prompt: \"${each}\"}\n"
                          "  last: {type: Join, texts: \"${many}\"}\n") +
                  "  other: {value: \"${one}\", file: \"${word}-other.txt\"}\n",
              {"w"}, false, 1);
  EXPECT_EQ(run.run().items_failed, 1);
  const Plan plan = make_plan(run.graph, run.table, run.planner, run.codecs, [](const File&) { return ""; });
  const PlanSummary told = run.told(plan);
  const std::map<std::string, int> refused = {{"cannot run without your word: the last purchase is failed", 1}};
  EXPECT_EQ(told.nodes[0].predictions, 0);
  EXPECT_EQ(told.nodes[0].why, refused);
  EXPECT_LE(told.nodes[1].predictions, 3);  // not the one that failed, and of the others those that had begun
}

}  // namespace
}  // namespace pixgraph
