#include "polling.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/remote_process.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using namespace test;

TEST(Polling, LostIsWhatThreePollsInARowDoNotFind) {
  MemoryDisk disk;
  const std::string server = "http://127.0.0.1:9/v1";  // where 30 s of the protocol are 30 ms
  {
    Ledger before(disk, "state/ledger");
    for (const char* prompt : {"cat", "dog"}) {
      Purchase purchase = before.claim(key_of(prompt, server), 1, FakeRemote::request(prompt, server)).value();
      before.created(purchase, "p0");
    }
  }
  std::this_thread::sleep_for(40ms);
  Process process(disk);
  const Snapshot gone = ended_as(RemoteStatus::lost);
  const auto found = remote_of({}, {gone, gone, running(), gone, succeeded()});
  found->server = server;
  EXPECT_EQ(text_of(process.buy(found)), "reused");
  const auto remote = remote_of({}, {gone});
  remote->server = server;
  EXPECT_EQ(text_of(process.buy(remote, "dog")), "E415: the server does not know prediction p0 any more");
  EXPECT_EQ(remote->polled, 3);
  EXPECT_EQ(process.ledger.latest(key_of("dog", server))->state, PurchaseState::lost);
}

TEST(Polling, AGatewayMayKnowAPredictionALittleLater) {
  MemoryDisk disk;
  Process process(disk, "", {}, 10);  // 3 s in which a 404 means nothing
  const Snapshot gone = ended_as(RemoteStatus::lost);
  const auto remote = remote_of({created("p1")}, {gone, gone, gone, gone, gone, succeeded()});
  remote->server = "http://127.0.0.1:9/v1";
  EXPECT_EQ(text_of(process.buy(remote)), "bought");
  EXPECT_EQ(remote->polled, 6);
}

TEST(Polling, ATimeoutTellsTheServerToEnd) {
  MemoryDisk disk;
  Process process(disk);
  const auto remote = remote_of({created("p1")});
  remote->on_poll = [&](const std::string&) { return remote->canceled ? ended_as(RemoteStatus::canceled) : running(); };
  EXPECT_EQ(text_of(process.buy(remote, "cat", 200ms)),
            "E413: prediction p1 took longer than its timeout of 0.2 s and was told to end");
  EXPECT_EQ(remote->canceled, 1);
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::timed_out);
}

TEST(Polling, OneThatWasToldToEndHasAMomentForIt) {
  MemoryDisk disk;
  Process process(disk, "", {}, 10);
  const std::string server = "http://127.0.0.1:9/v1";
  const auto remote = remote_of({created("p1")}, {running()});
  remote->server = server;
  EXPECT_EQ(text_of(process.buy(remote, "cat", 100ms)),
            "E413: prediction p1 took longer than its timeout of 0.1 s and was told to end");
  EXPECT_EQ(remote->canceled, 1);
  EXPECT_GE(remote->polled, 3);
}

TEST(Polling, ATimeoutIsToldAgainUntilTheServerTakesIt) {
  MemoryDisk disk;
  Process process(disk);
  const auto remote = remote_of({created("p1")});
  remote->on_cancel = [&]() -> bool {
    if (remote->canceled == 1) throw Throttled("slow down", 50ms);
    if (remote->canceled == 2) throw HttpError("E204", "broken", HttpError::Sent::maybe);
    return true;
  };
  remote->on_poll = [&](const std::string&) {
    return remote->canceled >= 3 ? ended_as(RemoteStatus::canceled) : running();
  };
  EXPECT_EQ(text_of(process.buy(remote, "cat", 100ms)),
            "E413: prediction p1 took longer than its timeout of 0.1 s and was told to end");
  EXPECT_EQ(remote->canceled, 3);
}

TEST(Polling, ATimeoutThatTheServerCannotBeToldOfIsSaid) {
  MemoryDisk disk;
  Process process(disk);
  const auto remote = remote_of({created("p1")}, {running()});
  remote->on_cancel = [] { return false; };
  EXPECT_EQ(text_of(process.buy(remote, "cat", 100ms)),
            "E413: prediction p1 took longer than its timeout of 0.1 s, and could not be told to end: the server has "
            "no way to do that");
  EXPECT_EQ(remote->canceled, 1);
}

/// A purchase that timed out, and what the next run finds.
struct TimedOut {
  TimedOut() {
    Process process(disk);
    const auto remote = remote_of({created("p1")}, {running()});
    remote->on_cancel = [] { return false; };
    process.buy(remote, "cat", 100ms);
  }
  std::string next(const Snapshot& now, std::optional<std::chrono::milliseconds> timeout, bool consent = false) {
    Process process(disk);
    again = remote_of({created("p2", succeeded())}, {now});
    if (consent) process.consent.failed_before = std::chrono::system_clock::now();
    return text_of(process.buy(again, "cat", timeout));
  }
  MemoryDisk disk;
  std::shared_ptr<FakeRemote> again;
};

