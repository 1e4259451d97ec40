#include "report_data.h"

#include <gtest/gtest.h>

#include "support/past_run.h"

namespace pixgraph {
namespace {

using nlohmann::json;
using test::PastRun;

json picture(const std::string& item, const std::string& from, const std::string& hash, const std::string& path = {}) {
  json event = {{"type", "picture"}, {"item", item}, {from == "photo" ? "input" : "node", from}, {"hash", hash}};
  if (path.empty())
    event.update({{"width", 8}, {"height", 6}});
  else
    event["path"] = path;
  return event;
}

std::vector<std::string> chain(const ReportPictures& pictures, int item) {
  std::vector<std::string> out;
  for (const auto& one : pictures.of_item[item]) out.push_back(one.hash);
  return out;
}

TEST(ReportData, AChainShowsEveryPictureOnce) {
  PastRun run;
  run.add(picture("a", "photo", "h0", "/p/a.jpg"));
  run.add(picture("a", "fitted", "h1"));
  run.add(picture("b", "photo", "h9", "/p/b.jpg"));
  run.add(picture("a", "scene", "h2"));  // what is saved as it is
  run.add({{"type", "output"}, {"item", "a"}, {"output", "result"}, {"path", "a.jpg"}, {"hash", "h3"}});
  run.done("a", "/o/a.jpg", "h3");
  run.add(picture("b", "fitted", "h9", "/p/b.jpg"));  // handed on
  run.add(picture("b", "scene", "h8"));
  run.failed("b", "scene", "E1", "no");
  run.add(picture("c", "scene", "h6"));
  run.events[1]["outputs"].push_back({{"name", "second"}, {"after", {"fitted"}}});
  run.add({{"type", "output"}, {"item", "c"}, {"output", "second"}, {"path", "c.png"}, {"hash", "h5"}});
  run.done("c", "/o/c.png", "h5");
  const RunRecord record = read_run(run.write());
  const ReportPictures pictures = pictures_of(record);
  EXPECT_EQ(chain(pictures, 2), (std::vector<std::string>{"h6", "h5"}));  // the output that saves it was not written
  EXPECT_EQ(pictures.of_item[2].back().box, 4);
  EXPECT_EQ(chain(pictures, 0), (std::vector<std::string>{"h0", "h1", "h3"}));
  EXPECT_EQ(pictures.of_item[0].back().box, 3);
  EXPECT_EQ(chain(pictures, 1), (std::vector<std::string>{"h9", "h8"}));  // nothing was written of it
}

TEST(ReportData, WhatStandsForAnItemIsWhatCameOutOrElseWhatWentIn) {
  PastRun run;
  run.add(picture("a", "photo", "h0", "/p/a.jpg"));
  run.done("a", "/o/a.jpg", "h3");
  run.add(picture("b", "photo", "h9", "/p/b.jpg"));
  run.add(picture("b", "fitted", "h8"));
  run.failed("b", "scene", "E1", "no");
  const RunRecord record = read_run(run.write());
  ReportPictures pictures = pictures_of(record);
  EXPECT_EQ(cover_of(record, pictures, 0), nullptr);
  for (auto& of_item : pictures.of_item)
    for (auto& one : of_item) one.thumb = 1;
  EXPECT_EQ(cover_of(record, pictures, 0)->hash, "h3");
  EXPECT_EQ(cover_of(record, pictures, 1)->hash, "h9");
  pictures.of_item[0].back().thumb = -1;
  EXPECT_EQ(cover_of(record, pictures, 0)->hash, "h0");
}

TEST(ReportData, IsColumns) {
  PastRun run;
  run.add(picture("a", "photo", "h0", "/p/a b.jpg"));
  run.task(0.5, "a", "fitted", "started");
  run.task(0.6, "b", "fitted", "started");
  run.task(0.75, "a", "fitted", "done");
  run.task(1.25, "b", "fitted", "failed", "torn");
  run.add(picture("a", "fitted", "h1"));
  run.add({{"type", "prediction"},
           {"state", "succeeded"},
           {"id", "x1"},
           {"key", "k"},
           {"lane", "l"},
           {"model", "o/n"},
           {"cost", 0.5}});
  run.add({{"type", "item"},
           {"item", "a"},
           {"outcome", "done"},
           {"ms", 7},
           {"predictions", {{{"node", "scene"}, {"id", "x1"}, {"reused", true}}}}});
  run.failed("b", "fitted", "E311", "torn");
  run.end(1, 1, 1);
  const RunRecord record = read_run(run.write());
  ReportPictures pictures = pictures_of(record);
  pictures.of_item[0][1].thumb = 4;
  const json data = report_data(record, pictures, {"seed: 7"}, "/p/r");
  EXPECT_EQ(data["boxes"][2], (json{{"name", "scene"}, {"label", "Predict"}, {"kind", "node"}, {"hosted", true}}));
  EXPECT_EQ(data["texts"], (json{"torn", "`fitted`: torn", "E311", "o/n", "succeeded", "seed: 7"}));
  EXPECT_EQ(data["items"], (json{{"name", {"a", "b"}},
                                 {"state", "df"},
                                 {"ms", {7, 0}},
                                 {"cause", {-1, 1}},
                                 {"hint", {-1, -1}},
                                 {"code", {-1, 2}},
                                 {"first", {0, 2, 2}}}));
  EXPECT_EQ(data["pictures"],
            (json{{"box", {0, 1}}, {"thumb", {-1, 4}}, {"path", {"../a%20b.jpg", ""}}, {"size", {"", "8x6"}}}));
  EXPECT_EQ(data["tasks"], (json{{"item", {0, 1}},
                                 {"box", {1, 1}},
                                 {"state", "df"},
                                 {"start", {500, 100}},
                                 {"ms", {250, 650}},
                                 {"cause", {-1, 0}}}));
  EXPECT_EQ(data["predictions"], (json{{"item", {0}},
                                       {"box", {2}},
                                       {"id", {"x1"}},
                                       {"model", {3}},
                                       {"state", {4}},
                                       {"reused", {1}},
                                       {"input", {5}},
                                       {"cost", {0.5}}}));
}

}  // namespace
}  // namespace pixgraph
