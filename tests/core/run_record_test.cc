#include "run_record.h"

#include <gtest/gtest.h>

#include "support/fake_call.h"
#include "support/past_run.h"

namespace pixgraph {
namespace {

using test::PastRun;

TEST(RunRecord, TellsTheRun) {
  PastRun run;
  run.end(1, 1, 1);
  const RunRecord record = read_run(run.write());
  EXPECT_EQ(record.id, run.id);
  EXPECT_EQ(record.version, "0.1.0");
  EXPECT_EQ(record.file, "p.yaml");
  EXPECT_EQ(record.name, "mugs");
  EXPECT_EQ(record.command, (std::vector<std::string>{"run", "p.yaml", "my photos"}));
  EXPECT_EQ(record.params, (std::vector<std::pair<std::string, std::string>>{{"prompt", "a cup"}}));
  EXPECT_EQ(record.items_wanted, 2u);
  EXPECT_TRUE(record.ended);
  EXPECT_EQ(record.exit, 1);
  EXPECT_EQ(record.done, 1);
  EXPECT_EQ(record.failed, 1);
  EXPECT_EQ(record.seconds, 3.5);
  ASSERT_EQ(record.drawing.size(), 4u);
  EXPECT_EQ(record.drawing[2].name, "scene");
  EXPECT_TRUE(record.drawing[2].hosted);
  EXPECT_FALSE(record.drawing[1].hosted);
  EXPECT_EQ(record.drawing[2].after, (std::vector<int>{1, 0}));
  EXPECT_EQ(record.drawing[3].after, std::vector<int>{2});
  EXPECT_EQ(record.box("result", true), 3);
  EXPECT_EQ(record.box("result", false), -1);
}

TEST(RunRecord, ATaskIsItsStartAndItsEnd) {
  PastRun run;
  run.task(0.5, "a", "fitted", "started");
  run.task(0.6, "b", "fitted", "started");
  run.task(0.75, "a", "fitted", "done");
  run.task(1, "a", "scene", "started");
  run.task(1.25, "b", "fitted", "failed", "it is torn");
  run.task(1.25, "b", "scene", "skipped", "upstream");
  run.task(2, "a", "scene", "reused");
  run.task(2, "a", "result", "started");
  run.end(1, 0, 1);
  const RunRecord record = read_run(run.write());
  ASSERT_EQ(record.tasks.size(), 5u);
  EXPECT_EQ(record.tasks[0].start_ms, 500);
  EXPECT_EQ(record.tasks[0].ms, 250);
  EXPECT_EQ(record.tasks[0].state, TaskState::done);
  EXPECT_EQ(record.tasks[1].ms, 650);
  EXPECT_EQ(record.tasks[1].state, TaskState::failed);
  EXPECT_EQ(record.texts.at(record.tasks[1].cause), "it is torn");
  EXPECT_EQ(record.tasks[3].state, TaskState::skipped);
  EXPECT_EQ(record.tasks[4].state, TaskState::unfinished);
  EXPECT_EQ(record.tasks[4].ms, 1500);  // until the run's end
  EXPECT_EQ(record.tasks[4].box, 3);
  EXPECT_EQ(record.items.size(), 2u);
  EXPECT_EQ(record.drawing[1].done, 1);
  EXPECT_EQ(record.drawing[1].failed, 1);
  EXPECT_EQ(record.drawing[2].reused, 1);
  EXPECT_EQ(record.drawing[2].skipped, 1);
  EXPECT_EQ(record.drawing[3].canceled, 1);
}

TEST(RunRecord, TheWaitForAPlaceIsNoTimeOfTheModel) {
  PastRun run;
  const auto created = [&](double t, const char* item) {
    run.add({{"type", "prediction"},
             {"state", "created"},
             {"id", item},
             {"t", t},
             {"tasks", {{{"item", item}, {"node", "scene"}}}}});
  };
  for (const char* item : {"a", "b", "c"}) run.task(1, item, "scene", "started");
  created(5, "a");
  created(6, "a");  // a second try
  run.task(7, "a", "scene", "done");
  run.task(8, "b", "scene", "canceled");
  run.end(9, 1, 0);
  const RunRecord record = read_run(run.write());
  EXPECT_EQ(record.tasks[0].start_ms, 5000);
  EXPECT_EQ(record.tasks[0].ms, 2000);
  EXPECT_EQ(record.tasks[1].start_ms, 8000) << "it only waited";
  EXPECT_EQ(record.tasks[1].ms, 0);
  EXPECT_EQ(record.tasks[2].ms, 0);
}

TEST(RunRecord, PredictionsBelongToTheirItems) {
  PastRun run;
  run.add({{"type", "prediction"}, {"state", "created"}, {"id", "x1"}, {"key", "k"}, {"lane", "l"}, {"model", "o/n"}});
  run.add({{"type", "prediction"},
           {"state", "succeeded"},
           {"id", "x1"},
           {"key", "k"},
           {"lane", "l"},
           {"model", ""},
           {"cost", 0.25}});
  run.add({{"type", "item"},
           {"item", "a"},
           {"outcome", "done"},
           {"predictions",
            {{{"node", "scene"}, {"id", "x1"}, {"reused", false}},
             {{"node", "scene"}, {"id", "old"}, {"reused", true}, {"cost", 9}}}}});
  run.add({{"type", "item"},
           {"item", "b"},
           {"outcome", "done"},
           {"predictions", {{{"node", "scene"}, {"id", "x1"}, {"reused", true}}}}});
  const RunRecord record = read_run(run.write());
  ASSERT_EQ(record.predictions.size(), 2u);
  EXPECT_EQ(record.predictions[0].state, "succeeded");
  EXPECT_EQ(record.predictions[0].model, "l");  // without a name by its lane
  EXPECT_EQ(record.predictions[0].box, 2);
  EXPECT_TRUE(record.predictions[0].bought);
  EXPECT_FALSE(record.predictions[1].bought);
  ASSERT_EQ(record.items[0].predictions.size(), 2u);
  EXPECT_EQ(record.items[0].predictions[1].prediction, 1);
  EXPECT_EQ(record.items[0].predictions[1].box, 2);
  EXPECT_TRUE(record.items[0].predictions[1].reused);
  // Bought for one item, shared by another.
  EXPECT_EQ(record.items[1].predictions[0].prediction, 0);
  EXPECT_TRUE(record.items[1].predictions[0].reused);
  EXPECT_EQ(record.cost, 0.25);  // what was reused cost nothing now
}

TEST(RunRecord, AModelIsNamedWithItsVersion) {
  PastRun run;
  const std::string version(64, 'a');
  run.add(
      {{"type", "prediction"}, {"state", "created"}, {"id", "x"}, {"key", "k"}, {"lane", version}, {"model", "o/n"}});
  run.add({{"type", "prediction"}, {"state", "created"}, {"id", "y"}, {"key", "k"}, {"lane", "o/n"}, {"model", "o/n"}});
  const RunRecord record = read_run(run.write());
  EXPECT_EQ(record.predictions[0].model, "o/n:" + version);
  EXPECT_EQ(record.predictions[1].model, "o/n");
}

TEST(RunRecord, ARunThatWasKilledIsCountedByItsItems) {
  PastRun run;
  run.done("a");
  run.failed("b", "fitted", "E311", "it is torn");
  const RunRecord record = read_run(run.write("{\"type\":\"end\",\"exit\":0"));  // torn
  EXPECT_FALSE(record.ended);
  EXPECT_EQ(record.done, 1);
  EXPECT_EQ(record.failed, 1);
  EXPECT_EQ(record.items[1].culprit, "fitted");
  EXPECT_EQ(record.cost, std::nullopt);
  EXPECT_EQ(record.open, 0u);
}

TEST(RunRecord, WhatAKilledRunNeverCameToIsNotDone) {
  PastRun run;
  run.task(1, "a", "fitted", "started");
  run.task(2, "a", "fitted", "done");
  const RunRecord record = read_run(run.write());
  EXPECT_EQ(record.open, 2u);
  EXPECT_EQ(record.drawing[1].done, 1);
  EXPECT_EQ(record.drawing[1].canceled, 1);
  EXPECT_EQ(record.drawing[2].canceled, 2);
  EXPECT_EQ(record.drawing[3].canceled, 2);
}

TEST(RunRecord, WhatItDoesNotKnowDoesNoHarm) {
  PastRun run;
  run.add({{"type", "element"}, {"t", 1.0}, {"item", "a"}});
  run.add({{"type", "task"}, {"t", "soon"}, {"item", 7}, {"node", nullptr}, {"state", "dancing"}});
  run.add({{"type", "task"}, {"t", 1.5}, {"item", "a"}, {"node", "unheard of"}, {"state", "done"}});
  run.add({{"type", "item"}, {"item", "a"}, {"outcome", "done"}, {"files", "none"}, {"predictions", {1, "x"}}});
  run.add({{"type", "run"}, {"nodes", 5}, {"params", "none"}, {"command", {1}}, {"items", -3}});
  run.write("[1]\nnot json\n");
  const RunRecord record = read_run(run.folder.path("runs/" + run.id + "/events.ndjson"));
  EXPECT_EQ(record.items.back().outcome, "done");
  EXPECT_EQ(record.items_wanted, 0u);
}

TEST(RunRecord, PicturesSayWhereTheyAreFrom) {
  PastRun run;
  run.add({{"type", "picture"}, {"item", "a"}, {"input", "photo"}, {"hash", "h1"}, {"path", "/p/a.jpg"}});
  run.add({{"type", "picture"}, {"item", "a"}, {"node", "fitted"}, {"hash", "h2"}, {"width", 20}, {"height", 10}});
  run.add({{"type", "picture"}, {"item", "a"}, {"node", "fitted"}, {"hash", ""}});
  const RunRecord record = read_run(run.write());
  ASSERT_EQ(record.pictures.size(), 2u);
  EXPECT_EQ(record.pictures[0].box, 0);
  EXPECT_EQ(record.pictures[0].path, "/p/a.jpg");
  EXPECT_EQ(record.pictures[1].box, 1);
  EXPECT_EQ(record.pictures[1].width, 20);
}

TEST(RunRecord, ARunThatIsNotThereIsAnError) {
  EXPECT_EQ(test::error_of([] { read_run("/nowhere/events.ndjson"); }).substr(0, 4), "E601");
}

}  // namespace
}  // namespace pixgraph
