#include "prediction_end.h"

#include <gtest/gtest.h>

#include "support/fake_remote.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using namespace test;

std::string text_of(const Snapshot& snapshot, const std::string& past_limit = {}) {
  const PredictionEnd end = end_of("p1", snapshot, past_limit);
  return std::string(state_name(end.state)) + (end.error ? ", " + end.error->code() + ": " + end.error->message() : "");
}

TEST(PredictionEnd, OfEveryStatus) {
  EXPECT_EQ(text_of(succeeded()), "succeeded");
  EXPECT_EQ(text_of(ended_as(RemoteStatus::failed, "no GPU")), "failed, E411: no GPU");
  EXPECT_EQ(text_of(ended_as(RemoteStatus::failed)),
            "failed, E411: prediction p1 failed, and the server does not say why");
  EXPECT_EQ(text_of(ended_as(RemoteStatus::canceled)), "canceled, E412: prediction p1 was canceled");
  EXPECT_EQ(text_of(ended_as(RemoteStatus::aborted)),
            "aborted, E414: prediction p1 was aborted before it ran; it was not charged");
  EXPECT_EQ(text_of(ended_as(RemoteStatus::lost)), "lost, E415: the server does not know prediction p1 any more");
  EXPECT_EQ(text_of(ended_as(RemoteStatus::expired)),
            "expired, E416: the output of prediction p1 has been removed from the server (it is kept for one hour)");
  EXPECT_THROW(text_of(running()), Error);
}

TEST(PredictionEnd, PastItsLimit) {
  const std::string said = "timed-out, E413: prediction p1 took longer than 5m and was told to end";
  EXPECT_EQ(text_of(running(), "took longer than 5m and was told to end"), said);
  EXPECT_EQ(text_of(ended_as(RemoteStatus::canceled), "took longer than 5m and was told to end"), said);
  EXPECT_EQ(text_of(succeeded(), "took longer than 5m and was told to end"),
            "succeeded");  // it was faster than our cancel
}

TEST(PredictionEnd, Cost) {
  const Price by_second{.per_second = 1'000}, by_run{.per_run = 10}, by_image{.per_image = 3};
  Snapshot snapshot = succeeded();
  EXPECT_EQ(cost_of(PurchaseState::succeeded, snapshot, &by_run, 10), 10);
  EXPECT_EQ(cost_of(PurchaseState::succeeded, snapshot, &by_second, 60'000), 60'000);
  snapshot.ran = 2s;
  snapshot.images = 4;
  EXPECT_EQ(cost_of(PurchaseState::succeeded, snapshot, &by_second, 60'000), 2'000);
  EXPECT_EQ(cost_of(PurchaseState::failed, snapshot, &by_second, 60'000), 2'000);
  EXPECT_EQ(cost_of(PurchaseState::succeeded, snapshot, &by_image, 12), 12);
  EXPECT_EQ(cost_of(PurchaseState::aborted, snapshot, &by_second, 60'000), 0);
  EXPECT_EQ(cost_of(PurchaseState::rejected, snapshot, nullptr, {}), std::nullopt);
  EXPECT_EQ(cost_of(PurchaseState::maybe_paid, {}, &by_second, 60'000), 60'000);
  EXPECT_EQ(cost_of(PurchaseState::succeeded, snapshot, nullptr, {}), std::nullopt);
  EXPECT_EQ(cost_of(PurchaseState::succeeded, snapshot, nullptr, 60'000), 60'000);  // the price was taken away since
}

}  // namespace
}  // namespace pixgraph
