#include "run_times.h"

#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;

TEST(RunTimes, NothingIsKnownAtFirst) {
  RunTimes times(nullptr);
  EXPECT_EQ(times.usual("server model"), std::nullopt);
}

TEST(RunTimes, ASlowOneMovesItLessThanAFastOne) {
  RunTimes times(nullptr);
  times.learn("model", 8s);
  EXPECT_EQ(times.usual("model"), 8s);
  times.learn("model", 16s);
  EXPECT_EQ(times.usual("model"), 10s);
  times.learn("model", 2s);
  EXPECT_EQ(times.usual("model"), 6s);
  EXPECT_EQ(times.usual("another"), std::nullopt);
}

TEST(RunTimes, TheIndexKeepsItForLaterRuns) {
  test::TempFolder folder;
  {
    Index index(folder.path("state"));
    RunTimes(&index).learn("model", 8s);
  }
  Index index(folder.path("state"));
  RunTimes times(&index);
  EXPECT_EQ(times.usual("model"), 8s);
  EXPECT_EQ(times.usual("another"), std::nullopt);
}

TEST(RunTimes, TheIndexHearsOnlyOfChangesThatMatter) {
  test::TempFolder folder;
  Index index(folder.path("state"));
  RunTimes times(&index);
  times.learn("model", 8s);
  times.learn("model", 8400ms);
  EXPECT_EQ(times.usual("model"), 8100ms);
  EXPECT_EQ(index.run_time("model"), 8000);
  times.learn("model", 12s);
  EXPECT_EQ(times.usual("model"), 9075ms);
  EXPECT_EQ(index.run_time("model"), 9075);
}

TEST(RunTimes, TheShortestAndTheLongestThatWasBilled) {
  test::TempFolder folder;
  Index index(folder.path("state"));
  {
    RunTimes times(&index);
    EXPECT_FALSE(times.billed("m"));
    for (const auto ran : {3s, 5s, 2s, 4s}) times.learn_billed("m", ran);
  }
  RunTimes times(&index);
  ASSERT_TRUE(times.billed("m"));
  EXPECT_EQ(times.billed("m")->least, 2s);
  EXPECT_EQ(times.billed("m")->most, 5s);
  EXPECT_FALSE(times.usual("m"));
}

}  // namespace
}  // namespace pixgraph
