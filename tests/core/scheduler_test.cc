#include "scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/fake_call.h"
#include "support/fake_remote.h"
#include "hash.h"
#include "support/pipeline.h"
#include "support/test_codec.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using namespace test;

Spec text_node(const char* name) {
  return Spec(name, "A node of the test")
      .in("text", Type::text, "what comes in")
      .out("text", Type::text, "what comes out");
}

/// Add appends its letter; Fail fails for texts that begin with `bad`.
struct Basics : Nodes {
  Basics() {
    add(text_node("Add").param("letter", "x", "what is appended"),
        [](Call& call) { call.set("text", Value(call.text("text") + call.text("letter"))); });
    add(text_node("Fail"), [this](Call& call) {
      ++ran;
      if (call.text("text").starts_with("bad"))
        throw Error("E399", "`" + call.text("text") + "` is bad", "take a good one");
      if (call.text("text").starts_with("odd")) throw std::out_of_range("odd");
      if (call.text("text").starts_with("number")) throw 7;
      if (call.text("text").starts_with("stop")) throw Error("E402", "no money left").stopping_run();
      call.set("text", Value(call.text("text")));
    });
    add(Spec("Join", "Joins two texts")
            .in("a", Type::text, "first")
            .in("b", Type::text, "second")
            .out("text", Type::text, "both"),
        [](Call& call) { call.set("text", Value(call.text("a") + "|" + call.text("b"))); });
  }
  std::atomic<int> ran = 0;
};

const char* const kChain = R"(
inputs: {word: {type: text}}
nodes:
  one: {type: Fail, text: "${word}"}
  two: {type: Add, text: "${one}", letter: b}
  three: {type: Add, text: "${two}", letter: c}
outputs:
  result: {value: "${three}", file: "${word}.txt"}
)";

TEST(Scheduler, AChainRunsInItsOrder) {
  Basics nodes;
  TestRun run(nodes, kChain, {"a"});
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_done, 1);
  EXPECT_EQ(run.tasks_of("a"), (std::vector<std::string>{"one done", "two done", "three done", "result done"}));
  EXPECT_EQ(run.folder.read("out/a.txt"), "abc\n");
}

struct Flaky : Nodes {
  explicit Flaky(const char* code = "E202") {
    add(text_node("Flaky"), [this, code](Call& call) {
      if (++ran <= failures) throw Error(code, "no connection");
      call.set("text", Value(call.text("text")));
    });
  }
  std::atomic<int> ran = 0, failures = 2;
};

const char* const kRetry = R"(
inputs: {word: {type: text}}
nodes:
  one: {type: Flaky, text: "${word}", retry: {attempts: 3, backoff: 1ms}}
outputs:
  result: {value: "${one}", file: "${word}.txt"}
)";