TEST(Polling, WhatTimedOutAndEndedWellSinceIsFetched) {
  for (const bool consent : {false, true}) {
    TimedOut before;
    EXPECT_EQ(before.next(succeeded(), 100ms, consent), "reused");
    EXPECT_EQ(before.again->submitted, 0);
  }
}

TEST(Polling, WhatTimedOutIsAwaitedWithinALimitThatWasRaised) {
  TimedOut before;
  Process process(before.disk);
  before.again = remote_of({}, {running(), running(), succeeded()});
  EXPECT_EQ(text_of(process.buy(before.again, "cat", 1h)), "reused");
}

TEST(Polling, WhatTimedOutAndStillRunsIsBoughtAgainWithConsentOnly) {
  TimedOut before;
  EXPECT_EQ(before.next(running(), 100ms).substr(0, 60),
            "E511: an earlier prediction p1 ended as timed-out: predictio");
  EXPECT_EQ(before.next(running(), 100ms, true), "bought");
  EXPECT_EQ(before.again->submitted, 1);
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

TEST(Polling, AServerThatOnlySaysSlowDownIsNotHammered) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({created("p1")});
  remote->on_poll = [&](const std::string&) -> Snapshot {
    if (remote->polled < 3) throw Throttled("slow down", 0ms);
    return succeeded();
  };
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(text_of(process.buy(remote)), "bought");
  EXPECT_GE(std::chrono::steady_clock::now() - start, 1500ms) << "0.5 s, then 1 s";
}

