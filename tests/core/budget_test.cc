#include "budget.h"

#include <gtest/gtest.h>

#include "support/remote_process.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using namespace test;
using Answer = Budget::Answer;

const Prices kPrices = {{"a/run", {.per_run = 10}}, {"a/second", {.per_second = 2}}};

std::string refusal_for(const Budget& budget, const std::string& model) {
  try {
    budget.reservation(model, std::nullopt, 1);
    return "";
  } catch (const Error& error) {
    EXPECT_TRUE(error.stops_run());
    return error.code() + ": " + error.message() + " | " + error.hint();
  }
}

TEST(Budget, WhatCannotBeReservedIsRefusedUnderACap) {
  const Budget budget(kPrices, 100);
  EXPECT_EQ(budget.reservation("a/run", std::nullopt, 1), 10);
  EXPECT_EQ(budget.reservation("a/second", 3s, 1), 6);
  EXPECT_EQ(
      refusal_for(budget, "a/second"),
      "E531: `a/second` is paid by the second and nothing limits its time, so --max-cost cannot be kept | give the "
      "node a `timeout: 5m`, or `timeout: {queue: 10m, run: 2m}`");
  EXPECT_EQ(refusal_for(budget, "a/free"),
            "E530: `a/free` has no price, so --max-cost cannot be kept | give its price in the pipeline file: `prices: "
            "{a/free: {per_run: 0.01}}`, or in ~/.config/pixgraph/prices.yaml");
  EXPECT_EQ(refusal_for(budget, ""),
            "E530: a model is known by its version alone and so has no price, and --max-cost cannot be kept | write "
            "`version: owner/name:...`, and give its price in the pipeline file: `prices: {owner/name: {per_run: "
            "0.01}}`, or in ~/.config/pixgraph/prices.yaml");
  const Budget open(kPrices);
  EXPECT_EQ(open.reservation("a/free", std::nullopt, 1), std::nullopt);
  EXPECT_EQ(open.reservation("a/second", std::nullopt, 1), std::nullopt);
}

TEST(Budget, WhatDoesNotFitWaitsForWhatIsSettled) {
  Budget budget({}, 25);
  int resumed = 0;
  const auto resume = [&] { ++resumed; };
  EXPECT_EQ(budget.reserve(10, resume), Answer::reserved);
  EXPECT_EQ(budget.reserve(10, resume), Answer::reserved);
  EXPECT_EQ(budget.reserve(10, resume), Answer::wait);
  budget.settle(10, 10);  // as much as was reserved: it still does not fit
  EXPECT_EQ(resumed, 0);
  EXPECT_EQ(budget.spent(), 10);
  budget.settle(10, 2);
  EXPECT_EQ(resumed, 1);
  EXPECT_EQ(budget.reserve(10, resume), Answer::reserved);
  budget.settle(10, 10);
  EXPECT_EQ(budget.spent(), 22);
  EXPECT_FALSE(budget.reached());
  EXPECT_EQ(budget.reserve(10, resume), Answer::reached);
  EXPECT_EQ(budget.reserve(1, resume), Answer::reached);  // for the rest of the run
  EXPECT_TRUE(budget.reached());
  EXPECT_EQ(budget.refusal().message(),
            "the cap is reached: 0.000000022 of 0.000000025 USD are spent, and the next prediction may cost 0.00000001 "
            "USD");
  EXPECT_EQ(budget.refusal().hint(),
            "what was bought is kept and costs nothing again: run it again with a --max-cost for the rest");
}

TEST(Budget, AllThatWaitHearThatNothingIsLeftToSettle) {
  Budget budget({}, 10);
  int resumed = 0;
  EXPECT_EQ(budget.reserve(10, nullptr), Answer::reserved);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(budget.reserve(10, [&] { ++resumed; }), Answer::wait);
  budget.settle(10, 10);
  EXPECT_EQ(resumed, 3);
  EXPECT_EQ(budget.reserve(10, nullptr), Answer::reached);
}

TEST(Budget, WithoutACapItCounts) {
  Budget budget;
  EXPECT_EQ(budget.reserve(1'000'000, nullptr), Answer::reserved);
  budget.settle(1'000'000, 5);
  budget.spend(7);
  EXPECT_EQ(budget.spent(), 12);
  EXPECT_FALSE(budget.reached());
}

// What the driver makes of it.

struct Capped {
  explicit Capped(NanoUsd cap, Price price = {.per_run = 10}) : budget({{"maker/model", price}}, cap) {}
  RemoteOutcome buy(const std::shared_ptr<FakeRemote>& remote, const std::string& prompt,
                    std::optional<std::chrono::milliseconds> timeout = {}) {
    remote->on_prepare = [](Request& request) { request.model = "maker/model"; };
    return process.buy(remote, prompt, timeout);
  }
  MemoryDisk disk;
  Budget budget;
  Process process{disk, {}, {}, 1000, nullptr, &budget};
};

