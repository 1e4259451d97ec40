#include "ledger.h"

#include <gtest/gtest.h>

#include <thread>

#include "clock.h"
#include "support/fake_call.h"
#include "support/memory_disk.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using nlohmann::json;
using test::error_of;
using test::MemoryDisk;

Request request_of(json input, std::vector<std::string> files = {}) {
  Request request;
  request.server = "http://fake/v1";
  request.lane = "maker/model";
  request.input = std::make_shared<const json>(std::move(input));
  for (std::string& key : files) {
    RequestFile file;
    file.key = std::move(key);
    request.files.push_back(std::move(file));
  }
  return request;
}

std::string key_of(const char* input, std::vector<std::string> files = {}) {
  return purchase_key("server", request_of(json::parse(input), std::move(files)));
}

/// The lines of a ledger file without what differs from run to run.
std::string lines_of(const std::string& text) {
  std::string out;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    json line = json::parse(text.substr(start, end - start));
    for (const char* name : {"wall", "boot", "boottime_ms", "owner", "key"}) line.erase(name);
    out += line.dump() + "\n";
    start = end + 1;
  }
  return out;
}

const std::string kKey(64, 'a');
const std::string kFile = "ledger/aa/" + kKey + ".1.ndjson";

struct Book {
  MemoryDisk disk;
  std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>(disk, "ledger");
  Request request = request_of({{"prompt", "cat"}});
  Purchase claim(int number = 1) { return ledger->claim(kKey, number, request).value(); }
  /// As the next process would read it.
  Purchase read() { return Ledger(disk, "ledger").latest(kKey).value(); }
};

TEST(Ledger, AKeyThatWasNeverBoughtIsUnknown) {
  Book book;
  EXPECT_FALSE(book.ledger->latest(kKey));
}

TEST(Ledger, TheIntentHoldsAllThatIsNeededLater) {
  Book book;
  book.request.files.resize(1);
  book.request.files[0].upload_id = "up1";
  book.request.variant = "v";
  const Purchase claimed = book.claim();
  EXPECT_EQ(
      lines_of(*book.disk.read(kFile)),
      R"({"attempt":1,"format":1,"input":{"prompt":"cat"},"lane":"maker/model","sent":{"prompt":"cat"},"server":"http://fake/v1","state":"intent","uploads":["up1"],"variant":"v"})"
      "\n");
  const Purchase read = book.read();
  EXPECT_EQ(read.state, PurchaseState::intent);
  EXPECT_EQ(read.number, 1);
  EXPECT_EQ(read.attempt, 1);
  EXPECT_EQ(read.server, "http://fake/v1");
  EXPECT_EQ(read.lane, "maker/model");
  EXPECT_EQ(read.upload_ids, std::vector<std::string>{"up1"});
  EXPECT_EQ(read.input, json({{"prompt", "cat"}}));
  EXPECT_EQ(read.owner, claimed.owner);
  EXPECT_EQ(read.boottime_ms, claimed.boottime_ms);
  EXPECT_TRUE(parse_iso_time(read.wall));
}

TEST(Ledger, SucceededReadsBackWithItsFiles) {
  Book book;
  Purchase purchase = book.claim();
  book.ledger->created(purchase, "p1");
  EXPECT_EQ(book.read().state, PurchaseState::created);
  EXPECT_EQ(book.read().id, "p1");
  book.ledger->succeeded(purchase, {{"output", "x"}},
                         {{"http://f/1.png", std::string(64, 'b'), "1.png", "image/png", 12}});
  const Purchase read = book.read();
  EXPECT_EQ(read.state, PurchaseState::succeeded);
  EXPECT_EQ(read.id, "p1");
  EXPECT_EQ(read.answer, json({{"output", "x"}}));
  ASSERT_EQ(read.files.size(), 1u);
  EXPECT_EQ(read.files[0].url, "http://f/1.png");
  EXPECT_EQ(read.files[0].hash, std::string(64, 'b'));
  EXPECT_EQ(read.files[0].name, "1.png");
  EXPECT_EQ(read.files[0].media_type, "image/png");
  EXPECT_EQ(read.files[0].size, 12u);
}

