// Every answer of every route against our own JSON Schema of the API (tests/support/replicate.schema.json).
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "models/model.h"
#include "support.h"
#include "support/json_schema.h"

namespace sandbox {

using nlohmann::json;
using pixgraph::test::JsonSchema;

namespace {

const std::string kInstant = "sandbox/instant";
const std::string kId = "ctdwaehfz1rm80cmd5nsjd8114";

const JsonSchema& schema() {
  static const JsonSchema read = [] {
    std::ifstream file(PIXGRAPH_ANSWERS_SCHEMA);
    return JsonSchema(json::parse(file));
  }();
  return read;
}

/// The answer's JSON, after it was found to be what it must be.
json checked(const Answer& answer, int status, const std::string& name) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.headers.at("content-type"), name == "problem" ? "application/problem+json" : "application/json");
  const json value = json::parse(answer.body, nullptr, false);
  EXPECT_EQ(schema().violations(name, value), "") << answer.body;
  return value;
}

std::string upload_body() {
  return "--b\r\nContent-Disposition: form-data; name=\"content\"; filename=\"a.txt\"\r\nContent-Type: "
         "text/plain\r\n\r\n"
         "hello\r\n--b--\r\n";
}

Answer upload(TestServer& server, const std::string& body = upload_body()) {
  return fetch("POST", server.base + "/files", body,
               {{"Authorization", "Bearer r8_secret"}, {"Content-Type", "multipart/form-data; boundary=b"}});
}

}  // namespace

TEST(Answers, OfEveryRouteFitTheSchema) {
  TestServer server;
  const json created = checked(server.create(kInstant, {{"text", "a"}}), 201, "prediction");
  const std::string id = created["id"];
  checked(server.create(find_model(kInstant)->version, {{"text", "b"}}), 201, "prediction");
  checked(server.call("POST", "/deployments/" + std::string(kDeployment) + "/predictions",
                      {{"input", {{"prompt", "a red bicycle"}, {"megapixels", "0.25"}}}}),
          201, "prediction");
  checked(server.create(kInstant, {{"text", "c"}}, {{"Prefer", "wait"}}), 201, "prediction");
  checked(server.create(kInstant, {{"seconds", 5}}, {{"Prefer", "wait=1"}, {"Cancel-After", "1m"}}), 202, "prediction");
  checked(server.call("GET", "/predictions/" + id), 200, "prediction");
  EXPECT_EQ(schema().violations("prediction", server.await(id)), "");
  EXPECT_GE(checked(server.call("GET", "/predictions"), 200, "prediction_page")["results"].size(), 5u);
  checked(server.call("POST", "/predictions/" + id + "/cancel"), 200, "prediction");

  const json listed = checked(server.call("GET", "/models"), 200, "model_page")["results"];
  EXPECT_EQ(listed.size(), models().size());
  for (const json& model : listed) {
    const std::string path = "/models/" + model["owner"].get<std::string>() + "/" + model["name"].get<std::string>();
    EXPECT_EQ(checked(server.call("GET", path), 200, "model"), model);
    const json versions = checked(server.call("GET", path + "/versions"), 200, "version_page")["results"];
    ASSERT_FALSE(versions.empty());
    checked(server.call("GET", path + "/versions/" + versions[0]["id"].get<std::string>()), 200, "version");
  }
  checked(server.call("GET", "/deployments"), 200, "deployment_page");
  checked(server.call("GET", "/deployments/" + std::string(kDeployment)), 200, "deployment");
  checked(server.call("GET", "/hardware"), 200, "hardware");
  checked(server.call("GET", "/account"), 200, "account");

  const json file = checked(upload(server), 201, "file");
  const std::string path = "/files/" + file["id"].get<std::string>();
  checked(server.call("GET", path), 200, "file");
  EXPECT_EQ(checked(server.call("GET", "/files"), 200, "file_page")["results"].size(), 1u);
  EXPECT_EQ(server.call("DELETE", path).status, 204);
  checked(server.call("DELETE", path), 404, "problem");
}

TEST(Answers, OfManyPredictionsComeInPages) {
  TestServer server;
  for (int i = 0; i < 101; ++i) server.create(kInstant, {{"index", i}});
  const json first = checked(server.call("GET", "/predictions"), 200, "prediction_page");
  const json second = checked(server.call("GET", first["next"]), 200, "prediction_page");
  EXPECT_EQ(second["results"].size(), 1u);
  EXPECT_TRUE(second["previous"].is_string());
}