TEST(Budget, IsReservedInTheIntentAndSettledByTheMetrics) {
  Capped capped(1'000'000, {.per_second = 1'000});
  Snapshot done = succeeded();
  done.ran = 1500ms;
  const auto remote = remote_of({created("p1")}, {done});
  NanoUsd while_it_ran = -1;
  remote->on_submit = [&](const Request&) {
    const auto intent = capped.process.ledger.latest(key_of());
    EXPECT_EQ(intent->price, 30'000);
    while_it_ran = capped.budget.spent();
    return created("p1");
  };
  const RemoteOutcome outcome = capped.buy(remote, "cat", 30s);
  EXPECT_EQ(text_of(outcome), "bought");
  EXPECT_EQ(outcome.cost, 1'500);
  EXPECT_EQ(while_it_ran, 0);
  EXPECT_EQ(capped.budget.spent(), 1'500);
  EXPECT_EQ(capped.process.ledger.latest(key_of())->cost, 1'500);
  EXPECT_EQ(capped.process.recorder.texts.back(), "succeeded p1 for 0.0000015");
  // What is known already costs nothing, though no more could be bought.
  const RemoteOutcome again = capped.buy(remote, "cat", 30s);
  EXPECT_EQ(text_of(again), "reused");
  EXPECT_EQ(again.cost, std::nullopt);
}

TEST(Budget, TheNextOneIsNotSent) {
  Capped capped(25);
  const auto remote = remote_of({created("p1", succeeded())});
  EXPECT_EQ(text_of(capped.buy(remote, "a")), "bought");
  EXPECT_EQ(text_of(capped.buy(remote, "b")), "bought");
  EXPECT_EQ(text_of(capped.buy(remote, "c")),
            "E532: the cap is reached: 0.00000002 of 0.000000025 USD are spent, and the next prediction may cost "
            "0.00000001 USD CANCELED");
  EXPECT_EQ(text_of(capped.buy(remote, "a")), "reused");
  EXPECT_EQ(remote->submitted, 2);
  EXPECT_EQ(capped.process.ledger.latest(key_of("c")), std::nullopt);
}

TEST(Budget, WhatIsNotPaidGivesItsReservationBack) {
  Capped capped(10);
  const auto remote = remote_of({throttled(1ms), refused(Submitted::Kind::not_sent, Error("E202", "no")),
                                 refused(Submitted::Kind::rejected, Error("E436", "bad"))});
  EXPECT_EQ(text_of(capped.buy(remote, "a")), "E436: bad");
  EXPECT_EQ(capped.budget.spent(), 0);
  EXPECT_EQ(text_of(capped.buy(remote_of({created("p1", ended_as(RemoteStatus::aborted))}), "b")),
            "E414: prediction p1 was aborted before it ran; it was not charged");
  EXPECT_EQ(capped.budget.spent(), 0);
  EXPECT_EQ(text_of(capped.buy(remote_of({created("p2", succeeded())}), "c")), "bought");
  EXPECT_EQ(capped.budget.spent(), 10);
}

TEST(Budget, WhatIsNotKnownCountsAsSpent) {
  Capped capped(1'000'000, {.per_second = 1'000});
  capped.buy(remote_of({created("p1", ended_as(RemoteStatus::failed, "no"))}), "a", 10s);
  EXPECT_EQ(capped.budget.spent(), 10'000);  // no metrics
  Snapshot measured = ended_as(RemoteStatus::canceled);
  measured.ran = 2s;
  capped.buy(remote_of({created("p2", measured)}), "b", 10s);
  EXPECT_EQ(capped.budget.spent(), 12'000);
  capped.buy(remote_of({refused(Submitted::Kind::unknown, Error("E204", "no answer"))}), "c", 10s);  // maybe-paid
  EXPECT_EQ(capped.budget.spent(), 22'000);
  EXPECT_EQ(capped.process.ledger.latest(key_of("c"))->state, PurchaseState::maybe_paid);
}

TEST(Budget, EveryTryReservesItsOwn) {
  Capped capped(25);
  capped.process.retry.attempts = 5;
  capped.process.retry.on = {"E411"};
  capped.process.retry.backoff = 1ms;
  const auto remote = remote_of({created("p1", ended_as(RemoteStatus::failed, "E1000"))});
  const RemoteOutcome outcome = capped.buy(remote, "a");
  EXPECT_EQ(text_of(outcome),
            "E532: the cap is reached: 0.00000002 of 0.000000025 USD are spent, and the next prediction may cost "
            "0.00000001 USD CANCELED");
  EXPECT_EQ(outcome.cost, 20);
  EXPECT_EQ(remote->submitted, 2);
}

TEST(Budget, NeverPassedHoweverManyAreInFlight) {
  for (int run = 0; run < 3; ++run) {
    Capped capped(100);
    const auto remote = std::make_shared<FakeRemote>();
    remote->on_prepare = [](Request& request) { request.model = "maker/model"; };
    std::atomic<int> ids = 0;
    remote->on_submit = [&](const Request&) { return created("p" + std::to_string(++ids)); };
    remote->polls = {succeeded()};
    std::vector<std::future<RemoteOutcome>> all;
    for (int i = 0; i < 64; ++i) all.push_back(capped.process.start(remote, std::to_string(i)));
    int bought = 0, canceled = 0;
    for (auto& one : all) {
      const RemoteOutcome outcome = Process::wait(std::move(one));
      bought += !outcome.error;
      canceled += outcome.canceled && outcome.error->code() == "E532";
    }
    EXPECT_EQ(bought, 10);
    EXPECT_EQ(canceled, 54);
    EXPECT_EQ(remote->submitted, 10);
    EXPECT_EQ(capped.budget.spent(), 100);
  }
}

}  // namespace
}  // namespace pixgraph
