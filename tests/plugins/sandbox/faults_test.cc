// What each fault looks like on the wire. One test per row of the table (or per pair), named after it.
#include "faults.h"

#include <gtest/gtest.h>

#include "models/model.h"
#include "support.h"

namespace sandbox {

using nlohmann::json;

namespace {

const std::string kInstant = "sandbox/instant";
const json kNothing = json::object();

json create_one(TestServer& server) {
  const Answer answer = server.create(kInstant, kNothing);
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.json();
}

}  // namespace

TEST(Fault, GatewayUrls) {
  TestServer server({"--fault", "gateway-urls"});
  const json p = create_one(server);
  const std::string get = p["urls"]["get"];
  EXPECT_FALSE(get.starts_with(server.base));
  EXPECT_TRUE(get.ends_with("/v1/predictions/" + p["id"].get<std::string>()));
  EXPECT_EQ(server.await(p["id"])["status"], "succeeded");
  // Whoever follows it is seen, with what was sent.
  server.call("GET", get);
  const std::string requests = fetch("GET", server.origin + "/sandbox/requests").body;
  EXPECT_NE(requests.find("\"listener\": \"delivery\""), std::string::npos);
  EXPECT_NE(requests.find("r8_secret"), std::string::npos);
}

TEST(Fault, VersionAliasAndAliasedModel) {
  TestServer server({"--fault", "version-alias", "--fault", "aliased-model"});
  const json p = create_one(server);
  EXPECT_TRUE(p["version"].get<std::string>().starts_with("dp-"));
  EXPECT_EQ(p["version"].get<std::string>().size(), 35U);
  EXPECT_EQ(p["model"], "sandbox-internal/instant");
  EXPECT_EQ(server.await(p["id"])["version"], p["version"]);
}

TEST(Fault, NoListNoCancelNoFiles) {
  TestServer server({"--fault", "no-list", "--fault", "no-cancel", "--fault", "no-files"});
  const json p = create_one(server);
  EXPECT_EQ(server.call("GET", "/predictions").status, 404);
  EXPECT_EQ(server.call("POST", "/predictions/" + p["id"].get<std::string>() + "/cancel").status, 404);
  EXPECT_EQ(server.call("GET", "/files").status, 404);
  EXPECT_EQ(server.call("POST", "/files").status, 404);
  EXPECT_EQ(server.call("GET", "/predictions/" + p["id"].get<std::string>()).status, 200);
}

TEST(Fault, Codes200) {
  TestServer server({"--fault", "200-codes"});
  EXPECT_EQ(server.create(kInstant, kNothing).status, 200);
}

TEST(Fault, Throttle) {
  TestServer header({"--fault", "429:x1"});
  const Answer plain = header.create(kInstant, kNothing);
  EXPECT_EQ(plain.status, 429);
  EXPECT_EQ(plain.headers.at("retry-after"), "1");
  EXPECT_FALSE(plain.json().contains("retry_after"));
  EXPECT_EQ(header.stats()["creates"], 0);
  EXPECT_EQ(header.create(kInstant, kNothing).status, 201);

  TestServer hinted({"--fault", "429-json:x1"});
  const Answer answer = hinted.create(kInstant, kNothing);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.count("retry-after"), 0U);
  EXPECT_EQ(answer.json()["retry_after"], 1);
  EXPECT_EQ(answer.json()["detail"], "Request was throttled. Your rate limit resets in ~1s.");
  EXPECT_EQ(hinted.stats()["answered429"], 1);
}

TEST(Fault, PaymentAndAuthentication) {
  TestServer poor({"--fault", "402"});
  EXPECT_EQ(poor.create(kInstant, kNothing).json()["title"], "Insufficient credit");
  EXPECT_EQ(poor.call("GET", "/predictions").status, 200);
  TestServer stranger({"--fault", "401"});
  const Answer answer = stranger.call("GET", "/account");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.json()["title"], "Unauthenticated");
}

TEST(Fault, BadGatewayHtml) {
  TestServer server({"--fault", "502-html:x1"});
  const Answer answer = server.create(kInstant, kNothing);
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.headers.at("content-type"), "text/html");
  EXPECT_TRUE(answer.body.starts_with("<html>"));
  EXPECT_EQ(server.stats()["creates"], 0);
}

TEST(Fault, DropBeforeAnswer) {
  TestServer server({"--fault", "drop-before-answer:x1"});
  EXPECT_EQ(server.create(kInstant, {{"text", "bought"}}).status, 0);
  const json list = server.call("GET", "/predictions").json();
  ASSERT_EQ(list["results"].size(), 1U);
  EXPECT_EQ(list["results"][0]["input"]["text"], "bought");
}

TEST(Fault, Slow) {
  TestServer server({"--fault", "slow", "--time-scale", "10"});
  EXPECT_GE(server.call("GET", "/account").seconds, 0.2);
}

TEST(Fault, Stuck) {
  TestServer server({"--fault", "stuck:x1", "--time-scale", "10000"});
  const json p = create_one(server);
  const json second = create_one(server);
  EXPECT_EQ(server.await(second["id"])["status"], "succeeded");
  EXPECT_EQ(server.call("GET", "/predictions/" + p["id"].get<std::string>()).json()["status"], "processing");
  EXPECT_EQ(server.call("POST", "/predictions/" + p["id"].get<std::string>() + "/cancel").json()["status"], "canceled");
}