TEST(Ledger, EveryOtherEndReadsBack) {
  for (PurchaseState state :
       {PurchaseState::failed, PurchaseState::canceled, PurchaseState::timed_out, PurchaseState::lost,
        PurchaseState::expired, PurchaseState::aborted, PurchaseState::rejected, PurchaseState::not_sent,
        PurchaseState::maybe_paid, PurchaseState::released, PurchaseState::given_up}) {
    Book book;
    Purchase purchase = book.claim();
    book.ledger->ended(purchase, state, "because", {{"a", 1}});
    EXPECT_EQ(purchase.state, state);
    const Purchase read = book.read();
    EXPECT_EQ(read.state, state) << state_name(state);
    EXPECT_EQ(read.error, "because");
    EXPECT_EQ(read.answer, json({{"a", 1}}));
    EXPECT_NE(book.disk.read(kFile)->find("\"state\":\"" + std::string(state_name(state)) + "\""), std::string::npos);
  }
}

TEST(Ledger, OnlyWhatWasNotPaidIsFreeToBuy) {
  std::string free;
  for (int i = 0; i < 14; ++i)
    if (free_to_buy(static_cast<PurchaseState>(i)))
      free += std::string(state_name(static_cast<PurchaseState>(i))) + " ";
  EXPECT_EQ(free, "aborted rejected not-sent released ");
}

TEST(Ledger, TheHighestNumberCounts) {
  Book book;
  for (int n = 1; n <= 11; ++n) {
    Purchase purchase = book.claim(n);
    book.ledger->ended(purchase, PurchaseState::not_sent, "", nullptr);
  }
  EXPECT_EQ(book.read().number, 11);
}

TEST(Ledger, WhatWasAskedForIsReadWithoutHowItEnded) {
  Book book;
  EXPECT_EQ(book.ledger->asked(kKey), std::nullopt);
  Purchase first = book.claim();
  book.ledger->ended(first, PurchaseState::failed, "no", nullptr);
  book.request.input = std::make_shared<const json>(json{{"prompt", "dog"}});
  Purchase second = book.claim(2);
  book.ledger->created(second, "id-2");
  const Purchase asked = book.ledger->asked(kKey).value();
  EXPECT_EQ(asked.number, 2);
  EXPECT_EQ(asked.input, (json{{"prompt", "dog"}}));
  EXPECT_EQ(asked.state, PurchaseState::intent);
  EXPECT_EQ(asked.id, "");
}

TEST(Ledger, ATornLastLineNeverCountsAndTheNextLineStandsOnItsOwn) {
  Book book;
  Purchase purchase = book.claim();
  book.ledger->created(purchase, "p1");
  const std::string good = *book.disk.read(kFile);
  book.disk.append(kFile, R"({"state":"succeeded","files":[)");
  Purchase read = book.read();
  EXPECT_EQ(read.state, PurchaseState::created);
  book.ledger->ended(read, PurchaseState::expired, "gone", nullptr);
  EXPECT_EQ(book.read().state, PurchaseState::expired);
}

TEST(Ledger, AnAppendThatFailedHalfwayDoesNotSpoilTheNext) {
  Book book;
  Purchase purchase = book.claim();
  book.disk.before_step = [&](const std::string& step, const std::string&) {
    if (step.starts_with("append")) throw Error("E602", "full").stopping_run();
  };
  EXPECT_THROW(book.ledger->created(purchase, "p1"), Error);
  EXPECT_EQ(purchase.state, PurchaseState::intent);
  book.disk.before_step = nullptr;
  book.disk.append(kFile, R"({"state":"crea)");  // the half that reached the disk
  book.ledger->ended(purchase, PurchaseState::maybe_paid, "", nullptr);
  EXPECT_EQ(book.read().state, PurchaseState::maybe_paid);
}

