#include "estimate.h"

#include <gtest/gtest.h>

#include "support/planned.h"

namespace pixgraph {
namespace {

using namespace test;
using namespace std::chrono_literals;

struct Estimated : Planned {
  Estimated() {
    ModelUse use;
    use.node = 0;
    use.model = {"http://fake/v1", "maker/model", "maker/model"};
    use.place = {7, 12, 1};
    uses.push_back(use);
  }
  Estimate make(const Prices& prices, ServerLimits limits = {}) {
    return estimate(graph, plan(), {uses, prices, run_times, [&](const std::string&) { return limits; }, false});
  }
  std::string refused(const Prices& prices) {
    try {
      check_prices(graph, plan(), uses, Budget(prices, 1'000'000'000));
      return "";
    } catch (const Error& error) {
      return error.where() + ": " + error.code() + ": " + error.message();
    }
  }
  std::vector<ModelUse> uses;
  RunTimes run_times{nullptr};
};

TEST(Estimate, APricePerRunIsKnownExactly) {
  Estimated one;
  const Estimate made = one.make({{"maker/model", {.per_run = 10'000'000}}});
  EXPECT_EQ(show_range(made.cost), "0.02 USD");
  EXPECT_EQ(show_range(*made.nodes[0].cost), "0.02 USD");
  EXPECT_FALSE(made.nodes[1].cost.has_value());
  EXPECT_TRUE(made.unpriced.empty());
  EXPECT_FALSE(made.whole_time);
}

TEST(Estimate, ModelsWithoutAPriceAreNamed) {
  Estimated one;
  const Estimate made = one.make({});
  EXPECT_EQ(made.unpriced, std::vector<std::string>{"maker/model"});
  EXPECT_EQ(made.cost.least, 0);
}

TEST(Estimate, APricePerSecondGoesByMeasuredTimesElseByTheTimeout) {
  Estimated one;
  const Prices prices = {{"maker/model", {.per_second = 1'000'000}}};
  EXPECT_EQ(show_range(one.make(prices).cost), "0.00 USD or more");
  one.graph.nodes[0].timeout = 60s;
  EXPECT_EQ(show_range(one.make(prices).cost), "0.00 to 0.12 USD");
  one.run_times.learn_billed("http://fake/v1 maker/model", 2s);
  one.run_times.learn_billed("http://fake/v1 maker/model", 5s);
  EXPECT_EQ(show_range(one.make(prices).cost), "0.004 to 0.01 USD");
}

TEST(Estimate, TimeFromHistoryAndLimits) {
  Estimated one;
  one.run_times.learn("http://fake/v1 maker/model", 6s);
  ServerLimits limits;
  limits.in_flight = 1;
  Estimate made = one.make({}, limits);
  EXPECT_EQ(made.time, 12s);
  EXPECT_TRUE(made.whole_time);
  limits.in_flight = 64;
  EXPECT_EQ(one.make({}, limits).time, 6s);
  limits.creates_per_minute = 1;
  EXPECT_EQ(one.make({}, limits).time, 120s);
}

TEST(Estimate, WhatACapCouldNotKeepIsRefusedWithItsLine) {
  Estimated one;
  EXPECT_EQ(one.refused({}),
            "test.yaml:7:12, node `bought`: E530: `maker/model` has no price, so --max-cost cannot be kept");
  EXPECT_EQ(one.refused({{"maker/model", {.per_second = 1}}}),
            "test.yaml:7:12, node `bought`: E531: `maker/model` is paid by the second and nothing limits its time, so "
            "--max-cost cannot be kept");
  EXPECT_EQ(one.refused({{"maker/model", {.per_run = 1}}}), "");
  one.uses[0].model.name = "";
  one.uses[0].model.lane = std::string(64, 'a');
  EXPECT_EQ(one.refused({}), "test.yaml:7:12, node `bought`: E530: a model is known by its version alone (" +
                                 std::string(64, 'a') + ") and so has no price, and --max-cost cannot be kept");
  one.bought(0, PurchaseState::succeeded);
  one.bought(1, PurchaseState::succeeded);
  one.bought(2, PurchaseState::succeeded);
  EXPECT_EQ(one.refused({}), "");  // what was bought costs nothing
}

}  // namespace
}  // namespace pixgraph
