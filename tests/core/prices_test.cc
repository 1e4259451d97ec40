#include "prices.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

using namespace std::chrono_literals;

TEST(Prices, PartsAddUp) {
  const Price price{10, 1'000, 7};
  EXPECT_EQ(highest_cost(price, 60s, 2), 10 + 60'000 + 14);
  EXPECT_EQ(highest_cost(price, std::nullopt, 2), std::nullopt);
  EXPECT_EQ(highest_cost({.per_run = 10}, std::nullopt, 2), 10);
  EXPECT_EQ(measured_cost(price, 1500ms, 1), 10 + 1'500 + 7);
  EXPECT_EQ(measured_cost(price, 1500ms, std::nullopt), std::nullopt);
  EXPECT_EQ(measured_cost({}, std::nullopt, std::nullopt), 0);
}

TEST(Prices, AreShown) {
  EXPECT_EQ(show_price({2'300'000, 225'000, {}}), "0.0023 USD per run + 0.000225 USD per second");
  EXPECT_EQ(show_price({}), "");
}

}  // namespace
}  // namespace pixgraph
