#include "money.h"

#include <gtest/gtest.h>

#include <limits>

namespace pixgraph {
namespace {

using namespace std::chrono_literals;

TEST(Money, IsReadDigitByDigit) {
  EXPECT_EQ(parse_usd("0.0023"), 2'300'000);
  EXPECT_EQ(parse_usd("1"), 1'000'000'000);
  EXPECT_EQ(parse_usd("0.1"), 100'000'000);
  EXPECT_EQ(parse_usd("0.000000001"), 1);
  EXPECT_EQ(parse_usd("0.0000000010"), 1);
  EXPECT_EQ(parse_usd("999999999.999999999"), 999'999'999'999'999'999);
  EXPECT_EQ(parse_usd("0"), 0);
  for (const char* wrong : {"", ".", "1.", ".5", "-1", "+1", "1e3", "0.0000000001", "1,5", "$1", " 1", "1 ",
                            "1000000000", "0x1", "nan", "1.2.3"})
    EXPECT_EQ(parse_usd(wrong), std::nullopt) << wrong;
}

TEST(Money, IsShownAsDollars) {
  EXPECT_EQ(show_usd(0), "0.00");
  EXPECT_EQ(show_usd(420'000'000), "0.42");
  EXPECT_EQ(show_usd(400'000'000), "0.40");
  EXPECT_EQ(show_usd(2'300'000), "0.0023");
  EXPECT_EQ(show_usd(12'000'000'001), "12.000000001");
  EXPECT_EQ(usd_number(420'000'000).dump(), "0.42");
  EXPECT_EQ(usd_number(100'000'000'000).dump(), "100.0");
}

TEST(Money, IsRoundedUpAndNeverOverflows) {
  constexpr NanoUsd kMost = std::numeric_limits<NanoUsd>::max();
  EXPECT_EQ(for_time(225'000, 1s), 225'000);
  EXPECT_EQ(for_time(225'000, 1ns), 1);
  EXPECT_EQ(for_time(225'000, 1'333'333'333ns), 300'000);
  EXPECT_EQ(for_time(1'000'000'000, 24h * 365 * 200), 6'307'200'000'000'000'000);
  EXPECT_EQ(for_time(2'000'000'000, 24h * 365 * 200), kMost);
  EXPECT_EQ(times(kMost, 2), kMost);
  EXPECT_EQ(times(3, 4), 12);
  EXPECT_EQ(sum_of(kMost, 1), kMost);
  EXPECT_EQ(sum_of(1, 2), 3);
}

}  // namespace
}  // namespace pixgraph