TEST(Ledger, DamagedLinesAreSkipped) {
  Book book;
  Purchase purchase = book.claim();
  book.ledger->created(purchase, "p1");
  for (const char* line : {"\n", "[]\n", "not json\n", "{\"state\":7}\n", "{\"state\":\"succeeded\",\"files\":7}\n",
                           "{\"state\":\"created\",\"id\":7}\n", "{\"state\":\"from the future\"}\n"})
    book.disk.append(kFile, line);
  EXPECT_EQ(book.read().state, PurchaseState::created);
  EXPECT_EQ(book.read().id, "p1");
}

TEST(Ledger, AFileWithoutAnyLineStopsTheRun) {
  Book book;
  book.claim();
  book.disk.write(kFile, "");
  try {
    book.read();
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(error.stops_run());
    EXPECT_EQ(error.code(), "E522");
    EXPECT_EQ(error.message(), "`" + kFile + "` is not a ledger entry that can be read");
  }
}

TEST(Ledger, OneThatCannotBeReadHidesNoOther) {
  Book book;
  book.claim();
  book.disk.write(kFile, "");
  book.ledger->claim(std::string(64, 'b'), 1, book.request);
  EXPECT_EQ(error_of([&] { book.ledger->all(); }).substr(0, 4), "E522");
  std::vector<Error> unreadable;
  ASSERT_EQ(book.ledger->all(&unreadable).size(), 1u);
  ASSERT_EQ(unreadable.size(), 1u);
  EXPECT_EQ(unreadable[0].message(), "`" + kFile + "` is not a ledger entry that can be read");
}

TEST(Ledger, WhatRunsIsThatWhoseLastStateIsCreated) {
  Book book;
  Purchase ended = book.claim();
  book.ledger->created(ended, "p1");
  book.ledger->succeeded(ended, {{"output", "\"state\":\"created\""}}, {});
  EXPECT_TRUE(book.ledger->running().empty());
  Purchase again = book.claim(2);
  EXPECT_TRUE(book.ledger->running().empty());
  book.ledger->created(again, "p2");
  const auto running = book.ledger->running();
  EXPECT_EQ(running.at("http://fake/v1").at(kKey).id, "p2");
}

TEST(Ledger, EveryLineSurvivesALossOfPower) {
  Book book;
  Purchase purchase = book.claim();
  EXPECT_TRUE(book.disk.is_safe(kFile));
  book.ledger->created(purchase, "p1");
  EXPECT_TRUE(book.disk.is_safe(kFile));
  book.ledger->succeeded(purchase, {}, {});
  EXPECT_TRUE(book.disk.is_safe(kFile));
  book.disk.lose_power();
  EXPECT_EQ(book.read().state, PurchaseState::succeeded);
}

TEST(Ledger, AFolderThatAnotherProcessHasJustMadeIsMadeSafeToo) {
  Book book;
  make_folders(book.disk, "ledger");
  book.disk.make_folder("ledger/aa");  // its maker is not done with the fsync
  book.claim();
  book.disk.lose_power();
  EXPECT_EQ(book.read().state, PurchaseState::intent);
}

TEST(Ledger, AFailedClaimLeavesNoTempFile) {
  Book book;
  book.disk.before_step = [&](const std::string& step, const std::string&) {
    if (step == "link") throw Error("E602", "no links here").stopping_run();
  };
  EXPECT_THROW(book.claim(), Error);
  EXPECT_EQ(book.disk.list("ledger/aa"), std::vector<std::string>{});
}

