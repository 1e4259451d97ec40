#include "gc.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "hash.h"
#include "ledger.h"
#include "run_log.h"
#include "store.h"
#include "support/fake_remote.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

namespace fs = std::filesystem;
using namespace test;
using namespace std::chrono_literals;

struct Kept {
  TempFolder folder;
  std::string state = folder.path("state");
  Store store{real_disk(), join_path(state, "store")};

  std::string put(const std::string& bytes, std::chrono::hours age) {
    const std::string path = store.put(bytes, "a.png", "image/png")->path;
    return aged(path, age);
  }
  static std::string aged(const std::string& path, std::chrono::hours age) {
    fs::last_write_time(path, fs::file_time_type::clock::now() - age);
    return path;
  }
  std::string write(const std::string& path, const std::string& bytes, std::chrono::hours age) {
    const std::string whole = join_path(state, path);
    make_folders(real_disk(), folder_of(whole));
    real_disk().write(whole, bytes);
    return aged(whole, age);
  }
  /// A purchase that made these bytes.
  void buy(const std::string& bytes, bool sandbox = false) {
    Ledger ledger(real_disk(), ledger_folder(state, sandbox));
    Purchase purchase = ledger.claim(sha256("key of " + bytes), 1, FakeRemote::request(bytes)).value();
    ledger.created(purchase, "p");
    ledger.succeeded(purchase, nullptr, {{"http://x/a.png", sha256(bytes), "a.png", "image/png", bytes.size()}});
  }
};

constexpr std::chrono::hours kOld = 24h * 40, kYoung = 24h;

TEST(Gc, RemovesOldFilesThatNothingNames) {
  Kept kept;
  const std::string old = kept.put("old", kOld), young = kept.put("young", kYoung);
  GcOptions options;
  options.dry_run = true;
  GcReport report = collect(kept.state, options);
  EXPECT_EQ(report.store.count, 1);
  EXPECT_EQ(report.store.bytes, 3u);
  EXPECT_TRUE(fs::exists(old));
  EXPECT_EQ(
      render_gc(report, options),
      "would remove 1 file of the store (3 bytes)\nwould remove 0 runs (0 bytes)\nwould remove 0 thumbnails (0 bytes)\n"
      "would remove 0 half-written files (0 bytes)\n");
  options.dry_run = false;
  report = collect(kept.state, options);
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(young));
  options.keep = 1h;
  EXPECT_EQ(collect(kept.state, options).store.count, 1);
  EXPECT_FALSE(fs::exists(young));
}

TEST(Gc, WhatALedgerEntryNamesStays) {
  Kept kept;
  for (const bool sandbox : {false, true}) {
    const std::string paid = kept.put(sandbox ? "try" : "paid", kOld);
    kept.buy(sandbox ? "try" : "paid", sandbox);
    const GcReport report = collect(kept.state, {});
    EXPECT_TRUE(fs::exists(paid));
    EXPECT_EQ(report.store.count, 0);
    EXPECT_EQ(report.paid.count, sandbox ? 2 : 1);
  }
}

TEST(Gc, PaidRemovesItOnlyWhereThePurchaseIsOldToo) {
  Kept kept;
  const std::string paid = kept.put("paid", kOld);
  kept.buy("paid");
  GcOptions options;
  options.paid = true;
  EXPECT_EQ(collect(kept.state, options).store.count, 0);
  EXPECT_TRUE(fs::exists(paid));
  const std::string key = sha256(std::string_view("key of paid"));
  Kept::aged(kept.state + "/ledger/" + key.substr(0, 2) + "/" + key + ".1.ndjson", kOld);
  EXPECT_EQ(collect(kept.state, options).store.count, 1);
  EXPECT_FALSE(fs::exists(paid));
}

TEST(Gc, OldRunsGoButTheNewestAndWhatYoungOnesUsedStay) {
  Kept kept;
  const std::string used = kept.put("used", kOld), unused = kept.put("unused", kOld);
  kept.write("runs/20200101-a/items.jsonl", "{\"pixgraph_items\":1}\n", kOld);
  kept.write("runs/20210101-b/items.jsonl", "{\"files\":[{\"hash\":\"" + sha256(std::string_view("used")) + "\"}]}\n",
             kYoung);
  kept.write("runs/20220101-c/items.jsonl", "{\"pixgraph_items\":1}\n", kOld);
  const GcReport report = collect(kept.state, {});
  EXPECT_EQ(report.runs.count, 1);
  EXPECT_EQ(real_disk().list(kept.state + "/runs"), (std::vector<std::string>{"20210101-b", "20220101-c"}));
  EXPECT_TRUE(fs::exists(used));
  EXPECT_FALSE(fs::exists(unused));
}

