#include "remote.h"

#include <gtest/gtest.h>

#include "support/remote_process.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using namespace test;
using Kind = Submitted::Kind;

TEST(Remote, FilesAreInTheStoreBeforeTheLedgerSaysSucceeded) {
  MemoryDisk disk;
  Process process(disk);
  process.host.http().serve("http://files/1.png", "one");
  process.host.http().serve("http://files/2.png", "two");
  bool safe = false;
  disk.before_step = [&](const std::string& step, const std::string&) {
    if (step.find("\"state\":\"succeeded\"") != std::string::npos) safe = true;
  };
  std::string path_one = process.store.path_of(sha256(std::string_view("one")));
  const auto remote = remote_of(
      {created("p1")}, {running(), succeeded({"http://files/1.png", "http://files/2.png", "data:text/plain,three"})});
  const RemoteOutcome outcome = process.buy(remote);
  EXPECT_EQ(text_of(outcome), "bought");
  EXPECT_TRUE(safe);
  EXPECT_TRUE(disk.is_safe(path_one));
  EXPECT_EQ(outcome.id, "p1");
  EXPECT_EQ(outcome.key, key_of());
  ASSERT_EQ(outcome.files.size(), 3u);
  EXPECT_EQ(outcome.files[0]->origin, key_of() + "#0");
  EXPECT_EQ(outcome.files[1]->source_url, "http://files/2.png");
  EXPECT_EQ(outcome.files[2]->source_url, "pixgraph-store:" + sha256(std::string_view("three")));
  EXPECT_EQ((*outcome.answer)["output"][2], "pixgraph-store:" + sha256(std::string_view("three")));
  EXPECT_EQ(process.driver->creates(), 1);
  EXPECT_EQ(process.recorder.texts, (std::vector<std::string>{"created p1", "succeeded p1"}));
}

TEST(Remote, WhatWasBoughtIsReusedByTheNextRunEvenAfterALossOfPower) {
  MemoryDisk disk;
  const auto remote = remote_of({created("p1")}, {succeeded({"http://files/1.png"})});
  {
    Process process(disk);
    process.host.http().serve("http://files/1.png", "one");
    EXPECT_EQ(text_of(process.buy(remote)), "bought");
  }
  disk.lose_power();
  Process process(disk);
  const RemoteOutcome outcome = process.buy(remote);
  EXPECT_EQ(text_of(outcome), "reused");
  EXPECT_EQ(outcome.id, "p1");
  EXPECT_EQ(outcome.files.at(0)->origin, key_of() + "#0");
  EXPECT_EQ(process.store.path_of(sha256(std::string_view("one"))), outcome.files[0]->path);
  EXPECT_EQ((*outcome.answer)["status"], "succeeded");
  EXPECT_EQ(remote->submitted, 1);
  EXPECT_EQ(process.host.http().downloads, 0);
}

TEST(Remote, AFileThatIsGoneFromTheStoreIsNotBoughtAgain) {
  MemoryDisk disk;
  const auto remote = remote_of({created("p1", succeeded({"data:text/plain,three"}))});
  Process process(disk);
  const RemoteOutcome outcome = process.buy(remote);
  disk.remove(outcome.files.at(0)->path);
  EXPECT_EQ(text_of(process.buy(remote)), "E513: output `output-0` of the paid prediction p1 is gone from the store");
  EXPECT_EQ(remote->submitted, 1);
}

TEST(Remote, TheSameRequestIsOnePrediction) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = std::make_shared<FakeRemote>();
  std::promise<void> gate;
  remote->on_submit = [&, wait = gate.get_future().share()](const Request&) {
    wait.wait();
    return created("p1", succeeded());
  };
  std::vector<std::future<RemoteOutcome>> all;
  for (int i = 0; i < 20; ++i) all.push_back(process.start(remote));
  gate.set_value();
  int bought = 0, reused = 0;
  for (auto& one : all) {
    const RemoteOutcome outcome = Process::wait(std::move(one));
    ++(text_of(outcome) == "bought" ? bought : reused);
    EXPECT_EQ(outcome.id, "p1");
  }
  EXPECT_EQ(bought, 1);
  EXPECT_EQ(reused, 19);
  EXPECT_EQ(remote->submitted, 1);
  EXPECT_EQ(text_of(process.buy(remote)), "reused");
  EXPECT_EQ(remote->submitted, 1);
}

