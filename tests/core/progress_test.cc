#include "progress.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

using nlohmann::json;

Progress run_of(int items) {
  Progress progress;
  progress.take({{"type", "run"},
                 {"t", 0},
                 {"file", "p.yaml"},
                 {"items", items},
                 {"nodes", {{{"name", "cut"}}, {{"name", "fill"}}}},
                 {"outputs", {{{"name", "result"}}}},
                 {"cap", 2.0}});
  return progress;
}

json task(const char* item, const char* node, const char* state, double t, int ms = 0) {
  return {{"type", "task"}, {"item", item}, {"node", node}, {"state", state}, {"t", t}, {"ms", ms}};
}

TEST(Progress, CountsEachNodesTasks) {
  Progress progress = run_of(4);
  for (const char* item : {"a", "b", "c"}) progress.take(task(item, "cut", "started", 1));
  EXPECT_EQ(progress.nodes()[0].running, 3);
  EXPECT_EQ(progress.running(), 3);
  progress.take(task("a", "cut", "done", 2, 1000));
  progress.take(task("b", "cut", "reused", 2));
  json failed = task("c", "cut", "failed", 2, 10);
  failed.update({{"code", "E1"}, {"cause", "broken"}});
  progress.take(failed);
  progress.take(task("c", "fill", "skipped", 2));
  const Progress::Node& cut = progress.nodes()[0];
  EXPECT_EQ(cut.running, 0);
  EXPECT_EQ(cut.ended, 3);
  EXPECT_EQ(cut.reused, 1);
  EXPECT_EQ(cut.failed, 1);
  EXPECT_EQ(cut.median_ms, 1000);
  EXPECT_EQ(progress.nodes()[1].skipped, 1);
  EXPECT_EQ(progress.nodes()[1].running, 0);
  EXPECT_EQ(progress.nodes()[2].name, "written");
  EXPECT_EQ(progress.cap(), 2.0);
}

TEST(Progress, WhatWaitsForItsPlaceIsNotRunning) {
  Progress progress;
  progress.take({{"type", "run"}, {"t", 0}, {"items", 10}, {"nodes", {{{"name", "cut"}, {"hosted", true}}}}});
  const auto prediction = [&](const char* state, double t, json more = json::object()) {
    json event = {{"type", "prediction"}, {"state", state}, {"t", t}, {"tasks", {{{"item", "a"}, {"node", "cut"}}}}};
    event.update(more);
    progress.take(event);
  };
  for (const char* item : {"a", "b", "c"}) progress.take(task(item, "cut", "started", 1));
  const Progress::Node& cut = progress.nodes()[0];
  EXPECT_EQ(cut.running, 0);
  EXPECT_EQ(cut.waiting, 3);
  prediction("created", 20);
  EXPECT_EQ(cut.running, 1);
  EXPECT_EQ(cut.waiting, 2);
  prediction("failed", 20.5, {{"cost", 0.5}});
  prediction("created", 21);  // a second try
  prediction("succeeded", 22, {{"cost", 0.5}});
  EXPECT_EQ(progress.projected(), std::nullopt) << "no task has ended";
  progress.take(task("a", "cut", "done", 22, 21000));
  EXPECT_EQ(cut.running, 0);
  EXPECT_EQ(cut.median_ms, 2000) << "since its first prediction was made";
  EXPECT_EQ(progress.projected(), 10.0) << "1 dollar a task";
  progress.take(task("b", "cut", "reused", 23));
  EXPECT_EQ(cut.waiting, 1);
  EXPECT_EQ(progress.projected(), 5.0) << "half of them cost nothing";
  progress.take({{"type", "item"}, {"item", "c"}, {"outcome", "canceled"}, {"t", 24}});
  EXPECT_EQ(cut.waiting, 0);
  EXPECT_EQ(cut.running, 0);
}

TEST(Progress, NodesWithNothingToDoEndWithTheirItem) {
  Progress progress = run_of(2);
  progress.take(task("a", "fill", "done", 1, 5));
  progress.take({{"type", "item"}, {"item", "a"}, {"outcome", "done"}, {"t", 1}});
  progress.take({{"type", "item"}, {"item", "b"}, {"outcome", "reused"}, {"t", 1}});
  for (const Progress::Node& node : progress.nodes()) EXPECT_TRUE(node.complete()) << node.name;
  EXPECT_EQ(progress.nodes()[0].reused, 2);
  EXPECT_EQ(progress.nodes()[1].reused, 1);
  EXPECT_EQ(progress.part(), 1);
  EXPECT_EQ(progress.done(), 2);
  EXPECT_EQ(progress.up_to_date(), 1);
}

TEST(Progress, FailuresOfTheSameAreOneCause) {
  Progress progress = run_of(9);
  const auto fail = [&](const char* item, const std::string& cause) {
    json event = task(item, "cut", "failed", 1);
    event.update({{"code", "E1"}, {"cause", cause}, {"hint", "mend it"}});
    progress.take(event);
  };
  fail("a.jpg", "a.jpg has 12 pixels");
  fail("b.jpg", "b.jpg has 3 pixels");
  ASSERT_NE(progress.told(), nullptr);
  EXPECT_EQ(progress.told()->count, 2);
  fail("c.jpg", "c.jpg is upside down");
  EXPECT_EQ(progress.told()->count, 1);
  progress.take(task("d", "cut", "done", 1));
  EXPECT_EQ(progress.told(), nullptr);
  ASSERT_EQ(progress.causes().size(), 2u);
  EXPECT_EQ(progress.causes()[0].items, (std::vector<std::string>{"a.jpg", "b.jpg"}));
}

TEST(Progress, TimeLeftFollowsFromTheWorkDonePerSecond) {
  Progress progress = run_of(4);
  EXPECT_EQ(progress.left(1), std::nullopt);
  // 2 s of work in each second: two at once.
  progress.take(task("a", "cut", "started", 0));
  for (const auto& [item, t] : {std::pair{"a", 4.0}, {"b", 8.0}}) {
    progress.take(task(item, "cut", "done", t, 7000));
    progress.take(task(item, "fill", "done", t, 1000));
    json output = task(item, "result", "done", t, 0);
    output["output"] = true;
    progress.take(output);
    progress.take({{"type", "item"}, {"item", item}, {"outcome", "done"}, {"t", t}});
  }
  EXPECT_EQ(progress.left(8), 8);
  EXPECT_EQ(progress.rate(), 0.25);
}

TEST(Progress, SpentAndWaiting) {
  Progress progress = run_of(4);
  progress.take({{"type", "prediction"}, {"state", "created"}, {"t", 1}});
  progress.take({{"type", "prediction"}, {"state", "succeeded"}, {"cost", 0.25}, {"t", 1}});
  progress.take({{"type", "item"},
                 {"item", "a"},
                 {"outcome", "done"},
                 {"predictions", {{{"node", "cut"}, {"id", "x"}, {"cost", 0.25}}}},
                 {"t", 1}});
  EXPECT_EQ(progress.spent(), 0.25);
  EXPECT_EQ(progress.nodes()[0].cost, 0.25);
  EXPECT_EQ(progress.predictions(), 1);
  progress.take({{"type", "wait"}, {"why", "rate limited"}, {"ms", 5000}, {"t", 2}});
  EXPECT_EQ(progress.waiting(3), "rate limited");
  EXPECT_EQ(progress.waiting(8), "");
}

}  // namespace
}  // namespace pixgraph
