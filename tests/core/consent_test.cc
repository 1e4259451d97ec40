#include "consent.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/remote_process.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using namespace test;

/// What a run says to a purchase that an earlier process left in a state. Nothing may be sent unless `buys`.
void left_in(PurchaseState state, bool buys, const std::string& says) {
  MemoryDisk disk;
  std::string wall;
  {
    Ledger before(disk, "state/ledger");
    Purchase purchase = before.claim(key_of(), 1, FakeRemote::request("cat")).value();
    wall = purchase.wall;
    if (state == PurchaseState::failed || state == PurchaseState::lost) before.created(purchase, "p0");
    if (state != PurchaseState::intent) before.ended(purchase, state, "because", nullptr);
  }
  Process process(disk);
  const auto remote = remote_of({created("p1", succeeded())});
  std::string text = text_of(process.buy(remote));
  if (const std::size_t at = text.find(wall); at != std::string::npos) text.replace(at, wall.size(), "WALL");
  EXPECT_EQ(text, says) << state_name(state);
  EXPECT_EQ(remote->submitted, buys ? 1 : 0) << state_name(state);
  EXPECT_EQ(process.ledger.latest(key_of())->number, buys ? 2 : 1) << state_name(state);
}

TEST(Consent, EveryStateOfTheTableDoesWhatTheTableSays) {
  left_in(PurchaseState::intent, false,
          "E510: a prediction of maker/model may be paid for already (an earlier run ended while it was buying), and "
          "the server has no list to look it up STOPS");
  left_in(PurchaseState::maybe_paid, false,
          "E510: an earlier run ended while it was buying this prediction (maker/model, WALL), so it may be paid for "
          "already STOPS");
  left_in(PurchaseState::failed, false, "E511: an earlier prediction p0 ended as failed: because");
  left_in(PurchaseState::canceled, false, "E511: an earlier prediction of WALL ended as canceled: because");
  left_in(PurchaseState::timed_out, false, "E511: an earlier prediction of WALL ended as timed-out: because");
  left_in(PurchaseState::lost, false, "E512: the paid prediction p0 is lost on the server: because");
  left_in(PurchaseState::expired, false, "E512: the paid prediction of WALL is expired on the server: because");
  left_in(PurchaseState::aborted, true, "bought");
  left_in(PurchaseState::rejected, true, "bought");
  left_in(PurchaseState::not_sent, true, "bought");
  left_in(PurchaseState::released, true, "bought");
  left_in(PurchaseState::given_up, false, "E515: this purchase was given up: because");
}

TEST(Consent, ConsentIsNeededToBuyAgainAndIsEnough) {
  MemoryDisk disk;
  const auto remote = remote_of({created("p1", ended_as(RemoteStatus::failed, "bad luck")), created("p2", succeeded()),
                                 created("p3", succeeded())});
  Process without(disk);
  EXPECT_EQ(without.buy(remote).error->code(), "E411");
  EXPECT_EQ(without.buy(remote).error->code(), "E511");
  Process process(disk);
  process.consent.failed_before = std::chrono::system_clock::now() + 1ms;
  EXPECT_EQ(process.buy(remote).id, "p2");
  EXPECT_EQ(text_of(process.buy(remote)), "reused");  // it is not what failed
  process.consent = {{}, std::chrono::system_clock::now() - 1h};
  EXPECT_EQ(text_of(process.buy(remote)), "reused");  // bought since
  process.consent = {{}, std::chrono::system_clock::now() + 1h};
  EXPECT_EQ(process.buy(remote).id, "p3");
}

TEST(Consent, CoversNothingThatFailsWithinTheRun) {
  MemoryDisk disk;
  const auto remote = remote_of({created("p1", ended_as(RemoteStatus::failed, "bad luck")),
                                 created("p2", ended_as(RemoteStatus::failed, "again"))});
  for (const bool by_node : {false, true}) {
    remote->submitted = 0;
    Process(disk).buy(remote);
    Process process(disk);
    (by_node ? process.consent.before : process.consent.failed_before) = std::chrono::system_clock::now() + 1h;
    for (int item = 0; item < 5; ++item) process.buy(remote);  // the same request, one item after the other
    EXPECT_EQ(remote->submitted, by_node ? 1 : 2);
  }
}

TEST(Consent, CoversNothingThatAnotherProcessBoughtSince) {
  MemoryDisk disk;
  const auto remote = remote_of({created("p1", ended_as(RemoteStatus::failed, "bad luck"))});
  Process process(disk);
  process.consent.failed_before = std::chrono::system_clock::now();
  std::this_thread::sleep_for(2ms);
  Process(disk).buy(remote);
  EXPECT_EQ(process.buy(remote).error->code(), "E511");
  EXPECT_EQ(remote->submitted, 1);
}

