#include "events.h"

#include <gtest/gtest.h>

#include <clocale>
#include <future>
#include <span>
#include <thread>
#include <vector>

#include "console.h"
#include "redact.h"
#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using nlohmann::json;

TEST(Events, SinksSeeEveryEventInOrderWithItsTime) {
  const Redactor redactor;
  Events events(redactor);
  std::vector<json> seen;
  events.add_sink([&](std::span<const json> batch) { seen.insert(seen.end(), batch.begin(), batch.end()); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) events.emit({{"type", "x"}});
    });
  for (std::thread& thread : threads) thread.join();
  events.finish();
  ASSERT_EQ(seen.size(), 400u);
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_LE(seen[i - 1]["t"].get<double>(), seen[i]["t"].get<double>());
}

TEST(Events, WhatComesCloseTogetherIsOneBatchAndFinishDoesNotWaitForMore) {
  Redactor redactor;
  std::vector<std::size_t> batches;
  std::promise<void> first_is_in;
  {
    Events events(redactor);
    events.add_sink([&](std::span<const json> batch) {
      batches.push_back(batch.size());
      if (batches.size() == 1) first_is_in.set_value();
    });
    events.emit({{"type", "one"}});
    first_is_in.get_future().wait();
    for (int i = 0; i < 100; ++i) events.emit({{"type", "more"}});
    events.finish();
  }
  std::size_t sum = 0;
  for (const std::size_t batch : batches) sum += batch;
  EXPECT_EQ(sum, 101u);
  EXPECT_LT(batches.size(), 50u);
}

TEST(Events, NoSecretIsInAnyText) {
  Redactor redactor;
  redactor.add("r8_secret_token");
  Events events(redactor);
  json seen;
  events.add_sink([&](std::span<const json> batch) { seen = batch[0]; });
  events.emit({{"type", "x"}, {"list", {"a r8_secret_token b", {{"deep", "r8_secret_token"}}}}});
  events.finish();
  EXPECT_EQ(seen.dump().find("r8_secret_token"), std::string::npos);
  EXPECT_EQ(seen["list"][0], "a [secret] b");
}

TEST(Events, ASinkThatFailsIsToldOnceAndTheOthersGoOn) {
  const Redactor redactor;
  std::vector<std::string> failures;
  Events events(redactor, [&](const Error& error) { failures.push_back(error.message()); });
  int seen = 0;
  events.add_sink([](std::span<const json>) { throw Error("E602", "the disk is full"); });
  events.add_sink([&](std::span<const json> batch) { seen += static_cast<int>(batch.size()); });
  for (int i = 0; i < 3; ++i) {
    events.emit({{"type", "x"}});
    events.finish();
  }
  EXPECT_EQ(seen, 3);
  EXPECT_EQ(failures, std::vector<std::string>{"the disk is full"});
}

TEST(Events, AFileBeginsWithItsVersionAndHasOneLineEach) {
  const test::TempFolder folder;
  {
    const Events::Sink sink = event_file(folder.path("events"));
    sink(std::vector<json>{{{"type", "a"}}, {{"type", "bad \xff utf-8"}}});
  }
  EXPECT_EQ(folder.read("events"),
            "{\"events\":\"1.0\",\"pixgraph\":\"" PIXGRAPH_VERSION
            "\",\"type\":\"version\"}\n{\"type\":\"a\"}\n{\"type\":\"bad \xef\xbf\xbd utf-8\"}\n");
  EXPECT_EQ(test::error_of([&] { event_file(folder.path("no/such/folder")); }),
            "E602: `" + folder.path("no/such/folder") + "` cannot be written: No such file or directory");
}

TEST(Console, TellsARunFromItsEvents) {
  const std::string locale = std::setlocale(LC_CTYPE, nullptr);
  std::setlocale(LC_CTYPE, "C.UTF-8");
  Console console({ProgressMode::plain, false, true});
  std::setlocale(LC_CTYPE, locale.c_str());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  console.show({{"type", "run"},
                {"file", "p.yaml"},
                {"nodes", {1, 2}},
                {"items", 9},
                {"id", "R"},
                {"state", ".pixgraph"},
                {"sandbox", ""},
                {"skipped_files", 1}});
  for (int i = 0; i < 7; ++i) {
    console.show({{"type", "task"},
                  {"state", "failed"},
                  {"node", "cut"},
                  {"item", "i" + std::to_string(i)},
                  {"code", "E1"},
                  {"cause", "broken"},
                  {"hint", "mend it"}});
    console.show({{"type", "item"}, {"item", "i"}, {"outcome", "failed"}});
  }
  console.show({{"type", "output"}, {"path", "out/a.jpg"}});
  console.show({{"type", "prediction"}, {"state", "created"}});
  console.show({{"type", "item"}, {"item", "a"}, {"outcome", "done"}});
  console.show({{"type", "item"}, {"item", "b"}, {"outcome", "canceled"}});
  console.show({{"type", "end"}, {"t", 1.26}, {"out", "out"}, {"stopped", "no money left"}, {"hint", "earn some"}});
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "out/a.jpg\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "pixgraph " PIXGRAPH_VERSION
                                                    "  p.yaml  2 nodes, 9 items  run R\n"
                                                    "  state  .pixgraph\n"
                                                    "  1 other file in the folders left out\n"
                                                    "✕ cut  i0  broken  [E1]\n"
                                                    "    mend it\n"
                                                    "✕ cut  i1  broken  [E1]\n"
                                                    "✕ cut  i2  broken  [E1]\n"
                                                    "✕ cut  i3  broken  [E1]\n"
                                                    "✕ cut  i4  broken  [E1]\n"
                                                    "✕ 7 of 9 items failed, 1 written to out, 1 not finished    1.3 s\n"
                                                    "      7  cut: broken  [E1]\n"
                                                    "         i0, i1, i2 and 4 more\n"
                                                    "  1 prediction bought, 0 reused\n"
                                                    "stopped: no money left\n"
                                                    "    earn some\n");
}

TEST(Console, AnItemIsToldOfOnceAndOnOneLine) {
  Console console({ProgressMode::plain, false, false});
  testing::internal::CaptureStderr();
  // Refused before it ran; the second one's node has said why already.
  console.show({{"type", "item"},
                {"item", "evil\x1b[2J\nname.jpg"},
                {"outcome", "failed"},
                {"code", "E611"},
                {"cause", "no name\r\nfor a\tfile \x9b"}});
  console.show({{"type", "item"},
                {"item", "b"},
                {"outcome", "failed"},
                {"code", "E311"},
                {"cause", "`cut`: broken"},
                {"node", "cut"}});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "x evil\xef\xbf\xbd[2J name.jpg  no name  for a file \xef\xbf\xbd  [E611]\n");
}

}  // namespace
}  // namespace pixgraph