TEST(Ledger, AClaimHasOneOwner) {
  const test::TempFolder folder;
  Ledger a(real_disk(), folder.path("ledger")), b(real_disk(), folder.path("ledger"));
  const Request request = request_of({{"prompt", "cat"}});
  for (int round = 1; round <= 50; ++round) {
    std::optional<Purchase> got_a, got_b;
    std::thread first([&] { got_a = a.claim(kKey, round, request); });
    std::thread second([&] { got_b = b.claim(kKey, round, request); });
    first.join();
    second.join();
    EXPECT_NE(got_a.has_value(), got_b.has_value());
    EXPECT_EQ(a.latest(kKey)->owner, (got_a ? got_a : got_b)->owner);
    EXPECT_EQ(a.is_ours(*a.latest(kKey)), got_a.has_value());
  }
}

TEST(Ledger, AnOldIntentMustNotBeSent) {
  Book book;
  Purchase purchase = book.claim();
  EXPECT_NO_THROW(book.ledger->check_fresh(purchase));
  purchase.boottime_ms -= 61'000;
  EXPECT_EQ(error_of([&] { book.ledger->check_fresh(purchase); }),
            "E521: the intent of this purchase is older than 60 s, so it was not sent (the process was frozen for a "
            "while; run again)");
}

TEST(Ledger, TheOwnerIsGoneWhenItsLockIsFree) {
  const test::TempFolder folder;
  auto a = std::make_unique<Ledger>(real_disk(), folder.path("ledger"));
  const Purchase purchase = a->claim(kKey, 1, request_of({})).value();
  EXPECT_FALSE(a->owner_gone(purchase));
  Ledger b(real_disk(), folder.path("ledger"));
  EXPECT_FALSE(b.owner_gone(purchase));
  a.reset();
  EXPECT_TRUE(b.owner_gone(purchase));
  // A process that died leaves its lock file: free, so gone.
  folder.write("ledger/owners/" + purchase.owner, "");
  EXPECT_TRUE(b.owner_gone(purchase));
}

TEST(Ledger, AnotherBootsOwnerIsGoneAfterTenMinutes) {
  Book book;
  Purchase purchase = book.claim();
  purchase.boot_id = "another";
  EXPECT_FALSE(book.ledger->owner_gone(purchase));
  purchase.wall = iso_time(std::chrono::system_clock::now() - std::chrono::minutes(9));
  EXPECT_FALSE(book.ledger->owner_gone(purchase));
  purchase.wall = iso_time(std::chrono::system_clock::now() - std::chrono::minutes(11));
  EXPECT_TRUE(book.ledger->owner_gone(purchase));
  // A clock that was wrong: nobody waits for its time to come.
  purchase.wall = "2031-01-01T00:00:00.000Z";
  EXPECT_TRUE(book.ledger->owner_gone(purchase));
  purchase.wall = "nonsense";
  EXPECT_TRUE(book.ledger->owner_gone(purchase));
  purchase.wall = iso_time(std::chrono::system_clock::now() + std::chrono::minutes(2));  // clocks of hosts differ
  EXPECT_FALSE(book.ledger->owner_gone(purchase));
}

TEST(Ledger, OwnersThatAreGoneAreTidiedAway) {
  const test::TempFolder folder;
  folder.write("ledger/owners/dead1", "");
  folder.write("ledger/owners/dead2", "");
  Ledger ledger(real_disk(), folder.path("ledger"));
  EXPECT_EQ(real_disk().list(folder.path("ledger/owners")).size(), 2u);  // to look writes nothing
  ledger.claim(kKey, 1, Book().request);
  EXPECT_EQ(real_disk().list(folder.path("ledger/owners")).size(), 1u);
}

TEST(PurchaseKey, TheSameRequestHasTheSameKey) {
  EXPECT_EQ(key_of(R"({"a":7,"b":"x"})"), key_of(R"({"b":"x","a":7.0})"));
  EXPECT_EQ(key_of(R"({"a":1})"), key_of(R"({"a":1,"b":null})"));
  EXPECT_EQ(key_of(R"({"a":{"x":1,"y":[2.0]}})"), key_of(R"({"a":{"y":[2],"x":1.0,"z":null}})"));
  EXPECT_EQ(key_of(R"({"a":-0.0})"), key_of(R"({"a":0})"));
}

