#include "outcome_list.h"

#include <gtest/gtest.h>

#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using nlohmann::json;
using test::error_of;
using test::TempFolder;
using Names = std::set<std::string>;

void write_run(const TempFolder& folder, const std::string& id, const std::string& shard, std::vector<json> events,
               const char* file = "/home/p.yaml") {
  folder.write("runs/" + id + "/events.ndjson", "");
  const json run = {{"type", "run"}, {"file", file}};
  events.insert(events.begin(), run);
  outcome_list(folder.path("runs/" + id + "/items.jsonl"), shard)(events);
}
json item(const char* name, const char* outcome) {
  return {{"type", "item"}, {"t", 1.5}, {"item", name}, {"outcome", outcome}, {"inputs", {{"word", name}}}};
}

TEST(OutcomeList, HasALinePerItemAndNothingElse) {
  const TempFolder folder;
  write_run(folder, "1", "", {{{"type", "task"}, {"item", "a"}}, item("a", "done"), {{"type", "end"}, {"reused", 0}}});
  EXPECT_EQ(folder.read("runs/1/items.jsonl"),
            "{\"file\":\"p.yaml\",\"pixgraph_items\":1}\n{\"inputs\":{\"word\":\"a\"},\"item\":\"a\",\"outcome\":"
            "\"done\"}\n");
  write_run(folder, "2", "0/4", {{{"type", "end"}, {"reused", 3}}});
  EXPECT_EQ(folder.read("runs/2/items.jsonl"),
            "{\"file\":\"p.yaml\",\"pixgraph_items\":1,\"shard\":\"0/4\"}\n{\"up_to_date\":3}\n");
}

TEST(OutcomeList, WhatFailedIsToldByTheLastOutcomeOfEachItem) {
  const TempFolder folder;
  const auto failed = [&](const char* shard = "", const char* file = "elsewhere/p.yaml") {
    return failed_before(folder.path(), file, shard);
  };
  write_run(folder, "1", "", {item("a", "failed"), item("b", "done"), item("c", "canceled"), item("d", "failed")});
  write_run(folder, "2", "0/2", {item("x", "failed")});
  write_run(folder, "3", "1/2", {item("y", "failed")});
  write_run(folder, "4", "", {});  // was refused: it says nothing of any item
  write_run(folder, "5", "", {item("a", "done"), item("z", "failed")}, "other.yaml");
  EXPECT_EQ(failed(), (Names{"a", "c", "d"}));
  EXPECT_EQ(failed("0/2"), Names{"x"});
  EXPECT_EQ(failed("", "other.yaml"), Names{"z"});
  EXPECT_EQ(error_of([&] { failed("0/3"); }), "E626: there is no earlier run of p.yaml, shard 0/3, in " +
                                                  folder.path() + " whose failed items could be run again");
  write_run(folder, "6", "", {item("d", "done"), item("e", "failed"), item("e", "done")});  // --limit, or others
  write_run(folder, "7", "", {{{"type", "end"}, {"reused", 3}}});
  EXPECT_EQ(failed(), (Names{"a", "c"}));
  EXPECT_EQ(
      error_of([&] { failed_before(folder.path("none"), "p.yaml"); }),
      "E626: there is no earlier run of p.yaml in " + folder.path("none") + " whose failed items could be run again");
}

TEST(OutcomeList, FindsItemsByNameAndByWhatTheyRead) {
  const TempFolder folder;
  json one = item("sub/a.jpg", "failed"), two = item("two", "done");
  one["inputs"] = {{"photo", "/in/sub/a.jpg"}};
  two["inputs"] = {{"photos", {"/in/b.jpg", "/in/sub/a.jpg"}}};
  write_run(folder, "1", "", {one, two});
  one["outcome"] = "done";
  write_run(folder, "2", "0/2", {one});
  const auto found = [&](const char* name, const char* path) {
    std::string text;
    for (const json& line : latest_outcomes(folder.path(), "p.yaml", name, path))
      text += line["item"].get<std::string>() + " " + line["outcome"].get<std::string>() + "\n";
    return text;
  };
  EXPECT_EQ(found("sub/a.jpg", ""), "sub/a.jpg done\n");
  EXPECT_EQ(found("a.jpg", "/in/sub/a.jpg"), "sub/a.jpg done\ntwo done\n");
  EXPECT_EQ(found("a.jpg", ""), "");
}

TEST(OutcomeList, KnowsWhatEarlierRunsWrote) {
  const TempFolder folder;
  json done = item("a", "done");
  done["files"] = {{{"path", "/out/a.jpg"}, {"hash", "h1"}}};
  write_run(folder, "1", "", {done});
  PastOutputs past(folder.path("runs"));
  EXPECT_TRUE(past("/out/a.jpg", "h1"));
  EXPECT_FALSE(past("/out/a.jpg", "h2"));
  EXPECT_FALSE(past("/out/b.jpg", "h1"));
}

}  // namespace
}  // namespace pixgraph