TEST(Scheduler, ANodeIsTriedAsOftenAsItsRetrySays) {
  Flaky nodes;
  TestRun run(nodes, kRetry, {"a"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(nodes.ran, 3);
  EXPECT_EQ(run.tasks_of("a"), (std::vector<std::string>{"one done", "result done"}));
  std::string told;
  for (const json& event : run.all)
    if (event["type"] == "retry")
      told += event["node"].get<std::string>() + " " + std::to_string(event["attempt"].get<int>()) + " of " +
              std::to_string(event["attempts"].get<int>()) + ": " + event["cause"].get<std::string>() + "\n";
  EXPECT_EQ(told, "one 2 of 3: no connection\none 3 of 3: no connection\n");
}

TEST(Scheduler, AfterTheLastTryTheNodeFails) {
  Flaky nodes;
  nodes.failures = 3;
  TestRun run(nodes, kRetry, {"a"});
  EXPECT_EQ(run.run().items_failed, 1);
  EXPECT_EQ(nodes.ran, 3);
  EXPECT_EQ(run.cause_of("a"), "`one`: no connection");
}

TEST(Scheduler, WhatDoesNotPassIsNotTriedAgain) {
  Flaky nodes("E311");
  TestRun run(nodes, kRetry, {"a"});
  EXPECT_EQ(run.run().items_failed, 1);
  EXPECT_EQ(nodes.ran, 1);
}

TEST(Scheduler, TheEndOfTheRunDoesNotWaitForTheNextTry) {
  Flaky nodes;
  std::string text = kRetry;
  text.replace(text.find("1ms"), 3, "10m");
  text.insert(text.find("10m") + 3, ", cap: 10m");
  TestRun run(nodes, text, {"a"});
  std::thread other;
  run.on_event = [&](const json& event) {
    if (event["type"] == "retry") other = std::thread([&] { run.scheduler->stop(); });
  };
  EXPECT_EQ(run.run().items_failed, 1);
  other.join();
  EXPECT_EQ(run.cause_of("a"), "`one`: the run was ended before the next try");
}

TEST(Scheduler, AnItemsEndSaysWhatItWasMadeOfAndHowItWent) {
  Flaky nodes;
  nodes.failures = 1;
  TestRun run(nodes, kRetry, {"a"});
  run.run();
  const json item =
      *std::find_if(run.all.begin(), run.all.end(), [](const json& one) { return one["type"] == "item"; });
  EXPECT_EQ(item["inputs"], json({{"word", "a"}}));
  EXPECT_EQ(item["attempts"], 2);
  EXPECT_EQ(item["predictions"], json::array());
  EXPECT_TRUE(item["ms"].is_number_integer());
  EXPECT_EQ(item["files"].size(), 1u);
  EXPECT_FALSE(item.contains("cause") || item.contains("code") || item.contains("node"));
  Basics basics;
  TestRun failing(basics, kChain, {"bad"});
  failing.run();
  const json failed =
      *std::find_if(failing.all.begin(), failing.all.end(), [](const json& one) { return one["type"] == "item"; });
  EXPECT_EQ(failed["code"], "E399");
  EXPECT_EQ(failed["node"], "one");
  EXPECT_EQ(failed["inputs"], json({{"word", "bad"}}));
}

TEST(Scheduler, BothBranchesMeet) {
  Basics nodes;
  TestRun run(nodes, R"(
inputs: {word: {type: text}}
nodes:
  left: {type: Add, text: "${word}", letter: l}
  right: {type: Add, text: "${word}", letter: r}
  unused: {type: Fail, text: "${word}"}
  both: {type: Join, a: "${left}", b: "${right}"}
outputs:
  result: {value: "${both}", file: "${word}.txt"}
  early: {value: "${left}", file: "${word}-left.txt"}
)",
              {"a", "b"});
  EXPECT_EQ(run.run().items_done, 2);
  EXPECT_EQ(run.folder.read("out/b.txt"), "bl|br\n");
  EXPECT_EQ(run.folder.read("out/b-left.txt"), "bl\n");
  EXPECT_EQ(nodes.ran, 0);  // no output needs it
}

TEST(Scheduler, AFailureTakesAlongWhatStandsAfterItAndNothingElse) {
  Basics nodes;
  TestRun run(nodes, kChain, {"a", "bad", "c"});
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_done, 2);
  EXPECT_EQ(counts.items_failed, 1);
  EXPECT_FALSE(counts.stopped);
  EXPECT_EQ(run.tasks_of("bad"),
            (std::vector<std::string>{"one failed", "two skipped", "three skipped", "result skipped"}));
  EXPECT_EQ(run.cause_of("bad"), "`one`: `bad` is bad");
  for (const json& event : run.all) {
    if (event["type"] != "task" || event["item"] != "bad") continue;
    if (event["state"] == "failed") {
      EXPECT_EQ(event["code"], "E399");
      EXPECT_EQ(event["cause"], "`bad` is bad");
      EXPECT_EQ(event["hint"], "take a good one");
    }
    if (event["state"] == "skipped") {
      EXPECT_EQ(event["cause"], "upstream `one`: `bad` is bad");
    }
  }
  EXPECT_EQ(run.folder.read("out/c.txt"), "cbc\n");
}

