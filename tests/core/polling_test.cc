#include "polling.h"

#include <gtest/gtest.h>

#include "support/remote_process.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using namespace test;

TEST(Polling, LostIsWhatThreePollsInARowDoNotFind) {
  MemoryDisk disk;
  Process process(disk);
  const Snapshot gone = ended_as(RemoteStatus::lost);
  const auto found = remote_of({created("p1")}, {gone, gone, running(), gone, succeeded()});
  EXPECT_EQ(text_of(process.buy(found)), "bought");
  Process another(disk);
  const auto remote = remote_of({created("p2")}, {gone});
  EXPECT_EQ(text_of(another.buy(remote, "dog")), "E415: the server does not know prediction p2 any more");
  EXPECT_EQ(remote->polled, 3);
  EXPECT_EQ(process.ledger.latest(key_of("dog"))->state, PurchaseState::lost);
}

TEST(Polling, ATimeoutTellsTheServerToEnd) {
  MemoryDisk disk;
  Process process(disk);
  const auto remote = remote_of({created("p1")}, {running()});
  EXPECT_EQ(text_of(process.buy(remote, "cat", 200ms)),
            "E413: prediction p1 took longer than its timeout of 0.2 s and was told to end");
  EXPECT_EQ(remote->canceled, 1);
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::timed_out);
}

TEST(Polling, WhatSucceedsAtTheLastMomentIsKept) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({created("p1")});
  remote->on_poll = [&](const std::string&) { return remote->canceled ? succeeded() : running(); };
  EXPECT_EQ(text_of(process.buy(remote, "cat", 200ms)), "bought");
}

TEST(Polling, PollsThatBreakAreRepeated) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({created("p1")});
  remote->on_poll = [&](const std::string&) -> Snapshot {
    if (remote->polled == 1) throw HttpError("E204", "broken", HttpError::Sent::maybe);
    if (remote->polled == 2) throw Throttled("slow down", 100ms);
    return succeeded();
  };
  EXPECT_EQ(text_of(process.buy(remote)), "bought");
  EXPECT_EQ(process.recorder.texts.at(1), "waits: slow down");
}

TEST(Polling, APollThatIsForbiddenStopsTheRunAndKeepsThePrediction) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({created("p1")});
  remote->on_poll = [&](const std::string&) -> Snapshot { throw Error("E401", "the token is refused").stopping_run(); };
  EXPECT_EQ(text_of(process.buy(remote)), "E401: the token is refused STOPS");
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::created);
}

TEST(Polling, CancelAllTellsTheServerAndKeepsTheLedger) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({created("p1")}, {running()});
  auto outcome = process.start(remote);
  while (remote->submitted == 0) std::this_thread::sleep_for(1ms);
  process.driver->cancel_all();
  EXPECT_EQ(text_of(Process::wait(std::move(outcome))), "E903: canceled; prediction p1 was told to end CANCELED");
  EXPECT_EQ(remote->canceled, 1);
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::created);
}

TEST(Polling, CancelAllLeavesASuccessThatIsBeingSavedAlone) {
  MemoryDisk disk;
  Process process(disk);
  process.host.http().serve("http://files/1.png", "", 0);
  const auto remote = remote_of({created("p1", succeeded({"http://files/1.png"}))});
  auto outcome = process.start(remote);
  while (process.host.http().downloads == 0) std::this_thread::sleep_for(1ms);
  process.driver->cancel_all();
  process.host.http().serve("http://files/1.png", "one");
  EXPECT_EQ(text_of(Process::wait(std::move(outcome))), "bought");
  EXPECT_EQ(remote->canceled, 0);
  EXPECT_EQ(remote->polled, 0);
}

}  // namespace
}  // namespace pixgraph
