#include "progress_view.h"

#include <gtest/gtest.h>

#include "unicode.h"

namespace pixgraph {
namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;

json task(const std::string& item, const std::string& node, const char* state, double t, int ms = 0) {
  return {{"type", "task"}, {"item", item}, {"node", node}, {"state", state}, {"t", t}, {"ms", ms}};
}

/// Of 8 items: one done, one failed, two under way.
Progress half_way(const std::vector<std::string>& names = {"cutout", "mask", "日本語の名前"}) {
  Progress progress;
  json nodes = json::array();
  for (const std::string& name : names) nodes.push_back({{"name", name}});
  progress.take({{"type", "run"}, {"t", 0}, {"items", 8}, {"nodes", nodes}, {"outputs", {{{"name", "result"}}}}});
  for (const char* item : {"a", "b", "c", "d"}) progress.take(task(item, names[0], "started", 0.5));
  for (const std::string& name : names) progress.take(task("a", name, "done", 4, 3200));
  json output = task("a", "result", "done", 4, 20);
  output["output"] = true;
  progress.take(output);
  progress.take({{"type", "item"}, {"item", "a"}, {"outcome", "done"}, {"t", 4}});
  json failed = task("b", names[0], "failed", 5, 100);
  failed.update({{"code", "E1"}, {"cause", "broken"}, {"hint", "mend it"}});
  progress.take(failed);
  progress.take({{"type", "item"}, {"item", "b"}, {"outcome", "failed"}, {"node", names[0]}, {"t", 5}});
  progress.take(task("c", names[0], "reused", 5));
  return progress;
}

TEST(ProgressView, AtEightyColumns) {
  EXPECT_EQ(progress_lines(half_way(), 6, {80, 24}, {}),
            (Lines{"  node                                   done  running  reused  failed   median",
                   "▸ cutout        ████████▋                 3/8        1       1       1    3.2 s",
                   "  mask          █████▊                    2/8        –       –       –    3.2 s",
                   "  日本語の名前  █████▊                    2/8        –       –       –    3.2 s",
                   "  written       █████▊                    2/8        –       –       –    20 ms",
                   "▸ items         ██████▍                   2/8        2       –       1        –",
                   "  28%  6 s, about 14 s left   27 items/min"}));
}

TEST(ProgressView, HostedNodesTellWhatWaitsForItsPlace) {
  Progress progress;
  progress.take({{"type", "run"}, {"t", 0}, {"items", 4}, {"nodes", {{{"name", "cut"}, {"hosted", true}}}}});
  for (const char* item : {"a", "b", "c"}) progress.take(task(item, "cut", "started", 0.5));
  progress.take(
      {{"type", "prediction"}, {"state", "created"}, {"t", 1}, {"tasks", {{{"item", "b"}, {"node", "cut"}}}}});
  const auto lines = progress_lines(progress, 2, {100, 24}, {});
  EXPECT_EQ(lines[0].substr(lines[0].find("done")), "done  running  waiting  reused  failed   median");
  EXPECT_EQ(lines[1].substr(lines[1].find("0/4")), "0/4        1        2       –       –        –");
}

TEST(ProgressView, NoLineIsEverAsWideAsTheTerminal) {
  Progress progress = half_way({"a_name_that_is_longer_than_any_that_one_would_give", "日本語の名前日本語の名前"});
  progress.take({{"type", "wait"}, {"why", std::string(300, 'w')}, {"ms", 60000}, {"t", 6}});
  progress.take({{"type", "prediction"}, {"cost", 1234.5}, {"state", "succeeded"}, {"t", 6}});
  for (const Look& look : {Look{false, true}, Look{true, true}, Look{false, false}, Look{true, false}})
    for (int columns = 2; columns <= 250; ++columns)
      for (const std::string& line : progress_lines(progress, 7, {columns, 24}, look))
        EXPECT_LT(painted_width(line), columns) << line;
}

TEST(ProgressView, ColourChangesNothingButColour) {
  const Lines plain = progress_lines(half_way(), 6, {100, 24}, {false, true});
  Lines painted = progress_lines(half_way(), 6, {100, 24}, {true, true});
  bool any = false;
  for (std::string& line : painted)
    for (std::size_t at; (at = line.find('\x1b')) != std::string::npos; any = true)
      line.erase(at, line.find('m', at) - at + 1);
  EXPECT_TRUE(any);
  EXPECT_EQ(painted, plain);
}

TEST(ProgressView, ALowTerminalShowsWhereSomethingGoesOn) {
  const Progress progress = half_way({"n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"});
  for (int rows = 3; rows <= 20; ++rows)
    EXPECT_LT(progress_lines(progress, 60, {80, rows}, {}).size(), static_cast<std::size_t>(rows));
  const Lines lines = progress_lines(progress, 60, {40, 9}, {});
  EXPECT_EQ(lines, (Lines{"  node             done  reused  failed", "▸ n1       ██▎      3/8       1       1",
                          "  n2       █▌       2/8       –       –", "  n3       █▌       2/8       –       –",
                          "  + 6 more: 6 under way", "▸ items    █▌       2/8       –       1",
                          "  26%  60 s, about 2m 48s left"}));
}

TEST(ProgressView, AsciiWhereTheLocaleHasNoOtherSigns) {
  for (const std::string& line : progress_lines(half_way({"cutout"}), 6, {80, 24}, {false, false}))
    for (const char c : line) EXPECT_GE(c, ' ') << line;
}

TEST(ProgressView, Fitted) {
  EXPECT_EQ(fitted("日本語", 6, {}), "日本語");
  EXPECT_EQ(fitted("日本語", 5, {}), "日本…");
  EXPECT_EQ(fitted("日本語", 4, {}), "日…");
  EXPECT_EQ(fitted("abcdef", 5, {false, false}), "ab...");
  EXPECT_EQ(fitted("abcdef", 2, {false, false}), "");
}

TEST(ProgressView, FailuresLikeOthersAreCounted) {
  Progress progress = half_way({"cutout"});
  for (int i = 0; i < 16; ++i) {
    json failed = task("x" + std::to_string(i), "cutout", "failed", 6);
    failed.update({{"code", "E1"}, {"cause", "broken"}});
    progress.take(failed);
  }
  EXPECT_EQ(progress_lines(progress, 6, {80, 24}, {})[0], "✕ cutout  … 16 more like this");
}

TEST(ProgressView, TheRetryBuysNothingTwice) {
  EXPECT_EQ(retry_command({"run", "my file.yaml", "a.jpg", "--rebuy", "scene", "--only=failed", "--out", "o"}),
            "pixgraph run 'my file.yaml' a.jpg --out o --only failed");
  EXPECT_EQ(retry_command({"run", "p.yaml", "--", "--odd.jpg"}), "pixgraph run p.yaml --only failed -- --odd.jpg");
}

}  // namespace
}  // namespace pixgraph