TEST(Remote, APredictionThatRunsIsFoundAgain) {
  MemoryDisk disk;
  {
    Ledger before(disk, "state/ledger");
    Purchase purchase = before.claim(key_of(), 1, FakeRemote::request("cat")).value();
    before.created(purchase, "p0");
  }
  Process process(disk);
  const auto remote = remote_of({}, {running(), succeeded({"data:text/plain,x"})});
  const RemoteOutcome outcome = process.buy(remote);
  EXPECT_EQ(text_of(outcome), "reused");
  EXPECT_EQ(outcome.id, "p0");
  EXPECT_EQ(remote->submitted, 0);
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::succeeded);
}

TEST(Remote, ThrottledCreatesWaitAndTakeANewNumber) {
  MemoryDisk disk;
  Process process(disk);
  const auto remote = remote_of({throttled(600ms), created("p1", succeeded())});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(text_of(process.buy(remote)), "bought");
  EXPECT_GE(std::chrono::steady_clock::now() - start, 600ms);
  EXPECT_EQ(remote->submitted, 2);
  EXPECT_EQ(process.ledger.latest(key_of())->number, 2);
  EXPECT_NE(disk.read("state/ledger/" + key_of().substr(0, 2) + "/" + key_of() + ".1.ndjson")->find("not-sent"),
            std::string::npos);
  EXPECT_EQ(process.recorder.texts.at(0), "waits: the server asked to slow down");
}

TEST(Remote, WhatWasNotSentIsTriedAgainAndThenGivenUp) {
  MemoryDisk disk;
  Process process(disk);
  const auto once = remote_of({refused(Kind::not_sent, Error("E202", "no connection")), created("p1", succeeded())});
  EXPECT_EQ(text_of(process.buy(once)), "bought");
  EXPECT_EQ(once->submitted, 2);
}

TEST(Remote, ARejectedRequestMayBeBoughtLater) {
  MemoryDisk disk;
  Process process(disk);
  const auto remote =
      remote_of({refused(Kind::rejected, Error("E420", "the prompt is too long")), created("p1", succeeded())});
  EXPECT_EQ(text_of(process.buy(remote)), "E420: the prompt is too long");
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::rejected);
  EXPECT_EQ(text_of(process.buy(remote)), "bought");
}

TEST(Remote, AnUnknownEndOfACreateStopsTheRunAndIsNeverSentAgain) {
  MemoryDisk disk;
  const auto remote = remote_of({refused(Kind::unknown, Error("E204", "the connection broke"))});
  {
    Process process(disk);
    EXPECT_EQ(text_of(process.buy(remote)),
              "E510: a prediction of maker/model may be paid for already (the connection broke), and the server has no "
              "list to look it up STOPS");
    EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::maybe_paid);
    EXPECT_EQ(process.buy(remote).error->code(), "E510");
  }
  Process process(disk);
  EXPECT_EQ(process.buy(remote).error->code(), "E510");
  EXPECT_EQ(remote->submitted, 1);
}

TEST(Remote, ASubmitThatThrowsIsAnUnknownEnd) {
  for (int kind = 0; kind < 3; ++kind) {
    MemoryDisk disk;
    Process process(disk);
    auto remote = std::make_shared<FakeRemote>();
    remote->on_submit = [&](const Request&) -> Submitted {
      if (kind == 0) throw Error("E204", "it broke");
      if (kind == 1) throw std::bad_alloc();
      return created("");
    };
    const RemoteOutcome outcome = process.buy(remote);
    EXPECT_EQ(outcome.error->code(), "E510");
    EXPECT_TRUE(outcome.error->stops_run());
    EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::maybe_paid);
    EXPECT_EQ(process.buy(remote).error->code(), "E510");
    EXPECT_EQ(remote->submitted, 1);
  }
}

TEST(Remote, FailuresAreKeptWithTheirAnswer) {
  MemoryDisk disk;
  Process process(disk);
  const auto remote = remote_of({created("p1")}, {ended_as(RemoteStatus::failed, "out of memory")});
  EXPECT_EQ(text_of(process.buy(remote)), "E411: out of memory");
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::failed);
  EXPECT_EQ(process.ledger.latest(key_of())->answer["error"], "out of memory");
  const auto silent = remote_of({created("p2")}, {ended_as(RemoteStatus::failed)});
  EXPECT_EQ(text_of(process.buy(silent, "dog")), "E411: prediction p2 failed, and the server does not say why");
}

