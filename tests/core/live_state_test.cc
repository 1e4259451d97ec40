#include "live_state.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace pixgraph {
namespace {

using nlohmann::json;

struct Told {
  std::set<std::string> thumbnails = {"cut-a", "cut-b", "photo-b"};
  LiveState state{[this](const std::string& hash) { return thumbnails.contains(hash); }};

  explicit Told(int items = 4) {
    state.take({{"type", "version"}});
    state.take({{"type", "run"},
                {"t", 0},
                {"file", "p.yaml"},
                {"items", items},
                {"nodes", {{{"name", "cut"}}, {{"name", "fill"}}}},
                {"outputs", {{{"name", "result"}}}},
                {"cap", 2.0}});
  }
  void task(const char* item, const char* node, const char* state_name, double t, json more = json::object()) {
    json event = {{"type", "task"}, {"item", item}, {"node", node}, {"state", state_name}, {"t", t}};
    event.update(more);
    state.take(event);
  }
  void picture(const char* item, const char* hash, const char* node) {
    state.take({{"type", "picture"}, {"item", item}, {"hash", hash}, {"node", node}});
  }
};

TEST(LiveState, CountsLinesTasksAndMoney) {
  Told told;
  told.task("a", "cut", "started", 1);
  told.task("a", "cut", "done", 2, {{"ms", 1000}});
  told.state.take({{"type", "prediction"}, {"state", "created"}, {"id", "x"}, {"t", 1}});
  told.state.take({{"type", "prediction"}, {"state", "succeeded"}, {"id", "x"}, {"cost", 0.25}, {"t", 2}});
  const json view = told.state.view(3);
  EXPECT_EQ(told.state.lines(), 6);
  EXPECT_EQ(view["tasks"], (json{{"all", 12}, {"ended", 1}}));
  EXPECT_EQ(view["nodes"][0], (json{{"name", "cut"},
                                    {"total", 4},
                                    {"done", 1},
                                    {"reused", 0},
                                    {"failed", 0},
                                    {"skipped", 0},
                                    {"running", 0},
                                    {"waiting", 0}}));
  EXPECT_EQ(view["spent"], 0.25);
  EXPECT_EQ(view["cap"], 2.0);
  EXPECT_EQ(view["predictions"], 1);
  EXPECT_EQ(view["elapsed"], 3);
}

TEST(LiveState, LanesAreWhatRunsTheOldestFirstAndNoMoreThanFit) {
  Told told(100);
  told.task("late", "cut", "started", 5);
  told.task("early", "cut", "started", 2);
  json view = told.state.view(6);
  EXPECT_EQ(view["running"], 2);
  EXPECT_EQ(view["lanes"], (json{{{"node", "cut"}, {"item", "early"}, {"ms", 4000.0}},
                                 {{"node", "cut"}, {"item", "late"}, {"ms", 1000.0}}}));
  for (int i = 0; i < 40; ++i) told.task(std::to_string(i).c_str(), "fill", "started", 6);
  view = told.state.view(7);
  EXPECT_EQ(view["running"], 42);
  EXPECT_EQ(view["lanes"].size(), LiveState::kMostLanes);
  told.state.take({{"type", "item"}, {"item", "late"}, {"outcome", "canceled"}});
  EXPECT_EQ(told.state.view(8)["running"], 41);
}

TEST(LiveState, WhatWaitsForItsPlaceIsInNoLaneAndEveryNodeHasSome) {
  Told told(100);
  told.state.take({{"type", "run"}, {"t", 0}, {"items", 100}, {"nodes", {{{"name", "hosted"}, {"hosted", true}}}}});
  for (int i = 0; i < 30; ++i) {
    told.task(("a" + std::to_string(i)).c_str(), "cut", "started", 1);
    told.task(("b" + std::to_string(i)).c_str(), "hosted", "started", 1);
  }
  json view = told.state.view(2);
  EXPECT_EQ(view["running"], 30);
  EXPECT_EQ(view["for_place"], 30);
  for (int i = 0; i < 20; ++i)
    told.state.take({{"type", "prediction"},
                     {"state", "created"},
                     {"t", 1.5},
                     {"tasks", {{{"item", "b" + std::to_string(i)}, {"node", "hosted"}}}}});
  view = told.state.view(2);
  EXPECT_EQ(view["running"], 50);
  EXPECT_EQ(view["for_place"], 10);
  std::map<std::string, int> lanes;
  for (const json& lane : view["lanes"]) ++lanes[lane["node"]];
  EXPECT_EQ(lanes, (std::map<std::string, int>{{"cut", 12}, {"hosted", 12}}));
  EXPECT_EQ(view["lanes"].back()["ms"], 500) << "since its prediction was made";
}

TEST(LiveState, TheNewestPictureOfEveryItemTheLatestFirst) {
  Told told;
  told.picture("a", "cut-a", "cut");
  told.picture("b", "cut-b", "cut");
  told.picture("b", "not made small yet", "fill");
  EXPECT_EQ(told.state.view(1)["images"], (json{{{"item", "b"}, {"node", "cut"}, {"hash", "cut-b"}},
                                                {{"item", "a"}, {"node", "cut"}, {"hash", "cut-a"}}}));
  told.thumbnails.insert("fill-a");
  told.picture("a", "fill-a", "fill");
  EXPECT_EQ(told.state.view(1)["images"][0], (json{{"item", "a"}, {"node", "fill"}, {"hash", "fill-a"}}));
  EXPECT_EQ(told.state.view(1)["images"].size(), 2u);
  EXPECT_TRUE(told.state.knows_picture("cut-a"));
  EXPECT_FALSE(told.state.knows_picture("not made small yet"));
  EXPECT_FALSE(told.state.knows_picture("../../ledger"));
}

TEST(LiveState, FailuresComeWithThePhotoWhereItCouldBeRead) {
  Told told;
  told.state.take({{"type", "picture"}, {"item", "b"}, {"hash", "photo-b"}, {"input", "photo"}});
  told.state.take({{"type", "picture"}, {"item", "c"}, {"hash", "photo-c"}, {"input", "photo"}});
  for (const char* item : {"a", "b", "c", "b"})
    told.task(item, "cut", "failed", 1, {{"code", "E311"}, {"cause", "torn"}});
  json view = told.state.view(1);
  EXPECT_EQ(view["failed"], 4);
  EXPECT_EQ(view["causes"], 1);
  ASSERT_EQ(view["failures"].size(), 3u);
  EXPECT_EQ(view["failures"][0],
            (json{{"item", "b"}, {"node", "cut"}, {"code", "E311"}, {"cause", "torn"}, {"hash", "photo-b"}}));
  EXPECT_EQ(view["failures"][1]["hash"], "");  // it could not be decoded
  told.state.take({{"type", "item"}, {"item", "d"}, {"outcome", "failed"}, {"code", "E612"}, {"cause", "twice"}});
  EXPECT_EQ(told.state.view(1)["failures"][0]["cause"], "twice");
}

}  // namespace
}  // namespace pixgraph