TEST(PurchaseKey, AnotherRequestHasAnotherKey) {
  const std::string key = key_of(R"({"a":7})");
  for (const char* other : {R"({"a":8})", R"({"a":"7"})", R"({"a":7.5})", R"({"b":7})", R"({"a":[7]})", R"({"a":true})",
                            R"({})", R"({"a":7,"b":""})", R"({"a":7,"b":0})", R"({"a":7,"b":false})"})
    EXPECT_NE(key_of(other), key) << other;
  EXPECT_NE(key_of(R"({"a":[1,null]})"), key_of(R"({"a":[1]})"));  // a null in a list has a place
}

TEST(PurchaseKey, FilesCountByTheirKeysNotByTheirNumbers) {
  const std::string key = key_of(R"({"a":{"$file":0},"b":{"$file":1}})", {"bytes:1", "bytes:2"});
  EXPECT_EQ(key_of(R"({"a":{"$file":1},"b":{"$file":0}})", {"bytes:2", "bytes:1"}), key);
  EXPECT_NE(key_of(R"({"a":{"$file":0},"b":{"$file":1}})", {"bytes:2", "bytes:1"}), key);
  EXPECT_EQ(error_of([] { key_of(R"({"a":{"$file":1}})", {"bytes:1"}); }),
            "E991: the request names file 1, which it does not have");
}

TEST(PurchaseKey, ServerLaneAndVariantChangeItAndNothingElseDoes) {
  Request request = request_of({{"prompt", "cat"}});
  const std::string key = purchase_key("server", request);
  EXPECT_NE(purchase_key("sandbox", request), key);
  request.model = "m", request.endpoint = "e", request.version = "v", request.server = "elsewhere",
  request.warnings = {"w"};
  EXPECT_EQ(purchase_key("server", request), key);
  request.variant = "2";
  EXPECT_NE(purchase_key("server", request), key);
  request.variant = "";
  request.lane = "other/model";
  EXPECT_NE(purchase_key("server", request), key);
}

TEST(PurchaseKey, TextThatIsNotUtf8IsRefused) {
  EXPECT_EQ(
      error_of([] {
        purchase_key("server", request_of({{"prompt", "caf\xe9"}}));
      }),
      "E110: the request holds text that is not UTF-8 (a file name or a value of the manifest is in another encoding)");
}

TEST(Ledger, MoneyIsKeptDigitByDigit) {
  MemoryDisk disk;
  const std::string key(64, 'a');
  Ledger ledger(disk, "ledger");
  Purchase purchase = ledger.claim(key, 1, request_of({{"prompt", "cat"}}), 1, 10'000'001).value();
  EXPECT_EQ(ledger.latest(key)->price, 10'000'001);
  EXPECT_EQ(ledger.latest(key)->cost, std::nullopt);
  ledger.created(purchase, "p1");
  ledger.ended(purchase, PurchaseState::failed, "no", nullptr, 7);
  EXPECT_EQ(ledger.latest(key)->cost, 7);
  EXPECT_EQ(ledger.latest(key)->price, 10'000'001);
  purchase = ledger.claim(key, 2, request_of({{"prompt", "cat"}})).value();
  EXPECT_EQ(ledger.latest(key)->price, std::nullopt);
  EXPECT_EQ(ledger.latest(key)->cost, std::nullopt);
  const auto history = ledger.history(key);
  ASSERT_EQ(history.size(), 2u);
  ASSERT_EQ(history[0].size(), 3u);
  EXPECT_EQ(history[0][0]["price"], "0.010000001");
  EXPECT_EQ(history[0][2]["cost"], "0.000000007");
  EXPECT_FALSE(history[1][0].contains("price"));
}

}  // namespace
}  // namespace pixgraph