TEST(Gc, HalfWrittenFilesOlderThanADay) {
  Kept kept;
  const std::string old = kept.write("store/incoming/0123456789ab", "x", 25h),
                    young = kept.write("store/incoming/0123456789ac", "x", 23h),
                    temp = kept.write("ledger/ab/.new-0123456789abcdef01234567", "x", 25h),
                    other = kept.write("schemas/.new-mine", "x", 25h);
  EXPECT_EQ(collect(kept.state, {}).leftovers.count, 2);
  EXPECT_FALSE(fs::exists(old));
  EXPECT_FALSE(fs::exists(temp));
  EXPECT_TRUE(fs::exists(young));
  EXPECT_TRUE(fs::exists(other));
}

TEST(Gc, NeverWhileAnotherProcessWorksThere) {
  Kept kept;
  kept.put("old", kOld);
  const auto refused = [&] {
    try {
      collect(kept.state, {});
      return std::string();
    } catch (const Error& error) {
      EXPECT_TRUE(error.stops_run());
      return error.code() + ": " + error.message();
    }
  };
  const std::string said = "E631: another pixgraph works with " + kept.state + ", so nothing is removed";
  {
    Ledger buyer(real_disk(), ledger_folder(kept.state, false));
    buyer.claim(sha256(std::string_view("k")), 1, FakeRemote::request("x"));
    EXPECT_EQ(refused(), said);
  }
  make_folders(real_disk(), kept.state + "/runs/20200101-a");
  {
    const auto alive = real_disk().lock(alive_path(kept.state + "/runs/20200101-a"));
    EXPECT_EQ(refused(), said);
  }
  EXPECT_EQ(refused(), "");  // one that was killed holds no lock
}

TEST(Gc, WhatRunsFoundUpToDateStays) {
  Kept kept;
  const std::string used = kept.put("used", kOld), inner = kept.put("inner", kOld), gone = kept.put("gone", kOld);
  kept.buy("inner");  // the prediction `p`, whose file is no output
  const std::string key = sha256(std::string_view("key of inner"));
  Kept::aged(kept.state + "/ledger/" + key.substr(0, 2) + "/" + key + ".1.ndjson", kOld);
  kept.folder.write("out/a.png", "used");
  kept.write("runs/20200101-a/items.jsonl",
             "{\"files\":[{\"path\":\"" + kept.folder.path("out/a.png") + "\",\"hash\":\"" +
                 sha256(std::string_view("used")) + "\"}],\"predictions\":[{\"id\":\"p\"}]}\n",
             kOld);
  kept.write("runs/20200102-b/items.jsonl",
             "{\"files\":[{\"path\":\"" + kept.folder.path("out/gone.png") + "\",\"hash\":\"" +
                 sha256(std::string_view("gone")) + "\"}]}\n",
             kOld);
  kept.write("runs/20200103-b/items.jsonl",
             "{\"outcome\":\"reused\",\"files\":[{\"path\":\"" + kept.folder.path("out/a.png") + "\",\"hash\":\"" +
                 sha256(std::string_view("used")) + "\"}],\"predictions\":[]}\n",
             kOld);
  kept.write("runs/20210101-c/items.jsonl", "{\"pixgraph_items\":1}\n{\"up_to_date\":1}\n", kYoung);
  GcOptions options;
  options.paid = true;
  const GcReport report = collect(kept.state, options);
  EXPECT_EQ(report.runs.count, 2);
  EXPECT_TRUE(fs::exists(used));
  EXPECT_TRUE(fs::exists(inner));
  EXPECT_FALSE(fs::exists(gone));
  Kept::aged(kept.state + "/runs/20210101-c/items.jsonl", kOld);  // nobody has run for long
  collect(kept.state, options);
  EXPECT_FALSE(fs::exists(used));
  EXPECT_FALSE(fs::exists(inner));
}

TEST(Gc, ThumbnailsThatNoKeptRunShowsGo) {
  Kept kept;
  const std::string shown = sha256(std::string_view("shown")), other = sha256(std::string_view("other"));
  const auto path = [](const std::string& hash) { return "thumbnails/" + hash.substr(0, 2) + "/" + hash.substr(2); };
  const std::string stays = kept.write(path(shown), "x", kOld), goes = kept.write(path(other), "x", kOld),
                    young = kept.write(path(sha256(std::string_view("young"))), "x", kYoung);
  kept.write("runs/20210101-a/events.ndjson", "{\"type\":\"picture\",\"hash\":\"" + shown + "\"}\n", kYoung);
  EXPECT_EQ(collect(kept.state, {}).thumbnails.count, 1);
  EXPECT_TRUE(fs::exists(stays));
  EXPECT_TRUE(fs::exists(young));
  EXPECT_FALSE(fs::exists(goes));
}

TEST(Gc, NobodyBeginsToWorkMeanwhile) {
  Kept kept;
  make_folders(real_disk(), kept.state);
  const std::string path = kept.state + "/collecting";
  {
    const auto collecting = real_disk().lock(path);
    try {
      refuse_while_collected(kept.state);
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_TRUE(error.stops_run());
      EXPECT_EQ(error.code() + ": " + error.message(), "E631: pixgraph gc removes files from " + kept.state);
    }
  }
  refuse_while_collected(kept.state);  // it was killed
  EXPECT_FALSE(fs::exists(path));
  collect(kept.state, {});
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace pixgraph