TEST(Polling, TheRunLimitGoesOnOverARestart) {
  for (const auto& [ran, end] : {std::pair(16s, "told to end"), std::pair(1s, "bought on")}) {
    MemoryDisk disk;
    {
      Ledger before(disk, "state/ledger");
      Purchase purchase = before.claim(key_of(), 1, FakeRemote::request("cat")).value();
      purchase.wall = "2026-01-01T00:00:00Z";
      before.created(purchase, "p0");
      const std::string path = "state/ledger/" + key_of().substr(0, 2) + "/" + key_of() + ".1.ndjson";
      std::string text = disk.read(path).value();
      const std::size_t wall = text.find("\"wall\":\"") + 8;  // created a minute ago
      text.replace(wall, 24, iso_time(std::chrono::system_clock::now() - 1min));
      disk.write(path, text);
    }
    Process process(disk);
    auto remote = remote_of({});
    remote->on_poll = [&, ran = ran](const std::string&) {
      if (remote->canceled) return ended_as(RemoteStatus::canceled);
      if (remote->polled > 4 && ran == 1s) return succeeded();
      Snapshot snapshot = running();
      snapshot.running = ran;
      return snapshot;
    };
    process.run_timeout = 4s;
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(
        text_of(process.buy(remote)),
        ran == 16s ? "E413: prediction p0 ran longer than its run timeout of 4.0 s and was told to end" : "reused")
        << end;
    EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
  }
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

constexpr int kMany = 60;

Candidate listed(const std::string& id, Snapshot snapshot, bool whole = true) {
  return {id, std::move(snapshot), whole};
}

/// Many predictions at one server with a list, p0 to p59; `list` says what it says of each.
struct Crowd {
  explicit Crowd(std::function<Candidate(const std::string& id)> list) {
    limits.in_flight = 100;
    remote->server = "http://127.0.0.1:9/v1";
    remote->on_submit = [](const Request& request) { return created((*request.input)["prompt"].get<std::string>()); };
    remote->on_list = [list = std::move(list)](const std::string&) {
      ListPage page;
      for (int i = 0; i < kMany; ++i) page.predictions.push_back(list("p" + std::to_string(i)));
      return page;
    };
  }
  void all_are_bought() {
    MemoryDisk disk;
    Process process(disk, "", limits, 10);
    std::vector<std::future<RemoteOutcome>> all;
    for (int i = 0; i < kMany; ++i) all.push_back(process.start(remote, "p" + std::to_string(i)));
    for (auto& one : all) EXPECT_EQ(text_of(Process::wait(std::move(one))), "bought");
    EXPECT_EQ(remote->submitted, kMany);
  }
  ServerLimits limits;
  std::shared_ptr<FakeRemote> remote = std::make_shared<FakeRemote>();
};

TEST(Polling, WhereManyAreDueTheListAnswers) {
  Crowd crowd([](const std::string& id) { return listed(id, succeeded({"data:text/plain,x"})); });
  crowd.remote->on_poll = [](const std::string&) { return running(); };  // so only the list can end them
  crowd.all_are_bought();
}

TEST(Polling, AServerThatGivesOneIdToManyLosesNone) {
  Crowd crowd([](const std::string& id) { return listed(id, succeeded({"data:text/plain,x"})); });
  crowd.remote->on_submit = [](const Request&) { return created("p7"); };
  crowd.remote->on_poll = [](const std::string&) { return running(); };
  crowd.all_are_bought();
}

TEST(Polling, FewAreNeverAskedForByTheList) {
  MemoryDisk disk;
  Process process(disk);
  const auto remote = remote_of({created("p1"), created("p2"), created("p3")}, {running(), running(), succeeded()});
  remote->on_list = [](const std::string&) { return ListPage(); };
  auto one = process.start(remote, "cat"), two = process.start(remote, "dog"), three = process.start(remote, "bird");
  for (auto* each : {&one, &two, &three}) EXPECT_FALSE(Process::wait(std::move(*each)).error);
  EXPECT_EQ(remote->listed, 0);
}

TEST(Polling, AStaleListDelaysNothing) {
  Crowd crowd([](const std::string& id) { return listed(id, running()); });
  crowd.remote->on_poll = [](const std::string&) { return succeeded({"data:text/plain,x"}); };
  crowd.all_are_bought();
}

TEST(Polling, AnEndThatTheListDoesNotTellWholeIsAskedFor) {
  Crowd crowd([](const std::string& id) { return listed(id, succeeded({}), false); });
  crowd.remote->on_poll = [](const std::string&) { return succeeded({"data:text/plain,whole"}); };
  crowd.all_are_bought();
  EXPECT_GE(crowd.remote->polled, kMany);
}

TEST(Polling, WhatTheListDoesNotHaveIsAskedFor) {
  Crowd crowd([](const std::string& id) { return listed("other " + id, running()); });
  crowd.remote->on_poll = [](const std::string&) { return succeeded({"data:text/plain,x"}); };
  crowd.all_are_bought();
}

TEST(Polling, WithoutAListEachIsAskedFor) {
  Crowd crowd([](const std::string& id) { return listed(id, running()); });
  std::atomic<int> looks = 0;
  crowd.remote->on_list = [](const std::string&) { return std::nullopt; };
  crowd.remote->on_poll = [&](const std::string&) {
    return ++looks > 3 * kMany ? succeeded({"data:text/plain,x"}) : running();
  };
  crowd.all_are_bought();
  EXPECT_EQ(crowd.remote->listed, 1);  // then it is known
}

TEST(Polling, AListThatFailsIsNoReasonToFail) {
  Crowd crowd([](const std::string& id) { return listed(id, running()); });
  crowd.remote->on_list = [](const std::string&) -> std::optional<ListPage> {
    throw Error("E401", "the list is not for you").stopping_run();
  };
  crowd.remote->on_poll = [](const std::string&) { return succeeded({"data:text/plain,x"}); };
  crowd.all_are_bought();
}

TEST(Polling, AListThatAsksToSlowDownPausesThePolls) {
  Crowd crowd([](const std::string& id) { return listed(id, running()); });
  std::atomic<bool> asked = false;
  crowd.remote->on_list = [&](const std::string&) -> std::optional<ListPage> {
    if (!asked.exchange(true)) throw Throttled("slow down", 200ms);
    return std::nullopt;
  };
  crowd.remote->on_poll = [&](const std::string&) { return asked ? succeeded({"data:text/plain,x"}) : running(); };
  crowd.all_are_bought();
  EXPECT_TRUE(asked);
}

TEST(Polling, TheFirstLookComesNearTheUsualTimeInLaterRunsToo) {
  TempFolder folder;
  Index index(folder.path("state"));
  Snapshot end = succeeded();
  end.took = 450ms;
  for (int run = 0; run < 2; ++run) {
    MemoryDisk disk;
    Process process(disk, "", {}, 1, &index);
    auto remote = std::make_shared<FakeRemote>();
    std::chrono::steady_clock::time_point submitted, polled;
    remote->on_submit = [&](const Request&) {
      submitted = std::chrono::steady_clock::now();
      return created("p1");
    };
    remote->on_poll = [&](const std::string&) {
      polled = std::chrono::steady_clock::now();
      return end;
    };
    EXPECT_EQ(text_of(process.buy(remote)), "bought");
    EXPECT_EQ(remote->polled, 1);
    EXPECT_GE(polled - submitted, run == 1 ? 440ms : 0ms);
  }
}

}  // namespace
}  // namespace pixgraph
