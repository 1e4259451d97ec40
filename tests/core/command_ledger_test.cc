#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "commands.h"
#include "ledger.h"
#include "support/fake_call.h"
#include "support/fake_remote.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using namespace test;

const std::string kKey(64, 'a'), kOther(64, 'b');

/// A state directory with one purchase that ended, and another that has the id "taken1".
struct Desk {
  explicit Desk(PurchaseState state) : ledger(real_disk(), folder.path("s/ledger")) {
    Purchase purchase = ledger.claim(kKey, 1, FakeRemote::request("cat")).value();
    ledger.ended(purchase, state, "why", nullptr);
    Purchase other = ledger.claim(kOther, 1, FakeRemote::request("dog")).value();
    ledger.created(other, "taken1");
  }
  std::string adopt(const std::string& id) {
    Arguments arguments;
    arguments.words = {"adopt", kKey, id};
    arguments.flags["--state"] = {folder.path("s")};
    testing::internal::CaptureStdout();
    const std::string error = error_of([&] { command_ledger(arguments); });
    testing::internal::GetCapturedStdout();
    return error;
  }
  TempFolder folder;
  Ledger ledger;
};

TEST(CommandLedger, AdoptTakesAnIdOrTheAddressThatEndsInIt) {
  for (const char* named : {"p7", "https://replicate.com/p/p7", "https://replicate.com/p/p7/"}) {
    Desk desk(PurchaseState::maybe_paid);
    EXPECT_EQ(desk.adopt(named), "");
    EXPECT_EQ(desk.ledger.latest(kKey)->id, "p7");
    EXPECT_EQ(desk.ledger.latest(kKey)->state, PurchaseState::created);
  }
}

TEST(CommandLedger, AdoptRefusesWhatCannotBeItsId) {
  Desk desk(PurchaseState::timed_out);
  EXPECT_EQ(desk.adopt("not an id"),
            "E805: `not an id` is not the id of a prediction (the server's list of predictions shows it)");
  EXPECT_EQ(desk.adopt("taken1"),
            "E518: the prediction taken1 belongs to another purchase already (pixgraph ledger list shows which)");
  EXPECT_EQ(desk.ledger.latest(kKey)->state, PurchaseState::timed_out);
  EXPECT_EQ(desk.adopt("p8"), "");  // one that ran past our limit may have succeeded after all
  EXPECT_EQ(
      Desk(PurchaseState::failed).adopt("p8"),
      "E518: that purchase is failed; only one that is maybe-paid, lost, expired, timed-out or an intent can be given "
      "an id");
}

std::string refused(const std::vector<std::string>& words, const std::string& state,
                    int (*command)(const Arguments&) = command_ledger) {
  Arguments arguments;
  arguments.words = words;
  arguments.flags["--state"] = {state};
  return error_of([&] { command(arguments); });
}

TEST(CommandLedger, AKeyIsTheBeginningOfOne) {
  Desk desk(PurchaseState::failed);
  const std::string state = desk.folder.path("s");
  EXPECT_EQ(refused({"retry", "aaaa"}, state),
            "E516: `aaaa` is too short for a key (give at least six digits of it; pixgraph ledger list shows them)");
  EXPECT_EQ(refused({"retry", "cccccc"}, state),
            "E516: no purchase has a key that begins with `cccccc` (pixgraph ledger list shows them)");
  const std::string alike = std::string(63, 'a') + "b";
  ASSERT_TRUE(desk.ledger.claim(alike, 1, FakeRemote::request("cow")));
  EXPECT_EQ(refused({"retry", "aaaaaa"}, state),
            "E516: 2 requests have keys that begin with `aaaaaa` (give more of it)");
}

TEST(CommandLedger, AnEntryThatCannotBeReadHidesNoOther) {
  Desk desk(PurchaseState::failed);
  const std::string broken = desk.folder.write("s/ledger/cc/" + std::string(64, 'c') + ".1.ndjson", "");
  testing::internal::CaptureStdout();
  const std::string error = refused({"list"}, desk.folder.path("s"));
  const std::string shown = testing::internal::GetCapturedStdout();
  EXPECT_EQ(error, "E522: `" + broken +
                       "` is not a ledger entry that can be read (it says what was paid for: restore it from a backup, "
                       "or remove it if nothing was)");
  EXPECT_NE(shown.find("taken1"), std::string::npos);
  EXPECT_NE(shown.find("aaaaaaaaaaaa  failed"), std::string::npos);
  testing::internal::CaptureStdout();
  EXPECT_EQ(refused({"retry", "aaaaaa"}, desk.folder.path("s")), "");
  testing::internal::GetCapturedStdout();
}

TEST(CommandLedger, TheWordOfAPersonCountsForAnIntentOfAWrongClock) {
  Desk desk(PurchaseState::failed);
  desk.folder.write("s/ledger/dd/" + std::string(64, 'd') + ".1.ndjson",
                    R"({"boot":"another","boottime_ms":1,"key":"d","lane":"m/n","owner":"x","sent":{},"server":"s",)"
                    R"("state":"intent","wall":"2031-01-01T00:00:00.000Z"})"
                    "\n");
  testing::internal::CaptureStdout();
  EXPECT_EQ(refused({"retry", "dddddd"}, desk.folder.path("s")), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "released: the next run buys it again\n");
}

TEST(CommandLedger, WithoutAStateThereIsNothingToShowOrClear) {
  TempFolder folder;
  EXPECT_EQ(refused({"list"}, folder.path("none")),
            "E517: there is no ledger in `" + folder.path("none/ledger") +
                "` (name the state directory with --state DIR; pixgraph run prints it)");
  Arguments arguments;
  arguments.flags["--state"] = {folder.path("none")};
  arguments.flags["--dry-run"] = {""};
  EXPECT_EQ(error_of([&] { command_gc(arguments); }), "E517: there is no state directory `" + folder.path("none") +
                                                          "` (name it with --state DIR; pixgraph run prints it)");
}

}  // namespace
}  // namespace pixgraph
