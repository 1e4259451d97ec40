#include "answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json_reader.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Snapshot read(const std::string& text) {
  return read_snapshot(*read_json(text), "p1");
}

TEST(Answer, Statuses) {
  const auto status = [](const std::string& word) { return read(R"({"status": ")" + word + "\"}").status; };
  EXPECT_EQ(status("starting"), RemoteStatus::starting);
  EXPECT_EQ(status("processing"), RemoteStatus::processing);
  EXPECT_EQ(status("succeeded"), RemoteStatus::succeeded);
  EXPECT_EQ(status("failed"), RemoteStatus::failed);
  EXPECT_EQ(status("canceled"), RemoteStatus::canceled);
  EXPECT_EQ(status("aborted"), RemoteStatus::aborted);
  for (const char* word : {"", "queued", "successful", "completed"})
    EXPECT_EQ(status(word), RemoteStatus::processing) << word;
  EXPECT_EQ(read("{}").status, RemoteStatus::processing);
  EXPECT_EQ(read(R"({"status": 5})").status, RemoteStatus::processing);
}

TEST(Answer, RemovedOutputIsExpired) {
  const Snapshot snapshot = read(R"({"status": "succeeded", "output": null, "data_removed": true})");
  EXPECT_EQ(snapshot.status, RemoteStatus::expired);
  EXPECT_EQ(snapshot.error, "prediction p1 succeeded, but the server has removed its output: links live one hour");
  EXPECT_EQ(read(R"({"status": "succeeded", "output": null, "data_removed": false})").status, RemoteStatus::succeeded);
  EXPECT_EQ(read(R"({"status": "failed", "data_removed": true})").status, RemoteStatus::failed);
}

TEST(Answer, TheSampleOfTheGateways) {
  const Snapshot snapshot = read(R"({"id": "ctdwaehfz1rm80cmd5nsjd8114", "model": "black-forest-labs/flux-schnell",
    "version": "dp-4d0bcc010b3049749a251855f12800be", "logs": "Using seed: 62182\nrunning quantized prediction\nUsing seed: 62182\n  0%|          | 0/4 [00:00<?, ?it/s]\n 75%|███████▌  | 3/4 [00:00<00:00, 15.38it/s]\n100%|██████████| 4/4 [00:00<00:00, 13.43it/s]\nTotal safe images: 1 out of 1\n",
    "output": ["https://replicate.delivery/xezq/RoEh/out-0.jpg"], "data_removed": false, "error": null, "status": "succeeded",
    "created_at": "2025-01-15T10:03:39.896Z", "started_at": "2025-01-15T10:03:40.584470194Z", "completed_at": "2025-01-15T10:03:41.142386377Z",
    "urls": {"get": "https://api.replicate.com/v1/predictions/ctdwaehfz1rm80cmd5nsjd8114", "stream": "https://stream.replicate.com/v1/files/bcwr"},
    "metrics": {"image_count": 1, "predict_time": 0.557916184}})");
  EXPECT_EQ(snapshot.status, RemoteStatus::succeeded);
  EXPECT_THAT(snapshot.urls, ElementsAre("https://replicate.delivery/xezq/RoEh/out-0.jpg"));
  EXPECT_EQ(snapshot.error, "");
  EXPECT_EQ(snapshot.progress, 1.0);
}

TEST(Answer, MissingKeysAndNullLogs) {
  const Snapshot snapshot = read(R"({"id": "p1", "status": "starting", "logs": null})");
  EXPECT_THAT(snapshot.urls, IsEmpty());
  EXPECT_EQ(snapshot.progress, std::nullopt);
}

std::vector<std::string> files(const std::string& output) {
  return files_in(json::parse(output));
}

