#include "remote_job.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

TEST(RemoteJob, SettlesWhatItReservedOnce) {
  Budget budget({}, 100);
  RemoteJob job;
  ASSERT_EQ(budget.reserve(30, nullptr), Budget::Answer::reserved);
  job.reserved = 30;
  job.bought = true;
  job.settle(budget, 7);
  EXPECT_EQ(budget.spent(), 7);
  EXPECT_EQ(job.cost, 7);
  job.settle_rest(budget);
  EXPECT_EQ(budget.spent(), 7);
}

TEST(RemoteJob, WhatWasClaimedMayHaveBeenSpent) {
  for (const bool claimed : {false, true}) {
    Budget budget({}, 100);
    RemoteJob job;
    ASSERT_EQ(budget.reserve(30, nullptr), Budget::Answer::reserved);
    job.reserved = 30;
    job.claimed = claimed;
    job.settle_rest(budget);
    EXPECT_EQ(budget.spent(), claimed ? 30 : 0);
  }
}

TEST(RemoteJob, AnEarlierRunsPurchaseIsNotOnThisRunsBill) {
  Budget budget;
  RemoteJob job;
  job.settle(budget, 30);
  EXPECT_EQ(budget.spent(), 0);
  EXPECT_EQ(job.cost, std::nullopt);
  job.bought = true;
  job.settle(budget, 30);
  EXPECT_EQ(budget.spent(), 30);
  EXPECT_EQ(job.cost, 30);
}

TEST(RemoteJob, WithoutAPriceNothingIsSaidOfItsCost) {
  Budget budget;
  RemoteJob job;
  job.bought = true;
  job.settle(budget, std::nullopt);
  job.settle(budget, 0);
  EXPECT_EQ(job.cost, std::nullopt);
}

TEST(RemoteJob, LaneIsTheModelWhereItIsKnown) {
  RemoteJob job;
  job.call.request.lane = std::string(64, 'a');
  EXPECT_EQ(job.lane(), std::string(64, 'a'));
  job.call.request.model = "maker/model";
  EXPECT_EQ(job.lane(), "maker/model");
}

}  // namespace
}  // namespace pixgraph
