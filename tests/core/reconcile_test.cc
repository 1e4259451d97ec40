#include "reconcile.h"

#include <gtest/gtest.h>

#include "support/remote_process.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using namespace test;

Candidate listed(const std::string& id, const json& input) {
  Candidate one;
  one.id = id;
  one.snapshot.answer = std::make_shared<const json>(json{{"id", id}, {"input", input}});
  return one;
}

TEST(Reconcile, AnUnknownCreateIsFoundInTheServersList) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({refused(Submitted::Kind::unknown, Error("E204", "the connection broke"))}, {succeeded()});
  remote->on_find = [] {
    return std::vector{listed("p5", {{"prompt", "dog"}}), listed("p6", {{"prompt", "cat"}, {"seed", 7}})};
  };
  const RemoteOutcome outcome = process.buy(remote);
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.id, "p6");
  EXPECT_EQ(remote->submitted, 1);
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::succeeded);
}

TEST(Reconcile, AnIntentThatTwoListsDoNotHaveIsBoughtUnderANewNumber) {
  MemoryDisk disk;
  Process process(disk);
  auto remote =
      remote_of({refused(Submitted::Kind::unknown, Error("E204", "the connection broke")), created("p1", succeeded())});
  remote->server = "http://127.0.0.1:9/v1";  // where 60 s of the protocol are 60 ms
  remote->on_find = [] { return std::vector{listed("p5", {{"prompt", "dog"}})}; };
  EXPECT_EQ(text_of(process.buy(remote)), "bought");
  EXPECT_GE(remote->listed, 2);
  EXPECT_EQ(remote->submitted, 2);
  EXPECT_EQ(process.ledger.latest(key_of("cat", remote->server))->number, 2);
}

TEST(Reconcile, AListThatCannotTellStopsTheRun) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({refused(Submitted::Kind::unknown, Error("E204", "the connection broke"))});
  remote->on_find = [] { return std::vector{listed("p5", {{"prompt", "cat"}}), listed("p6", {{"prompt", "cat"}})}; };
  EXPECT_EQ(text_of(process.buy(remote)),
            "E510: a prediction of maker/model may be paid for already (the connection broke), and predictions p5 and "
            "p6 both have its input STOPS");
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::maybe_paid);
}

TEST(Reconcile, AListThatCannotBeReadDecidesNothing) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({refused(Submitted::Kind::unknown, Error("E204", "the connection broke"))}, {succeeded()});
  remote->server = "http://127.0.0.1:9/v1";
  remote->on_find = []() -> std::vector<Candidate> { throw Error("E202", "no connection"); };
  EXPECT_EQ(text_of(process.buy(remote)),
            "E514: it could not be found out whether a prediction was bought: no connection STOPS");
  EXPECT_EQ(process.ledger.latest(key_of("cat", remote->server))->state, PurchaseState::intent);
  // The same run asks again: the intent is its own, and nobody else will ever end it.
  remote->on_find = [] { return std::vector{listed("p6", {{"prompt", "cat"}})}; };
  EXPECT_EQ(process.buy(remote).id, "p6");
  EXPECT_EQ(remote->submitted, 1);
}

TEST(Reconcile, ClocksThatDifferByHoursLoseNothing) {
  for (const auto ahead : {-200min, -20min, 0min, 20min, 200min}) {
    MemoryDisk disk;
    Process process(disk);
    auto remote = remote_of({refused(Submitted::Kind::unknown, Error("E204", "the connection broke"))}, {succeeded()});
    remote->clock_ahead = ahead;
    remote->on_find = [&] {
      Candidate one = listed("p6", {{"prompt", "cat"}});
      json answer = *one.snapshot.answer;
      answer["created_at"] = iso_time(std::chrono::system_clock::now() + ahead);
      one.snapshot.answer = std::make_shared<const json>(answer);
      return std::vector{one};
    };
    EXPECT_EQ(process.buy(remote).id, "p6") << ahead.count();
    EXPECT_EQ(remote->submitted, 1);
  }
}

