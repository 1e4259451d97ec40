#include "failure_pattern.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

TEST(FailurePattern, NamesNumbersAndIdsDoNotMatter) {
  EXPECT_EQ(failure_pattern("mug.jpg has 12 pixels", "mug.jpg"), failure_pattern("cup.jpg has 3 pixels", "cup.jpg"));
  // Letters and digits mixed, as servers make them.
  EXPECT_EQ(failure_pattern("prediction xtcycnmbax57sqxqerbjqxj2w7 failed: E8765", "a.jpg"),
            failure_pattern("prediction 5qpt5jq1fssrmc0cmd5hvy31md failed: E8765", "b.jpg"));
  EXPECT_EQ(failure_pattern("prediction abcdefghijklmnopqrstuvwxyz failed", ""),
            failure_pattern("prediction 5qpt5jq1fssrmc0cmd5hvy31md failed", ""));
  EXPECT_NE(failure_pattern("prediction 5qpt5jq1fssrmc0cmd5hvy31md failed: out of memory", ""),
            failure_pattern("prediction 5qpt5jq1fssrmc0cmd5hvy31md failed: health check", ""));
  EXPECT_NE(failure_pattern("no answer from one.example", ""), failure_pattern("no answer from two.example", ""));
  EXPECT_EQ(failure_pattern("a of item a", "a"), "a of item a") << "too short to be looked for";
  EXPECT_EQ(failure_pattern("\x01 is torn", "\x01"), "\x01 is torn") << "and it ends";
  EXPECT_EQ(failure_pattern("\x01\x01\x01\x01\x01\x01", "\x01\x01\x01"), "\x01\x01");
}

}  // namespace
}  // namespace pixgraph