TEST(Answer, FilesInOutputsOfEveryShape) {
  EXPECT_THAT(files(R"("https://x/a.png")"), ElementsAre("https://x/a.png"));
  EXPECT_THAT(files(R"("http://x/a.png")"), ElementsAre("http://x/a.png"));
  EXPECT_THAT(files(R"("HTTPS://x/a.png")"), ElementsAre("HTTPS://x/a.png"));
  EXPECT_THAT(files(R"(["https://x/a", "text", null, 5, true, "https://x/b"])"),
              ElementsAre("https://x/a", "https://x/b"));
  EXPECT_THAT(files(R"({"a": "https://x/a", "deep": [{"u": "https://x/b"}], "z": {"n": 1}})"),
              ElementsAre("https://x/a", "https://x/b"));
  EXPECT_THAT(files(R"("data:image/png;base64,AAAA")"), ElementsAre("data:image/png;base64,AAAA"));
  EXPECT_THAT(files("null"), IsEmpty());
  EXPECT_THAT(files("[]"), IsEmpty());
  EXPECT_THAT(files("5"), IsEmpty());
  EXPECT_THAT(files("{}"), IsEmpty());
}

TEST(Answer, TextIsNoFile) {
  for (const char* text :
       {"", "out.png", "/tmp/out.png", "https:", "https://", "https:///x", "https: that is how it begins",
        "see https://x/a", "https://x/a and more", "data:image/png", "data: a, b", "ftp://x/a"})
    EXPECT_FALSE(is_link(text)) << text;
}

TEST(Answer, Ids) {
  EXPECT_EQ(read_id(json::parse(R"({"id": "qpt5jq1fssrmc0cmd5hvy31mdg"})")), "qpt5jq1fssrmc0cmd5hvy31mdg");
  EXPECT_EQ(read_id(json::parse(R"({"id": "a-B_9"})")), "a-B_9");
  EXPECT_EQ(read_id(json::parse(R"({"id": 17})")), "17");
  for (const char* body :
       {R"({})", R"({"id": null})", R"({"id": ""})", R"({"id": "a/b"})", R"({"id": "a b"})", R"({"id": "a?b"})",
        R"({"id": ".."})", R"({"id": -1})", R"({"id": 1.5})", R"({"id": ["a"]})", R"(["id"])", R"("id")"})
    EXPECT_EQ(read_id(json::parse(body)), "") << body;
  EXPECT_FALSE(is_id(std::string(129, 'a')));
}

TEST(Answer, Progress) {
  EXPECT_EQ(progress_in(""), std::nullopt);
  EXPECT_EQ(progress_in("no bar"), std::nullopt);
  EXPECT_EQ(progress_in("  0%|          | 0/4 [00:00<?, ?it/s]"), 0.0);
  EXPECT_EQ(progress_in("  0%|   | 0/4 [a]\n 75%|███████▌  | 3/4 [00:00<00:00, 15.38it/s]"), 0.75);
  EXPECT_EQ(progress_in("  0%|   | 0/4 [a]\r 50%|█████     | 2/4 [b]\r 75%|███████▌  | 3/4 [c]"), 0.75);
  EXPECT_EQ(progress_in("75%|███████▌|3/4[00:00<00:00,15.38it/s]"), 0.75);
  EXPECT_EQ(progress_in("75 % |███████▌\t|\t3 / 4"), 0.75);
  EXPECT_EQ(progress_in(" 20%|██        | 1/5 [x]\na | b | c"), 0.2);
  EXPECT_EQ(progress_in("0%|          | 0/0 [00:00<?, ?it/s]"), std::nullopt);
  EXPECT_EQ(progress_in("120%|██████████| 6/5"), 1.0);
  EXPECT_EQ(progress_in("| 3/4"), std::nullopt);
  EXPECT_EQ(progress_in("x| | 3/4"), std::nullopt);
  EXPECT_EQ(progress_in("50%|█| 99999999999999999999/4"), std::nullopt);
  EXPECT_EQ(progress_in(std::string(200'000, '|')), std::nullopt);
}

TEST(Answer, Seed) {
  EXPECT_EQ(seed_in("Using seed: 62182\nx\nUsing seed: 62183\n"), 62183);
  EXPECT_EQ(seed_in("Using seed:7"), 7);
  EXPECT_EQ(seed_in("Using seed: -7"), -7);
  EXPECT_EQ(seed_in("Using seed: none"), std::nullopt);
  EXPECT_EQ(seed_in("seed 5"), std::nullopt);
}

TEST(Answer, WhatItIsBilledBy) {
  using namespace std::chrono_literals;
  Snapshot snapshot = read(
      R"({"status": "succeeded", "output": ["https://x/1.png"], "metrics": {"predict_time": 1.5, "image_count": 2}})");
  EXPECT_EQ(snapshot.ran, 1500ms);
  EXPECT_EQ(snapshot.images, 2);
  snapshot = read(R"({"status": "succeeded", "output": ["https://x/1.png", "https://x/2.png", "https://x/3.png"]})");
  EXPECT_EQ(snapshot.ran, std::nullopt);
  EXPECT_EQ(snapshot.images, 3);  // counted where the server does not
  snapshot = read(R"({"status": "canceled", "metrics": {"predict_time": 0.000001}})");
  EXPECT_EQ(snapshot.ran, 1us);
  EXPECT_EQ(snapshot.images, std::nullopt);
  EXPECT_EQ(read(R"({"status": "failed", "metrics": {"predict_time": -1}})").ran, std::nullopt);
  EXPECT_EQ(read(R"({"status": "failed", "metrics": {"predict_time": "1"}})").ran, std::nullopt);
}

TEST(Answer, Failures) {
  EXPECT_EQ(read(R"({"status": "failed", "error": "NSFW content detected"})").error,
            "prediction p1 failed: NSFW content detected");
  EXPECT_EQ(read(R"({"status": "failed", "error": null})").error, "prediction p1 failed: the server gives no reason");
  EXPECT_EQ(read(R"({"status": "failed", "error": {"code": 1, "message": "no GPU"}})").error,
            "prediction p1 failed: no GPU");
  EXPECT_EQ(read(R"({"status": "failed", "error": ["a", "b"]})").error, "prediction p1 failed: a; b");
  EXPECT_EQ(read(R"json({"status": "failed", "error": "Prediction interrupted (code: E1001)"})json").error,
            "prediction p1 failed: Prediction interrupted (code: E1001) (the model ran out of memory: a smaller "
            "picture may help)");
  EXPECT_EQ(
      read(
          R"({"status": "failed", "error": "x", "logs": "one\ntwo\n 50%|##  | 1/2 [00:01, 1.0it/s]\nthree\r\n\nfour\n"})")
          .error,
      "prediction p1 failed: x; its log ends with: two | three | four");
  EXPECT_EQ(
      read(R"({"status": "failed", "error": "health check failed", "logs": "a\nError: health check failed"})").error,
      "prediction p1 failed: health check failed")
      << "once is enough";
  EXPECT_EQ(read(R"({"status": "canceled"})").error, "prediction p1 was canceled");
  EXPECT_EQ(read(R"({"status": "aborted", "error": "deadline"})").error,
            "prediction p1 was aborted before it ran, and costs nothing: deadline");
}

TEST(Answer, LongLogsKeepTheirEnds) {
  const std::string logs = "Using seed: 5\n" + std::string(300'000, 'x') + "\xE2\x96\x88\nthe end";
  const Snapshot snapshot = read_snapshot({{"status", "failed"}, {"logs", logs}}, "p1");
  const std::string kept = snapshot.answer->at("logs").get<std::string>();
  EXPECT_LE(kept.size(), 64u * 1024);
  EXPECT_TRUE(kept.starts_with("Using seed: 5\n"));
  EXPECT_TRUE(kept.ends_with("the end"));
  EXPECT_NE(kept.find("bytes of the log are left out]"), std::string::npos);
  for (std::size_t shift = 0; shift < 4; ++shift) {  // never within a character
    std::string bars(shift, 'x');
    while (bars.size() < 200'000) bars += "\xE2\x96\x88";
    EXPECT_TRUE(is_utf8(shortened_logs(bars)));
  }
}

TEST(Answer, GrowingLists) {
  EXPECT_EQ(read(R"({"status": "processing", "output": ["https://x/0", "https://x/1"]})").urls.size(), 2u);
}

}  // namespace
}  // namespace pixgraph::replicate
