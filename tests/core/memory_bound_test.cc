#include "memory_bound.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace pixgraph {
namespace {

struct Bound {
  bool admits(int running, int fresh) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));  // or the last measure still counts
    return bound.admits(running, fresh);
  }
  std::uint64_t held = 100;
  MemoryBound bound{1100, 2, [this] { return held; }};
};

TEST(MemoryBound, WithoutOneEverythingBegins) {
  MemoryBound bound(0, 1, []() -> std::uint64_t { throw 1; });
  EXPECT_TRUE(bound.admits(1000, 1000));
}

TEST(MemoryBound, OneAloneAlwaysBegins) {
  Bound one;
  one.held = 5000;
  EXPECT_TRUE(one.admits(0, 0));
  EXPECT_FALSE(one.admits(1, 1));
  EXPECT_TRUE(one.admits(0, 0));
}

TEST(MemoryBound, FewBeginUntilTheyShowWhatTheyTake) {
  Bound one;
  EXPECT_TRUE(one.admits(0, 0));
  EXPECT_TRUE(one.admits(3, 3));
  EXPECT_FALSE(one.admits(4, 4));  // twice the jobs
  EXPECT_TRUE(one.admits(4, 3));
}

TEST(MemoryBound, AsManyAsFit) {
  Bound one;
  EXPECT_TRUE(one.admits(0, 0));
  one.held = 100 + 4 * 200;  // 200 each: a fifth fits, a sixth does not
  EXPECT_TRUE(one.admits(4, 0));
  EXPECT_FALSE(one.admits(5, 1));
  one.held = 100 + 1 * 200;  // they ended
  EXPECT_TRUE(one.admits(2, 1));
}

TEST(MemoryBound, WhatOneWasSeenToTakeIsRemembered) {
  Bound one;
  EXPECT_TRUE(one.admits(0, 0));
  one.held = 100 + 600;
  EXPECT_FALSE(one.admits(1, 0));
  one.held = 100 + 450;  // it let go of something for a moment
  EXPECT_FALSE(one.admits(1, 0));
}

TEST(MemoryBound, TheRealMeasures) {
  EXPECT_GT(resident_bytes(), 1u << 20);
  EXPECT_GT(default_memory(), resident_bytes());
}

TEST(MemoryBound, Sizes) {
  EXPECT_EQ(parse_bytes("512M"), 512ull << 20);
  EXPECT_EQ(parse_bytes("4G"), 4ull << 30);
  for (const char* wrong :
       {"", "4", "G", "0G", "4g", "-4G", "4.5G", "4GB", " 4G", "99999999999999999999G", "17179869184G"})
    EXPECT_EQ(parse_bytes(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace pixgraph