TEST(Fault, AbortedAndFailed) {
  TestServer aborts({"--fault", "aborted"});
  const json aborted = aborts.run(kInstant, kNothing);
  EXPECT_EQ(aborted["status"], "aborted");
  EXPECT_FALSE(aborted.contains("started_at"));
  EXPECT_EQ(aborted["output"], nullptr);
  TestServer fails({"--fault", "failed"});
  const json failed = fails.run(kInstant, kNothing);
  EXPECT_EQ(failed["status"], "failed");
  EXPECT_NE(failed["error"].get<std::string>().find("E8765"), std::string::npos);
}

TEST(Fault, OutputGrows) {
  TestServer server({"--fault", "output-grows", "--latency", "600ms"});
  const std::string model = find_model("stability-ai/stable-diffusion")->version;
  const std::string id = server.create(model, {{"width", 64}, {"height", 64}, {"num_outputs", 2}}).json()["id"];
  std::vector<std::size_t> sizes;
  json p;
  do {
    p = server.call("GET", "/predictions/" + id).json();
    const std::size_t size = p["output"].is_array() ? p["output"].size() : 0;
    if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
    if (p["status"] != "succeeded") {
      EXPECT_LT(size, 2U);
    }
  } while (p["status"] != "succeeded");
  EXPECT_EQ(sizes, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Fault, OutputNullAndExpired) {
  TestServer nothing({"--fault", "output-null"});
  const json p = nothing.run(kInstant, {{"text", "a"}});
  EXPECT_EQ(p["status"], "succeeded");
  EXPECT_EQ(p["output"], nullptr);
  EXPECT_EQ(p["data_removed"], false);
  TestServer gone({"--fault", "expired"});
  const json q = gone.run(kInstant, {{"text", "a"}});
  EXPECT_EQ(q["status"], "succeeded");
  EXPECT_EQ(q["output"], nullptr);
  EXPECT_EQ(q["data_removed"], true);
  EXPECT_EQ(q["input"], json::object());
}

TEST(Fault, TruncatedBody) {
  TestServer server({"--fault", "truncated-body:x1"});
  const std::string url = server.output_url(server.run(kInstant, kNothing));
  const Answer cut = fetch("GET", url);
  EXPECT_EQ(cut.status, 200);
  EXPECT_FALSE(cut.complete);
  EXPECT_TRUE(fetch("GET", url).complete);
}

TEST(Fault, Redirect) {
  TestServer server({"--fault", "redirect"});
  const std::string url = server.output_url(server.run(kInstant, kNothing));
  const Answer moved = fetch("GET", url);
  EXPECT_EQ(moved.status, 302);
  const std::string to = moved.headers.at("location");
  EXPECT_NE(to.substr(0, to.find('/', 7)), url.substr(0, url.find('/', 7)));
  EXPECT_EQ(decode_picture(fetch("GET", to).body).width, 8);
}

TEST(Fault, Drip) {
  TestServer server({"--fault", "drip", "--time-scale", "10"});
  const Answer answer = fetch("GET", server.output_url(server.run(kInstant, kNothing)));
  EXPECT_TRUE(answer.complete);
  EXPECT_GE(answer.seconds, 0.19);
}

TEST(Fault, WaitEndsProcessing) {
  TestServer server({"--fault", "wait-ends-processing"});
  const Answer answer = server.create(kInstant, kNothing, {{"Prefer", "wait"}});
  EXPECT_EQ(answer.status, 201);
  const json p = answer.json();
  EXPECT_EQ(p["status"], "processing");
  EXPECT_TRUE(p["output"].is_string());
  EXPECT_FALSE(p.contains("completed_at"));
  EXPECT_FALSE(p.contains("metrics"));
}

TEST(Fault, DuplicateKeys) {
  TestServer server({"--fault", "duplicate-keys"});
  const std::string body = server.create(kInstant, kNothing).body;
  const std::size_t first = body.find("\"model\":");
  EXPECT_NE(body.find("\"model\":", first + 1), std::string::npos);
  EXPECT_EQ(json::parse(body)["model"], kInstant);  // the last one is the true one
}

TEST(Fault, Nanoseconds) {
  TestServer server({"--fault", "nanoseconds"});
  const json p = server.run(kInstant, kNothing);
  EXPECT_EQ(p["completed_at"].get<std::string>().size(), std::string("2025-01-15T10:03:40.584470194Z").size());
  EXPECT_EQ(p["created_at"].get<std::string>().size(), std::string("2025-01-15T10:03:39.896Z").size());
}

TEST(Fault, DalleBody) {
  TestServer server({"--fault", "dalle-body"});
  const Answer answer = server.create(kInstant, kNothing);
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.json().contains("id"));
  EXPECT_EQ(server.stats()["creates"], 1);
}

TEST(Fault, ElidedInputs) {
  TestServer server({"--fault", "elided-inputs"});
  const Answer answer = server.create("fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003",
                                      {{"image", data_uri(disc_picture(16, 16))}});
  EXPECT_EQ(answer.json()["input"]["image"], nullptr);
  EXPECT_EQ(server.await(answer.json()["id"])["status"], "succeeded");
}

TEST(Fault, TrailingSlash404) {
  TestServer normal;
  EXPECT_EQ(normal.call("GET", "/predictions/").status, 200);
  TestServer strict({"--fault", "trailing-slash-404"});
  EXPECT_EQ(strict.call("GET", "/predictions/").status, 404);
  EXPECT_EQ(strict.call("GET", "/predictions").status, 200);
}

}  // namespace sandbox