TEST(Reconcile, WhatWasCreatedLongAfterTheIntentIsSomebodyElses) {
  MemoryDisk disk;
  Process process(disk);
  auto remote =
      remote_of({refused(Submitted::Kind::unknown, Error("E204", "the connection broke")), created("p1", succeeded())});
  remote->server = "http://127.0.0.1:9/v1";
  remote->clock_ahead = 200min;
  remote->on_find = [] {
    Candidate one = listed("p6", {{"prompt", "cat"}});
    json answer = *one.snapshot.answer;
    answer["created_at"] = iso_time(std::chrono::system_clock::now() + 220min);
    one.snapshot.answer = std::make_shared<const json>(answer);
    return std::vector{one};
  };
  EXPECT_EQ(process.buy(remote).id, "p1");
}

Purchase in_doubt(const std::string& key, const std::string& lane, const json& sent) {
  Purchase purchase;
  purchase.key = key;
  purchase.server = "s";
  purchase.lane = lane;
  purchase.sent = sent;
  return purchase;
}

Candidate of_model(const std::string& id, const std::string& model, const json& input) {
  Candidate one = listed(id, input);
  json answer = *one.snapshot.answer;
  answer["model"] = model;
  one.snapshot.answer = std::make_shared<const json>(answer);
  return one;
}

TEST(Reconcile, TwoModelsWithTheSameInputAreToldApartOrNotAtAll) {
  const json sent = {{"prompt", "a red bicycle"}};
  const Purchase dev = in_doubt("d", "m/dev", sent), schnell = in_doubt("s", "m/schnell", sent);
  const Listed list{{of_model("p1", "m/schnell", sent)}, {}};
  EXPECT_EQ(judge(dev, list, {}, {schnell}).kind, Finding::Kind::none);
  EXPECT_EQ(judge(schnell, list, {}, {dev}).id, "p1");
  const Listed aliased{{of_model("p1", "internal/x", sent)}, {}};
  EXPECT_EQ(judge(dev, aliased, {}, {schnell}).kind, Finding::Kind::contested);
  EXPECT_EQ(judge(dev, aliased, {}, {}).id, "p1");
  // An echo has defaults: the request with fewer inputs fits it too.
  const Purchase seeded = in_doubt("x", "m/dev", {{"prompt", "a red bicycle"}, {"seed", 7}});
  const Listed with_seed{{of_model("p2", "m/dev", seeded.sent)}, {}};
  EXPECT_EQ(judge(dev, with_seed, {}, {seeded}).kind, Finding::Kind::contested);
  EXPECT_EQ(judge(dev, with_seed, {"p2"}, {seeded}).kind, Finding::Kind::none);
}

TEST(Reconcile, AnEchoThatWasTidiedUpProvesNothing) {
  EXPECT_EQ(fits("a bicycle\n", "a bicycle"), Fit::perhaps);
  EXPECT_EQ(fits(9007199254740993, 9007199254740992), Fit::perhaps);
  EXPECT_EQ(fits("caf\u00e9", "cafe\u0301"), Fit::no);  // that far it is not followed: the letter differs
  EXPECT_EQ(fits("http://a/1.png", "https://b/2.png"), Fit::perhaps);
  EXPECT_EQ(fits("cat", json()), Fit::perhaps);
  EXPECT_EQ(fits("cat", "dog"), Fit::no);
  EXPECT_EQ(fits(7, 8), Fit::no);
}

TEST(Reconcile, AListIsReadPageByPage) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({refused(Submitted::Kind::unknown, Error("E204", "the connection broke"))}, {succeeded()});
  std::vector<std::string> cursors;
  remote->on_list = [&](const std::string& cursor) -> std::optional<ListPage> {
    cursors.push_back(cursor);
    if (cursor.empty()) return ListPage{{listed("p5", {{"prompt", "dog"}})}, "two", {}};
    return ListPage{{listed("p6", {{"prompt", "cat"}})}, "", {}};
  };
  EXPECT_EQ(process.buy(remote).id, "p6");
  EXPECT_EQ(cursors, (std::vector<std::string>{"", "two"}));
}

TEST(Reconcile, AListThatTurnsInCirclesProvesNothing) {
  MemoryDisk disk;
  Process process(disk);
  auto remote = remote_of({refused(Submitted::Kind::unknown, Error("E204", "the connection broke"))});
  remote->on_list = [](const std::string&) { return ListPage{{}, "again", {}}; };
  EXPECT_EQ(text_of(process.buy(remote)),
            "E510: a prediction of maker/model may be paid for already (the connection broke), and the server has no "
            "list to look it up STOPS");
}

}  // namespace
}  // namespace pixgraph
