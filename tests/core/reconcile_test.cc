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
  remote->on_find = [] { return std::vector{listed("p5", {{"prompt", "dog"}}), listed("p6", {{"prompt", "cat"}})}; };
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

TEST(Reconcile, WhatWasCreatedBeforeTheIntentIsSomebodyElses) {
  const auto earliest = parse_iso_time("2026-11-20T09:29:00Z").value();
  const Purchase cat = in_doubt("c", "m/dev", {{"prompt", "cat"}});
  const auto at = [](const std::string& created) {
    Candidate one = listed("p1", {{"prompt", "cat"}});
    json answer = *one.snapshot.answer;
    answer["created_at"] = created;
    one.snapshot.answer = std::make_shared<const json>(answer);
    return std::vector{one};
  };
  EXPECT_EQ(judge(cat, {at("2026-11-20T09:21:00Z"), {}, earliest, true}, {}, {}).kind, Finding::Kind::none);
  EXPECT_EQ(judge(cat, {at("2026-11-20T09:29:50Z"), {}, earliest, true}, {}, {}).id, "p1");
  // By a clock that may have been set since: a doubt, which a person decides.
  EXPECT_EQ(judge(cat, {at("2026-11-20T09:21:00Z"), {}, earliest, false}, {}, {}).why,
            "prediction p1 may be it: its input or its time does not tell for sure");
  EXPECT_EQ(judge(cat, {at("2026-11-20T09:30:20Z"), {}, earliest, false}, {}, {}).id, "p1");
}

TEST(Reconcile, OneThatIsOlderThanTheLostCreateIsNotAdopted) {
  MemoryDisk disk;
  Process process(disk);
  auto remote =
      remote_of({refused(Submitted::Kind::unknown, Error("E417", "the server answered 500")), created("p1")}, {});
  remote->clock_ahead = 20min;
  remote->on_find = [] {
    Candidate one = listed("foreign", {{"prompt", "cat"}});
    json answer = *one.snapshot.answer;
    answer["created_at"] = iso_time(std::chrono::system_clock::now() + 20min - 9min);
    one.snapshot.answer = std::make_shared<const json>(answer);
    return std::vector{one};
  };
  auto future = process.start(remote);
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(process.ledger.latest(key_of())->state, PurchaseState::intent) << "it is looked for again in 30 s";
  process.driver->cancel_all();
  EXPECT_TRUE(Process::wait(std::move(future)).canceled);
}

TEST(Reconcile, AnInputThatHasMoreThanWasSentIsADoubt) {
  const Purchase cup = in_doubt("c", "a/b", {{"prompt", "a cup"}});
  const Listed more{{of_model("p1", "other/model", {{"prompt", "a cup"}, {"seed", 99}, {"style", "horror"}})}, {}};
  EXPECT_EQ(judge(cup, more, {}, {}).kind, Finding::Kind::undecided);
  EXPECT_EQ(fits({{"prompt", "a cup"}}, {{"prompt", "a cup"}, {"seed", nullptr}}), Fit::yes);
}

TEST(Reconcile, AnInputThatSaysNothingProvesNothingUnlessTheModelIsNamed) {
  for (const json& sent : {json::object(), json{{"steps", 4}, {"fast", true}}}) {
    const Purchase plain = in_doubt("c", "m/dev", sent);
    EXPECT_EQ(judge(plain, {{of_model("p1", "internal/x", sent)}, {}}, {}, {}).kind, Finding::Kind::undecided);
    EXPECT_EQ(judge(plain, {{of_model("p1", "m/dev", sent)}, {}}, {}, {}).id, "p1");
  }
  const Purchase seeded = in_doubt("c", "m/dev", {{"seed", 62182}});
  EXPECT_EQ(judge(seeded, {{of_model("p1", "internal/x", seeded.sent)}, {}}, {}, {}).id, "p1");
}

TEST(Reconcile, TheWholeInputOfOneIntentBeatsWhatMayBeAnothersToo) {
  // Three chained predictions whose answers got lost: any link may have been replaced by another, but these were not.
  std::vector<Purchase> intents;
  Listed list;
  for (const std::string number : {"1", "2", "3"}) {
    const json sent = {{"image", "http://s/out/" + number + ".png"}};
    intents.push_back(in_doubt("k" + number, "m/rembg", sent));
    list.candidates.push_back(of_model("p" + number, "m/rembg", sent));
  }
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<Purchase> others = intents;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(judge(intents[i], list, {}, others).id, "p" + std::to_string(i + 1));
  }
  // One that is not there waits until those of the others have their owners.
  list.candidates.erase(list.candidates.begin());
  EXPECT_EQ(judge(intents[0], list, {}, {intents[1], intents[2]}).kind, Finding::Kind::contested);
  EXPECT_EQ(judge(intents[0], list, {"p2", "p3"}, {}).kind, Finding::Kind::none);
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

TEST(Reconcile, WhereLinksAreEchoedAnotherLinkIsAnotherRequest) {
  MemoryDisk disk;
  Process process(disk);
  const json cat = {{"prompt", "cat"}, {"image", "http://s/1.png"}},
             dog = {{"prompt", "dog"}, {"image", "http://s/2.png"}};
  auto remote = remote_of({created("p1", succeeded()), refused(Submitted::Kind::unknown, Error("E204", "it broke")),
                           created("p2", succeeded())});
  remote->server = "http://127.0.0.1:9/v1";
  remote->on_prepare = [&](Request& request) {
    request.input = std::make_shared<const json>((*request.input)["prompt"] == "cat" ? cat : dog);
  };
  remote->on_find = [&] {  // p1 is ours, as it was sent; the other is of somebody who has the same words
    return std::vector{listed("p1", cat), listed("p9", {{"prompt", "dog"}, {"image", "http://s/9.png"}})};
  };
  EXPECT_EQ(text_of(process.buy(remote)), "bought");
  EXPECT_EQ(process.buy(remote, "dog").id, "p2");
}

}  // namespace
}  // namespace pixgraph