TEST(Consent, CoversAPaidOutputThatIsNotToBeHad) {
  for (const bool by_node : {false, true}) {
    MemoryDisk disk;
    const auto remote =
        remote_of({created("p1"), created("p2", succeeded())}, {succeeded({"http://files/no longer there.png"})});
    EXPECT_EQ(Process(disk).buy(remote).error->code(), "E210");
    const RemoteOutcome again = Process(disk).buy(remote);
    EXPECT_EQ(again.error->code(), "E210");  // fetched again, not bought again
    EXPECT_EQ(again.error->hint(),
              "the next run fetches it again; it is bought again only with --only failed, --rebuy or pixgraph ledger "
              "retry " +
                  key_of().substr(0, 12) + " --state s");
    EXPECT_EQ(remote->submitted, 1);
    Process process(disk);
    (by_node ? process.consent.before : process.consent.failed_before) = std::chrono::system_clock::now() + 1ms;
    EXPECT_EQ(process.buy(remote).id, "p2");
    EXPECT_EQ(process.ledger.purchase(key_of(), 1).state, PurchaseState::expired);
  }
}

TEST(Consent, WhatARebuyDidNotBringIsThereFromBefore) {
  const Submitted without[] = {refused(Submitted::Kind::rejected, Error("E425", "no credit")),
                               created("p2", ended_as(RemoteStatus::failed, "bad luck")),
                               created("p2", ended_as(RemoteStatus::aborted))};
  for (const Submitted& sent : without) {
    MemoryDisk disk;
    const auto remote = remote_of({created("p1", succeeded()), sent, created("p3", succeeded())});
    EXPECT_EQ(Process(disk).buy(remote).id, "p1");
    Process rebuys(disk);
    rebuys.consent.before = std::chrono::system_clock::now() + 1ms;
    EXPECT_TRUE(rebuys.buy(remote).error);
    EXPECT_EQ(text_of(rebuys.buy(remote)), "reused");  // asked for again within the run: the word covered one try
    Process plain(disk);
    const RemoteOutcome outcome = plain.buy(remote);
    EXPECT_EQ(text_of(outcome), "reused");
    EXPECT_EQ(outcome.id, "p1");
    Process again(disk);
    again.consent.before = std::chrono::system_clock::now() + 1ms;
    EXPECT_EQ(again.buy(remote).id, "p3");
  }
}

/// Retries at once.
Retry tries(int attempts, std::vector<std::string> on = {}) {
  return {attempts, std::move(on), 1ms, 1ms, false};
}

Submitted fails(const std::string& id, const std::string& error = "Prediction interrupted (E6716)") {
  return created(id, ended_as(RemoteStatus::failed, error));
}

TEST(Consent, RetryBuysWhatFailedAgain) {
  MemoryDisk disk;
  Process process(disk);
  process.retry = tries(2);
  const auto remote = remote_of({fails("p1"), created("p2", succeeded())});
  const RemoteOutcome outcome = process.buy(remote);
  EXPECT_EQ(text_of(outcome), "bought");
  EXPECT_EQ(outcome.id, "p2");
  EXPECT_EQ(process.recorder.texts, (std::vector<std::string>{"created p1", "failed p1", "retry 2 of 2 after p1",
                                                              "created p2", "succeeded p2"}));
  EXPECT_EQ(process.ledger.latest(key_of())->number, 2);
  EXPECT_EQ(process.ledger.latest(key_of())->attempt, 2);
}

TEST(Consent, RetryNeverBuysMoreThanItsAttemptsHoweverManyRuns) {
  MemoryDisk disk;
  const auto remote = remote_of({fails("p1")});
  for (int run = 0; run < 3; ++run) {
    Process process(disk);
    process.retry = tries(3);
    EXPECT_EQ(process.buy(remote).error->code(), run == 0 ? "E411" : "E511");
    EXPECT_EQ(process.buy(remote, "cat").error->code(), "E511");
    EXPECT_EQ(remote->submitted, 3);
    disk.lose_power();
  }
}

TEST(Consent, TriesOfEarlierRunsCount) {
  MemoryDisk disk;
  const auto remote = remote_of({fails("p1")});
  {
    Process process(disk);
    EXPECT_EQ(process.buy(remote).error->code(), "E411");
  }
  Process process(disk);
  process.retry = tries(2);
  EXPECT_EQ(process.buy(remote).error->code(), "E411");
  EXPECT_EQ(remote->submitted, 2);
  EXPECT_EQ(process.recorder.texts.at(0), "retry 2 of 2 after p1");
  EXPECT_EQ(process.buy(remote).error->code(), "E511");
  process.retry = tries(3);  // the file allows one more now
  EXPECT_EQ(process.buy(remote).error->code(), "E411");
  EXPECT_EQ(remote->submitted, 3);
}

TEST(Consent, ATryThatWasNotPaidDoesNotCountAndDoesNotStartAnew) {
  MemoryDisk disk;
  {
    Ledger before(disk, "state/ledger");
    Purchase first = before.claim(key_of(), 1, FakeRemote::request("cat"), 1).value();
    before.created(first, "p1");
    before.ended(first, PurchaseState::failed, "E6716", {{"error", "E6716"}});
    Purchase second = before.claim(key_of(), 2, FakeRemote::request("cat"), 2).value();
    before.ended(second, PurchaseState::not_sent, "no connection", nullptr);
  }
  Process process(disk);
  process.retry = tries(2);
  const auto remote = remote_of({throttled(1ms), fails("p2")});
  EXPECT_EQ(process.buy(remote).error->code(), "E411");
  EXPECT_EQ(remote->submitted, 2);
  EXPECT_EQ(process.ledger.latest(key_of())->number, 4);
  EXPECT_EQ(process.ledger.latest(key_of())->attempt, 2);
}

