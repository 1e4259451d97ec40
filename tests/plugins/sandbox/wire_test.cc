// The API as a client sees it: creates, polls, lists, cancels, files, errors, time.
#include <gtest/gtest.h>

#include <thread>

#include "models/model.h"
#include "support.h"
#include "text.h"

namespace sandbox {

using nlohmann::json;

namespace {

const std::string kInstant = "sandbox/instant";
const std::string kRembg = "cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003";

std::string id_of(const Answer& answer) {
  return answer.json()["id"];
}

// The fields that Replicate's own description of its API requires.
void expect_prediction(const json& p) {
  for (const char* field :
       {"id", "model", "version", "input", "output", "data_removed", "error", "status", "created_at", "urls"}) {
    EXPECT_TRUE(p.contains(field)) << field;
  }
  for (const char* url : {"get", "cancel", "web"}) EXPECT_TRUE(p["urls"][url].is_string()) << url;
  EXPECT_TRUE(p["logs"].is_string());
  EXPECT_EQ(p["source"], "api");
  EXPECT_EQ(p["id"].get<std::string>().size(), 26U);
}

}  // namespace

TEST(Wire, LifeOfAPrediction) {
  TestServer server({"--latency", "150ms", "--queue", "80ms"});
  const Answer created = server.create(kInstant, {{"text", "hello"}});
  ASSERT_EQ(created.status, 201);
  json p = created.json();
  expect_prediction(p);
  EXPECT_EQ(p["status"], "starting");
  EXPECT_EQ(p["logs"], "");
  EXPECT_FALSE(p.contains("started_at"));
  EXPECT_FALSE(p.contains("metrics"));
  EXPECT_EQ(p["input"], json({{"text", "hello"}}));
  EXPECT_EQ(created.headers.at("location"), p["urls"]["get"]);
  std::string statuses, logs;
  do {
    p = server.call("GET", p["urls"]["get"]).json();
    expect_prediction(p);
    const std::string status = p["status"];
    if (!statuses.ends_with(status)) statuses += " " + status;
    EXPECT_TRUE(p["logs"].get<std::string>().starts_with(logs)) << "logs only grow";
    logs = p["logs"];
  } while (p["status"] != "succeeded");
  EXPECT_EQ(statuses, " starting processing succeeded");
  EXPECT_NEAR(p["metrics"]["predict_time"].get<double>(), 0.15, 0.05);
  EXPECT_NEAR(p["metrics"]["total_time"].get<double>(), 0.23, 0.05);
  const std::string url = server.output_url(p);
  EXPECT_NE(url.substr(0, url.find('/', 7)), server.origin) << "outputs come from another origin";
  EXPECT_EQ(fetch("GET", url).headers.at("content-type"), "image/png");
  EXPECT_EQ(fetch("HEAD", url).body, "");
}

TEST(Wire, ThreeSpellingsOfAVersion) {
  TestServer server;
  const std::string hex = kRembg.substr(kRembg.find(':') + 1);
  const auto status = [&](const std::string& version) {
    return server.call("POST", "/predictions", {{"version", version}, {"input", json::object()}}).status;
  };
  EXPECT_EQ(status(hex), 201);
  EXPECT_EQ(status(kRembg), 201);
  EXPECT_EQ(status(kInstant), 201);
  EXPECT_EQ(status("cjwbw/rembg"), 422) << "a community model needs its version";
  EXPECT_EQ(status("other/name:" + hex), 422);
  EXPECT_EQ(status(std::string(64, '0')), 422);
  const Answer unknown = server.call("POST", "/predictions", {{"version", "no/model"}, {"input", json::object()}});
  EXPECT_EQ(unknown.json()["title"], "Invalid version or not permitted");
  EXPECT_EQ(unknown.headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(server.create("no/model", json::object()).status, 404);
  EXPECT_EQ(server.create("cjwbw/rembg", json::object()).status, 404) << "no path form for community models";
}

TEST(Wire, BodiesAreCheckedStrictly) {
  TestServer server;
  const auto detail = [&](const json& body) {
    const Answer answer = server.call("POST", "/predictions", body);
    EXPECT_EQ(answer.status, 422);
    return answer.json()["detail"].get<std::string>();
  };
  EXPECT_EQ(detail({{"version", kInstant}, {"input", json::object()}, {"extra", 1}}),
            "- (root): Additional property extra is not allowed\n");
  EXPECT_EQ(detail({{"version", kInstant}}), "- (root): input is required\n");
  EXPECT_EQ(detail({{"input", json::object()}}), "- (root): version is required\n");
  EXPECT_EQ(detail({{"version", kInstant}, {"input", {{"index", "x"}, {"seconds", -1}}}}),
            "- input.index: Invalid type. Expected: integer, given: string\n- input.seconds: Must be greater than or "
            "equal to 0\n");
  EXPECT_EQ(
      server.call("POST", "/models/sandbox/instant/predictions", {{"version", "x"}, {"input", json::object()}}).status,
      422);
  EXPECT_EQ(fetch("POST", server.base + "/predictions", "{", {{"Authorization", "Bearer x"}}).status, 400);
  EXPECT_EQ(
      fetch("POST", server.base + "/predictions", std::string(100000, '['), {{"Authorization", "Bearer x"}}).status,
      400);
  EXPECT_EQ(server.stats()["creates"], 0);
}

TEST(Wire, AuthenticationPathsAndMethods) {
  TestServer server;
  EXPECT_EQ(fetch("GET", server.base + "/account").status, 401);
  EXPECT_EQ(fetch("GET", server.base + "/account", "", {{"Authorization", "Basic x"}}).status, 401);
  EXPECT_EQ(fetch("GET", server.base + "/account", "", {{"Authorization", "Token anything"}}).status, 200);
  EXPECT_EQ(server.call("GET", "/nonsense").status, 404);
  EXPECT_EQ(server.call("GET", server.origin + "/predictions").status, 404);
  EXPECT_EQ(server.call("GET", "/predictions/nothere").status, 404);
  EXPECT_EQ(server.call("DELETE", "/predictions").status, 405);
  EXPECT_EQ(server.call("POST", "/account").status, 405);
}

TEST(Wire, BodiesThatAreTooLargeAreRefused) {
  TestServer server;
  const std::string big(111'000'000, ' ');
  EXPECT_EQ(fetch("POST", server.base + "/predictions", big, {{"Authorization", "Bearer x"}}).status, 413);
}

TEST(Wire, CancelStopsWhatRuns) {
  TestServer server({"--latency", "1h"});
  const std::string id = id_of(server.create(kInstant, json::object()));
  const json canceled = server.call("POST", "/predictions/" + id + "/cancel").json();
  EXPECT_EQ(canceled["status"], "canceled");
  EXPECT_TRUE(canceled.contains("completed_at"));
  EXPECT_TRUE(canceled.contains("metrics"));
  EXPECT_EQ(canceled["output"], nullptr);
  EXPECT_EQ(server.call("POST", "/predictions/" + id + "/cancel").json()["completed_at"], canceled["completed_at"]);
  EXPECT_EQ(server.call("POST", "/predictions/nothere/cancel").status, 404);
}

TEST(Wire, CancelAfterIsADeadlineFromCreation) {
  TestServer server({"--latency", "1h", "--time-scale", "100"});
  EXPECT_EQ(server.create(kInstant, json::object(), {{"Cancel-After", "4s"}}).status, 400);
  const Answer answer = server.create(kInstant, json::object(), {{"Cancel-After", "5"}});
  EXPECT_TRUE(answer.json().contains("deadline"));
  const json p = server.await(id_of(answer));
  EXPECT_EQ(p["status"], "canceled");
  EXPECT_NEAR(p["metrics"]["total_time"].get<double>(), 5, 0.01);
  TestServer queued({"--latency", "1s", "--queue", "1h", "--time-scale", "100"});
  EXPECT_EQ(queued.await(id_of(queued.create(kInstant, json::object(), {{"Cancel-After", "5s"}})))["status"],
            "aborted");
}

TEST(Wire, PreferWaitHoldsTheAnswer) {
  TestServer server({"--latency", "200ms"});
  const Answer done = server.create(kInstant, json::object(), {{"Prefer", "wait=5"}});
  EXPECT_EQ(done.status, 201);
  EXPECT_EQ(done.json()["status"], "succeeded");
  EXPECT_EQ(done.headers.at("preference-applied"), "wait=5");
  EXPECT_GE(done.seconds, 0.19);
  EXPECT_EQ(server.create(kInstant, json::object(), {{"Prefer", "wait=61"}}).status, 400);
  TestServer slow({"--latency", "1h", "--time-scale", "10"});
  const Answer unfinished = slow.create(kInstant, json::object(), {{"Prefer", "wait=1"}});
  EXPECT_EQ(unfinished.status, 202);
  EXPECT_EQ(unfinished.json()["status"], "processing");
  EXPECT_LT(unfinished.seconds, 1);
}

TEST(Wire, ListIsPagedNewestFirst) {
  TestServer server;
  std::vector<std::string> ids, seen;
  for (int i = 0; i < 230; ++i) ids.push_back(id_of(server.create(kInstant, {{"index", i}})));
  std::string url = "/predictions";
  std::string before_last;
  int pages = 0;
  for (;;) {
    const json page = server.call("GET", url).json();
    ++pages;
    for (const json& p : page["results"]) seen.push_back(p["id"]);
    if (page["next"].is_null()) {
      EXPECT_FALSE(page["previous"].is_null());
      break;
    }
    EXPECT_EQ(page["results"].size(), 100U);
    url = page["next"];
    EXPECT_TRUE(url.starts_with(server.base + "/predictions?cursor="));
  }
  EXPECT_EQ(pages, 3);
  std::reverse(ids.begin(), ids.end());
  EXPECT_EQ(seen, ids);
  EXPECT_EQ(server.call("GET", "/predictions?source=web").json()["results"].size(), 0U);
}

TEST(Wire, ListByTime) {
  TestServer server;
  const json first = server.create(kInstant, json::object()).json();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const json second = server.create(kInstant, json::object()).json();
  const auto ids = [&](const std::string& query) {
    json out = json::array();
    const json page = server.call("GET", "/predictions?" + query).json();
    for (const json& p : page["results"]) out.push_back(p["id"]);
    return out;
  };
  const std::string middle = second["created_at"];
  EXPECT_EQ(ids("created_after=" + percent_encode(middle)), json({second["id"]}));
  EXPECT_EQ(ids("created_before=" + percent_encode(middle)), json({first["id"]}));
  EXPECT_EQ(server.call("GET", "/predictions?created_after=soon").status, 400);
}

TEST(Wire, LinksAndDataVanish) {
  TestServer server({"--links-live", "10m", "--latency", "1s", "--time-scale", "1000"});
  const json p = server.run(kInstant, {{"text", "secret"}});
  std::this_thread::sleep_for(std::chrono::milliseconds(750));
  const json later = server.call("GET", "/predictions/" + p["id"].get<std::string>()).json();
  EXPECT_EQ(later["status"], "succeeded");
  EXPECT_EQ(later["output"], nullptr);
  EXPECT_EQ(later["data_removed"], true);
  EXPECT_EQ(later["input"], json::object());
  EXPECT_EQ(later["logs"], "");
}

TEST(Wire, RatesAreEnforcedWhenGiven) {
  TestServer server({"--rate-creates", "60/min", "--burst-creates", "2"});
  EXPECT_EQ(server.create(kInstant, json::object()).status, 201);
  EXPECT_EQ(server.create(kInstant, json::object()).status, 201);
  const Answer refused = server.create(kInstant, json::object());
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json()["retry_after"], 1);
  EXPECT_EQ(server.call("GET", "/predictions").status, 200) << "other requests have their own bucket";
}

TEST(Wire, Files) {
  TestServer server;
  const Picture photo = disc_picture(80, 60);
  const std::string png = encode_png(photo, false);
  const std::string body =
      "--B\r\nContent-Disposition: form-data; name=\"content\"; filename=\"disc.png\"\r\nContent-Type: "
      "image/png\r\n\r\n" +
      png + "\r\n--B\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{\"a\":1}\r\n--B--\r\n";
  const Headers headers = {{"Authorization", "Bearer x"}, {"Content-Type", "multipart/form-data; boundary=B"}};
  const Answer created = fetch("POST", server.base + "/files", body, headers);
  ASSERT_EQ(created.status, 201) << created.body;
  const json file = created.json();
  for (const char* field : {"id", "urls", "content_type", "size", "checksums", "metadata", "created_at", "expires_at"})
    EXPECT_TRUE(file.contains(field)) << field;
  EXPECT_EQ(file["checksums"]["sha256"], sha256_hex(png));
  EXPECT_EQ(file["content_type"], "image/png");
  EXPECT_EQ(file["name"], "disc.png");
  EXPECT_EQ(file["metadata"]["a"], 1);
  const std::string id = file["id"];
  EXPECT_EQ(server.call("GET", file["urls"]["get"]).json()["size"], png.size());
  EXPECT_EQ(server.call("GET", "/files").json()["results"].size(), 1U);
  // As a model's input, its URL is echoed exactly.
  const Answer run =
      server.call("POST", "/predictions", {{"version", kRembg}, {"input", {{"image", file["urls"]["get"]}}}});
  const json p = server.await(id_of(run));
  EXPECT_EQ(p["status"], "succeeded") << p.dump(1);
  EXPECT_EQ(p["input"]["image"], file["urls"]["get"]);
  // The signed link needs no token.
  const std::string signature = hmac_sha256_base64("sandbox", "me " + id + " 99999999999");
  const std::string link = server.base + "/files/" + id + "/download?owner=me&expiry=99999999999&signature=";
  EXPECT_EQ(fetch("GET", link + percent_encode(signature)).body, png);
  EXPECT_EQ(fetch("GET", link + "wrong").status, 404);
  EXPECT_EQ(server.call("DELETE", "/files/" + id).status, 204);
  EXPECT_EQ(server.call("GET", "/files/" + id).status, 404);
  EXPECT_EQ(server.call("DELETE", "/files/" + id).status, 404);
  EXPECT_EQ(fetch("POST", server.base + "/files", "x", headers).status, 400);
}

TEST(Wire, LongDataUrisAreEchoedCutShort) {
  TestServer server;
  Picture noise(400, 400);
  for (std::size_t i = 0; i < noise.rgba.size(); ++i) noise.rgba[i] = static_cast<std::uint8_t>(mix64(i));
  const std::string uri = data_uri(noise);
  ASSERT_GT(uri.size(), 400'000U);
  const Answer created = server.call("POST", "/predictions", {{"version", kRembg}, {"input", {{"image", uri}}}});
  EXPECT_EQ(created.json()["input"]["image"], uri.substr(0, 64) + "...");
  EXPECT_EQ(server.await(id_of(created))["status"], "succeeded");
}

TEST(Wire, Catalogue) {
  TestServer server;
  EXPECT_EQ(server.call("GET", "/models").json()["results"].size(), models().size());
  const json model = server.call("GET", "/models/stability-ai/sdxl").json();
  EXPECT_EQ(model["latest_version"]["id"], find_model("stability-ai/sdxl")->version);
  EXPECT_EQ(model["is_official"], false);
  EXPECT_EQ(server.call("GET", "/models/no/model").status, 404);
  const json versions = server.call("GET", "/models/stability-ai/sdxl/versions").json();
  const std::string id = versions["results"][0]["id"];
  const json version = server.call("GET", "/models/stability-ai/sdxl/versions/" + id).json();
  EXPECT_EQ(version["openapi_schema"]["components"]["schemas"]["Input"]["properties"]["width"]["default"], 1024);
  EXPECT_EQ(server.call("GET", "/account").json()["type"], "user");
  EXPECT_EQ(server.call("GET", "/hardware").json()[0]["sku"], "cpu");
  EXPECT_EQ(server.call("GET", "/deployments").json()["results"].size(), 1U);
  EXPECT_EQ(server.call("GET", "/deployments/sandbox/deployment").json()["current_release"]["model"],
            "black-forest-labs/flux-schnell");
  const Answer deployed = server.call("POST", "/deployments/sandbox/deployment/predictions",
                                      {{"input", {{"prompt", "x"}, {"megapixels", "0.25"}}}});
  EXPECT_EQ(deployed.status, 201);
  EXPECT_EQ(deployed.json()["deployment"], "sandbox/deployment");
  EXPECT_EQ(server.call("POST", "/deployments/no/deployment/predictions", {{"input", json::object()}}).status, 404);
}

TEST(Wire, CountersAndSeenRequests) {
  TestServer server({"--latency", "300ms"});
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(id_of(server.create(kInstant, {{"index", i}})));
  for (const std::string& id : ids) server.await(id);
  fetch("GET", server.output_url(server.await(ids[0])), "", {{"Authorization", "Bearer leaked"}});
  const json stats = server.stats();
  EXPECT_EQ(stats["creates"], 5);
  EXPECT_EQ(stats["creates_per_model"][kInstant], 5);
  EXPECT_EQ(stats["in_flight_max"], 5);
  EXPECT_GE(stats["polls"], 5);
  EXPECT_EQ(stats["downloads"], 1);
  EXPECT_EQ(stats["downloads_with_authorization"], 1);
  EXPECT_NE(fetch("GET", server.origin + "/sandbox/requests").body.find("Authorization: Bearer leaked"),
            std::string::npos);
  EXPECT_EQ(id_of(server.create(kInstant, {{"seconds", 0}}, {{"Prefer", "wait"}})).size(), 26U);
}

TEST(Wire, ManyAtOnceHoldNoThread) {
  TestServer server({"--latency", "150ms"});
  std::vector<std::string> ids;
  for (int i = 0; i < 300; ++i) ids.push_back(id_of(server.create(kInstant, {{"index", i}})));
  for (const std::string& id : ids) EXPECT_EQ(server.await(id)["status"], "succeeded");
}

}  // namespace sandbox