TEST(Remote, OtherEndsHaveStatesOfTheirOwn) {
  const std::tuple<RemoteStatus, PurchaseState, const char*> ends[] = {
      {RemoteStatus::canceled, PurchaseState::canceled, "E412: prediction p1 was canceled"},
      {RemoteStatus::aborted, PurchaseState::aborted,
       "E414: prediction p1 was aborted before it ran; it was not charged"},
      {RemoteStatus::expired, PurchaseState::expired,
       "E416: the output of prediction p1 has been removed from the server (it is kept for one hour)"}};
  for (const auto& [status, state, says] : ends) {
    MemoryDisk disk;
    Process process(disk);
    EXPECT_EQ(text_of(process.buy(remote_of({created("p1")}, {ended_as(status)}))), says);
    EXPECT_EQ(process.ledger.latest(key_of())->state, state);
  }
}

TEST(Remote, AFileThatCannotBeHadLeavesThePredictionForTheNextRun) {
  MemoryDisk disk;
  const auto remote = remote_of({created("p1")}, {succeeded({"http://files/1.png"})});
  {
    Process process(disk);
    EXPECT_EQ(text_of(process.buy(remote)), "E210: an output file answered 404; prediction p1 is paid");
    EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::created);
  }
  Process process(disk);
  process.host.http().serve("http://files/1.png", "one");
  EXPECT_EQ(text_of(process.buy(remote)), "reused");
  EXPECT_EQ(remote->submitted, 1);
}

TEST(Remote, WhereALinkIsRefusedTheServerIsAskedOnceWhatBecameOfIt) {
  const std::tuple<Snapshot, const char*, PurchaseState, int> answers[] = {
      {succeeded({"http://files/2.png"}), "bought", PurchaseState::succeeded, 2},
      {ended_as(RemoteStatus::expired),
       "E416: the output of prediction p1 has been removed from the server (it is kept for one hour)",
       PurchaseState::expired, 2},
      {ended_as(RemoteStatus::lost), "E415: the server does not know prediction p1 any more", PurchaseState::lost, 2},
      {succeeded({"http://files/1.png"}), "E210: an output file answered 404; prediction p1 is paid",
       PurchaseState::created, 2}};
  for (const auto& [now, says, state, polls] : answers) {
    MemoryDisk disk;
    Process process(disk);
    process.host.http().serve("http://files/2.png", "two");
    const auto remote = remote_of({created("p1")}, {succeeded({"http://files/1.png"}), now});
    EXPECT_EQ(text_of(process.buy(remote)), says);
    EXPECT_EQ(process.ledger.latest(key_of())->state, state);
    EXPECT_EQ(remote->polled, polls);
  }
}

TEST(Remote, ABrokenDownloadIsRepeated) {
  MemoryDisk disk;
  Process process(disk);
  process.host.http().serve("http://files/1.png", "", 0);
  const auto remote = remote_of({created("p1")}, {succeeded({"http://files/1.png"})});
  auto outcome = process.start(remote);
  while (process.host.http().downloads == 0) std::this_thread::sleep_for(5ms);
  process.host.http().serve("http://files/1.png", "one");
  EXPECT_EQ(text_of(Process::wait(std::move(outcome))), "bought");
}

TEST(Remote, StopMeansNothingIsSentAnyMore) {
  MemoryDisk disk;
  ServerLimits limits;
  limits.in_flight = 1;
  Process process(disk, "", limits);
  auto remote = remote_of({created("p1")});
  std::atomic<bool> end = false;
  remote->on_poll = [&](const std::string&) { return end ? succeeded() : running(); };
  auto first = process.start(remote, "cat");
  while (remote->submitted == 0) std::this_thread::sleep_for(1ms);
  auto second = process.start(remote, "dog");
  std::this_thread::sleep_for(20ms);
  process.driver->stop_creating();
  EXPECT_EQ(text_of(Process::wait(std::move(second))), "E902: the run was ended before this was bought CANCELED");
  EXPECT_EQ(text_of(process.buy(remote, "bird")), "E902: the run was ended before this was bought CANCELED");
  EXPECT_FALSE(process.ledger.latest(key_of("dog")));
  end = true;
  EXPECT_EQ(text_of(Process::wait(std::move(first))), "bought");  // what runs is awaited
  EXPECT_EQ(remote->submitted, 1);
}

TEST(Remote, StopDoesNotWaitForTheEndOfAPause) {
  MemoryDisk disk;
  Process process(disk);
  const auto remote = remote_of({throttled(10min)});
  auto outcome = process.start(remote);
  while (remote->submitted == 0) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(20ms);
  process.driver->stop_creating();
  EXPECT_EQ(text_of(Process::wait(std::move(outcome))), "E902: the run was ended before this was bought CANCELED");
}

