#include "retry.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

using namespace std::chrono_literals;

TEST(Retry, ACodeIsAWordOfItsOwn) {
  EXPECT_TRUE(names_code("E6716", "E6716"));
  EXPECT_TRUE(names_code("Prediction failed (E6716): timeout", "E6716"));
  EXPECT_TRUE(names_code("E67160 and E6716", "E6716"));
  EXPECT_FALSE(names_code("E67160", "E6716"));
  EXPECT_FALSE(names_code("XE6716", "E6716"));
  EXPECT_FALSE(names_code("", "E6716"));
}

TEST(Retry, WithoutCodesItIsWhatTheServerGotWrong) {
  const Retry retry{2, {}, 1s, 30s, true};
  for (const char* code : {"E1000", "E6716", "E8765", "E8367", "E9825"})
    EXPECT_TRUE(worth_buying_again(retry, std::string("oops (") + code + ")")) << code;
  for (const char* reason : {"out of memory (E1001)", "E9243", "E4875", "NSFW content detected", ""})
    EXPECT_FALSE(worth_buying_again(retry, reason)) << reason;
}

TEST(Retry, CodesSayWhatIsBoughtAgain) {
  const Retry retry{2, {"E1001"}, 1s, 30s, true};
  EXPECT_TRUE(worth_buying_again(retry, "out of memory (E1001)"));
  EXPECT_FALSE(worth_buying_again(retry, "E6716"));
  const Retry any{2, {"E411"}, 1s, 30s, true};
  EXPECT_TRUE(worth_buying_again(any, "whatever it was"));
}

TEST(Retry, LocalNodesRetryWhatPasses) {
  const Retry retry{2, {}, 1s, 30s, true};
  EXPECT_TRUE(worth_retrying(retry, Error("E202", "no connection")));
  EXPECT_FALSE(worth_retrying(retry, Error("E311", "damaged")));
  EXPECT_FALSE(worth_retrying(retry, Error("E202", "no connection").stopping_run()));
  const Retry one{2, {"E311", "E901"}, 1s, 30s, true};
  EXPECT_TRUE(worth_retrying(one, Error("E311", "damaged")));
  EXPECT_FALSE(worth_retrying(one, Error("E202", "no connection")));
  EXPECT_FALSE(worth_retrying(one, Error("E901", "canceled")));
}

TEST(Retry, WaitsDoubleUpToTheCap) {
  Retry retry{9, {}, 1s, 30s, false};
  EXPECT_EQ(wait_before(retry, 2, 0), 1s);
  EXPECT_EQ(wait_before(retry, 3, 0), 2s);
  EXPECT_EQ(wait_before(retry, 6, 0), 16s);
  EXPECT_EQ(wait_before(retry, 7, 0), 30s);
  EXPECT_EQ(wait_before(retry, 1000000, 0), 30s);
  retry.backoff = 1min;
  EXPECT_EQ(wait_before(retry, 2, 0), 30s);
}

TEST(Retry, JitterTakesUpToHalfAway) {
  const Retry retry{9, {}, 1s, 30s, true};
  EXPECT_EQ(wait_before(retry, 3, 0), 1s);
  EXPECT_EQ(wait_before(retry, 3, 0.5), 1500ms);
  EXPECT_EQ(wait_before(retry, 3, 1), 2s);
  for (int i = 0; i < 100; ++i) {
    EXPECT_GE(wait_before(retry, 3), 1s);
    EXPECT_LE(wait_before(retry, 3), 2s);
  }
}

}  // namespace
}  // namespace pixgraph