TEST(Consent, RetryBuysOnlyWhatItsCodesName) {
  MemoryDisk disk;
  Process process(disk);
  process.retry = tries(2);
  EXPECT_EQ(process.buy(remote_of({fails("p1", "NSFW content detected")})).error->code(), "E411");
  EXPECT_EQ(process.buy(remote_of({fails("p2", "out of memory (E1001)")}), "dog").error->code(), "E411");
  process.retry = tries(2, {"E1001"});
  EXPECT_EQ(process.buy(remote_of({fails("p3", "E6716")}), "bird").error->code(), "E411");
  EXPECT_EQ(process.buy(remote_of({created("p4", succeeded())}), "dog").id, "p4");
  EXPECT_EQ(process.ledger.latest(key_of())->number, 1);
}

TEST(Consent, RetryIsForFailuresOnly) {
  for (const RemoteStatus status : {RemoteStatus::canceled, RemoteStatus::expired}) {
    MemoryDisk disk;
    Process process(disk);
    process.retry = tries(3, {"E411", "E6716"});
    const auto remote = remote_of({created("p1", ended_as(status, "E6716"))});
    EXPECT_TRUE(process.buy(remote).error);
    EXPECT_EQ(remote->submitted, 1);
  }
}

TEST(Consent, APersonsWordStartsTheTriesAnew) {
  MemoryDisk disk;
  const auto remote = remote_of({fails("p1")});
  Process first(disk);
  first.retry = tries(2);
  first.buy(remote);
  EXPECT_EQ(remote->submitted, 2);
  Process process(disk);
  process.retry = tries(2);
  process.consent.failed_before = std::chrono::system_clock::now() + 1ms;
  process.buy(remote);
  EXPECT_EQ(remote->submitted, 4);
}

TEST(Consent, TheEndOfTheRunDoesNotWaitForTheNextTry) {
  MemoryDisk disk;
  Process process(disk);
  process.retry = {2, {}, 10min, 10min, false};
  const auto remote = remote_of({fails("p1")});
  auto outcome = process.start(remote);
  while (remote->submitted == 0) std::this_thread::sleep_for(1ms);
  process.driver->stop_creating();
  EXPECT_EQ(text_of(Process::wait(std::move(outcome))), "E411: Prediction interrupted (E6716)");
  EXPECT_EQ(remote->submitted, 1);
}

TEST(Consent, HintsAreCommandsThatReachTheLedger) {
  Purchase purchase;
  purchase.key = std::string(64, 'a');
  purchase.state = PurchaseState::maybe_paid;
  EXPECT_EQ(refusal(purchase, " --state s --sandbox").hint(),
            "nothing is bought twice without your word: where the server's own list has it, `pixgraph ledger adopt "
            "aaaaaaaaaaaa ID --state s --sandbox`, else `pixgraph ledger retry aaaaaaaaaaaa --state s --sandbox`");
  purchase.state = PurchaseState::given_up;
  EXPECT_EQ(refusal(purchase, " --state s").hint(), "pixgraph ledger retry aaaaaaaaaaaa --state s");
  MemoryDisk disk;
  Process process(disk);
  const auto remote = remote_of({refused(Submitted::Kind::unknown, Error("E204", "the connection broke"))});
  EXPECT_EQ(process.buy(remote).error->hint(),
            "nothing is bought twice without your word: where the server's own list has it, `pixgraph ledger adopt " +
                key_of().substr(0, 12) + " ID --state s`, else `pixgraph ledger retry " + key_of().substr(0, 12) +
                " --state s`");
}

TEST(Consent, WhatRunsAtAnotherServerIsNotBoughtHereToo) {
  MemoryDisk disk;
  {
    Ledger before(disk, "state/ledger");
    Purchase purchase =
        before.claim(key_of("cat", "http://g/v1"), 1, FakeRemote::request("cat", "http://g/v1")).value();
    before.created(purchase, "p0");
  }
  Process process(disk);
  const auto remote = remote_of({created("p1", succeeded())});
  remote->server = "http://h/v1";
  const RemoteOutcome outcome = process.buy(remote);
  EXPECT_EQ(text_of(outcome),
            "E402: prediction p0 of this request was created at http://g/v1 and is not fetched yet, and this run asks "
            "http://h/v1 STOPS");
  EXPECT_EQ(outcome.error->hint(),
            "go on at the server where it is paid; or let go of it with `pixgraph ledger retry " +
                key_of("cat", "http://g/v1").substr(0, 12) + " --state s`, and it is bought here too");
  EXPECT_EQ(remote->submitted, 0);
  Process another(disk);
  EXPECT_EQ(text_of(another.buy(remote, "dog")), "bought");
}

}  // namespace
}  // namespace pixgraph
