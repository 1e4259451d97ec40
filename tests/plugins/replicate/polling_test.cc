#include "polling.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/scripted_host.h"

namespace pixgraph::replicate {
namespace {

using test::ScriptedHost;
using test::thrown;

struct PollingTest : ::testing::Test {
  PollingTest() {
    host.variables = {{"REPLICATE_API_TOKEN", "hk-secret"}, {"REPLICATE_BASE_URL", "https://gw.example/v1"}};
  }
  Snapshot poll(const std::string& id = "p1") { return poll_prediction(read_server(host), id, host); }
  auto list(const std::string& cursor = "") { return list_predictions(read_server(host), since, cursor, host); }
  void cancel() { cancel_prediction(read_server(host), "p1", host); }
  void answer(int status, std::string body) { host.http().answer(status, std::move(body)); }

  ScriptedHost host;
  std::chrono::system_clock::time_point since{std::chrono::seconds(1736935420)};  // 2025-01-15T10:03:40Z
};

TEST_F(PollingTest, AsksAtBasePlusIdWhateverTheAnswersSay) {
  answer(200,
         R"({"id": "p1", "status": "processing", "urls": {"get": "https://api.replicate.com/v1/predictions/p1"}})");
  EXPECT_EQ(poll().status, RemoteStatus::processing);
  const HttpRequest& sent = host.http().last();
  EXPECT_EQ(sent.method + " " + sent.url, "GET https://gw.example/v1/predictions/p1");
  EXPECT_EQ(sent.secret_origin, "https://gw.example");
  EXPECT_EQ(test::header_of(sent, "Cache-Control"), "no-store");
  EXPECT_EQ(sent.body, "");
}

TEST_F(PollingTest, HowLongItRunsIsByTheServersClock) {
  answer(200, R"({"id": "p1", "status": "processing", "started_at": "2025-01-15T10:03:40.5Z"})");
  EXPECT_FALSE(poll().running) << "the server does not say what time it is";
  host.http().answer(200, R"({"id": "p1", "status": "processing", "started_at": "2025-01-15T10:03:40.5Z"})",
                     {{"Date", "Wed, 15 Jan 2025 10:03:56 GMT"}});
  EXPECT_EQ(poll().running, std::chrono::milliseconds(15'500));
}

TEST_F(PollingTest, RefusesIdsThatAreNone) {
  EXPECT_EQ(thrown([&] { poll("../account"); }),
            "E419: `../account` is no prediction id (an id has letters, digits, `-` and `_` only)");
  EXPECT_TRUE(host.http().requests.empty());
}

TEST_F(PollingTest, UnknownIdIsLost) {
  for (int status : {404, 410}) {
    answer(status, R"({"detail":"Prediction not found","status":404})");
    const Snapshot snapshot = poll();
    EXPECT_EQ(snapshot.status, RemoteStatus::lost);
    EXPECT_EQ(snapshot.error, "gw.example does not know prediction p1 (any more)");
    EXPECT_TRUE(snapshot.answer);
  }
}

TEST_F(PollingTest, AnIdOfTheServerBehindTheGatewayIsNoMatter) {
  answer(200, R"({"id": "ctdwaehfz1rm80cmd5nsjd8114", "status": "failed", "error": "x"})");
  EXPECT_EQ(poll("qpt5jq1fssrmc0cmd5hvy31mdg").error, "prediction qpt5jq1fssrmc0cmd5hvy31mdg failed: x");
}

TEST_F(PollingTest, SlowDown) {
  answer(429, R"({"detail": "throttled", "retry_after": 4})");
  try {
    poll();
    FAIL();
  } catch (const Throttled& throttled) {
    EXPECT_EQ(throttled.wait(), std::chrono::seconds(4));
    EXPECT_EQ(throttled.message(), "gw.example asks to slow down (429: throttled)");
  }
}

TEST_F(PollingTest, WhatMayBeAskedAgain) {
  const std::string hint = " (what was bought is kept and can be asked for again)";
  answer(502, "<html><title>Bad Gateway</title></html>");
  EXPECT_EQ(thrown([&] { poll(); }), "E419: gw.example gave no answer about prediction p1 (502: Bad Gateway)" + hint);
  answer(403, R"({"error": "forbidden"})");
  EXPECT_EQ(thrown([&] { poll(); }), "E419: gw.example gave no answer about prediction p1 (403: forbidden)" + hint);
  answer(200, "<html><title>Home</title></html>");
  EXPECT_EQ(thrown([&] { poll(); }), "E419: gw.example gave no answer about prediction p1 (200: Home)" + hint);
  answer(200, "");
  EXPECT_EQ(thrown([&] { poll(); }),
            "E419: gw.example gave no answer about prediction p1 (200: no prediction in it)" + hint);
  answer(200, R"({"error": "later"})");
  EXPECT_EQ(thrown([&] { poll(); }), "E419: gw.example gave no answer about prediction p1 (200: later)" + hint);
  answer(302, "");
  EXPECT_EQ(thrown([&] { poll(); }), "E419: gw.example gave no answer about prediction p1 (302)" + hint);
  host.http().fail(HttpError("E204", "the connection broke", HttpError::Sent::maybe));
  EXPECT_THROW(poll(), HttpError);
}

TEST_F(PollingTest, ARefusedTokenStopsTheRun) {
  answer(401, "");
  EXPECT_EQ(thrown([&] { poll(); }),
            "E431!: gw.example does not accept the token in REPLICATE_API_TOKEN (401) (see whether the token belongs "
            "to this server)");
}

TEST_F(PollingTest, ListOfAllPages) {
  answer(200, R"({"next": "https://api.replicate.com/v1/predictions?cursor=abc%3D", "previous": null, "results": [
    {"id": "a", "created_at": "2025-01-15T10:04:00.5Z", "input": {"x": 1}}, {"id": "b", "created_at": "2025-01-15T10:03:59Z"}]})");
  answer(
      200,
      R"({"next": null, "results": [{"id": "c", "created_at": "2025-01-15T10:03:41+00:00"}, {"id": "", "created_at": "?"}]})");
  const auto first = list();
  ASSERT_TRUE(first);
  ASSERT_EQ(first->predictions.size(), 2u);
  EXPECT_EQ(first->predictions[0].id, "a");
  EXPECT_EQ(first->predictions[0].snapshot.answer->at("input").dump(), R"({"x":1})");
  EXPECT_EQ(first->next, "?cursor=abc%3D");
  const auto second = list(first->next);
  ASSERT_TRUE(second);
  ASSERT_EQ(second->predictions.size(), 1u);
  EXPECT_EQ(second->predictions[0].id, "c");
  EXPECT_EQ(second->next, "");
  EXPECT_EQ(host.http().requests[0].url, "https://gw.example/v1/predictions?created_after=2025-01-15T10:03:40Z");
  EXPECT_EQ(host.http().requests[1].url, "https://gw.example/v1/predictions?cursor=abc%3D");
  for (const HttpRequest& sent : host.http().requests) EXPECT_EQ(sent.secret_origin, "https://gw.example");
}

TEST_F(PollingTest, AServerThatIgnoresTheTimeIsReadUntilItIsOldEnough) {
  answer(
      200,
      R"({"next": "?cursor=2", "results": [{"id": "a", "created_at": "2025-01-15T10:05:00Z"}, {"id": "old", "created_at": "2025-01-15T10:00:00Z"}]})");
  answer(200, R"({"next": "?cursor=3", "results": [{"id": "older", "created_at": "2025-01-14T10:00:00Z"}]})");
  const auto first = list();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->predictions.size(), 1u);
  const auto second = list(first->next);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->predictions.empty());
  EXPECT_EQ(second->next, "");
  EXPECT_TRUE(host.http().all_used());
}

TEST_F(PollingTest, ServersWithoutAList) {
  for (int status : {400, 403, 404, 405}) {
    answer(status, "");
    EXPECT_FALSE(list()) << status;
  }
  answer(200, "<html></html>");
  EXPECT_FALSE(list());
  answer(200, R"({"data": []})");
  EXPECT_FALSE(list());
}

TEST_F(PollingTest, AListTellsWhichEndsItTellsWhole) {
  answer(200, R"({"results": [
    {"id": "a", "status": "succeeded", "output": "https://files/1.png", "logs": "", "created_at": "2025-01-15T10:04:00Z",
     "completed_at": "2025-01-15T10:04:07.5Z"},
    {"id": "b", "status": "succeeded", "output": null, "logs": ""},
    {"id": "c", "status": "succeeded", "output": "https://files/1.png"},
    {"id": "d", "status": "failed", "error": "E6716", "logs": null},
    {"id": "e", "status": "failed", "logs": ""},
    {"id": "f", "status": "canceled"},
    {"id": "g", "status": "succeeded", "output": null, "data_removed": true, "logs": null},
    {"id": "h", "status": "processing", "output": ["https://files/1.png"], "logs": ""}]})");
  const auto page = list();
  ASSERT_TRUE(page);
  std::string whole;
  for (const Candidate& one : page->predictions)
    if (one.whole) whole += one.id;
  EXPECT_EQ(whole, "adf");
  EXPECT_EQ(page->predictions[0].snapshot.urls, std::vector<std::string>{"https://files/1.png"});
  EXPECT_EQ(page->predictions[0].snapshot.took, std::chrono::milliseconds(7500));
  EXPECT_FALSE(page->predictions[1].snapshot.took);
}

TEST_F(PollingTest, AListThatBreaksIsNoAnswer) {
  answer(503, "");
  EXPECT_EQ(thrown([&] { list(); }),
            "E419: gw.example gave no answer about the list of predictions (503) (what was bought is kept and can be "
            "asked for again)");
  answer(429, "");
  EXPECT_THROW(list(), Throttled);
}

TEST_F(PollingTest, Cancel) {
  answer(200, R"({"id": "p1", "status": "canceled"})");
  cancel();
  EXPECT_EQ(host.http().last().method + " " + host.http().last().url,
            "POST https://gw.example/v1/predictions/p1/cancel");
  for (int status : {404, 405, 409}) {
    answer(status, "");
    EXPECT_EQ(thrown([&] { cancel(); }), "nothing") << status;
  }
  answer(500, "");
  EXPECT_EQ(thrown([&] { cancel(); }),
            "E419: gw.example gave no answer about the end of prediction p1 (500) (what was bought is kept and can be "
            "asked for again)");
}

}  // namespace
}  // namespace pixgraph::replicate
