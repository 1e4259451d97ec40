#include "event_fields.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

TEST(EventFields, WhatIsThereIsGivenAndAnythingElseIsEmpty) {
  const nlohmann::json event = {{"text", "a\nb"}, {"number", 1.5}, {"flag", true}, {"list", {1, 2}}};
  EXPECT_EQ(text_of(event, "text"), "a\nb");
  EXPECT_EQ(line_of(event, "text").find('\n'), std::string::npos);
  EXPECT_EQ(number_of(event, "number"), 1.5);
  EXPECT_TRUE(flag_of(event, "flag"));
  EXPECT_EQ(list_of(event, "list").size(), 2u);
  for (const char* other : {"none", "number"}) EXPECT_EQ(text_of(event, other), "");
  for (const char* other : {"none", "text"}) {
    EXPECT_EQ(number_of(event, other, 7), 7);
    EXPECT_FALSE(flag_of(event, other));
    EXPECT_TRUE(list_of(event, other).empty());
  }
}

}  // namespace
}  // namespace pixgraph