TEST(Remote, NothingIsSentWhereTheIntentCannotBeWritten) {
  MemoryDisk disk;
  Process process(disk);
  disk.before_step = [&](const std::string& step, const std::string& path) {
    if (step == "write" && path.find("ledger") != std::string::npos)
      throw Error("E602", "the disk is full").stopping_run();
  };
  const auto remote = remote_of({created("p1", succeeded())});
  EXPECT_EQ(text_of(process.buy(remote)), "E602: the disk is full STOPS");
  EXPECT_EQ(remote->submitted, 0);
  disk.before_step = nullptr;
  EXPECT_EQ(text_of(process.buy(remote)), "E902: the run was ended before this was bought CANCELED");
  EXPECT_EQ(remote->submitted, 0);
  Process again(disk);  // when there is room again, the next run buys it
  EXPECT_EQ(text_of(again.buy(remote)), "bought");
}

TEST(Remote, AnIdThatCannotBeWrittenIsTold) {
  MemoryDisk disk;
  Process process(disk);
  disk.before_step = [&](const std::string& step, const std::string&) {
    if (step.starts_with("append")) throw Error("E602", "the disk is full").stopping_run();
  };
  const auto remote = remote_of({created("p1", succeeded())});
  EXPECT_EQ(text_of(process.buy(remote)),
            "E602: the disk is full; prediction p1 was just bought and is not in the ledger STOPS");
  disk.before_step = nullptr;
  // The same run asks again: nobody else will ever end this intent, so it must not wait for that.
  EXPECT_EQ(process.buy(remote).error->code(), "E510");
  EXPECT_EQ(remote->submitted, 1);
}

TEST(Remote, APurchaseOfAnotherProcessIsAwaited) {
  MemoryDisk disk;
  Process ours(disk), theirs(disk);
  auto slow = std::make_shared<FakeRemote>();
  std::promise<void> gate;
  slow->on_submit = [&, wait = gate.get_future().share()](const Request&) {
    wait.wait();
    return created("p1", succeeded({"data:text/plain,x"}));
  };
  auto first = theirs.start(slow);
  while (slow->submitted == 0) std::this_thread::sleep_for(1ms);
  const auto remote = remote_of({});
  auto second = ours.start(remote);
  std::this_thread::sleep_for(50ms);
  gate.set_value();
  EXPECT_EQ(text_of(Process::wait(std::move(first))), "bought");
  EXPECT_EQ(text_of(Process::wait(std::move(second))), "reused");
  EXPECT_EQ(remote->submitted, 0);
  EXPECT_TRUE(ours.recorder.texts.at(0).starts_with("waits: another pixgraph began to buy this at "));
}

TEST(Remote, AClaimThatIsLostOnTheWayIsAwaitedToo) {
  MemoryDisk disk;
  Process process(disk);
  auto other = std::make_unique<Ledger>(disk, "state/ledger");
  auto remote = remote_of({});
  remote->on_stage = [&](Request& request) {  // between the look and the claim another process is faster
    Purchase theirs = other->claim(key_of(), 1, request).value();
    other->created(theirs, "p7");
    other->succeeded(theirs, {{"output", 1}}, {});
  };
  const RemoteOutcome outcome = process.buy(remote);
  EXPECT_EQ(text_of(outcome), "reused");
  EXPECT_EQ(outcome.id, "p7");
  EXPECT_EQ(remote->submitted, 0);
}

TEST(Remote, SandboxesShareANameSpaceAndForgetPredictions) {
  MemoryDisk disk;
  {
    Process process(disk, "http://127.0.0.1:1/v1");
    auto remote = remote_of({created("p1", succeeded()), created("p2")}, {running()});
    remote->server = "http://127.0.0.1:1/v1";
    EXPECT_EQ(text_of(process.buy(remote)), "bought");
    auto second = process.start(remote, "dog");
    while (remote->submitted < 2) std::this_thread::sleep_for(1ms);
    process.driver->cancel_all();
    Process::wait(std::move(second));
  }
  Process process(disk, "http://127.0.0.1:2/v1");
  auto remote = remote_of({created("p3", succeeded())});
  remote->server = "http://127.0.0.1:2/v1";
  EXPECT_EQ(text_of(process.buy(remote)), "reused");
  EXPECT_EQ(text_of(process.buy(remote, "dog")), "bought");  // `created` at a sandbox that is no more
  EXPECT_EQ(process.ledger.latest(key_of("dog", "sandbox"))->number, 2);
  EXPECT_FALSE(process.ledger.latest(key_of("cat", "http://127.0.0.1:1/v1")));
}