TEST(Answers, OfEveryStatusFitTheSchema) {
  std::set<std::string> seen;
  const auto see = [&](const json& prediction) {
    EXPECT_EQ(schema().violations("prediction", prediction), "") << prediction.dump(1);
    seen.insert(prediction["status"]);
  };
  TestServer queued({"--queue", "10m"});
  see(queued.create(kInstant, json::object()).json());
  TestServer server({"--fault", "stuck:x1"});
  const std::string id = server.create(kInstant, json::object()).json()["id"];
  see(server.call("GET", "/predictions/" + id).json());
  see(server.call("POST", "/predictions/" + id + "/cancel").json());
  see(server.run(kInstant, json::object()));
  for (const char* fault : {"failed", "aborted", "expired", "output-null", "nanoseconds", "version-alias",
                            "aliased-model", "gateway-urls", "elided-inputs"}) {
    TestServer faulty({"--fault", fault});
    see(faulty.run(kInstant, {{"text", "a"}}));
  }
  TestServer lively({"--links-live", "1ms"});
  const std::string old = lively.run(kInstant, json::object())["id"];
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const json removed = lively.call("GET", "/predictions/" + old).json();
  EXPECT_EQ(removed["data_removed"], true);
  see(removed);
  EXPECT_EQ(seen, (std::set<std::string>{"starting", "processing", "succeeded", "failed", "canceled", "aborted"}));

  // A list that grows, and a sync answer with its output whose status is still processing.
  TestServer growing({"--fault", "output-grows", "--fault", "wait-ends-processing"});
  const json input = {{"width", 64}, {"height", 64}, {"num_outputs", 2}};
  const json early =
      growing.create(find_model("stability-ai/stable-diffusion")->version, input, {{"Prefer", "wait"}}).json();
  EXPECT_EQ(early["status"], "processing");
  see(early);
}

TEST(Answers, ThatRefuseFitTheSchema) {
  TestServer server;
  checked(server.call("GET", "/predictions/" + kId), 404, "problem");
  checked(server.call("POST", "/predictions/" + kId + "/cancel"), 404, "problem");
  checked(server.create("cjwbw/rembg", json::object()), 404, "problem");
  checked(server.create(std::string(64, '0'), json::object()), 422, "problem");
  checked(server.create(kInstant, {{"seconds", "long"}, {"index", "many"}}), 422, "problem");
  checked(server.call("POST", "/predictions", {{"input", json::object()}}), 422, "problem");
  checked(server.call("POST", "/predictions", {{"version", kInstant}, {"input", {}}, {"extra", 1}}), 422, "problem");
  checked(server.create(kInstant, json::object(), {{"Prefer", "wait=99"}}), 400, "problem");
  checked(server.create(kInstant, json::object(), {{"Cancel-After", "1s"}}), 400, "problem");
  checked(server.call("GET", "/predictions?created_after=yesterday"), 400, "problem");
  checked(server.call("GET", "/models/nobody/nothing"), 404, "problem");
  checked(server.call("GET", "/models/cjwbw/rembg/versions/" + std::string(64, '0')), 404, "problem");
  checked(server.call("GET", "/deployments/nobody/nothing"), 404, "problem");
  checked(server.call("GET", "/nothing"), 404, "problem");
  checked(server.call("DELETE", "/predictions"), 405, "problem");
  checked(server.call("POST", "/account"), 405, "problem");
  checked(server.call("GET", "/files/" + kId), 404, "problem");
  checked(upload(server, "--b--\r\n"), 422, "problem");
  checked(fetch("GET", server.base + "/account"), 401, "problem");
  for (const auto& [fault, status] :
       std::vector<std::pair<std::string, int>>{{"401", 401}, {"402", 402}, {"429", 429}, {"429-json", 429}}) {
    TestServer faulty({"--fault", fault});
    checked(faulty.create(kInstant, json::object()), status, "problem");
  }
}

/// The schema itself must be able to say no.
TEST(Answers, OfOtherShapesDoNotFit) {
  TestServer server;
  const json good = server.run(kInstant, {{"text", "a"}});
  const auto violations = [&](const char* key, const json& value) {
    json bad = good;
    if (value.is_discarded())
      bad.erase(key);
    else
      bad[key] = value;
    return schema().violations("prediction", bad);
  };
  EXPECT_EQ(violations("status", "successful"),
            "prediction.status: \"successful\" is none of "
            "[\"starting\",\"processing\",\"succeeded\",\"failed\",\"canceled\",\"aborted\"]\n");
  EXPECT_EQ(violations("id", json(json::value_t::discarded)), "prediction: lacks \"id\"\n");
  EXPECT_EQ(violations("completed_at", json(json::value_t::discarded)), "prediction: lacks \"completed_at\"\n");
  EXPECT_EQ(violations("extra", 1), "prediction: has `extra`, which is not in the schema\n");
  EXPECT_EQ(violations("error", "why"), "prediction.error: is not \"null\": \"why\"\n");
  EXPECT_NE(violations("created_at", "yesterday"), "");
  EXPECT_NE(violations("output", json::array({1})), "");
  EXPECT_EQ(JsonSchema(json::parse(R"({"$defs": {"x": {"maximum": 1}}})")).violations("x", 2),
            "x: the schema has the keyword `maximum`, which is not checked\n");
}

}  // namespace sandbox