TEST(Scheduler, WhateverANodeThrowsFailsItsItemOnly) {
  Basics nodes;
  TestRun run(nodes, kChain, {"odd", "number", "c"});
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_failed, 2);
  EXPECT_EQ(run.cause_of("odd"), "`one`: something unexpected happened: odd");
  EXPECT_EQ(run.cause_of("number"), "`one`: something unexpected happened: the node threw what is no exception");
  EXPECT_EQ(counts.items_done, 1);
}

TEST(Scheduler, TwoItemsThatWriteOneFileAreRefusedBeforeAnythingRuns) {
  Basics nodes;
  TestRun run(nodes, R"(
inputs: {word: {type: text}}
params: {name: {type: text, default: same}}
nodes: {one: {type: Fail, text: "${word}"}}
outputs: {result: {value: "${one}", file: "${name}.txt"}}
)",
              {"a", "b"});
  EXPECT_EQ(error_of([&] { run.run(); }).substr(0, 200),
            "E612: `" + run.folder.path("out/same.txt") +
                "` would be written twice: by `result` of a and by `result` of b "
                "(put ${photo.relpath} or another part that differs into `file:`)");
  EXPECT_EQ(nodes.ran, 0);
}

TEST(Scheduler, AnEditedOutputIsRefusedBeforeItsItemRuns) {
  Basics nodes;
  TestRun run(nodes, kChain, {"a", "b"});
  const std::string path = run.folder.write("out/a.txt", "edited by hand");
  run.index.will_write(path, std::string(64, '0'));
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_failed, 1);
  EXPECT_EQ(counts.items_done, 1);
  EXPECT_EQ(nodes.ran, 1);
  EXPECT_EQ(run.cause_of("a"),
            "`" + path + "` was not written by pixgraph or was changed since, and is not overwritten");
  EXPECT_EQ(run.folder.read("out/a.txt"), "edited by hand");
}

TEST(Scheduler, AnErrorThatStopsTheRunStartsNothingNew) {
  Basics nodes;
  std::vector<std::string> items = {"stop"};
  for (int i = 0; i < 200; ++i) items.push_back("word" + std::to_string(i));
  TestRun run(nodes, kChain, items);
  const RunCounts counts = run.run();
  ASSERT_TRUE(counts.stopped);
  EXPECT_EQ(counts.stopped->message(), "no money left");
  EXPECT_EQ(counts.items_failed, 1);
  EXPECT_GT(counts.items_canceled, 0);
  EXPECT_EQ(counts.items_done + counts.items_failed + counts.items_canceled, 201);
  EXPECT_EQ(run.items_ended().size(), 201u);
  EXPECT_EQ(run.cause_of("word199"), "not started: the run was ended");
}

TEST(Scheduler, FailFastStopsAtTheFirstFailedItem) {
  Basics nodes;
  std::vector<std::string> items = {"bad"};
  for (int i = 0; i < 200; ++i) items.push_back("word" + std::to_string(i));
  TestRun run(nodes, kChain, items, true);
  const RunCounts counts = run.run();
  EXPECT_FALSE(counts.stopped);
  EXPECT_EQ(counts.items_failed, 1);
  EXPECT_GT(counts.items_canceled, 0);
}

TEST(Scheduler, StopEndsWhatWasNotStartedAsCanceled) {
  Basics nodes;
  std::vector<std::string> items;
  for (int i = 0; i < 100; ++i) items.push_back("word" + std::to_string(i));
  TestRun run(nodes, kChain, items);
  run.scheduler->stop();
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_canceled, 100);
  EXPECT_EQ(nodes.ran, 0);
}

