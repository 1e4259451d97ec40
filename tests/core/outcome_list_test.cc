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

void write_run(const TempFolder& folder, const std::string& id, const std::string& shard,
               const std::vector<json>& events) {
  folder.write("runs/" + id + "/events.ndjson", "");
  outcome_list(folder.path("runs/" + id + "/items.jsonl"), shard)(events);
}
json item(const char* name, const char* outcome) {
  return {{"type", "item"}, {"t", 1.5}, {"item", name}, {"outcome", outcome}, {"inputs", {{"word", name}}}};
}

TEST(OutcomeList, HasALinePerItemAndNothingElse) {
  const TempFolder folder;
  write_run(folder, "1", "", {{{"type", "task"}, {"item", "a"}}, item("a", "done"), {{"type", "end"}, {"reused", 0}}});
  EXPECT_EQ(folder.read("runs/1/items.jsonl"),
            "{\"pixgraph_items\":1}\n{\"inputs\":{\"word\":\"a\"},\"item\":\"a\",\"outcome\":\"done\"}\n");
  write_run(folder, "2", "0/4", {{{"type", "end"}, {"reused", 3}}});
  EXPECT_EQ(folder.read("runs/2/items.jsonl"), "{\"pixgraph_items\":1,\"shard\":\"0/4\"}\n{\"up_to_date\":3}\n");
}

TEST(OutcomeList, WhatFailedIsThatOfTheLastRunOfTheShard) {
  const TempFolder folder;
  write_run(folder, "1", "", {item("a", "failed"), item("b", "done"), item("c", "canceled")});
  write_run(folder, "2", "0/2", {item("x", "failed")});
  write_run(folder, "3", "1/2", {item("y", "failed")});
  write_run(folder, "4", "", {});  // was refused: it says nothing of any item
  EXPECT_EQ(failed_in_last_run(folder.path()), Names{"a"});
  EXPECT_EQ(failed_in_last_run(folder.path(), "0/2"), Names{"x"});
  EXPECT_EQ(
      error_of([&] { failed_in_last_run(folder.path(), "0/3"); }),
      "E626: there is no earlier run of shard 0/3 in " + folder.path() + " whose failed items could be run again");
  write_run(folder, "5", "", {{{"type", "end"}, {"reused", 3}}});
  EXPECT_EQ(failed_in_last_run(folder.path()), Names{});
  EXPECT_EQ(error_of([&] { failed_in_last_run(folder.path("elsewhere")); }),
            "E626: there is no earlier run in " + folder.path("elsewhere") + " whose failed items could be run again");
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
