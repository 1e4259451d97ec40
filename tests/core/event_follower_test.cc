#include "event_follower.h"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "line_file.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using nlohmann::json;

TEST(EventFollower, ShowsEveryEventOnceInOrder) {
  const test::TempFolder folder;
  LineFile file(folder.path("events"));
  file.append("{\"type\":\"version\"}\n");
  std::vector<std::string> shown;
  EventFollower follower(folder.path("events"), [&](std::string_view line, const json& event) {
    EXPECT_EQ(line, event.dump());
    shown.push_back(event["type"]);
  });
  for (const char* line : {"{\"type\":\"a\"}\n", "no json\n", "{\"type\":\"b\"}\n{\"type\":\"torn"}) {
    file.append(line);
    follower.advance();
  }
  follower.finish();
  EXPECT_EQ(shown, (std::vector<std::string>{"version", "a", "b"}));
}

TEST(EventFollower, ARunDoesNotWaitForOneThatIsStuck) {
  const test::TempFolder folder;
  LineFile file(folder.path("events"));
  std::promise<void> stuck, released;
  int shown = 0;
  EventFollower follower(folder.path("events"), [&](std::string_view, const json&) {
    if (shown++ == 0) {
      stuck.set_value();
      released.get_future().wait();
    }
  });
  file.append("{}\n");
  follower.advance();
  stuck.get_future().wait();
  for (int i = 0; i < 1000; ++i) {
    file.append("{}\n");
    follower.advance();  // would hang here
  }
  released.set_value();
  follower.finish();
  EXPECT_EQ(shown, 1001);
}

TEST(EventFollower, WhatCannotBeReadIsNotWaitedFor) {
  const test::TempFolder folder;
  EventFollower follower(folder.path("no"), [](std::string_view, const json&) { ADD_FAILURE(); });
  follower.advance();
  follower.finish();
}

}  // namespace
}  // namespace pixgraph