TEST(Scheduler, WorkThatObeysTheEndIsCanceledNotFailed) {
  Basics nodes;
  std::atomic<bool> inside = false;
  nodes.add(text_node("Long"), [&](Call& call) {
    inside = true;
    while (!call.canceled()) std::this_thread::sleep_for(1ms);
    throw Error("E901", "Long was stopped");
  });
  TestRun run(nodes, R"(
inputs: {word: {type: text}}
nodes: {one: {type: Long, text: "${word}"}}
outputs: {result: {value: "${one}", file: "${word}.txt"}}
)",
              {"a"});
  std::thread stopper([&] {
    while (!inside) std::this_thread::sleep_for(1ms);
    run.scheduler->stop();
  });
  const RunCounts counts = run.run();
  stopper.join();
  EXPECT_EQ(counts.items_canceled, 1);
  EXPECT_EQ(counts.items_failed, 0);
}

TEST(Scheduler, ValuesAreReleasedWhenNobodyNeedsThem) {
  Basics nodes;
  std::mutex mutex;
  std::vector<std::weak_ptr<const Image>> made;
  int alive_at_the_end = -1;
  nodes.add(Spec("Make", "Makes an image").in("text", Type::text, "any").out("image", Type::image, "an image"),
            [&](Call& call) {
              auto image = std::make_shared<Image>(64, 64, 3);
              std::lock_guard lock(mutex);
              made.push_back(std::shared_ptr<const Image>(image));
              call.set("image", Value(std::move(image)));
            });
  nodes.add(Spec("Same", "Hands an image on").in("image", Type::image, "an image").out("image", Type::image, "another"),
            [&](Call& call) {
              auto image = std::make_shared<Image>(64, 64, 3);
              std::lock_guard lock(mutex);
              made.push_back(std::shared_ptr<const Image>(image));
              call.set("image", Value(std::move(image)));
            });
  nodes.add(
      Spec("Size", "Says how wide it is").in("image", Type::image, "an image").out("text", Type::text, "its width"),
      [](Call& call) { call.set("text", Value(std::to_string(call.image("image")->width()))); });
  nodes.add(text_node("Count"), [&](Call& call) {
    std::lock_guard lock(mutex);
    alive_at_the_end =
        static_cast<int>(std::count_if(made.begin(), made.end(), [](const auto& one) { return !one.expired(); }));
    call.set("text", Value(call.text("text")));
  });
  TestRun run(nodes, R"(
inputs: {word: {type: text}}
nodes:
  a: {type: Make, text: "${word}"}
  b: {type: Same, image: "${a}"}
  c: {type: Same, image: "${b}"}
  size: {type: Size, image: "${c}"}
  count: {type: Count, text: "${size}"}
outputs: {result: {value: "${count}", file: "${word}.txt"}}
)",
              {"x"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(made.size(), 3u);
  EXPECT_EQ(alive_at_the_end, 0);
}

TEST(Scheduler, AThousandItemsOfFiveNodesAllEndOnce) {
  Basics nodes;
  std::vector<std::string> items;
  for (int i = 0; i < 1000; ++i) items.push_back((i % 10 == 0 ? "bad" : "word") + std::to_string(i));
  std::string pipeline = "inputs: {word: {type: text}}\nnodes:\n  n0: {type: Fail, text: \"${word}\"}\n";
  for (int i = 1; i < 5; ++i)
    pipeline += "  n" + std::to_string(i) + ": {type: Add, text: \"${n" + std::to_string(i - 1) + "}\"}\n";
  TestRun run(nodes, pipeline + "outputs: {result: {value: \"${n4}\", file: \"${word}.txt\"}}\n", items);
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_done, 900);
  EXPECT_EQ(counts.items_failed, 100);
  EXPECT_EQ(run.items_ended().size(), 1000u);
  std::map<std::string, int> ends;
  for (const json& event : run.all)
    if (event["type"] == "task" && event["state"] != "started")
      ++ends[event["item"].get<std::string>() + "/" + event["node"].get<std::string>()];
  EXPECT_EQ(ends.size(), 6000u);
  for (const auto& [name, times] : ends) EXPECT_EQ(times, 1) << name;
}