TEST(Remote, OutputsAreFetchedFromPublicAddressesUnlessTheServerIsAtAPrivateOne) {
  MemoryDisk disk;
  Process process(disk);
  process.host.http().serve("http://files/1.png", "bytes");
  auto remote = remote_of({created("p1", succeeded({"http://files/1.png"}))});
  EXPECT_FALSE(process.buy(remote).error);
  EXPECT_EQ(process.host.http().reach, Reach::public_only);
  EXPECT_EQ(process.driver->sent_reach().of_all(), Reach::public_only);
  auto local = remote_of({created("p2", succeeded({"http://files/1.png"}))});
  local->server = "http://127.0.0.1:9/v1";
  EXPECT_FALSE(process.buy(local).error);
  EXPECT_EQ(process.host.http().reach, Reach::anywhere);
}

TEST(Remote, AnAddressThatIsRefusedIsNotTriedAgain) {
  MemoryDisk disk;
  Process process(disk);
  process.host.http().serve("http://files/1.png", "", FakeHttp::kRefused);
  auto remote = remote_of({created("p1", succeeded({"http://files/1.png"}))});
  EXPECT_EQ(text_of(process.buy(remote)), "E207: that address is refused; prediction p1 is paid");
  EXPECT_EQ(process.host.http().downloads, 1);
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::created);  // what was paid for is not given up
}

/// The program is stopped by a loss of power after each step it takes on the disk, and started again until it is done.
/// The server's view is what counts: one create at most, and where the program says it does not know, it asks a person.
TEST(Remote, ALossOfPowerAtAnyStepNeverBuysTwice) {
  bool whole = false;
  int unsure = 0;
  for (int k = 0; !whole; ++k) {
    ASSERT_LT(k, 200);
    MemoryDisk disk;
    auto remote = std::make_shared<FakeRemote>();
    const Snapshot end = succeeded({"data:text/plain,x", "http://files/1.png"});
    remote->on_submit = [=](const Request&) { return created("p1", end); };
    remote->on_poll = [=](const std::string&) { return end; };
    std::string last;
    for (int attempt = 0; attempt < 3 && last != "bought" && last != "reused"; ++attempt) {
      if (attempt == 0) disk.cut_after(k);
      try {
        Process process(disk);
        process.host.http().serve("http://files/1.png", "one");
        const RemoteOutcome outcome = process.buy(remote);
        last = outcome.error ? outcome.error->code() : text_of(outcome);
        whole = attempt == 0 && last == "bought" && disk.steps() < k;
        if (attempt > 0) {
          EXPECT_TRUE(last == "bought" || last == "reused" || last == "E510") << k << " " << last;
        }
      } catch (const Error& error) {  // the ledger could not even be opened
        last = error.code();
      }
      EXPECT_LE(remote->submitted, 1) << k;
      disk.lose_power(static_cast<std::size_t>(k % 7));
    }
    EXPECT_NE(last, "E602");
    if (last == "E510")
      ++unsure;
    else
      EXPECT_EQ(remote->submitted, 1);
  }
  EXPECT_GT(unsure, 0);  // between the intent and the id nobody can know
  EXPECT_LT(unsure, 12);
}

TEST(Remote, ManyAtOnceAllEnd) {
  MemoryDisk disk;
  ServerLimits limits;
  limits.creates_per_minute = 0;
  limits.calls_per_minute = 0;
  limits.in_flight = 25;
  Process process(disk, "", limits);
  auto remote = std::make_shared<FakeRemote>();
  std::atomic<int> running_now = 0, most = 0;
  remote->on_submit = [&](const Request& request) {
    const int now = ++running_now;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    return created("id " + (*request.input)["prompt"].get<std::string>());
  };
  remote->on_poll = [&](const std::string&) {
    --running_now;
    return succeeded({"data:text/plain,x"});
  };
  std::vector<std::future<RemoteOutcome>> all;
  for (int i = 0; i < 300; ++i) all.push_back(process.start(remote, "prompt " + std::to_string(i % 100)));
  for (auto& one : all) EXPECT_FALSE(Process::wait(std::move(one)).error);
  EXPECT_EQ(remote->submitted, 100);
  EXPECT_LE(most, 25);
}

}  // namespace
}  // namespace pixgraph