TEST(Scheduler, ItemsInFlightAreBounded) {
  Basics nodes;
  std::atomic<int> now = 0, most = 0;
  nodes.add(text_node("In"), [&](Call& call) {
    const int count = ++now;
    for (int seen = most; count > seen && !most.compare_exchange_weak(seen, count);) {
    }
    call.set("text", Value(call.text("text")));
  });
  nodes.add(text_node("Out"), [&](Call& call) {
    --now;
    call.set("text", Value(call.text("text")));
  });
  std::vector<std::string> items;
  for (int i = 0; i < 200; ++i) items.push_back("word" + std::to_string(i));
  TestRun run(nodes, R"(
inputs: {word: {type: text}}
nodes:
  a: {type: In, text: "${word}"}
  b: {type: Out, text: "${a}"}
outputs: {result: {value: "${b}", file: "${word}.txt"}}
)",
              items);
  EXPECT_EQ(run.run().items_done, 200);
  EXPECT_LE(most, TestRun::in_flight);
}

const char* const kPaid = R"(
inputs: {word: {type: text}}
nodes:
  bought: {type: Predict, prompt: "${word}"}
  after: {type: Add, text: "${bought}"}
outputs: {result: {value: "${after}", file: "${word}.txt"}}
)";

struct PaidNodes : Basics {
  PaidNodes() {
    add(Spec("Predict", "Buys a text")
            .in("prompt", Type::text, "what to say")
            .out("text", Type::text, "the answer")
            .runs_in(Pool::predict, Cost::paid),
        remote);
  }
  std::shared_ptr<FakeRemote> remote = std::make_shared<FakeRemote>();
};

TEST(Scheduler, APredictionsAnswerGoesOn) {
  PaidNodes nodes;
  nodes.remote->on_submit = [](const Request& request) {
    return created("id", succeeded({}, "hello " + (*request.input)["prompt"].get<std::string>()));
  };
  TestRun run(nodes, kPaid, {"a", "b"});
  EXPECT_EQ(run.run().items_done, 2);
  EXPECT_EQ(run.folder.read("out/b.txt"), "\"hello b\"x\n");
  const auto recipe = run.index.purchase(recipe_keys(run.graph, run.table.items[0], [](const File&) { return ""; })[0]);
  ASSERT_TRUE(recipe);
  EXPECT_EQ(run.ledger.latest(*recipe)->state, PurchaseState::succeeded);
}

TEST(Scheduler, AMaybePaidPredictionStopsTheRun) {
  PaidNodes nodes;
  nodes.remote->submits = {refused(Submitted::Kind::unknown, Error("E204", "the connection broke"))};
  std::vector<std::string> items;
  for (int i = 0; i < 100; ++i) items.push_back("word" + std::to_string(i));
  TestRun run(nodes, kPaid, items);
  const RunCounts counts = run.run();
  ASSERT_TRUE(counts.stopped);
  EXPECT_EQ(counts.stopped->code(), "E510");
  EXPECT_EQ(counts.items_done, 0);
  EXPECT_EQ(counts.items_failed + counts.items_canceled, 100);
  EXPECT_LE(nodes.remote->submitted, TestRun::in_flight);
}

TEST(Scheduler, AStopWhilePredictionsRunSavesThemAndBuysNoMore) {
  PaidNodes nodes;
  std::atomic<bool> end = false;
  nodes.remote->on_submit = [](const Request&) { return created("id"); };
  nodes.remote->on_poll = [&](const std::string&) { return end ? succeeded({}, "x") : running(); };
  std::vector<std::string> items;
  for (int i = 0; i < 50; ++i) items.push_back("word" + std::to_string(i));
  TestRun run(nodes, kPaid, items);
  std::thread stopper([&] {
    while (nodes.remote->submitted < TestRun::in_flight) std::this_thread::sleep_for(1ms);
    run.scheduler->stop();
    end = true;
  });
  const RunCounts counts = run.run();
  stopper.join();
  EXPECT_EQ(counts.items_done, TestRun::in_flight);
  EXPECT_EQ(counts.items_canceled, 50 - TestRun::in_flight);
  EXPECT_EQ(nodes.remote->submitted, TestRun::in_flight);
}

}  // namespace
}  // namespace pixgraph
