#include "predict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dates.h"
#include "support/scripted_host.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;
using test::ScriptedCall;
using test::ScriptedHost;
using test::thrown;
using ::testing::ElementsAre;

const std::string kRembg = "fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003";

struct PredictTest : ::testing::Test {
  PredictTest() {
    host.variables["REPLICATE_API_TOKEN"] = "r8_secret";
    for (const char* param : {"version", "model", "deployment"}) call.values[param] = Value("");
  }
  std::string refused(const char* param, const char* model, Object input) {
    call.values[param] = Value(model);
    call.values["input"] = Value(std::move(input));
    return thrown([&] { node.prepare(call); });
  }
  static FilePtr photo() {
    auto file = std::make_shared<File>();
    file->name = "photo.png";
    file->hash = "aa";
    file->path = "/proc/self/exe";  // some file that is there
    file->media_type = "application/octet-stream";
    return file;
  }

  ScriptedHost host;
  ScriptedCall call{host};
  ReplicatePredict node;
};

TEST_F(PredictTest, Spec) {
  const Spec spec = replicate_predict_spec();
  EXPECT_EQ(spec.name, "ReplicatePredict");
  EXPECT_EQ(spec.outputs.front().name, "output");
  EXPECT_EQ(spec.open_input, "input");
  EXPECT_EQ(spec.cost, Cost::paid);
  EXPECT_EQ(spec.pool, Pool::predict);
  for (const char* port : {"output", "files", "file", "id", "logs", "metrics", "seed"})
    EXPECT_TRUE(spec.output(port)) << port;
}

TEST_F(PredictTest, AnInputWithTheTokenIsRefused) {
  EXPECT_EQ(
      refused("model", "maker/model", Object{{"prompt", Value("use r8_secret there")}}),
      "E425: the input holds the token of REPLICATE_API_TOKEN, which is sent nowhere but to the server (take it out "
      "of `input:`; a model that needs a token of its own gets another one)");
}

TEST_F(PredictTest, ReadyNeedsAToken) {
  EXPECT_EQ(thrown([&] { node.ready(host); }), "nothing");
  host.variables.clear();
  EXPECT_EQ(thrown([&] { node.ready(host); }).substr(0, 6), "E401!:");
  EXPECT_TRUE(host.http().requests.empty());
}

TEST_F(PredictTest, PrepareNeedsNeitherTokenNorNetwork) {
  host.variables.clear();
  call.values["version"] = Value("cjwbw/rembg:" + kRembg);
  call.values["input"] = Value(Object{{"image", photo()}});
  const Request request = node.prepare(call);
  EXPECT_EQ(request.server, "https://api.replicate.com/v1");
  EXPECT_EQ(request.lane, kRembg);
  EXPECT_EQ(request.model, "cjwbw/rembg");
  EXPECT_EQ(request.input->dump(), R"({"image":{"$file":0}})");
  call.values["version"] = Value(kRembg);
  EXPECT_EQ(node.prepare(call).model, "cjwbw/rembg");  // the table knows its name
  EXPECT_EQ(node.prepare(call).lane, request.lane);
}

TEST_F(PredictTest, WhichModelTheParamsName) {
  const json given = {{"version", "cjwbw/rembg:" + kRembg}, {"model", ""}, {"deployment", ""}};
  const ModelName model = node.model(given, host);
  EXPECT_EQ(model.server, "https://api.replicate.com/v1");
  EXPECT_EQ(model.lane, kRembg);
  EXPECT_EQ(model.name, "cjwbw/rembg");
  EXPECT_EQ(node.model({{"version", kRembg}}, host).name, "cjwbw/rembg");  // the table knows its name
  EXPECT_EQ(node.model({{"version", {{"$later", "text"}}}}, host).lane, "");
  EXPECT_EQ(thrown([&] {
              node.model({{"model", "x"}}, host);
            }),
            "E404: `model: x` is not of the form owner/name (it is two words with a slash between, such as "
            "black-forest-labs/flux-schnell)");
  host.variables["REPLICATE_BASE_URL"] = "no base";
  EXPECT_EQ(node.model(given, host).server, "");
}

TEST_F(PredictTest, CheckGoesByTheSchemaElseByTheTable) {
  const auto checked = [&](const ModelName& model, const json& input, const json* schema = nullptr) {
    std::vector<std::string> texts;
    const auto mistakes = node.check(model, input, schema);
    if (!mistakes) return std::vector<std::string>{"not known"};
    for (const InputMistake& one : *mistakes) texts.push_back((one.certain ? "" : "maybe: ") + one.message);
    return texts;
  };
  const ModelName flux = {"", "black-forest-labs/flux-schnell", "black-forest-labs/flux-schnell"};
  EXPECT_THAT(checked(flux, {{"prompt", "x"}, {"num_outputs", 9}}),
              ElementsAre("`num_outputs` takes 1 to 4, and 9 is more"));
  EXPECT_THAT(checked({"", std::string(64, '0'), ""}, {{"anything", 5}}), ElementsAre("not known"));
  const json schema = json::parse(
      R"({"components": {"schemas": {"Input": {"properties": {"prompt": {"type": "string"},
          "num_outputs": {"type": "integer", "maximum": 10}}}}}})");
  EXPECT_THAT(checked(flux, {{"num_outputs", 9}}, &schema), ::testing::IsEmpty());
  EXPECT_THAT(checked(flux, {{"num_outputs", 11}, {"style", "oil"}}, &schema),
              ElementsAre("`num_outputs` takes 10 or less, and 11 is more",
                          "maybe: `style` is no input of black-forest-labs/flux-schnell"));
  // Of a version the list of inputs is complete for ever.
  EXPECT_THAT(checked({"", std::string(64, '0'), ""}, {{"style", "oil"}}, &schema),
              ElementsAre("`style` is no input of version 00000000"));
  // What the table calls needed fails without, whatever the schema says.
  const json rembg = json::parse(
      R"({"components": {"schemas": {"Input": {"properties": {"image": {"type": "string", "format": "uri"}}}}}})");
  EXPECT_THAT(checked({"", kRembg, "cjwbw/rembg"}, json::object(), &rembg),
              ElementsAre("`image` is missing, and cjwbw/rembg needs it"));
}

TEST_F(PredictTest, OnlyAVersionWithoutHashIsPinned) {
  const auto pinned = node.pin({{"version", "cjwbw/rembg"}}, kRembg);
  ASSERT_TRUE(pinned);
  EXPECT_EQ(pinned->first + ": " + pinned->second, "version: cjwbw/rembg:" + kRembg);
  EXPECT_FALSE(node.pin({{"version", "cjwbw/rembg:" + kRembg}}, kRembg));
  EXPECT_FALSE(node.pin({{"model", "cjwbw/rembg"}}, kRembg));
  EXPECT_FALSE(node.pin({{"deployment", "me/mine"}}, kRembg));
  EXPECT_FALSE(node.pin({{"version", "cjwbw/rembg"}}, "hidden"));
}

/// The whole life of a prediction on a gateway whose answers point elsewhere: every call goes to the base, and the key
/// is nowhere but in `authorization`.
TEST_F(PredictTest, FromPrepareToFinish) {
  host.variables["REPLICATE_BASE_URL"] = "https://gw.example/replicate/v1";
  call.values["version"] = Value(kRembg);
  call.values["input"] = Value(Object{{"image", photo()}});
  Request request = node.prepare(call);
  host.http().answer(404, "no such route");  // this server takes no uploads
  node.stage(request, host);
  EXPECT_TRUE(request.files[0].reference.starts_with("data:application/octet-stream;base64,"));
  host.http().answer(
      200,
      R"({"id": "p1", "status": "starting", "version": "dp-1", "urls": {"get": "https://api.replicate.com/v1/predictions/zzz",
                              "cancel": "https://api.replicate.com/v1/predictions/zzz/cancel"}})");
  const Submitted submitted = node.submit(request, host);
  ASSERT_EQ(submitted.kind, Submitted::Kind::created);
  host.http().answer(
      200,
      R"({"id": "p1", "status": "processing", "logs": "50%|█    | 1/2", "urls": {"get": "https://api.replicate.com/x"}})");
  EXPECT_EQ(node.poll(request.server, submitted.id, host).progress, 0.5);
  host.http().answer(200, R"({"id": "p1", "status": "succeeded", "output": "https://replicate.delivery/out.png"})");
  const Snapshot end = node.poll(request.server, submitted.id, host);
  EXPECT_THAT(end.urls, ElementsAre("https://replicate.delivery/out.png"));
  node.finish(call, *end.answer, {photo()}, nullptr);
  EXPECT_EQ(*call.outputs["id"].text(), "p1");
  EXPECT_EQ(host.http().requests.size(), 4u);
  for (const HttpRequest& sent : host.http().requests) {
    EXPECT_TRUE(sent.url.starts_with("https://gw.example/replicate/v1/")) << sent.url;
    EXPECT_EQ(sent.authorization, "Bearer r8_secret");
    EXPECT_EQ(sent.secret_origin, "https://gw.example");
    EXPECT_EQ(sent.url.find("r8_secret"), std::string::npos);
    // The upload's body is this very file, which spells the key out.
    if (!sent.url.ends_with("/files")) {
      EXPECT_EQ(sent.body.find("r8_secret"), std::string::npos);
    }
    for (const auto& [name, value] : sent.headers) EXPECT_EQ(value.find("r8_secret"), std::string::npos) << name;
  }
}

TEST_F(PredictTest, AFreshLinkGoesToTheNextModelAsItIs) {
  const std::string url = "https://replicate.delivery/out.png";
  const std::string now = iso_date(std::chrono::system_clock::now());
  host.http().answer(
      200, R"({"id": "p1", "status": "succeeded", "output": ")" + url + R"(", "completed_at": ")" + now + "\"}");
  node.poll("https://api.replicate.com/v1", "p1", host);
  auto made = std::make_shared<File>(*photo());
  made->origin = "key#0";
  made->source_url = url;
  host.files[url] = made;
  call.values["version"] = Value(kRembg);
  call.values["input"] = Value(Object{{"image", url}});
  Request request = node.prepare(call);
  EXPECT_EQ(request.files.at(0).key, "made:key#0");
  node.stage(request, host);
  EXPECT_EQ(request.files[0].reference, url);
}

TEST_F(PredictTest, AnOldLinkDoesNot) {
  const std::string url = "https://replicate.delivery/out.png";
  host.http().answer(200, R"({"id": "p1", "status": "succeeded", "output": ")" + url +
                              R"(", "completed_at": "2025-01-15T10:03:41.142386377Z"})");
  node.poll("https://api.replicate.com/v1", "p1", host);
  auto made = std::make_shared<File>(*photo());
  made->origin = "key#0";
  made->source_url = url;
  host.files[url] = made;
  call.values["version"] = Value(kRembg);
  call.values["input"] = Value(Object{{"image", url}});
  Request request = node.prepare(call);
  host.http().answer(201, R"({"id": "f1"})");
  node.stage(request, host);
  EXPECT_EQ(request.files[0].reference, "https://api.replicate.com/v1/files/f1");
}

TEST_F(PredictTest, SubmitNeverThrows) {
  Request request;
  request.server = "https://gone.example/v1";
  request.input = std::make_shared<const json>(json::object());
  const Submitted result = node.submit(request, host);
  EXPECT_EQ(result.kind, Submitted::Kind::rejected);
  EXPECT_EQ(result.error->code(), "E402");
  EXPECT_TRUE(host.http().requests.empty());
}

TEST_F(PredictTest, PollAtAnotherBaseIsRefused) {
  EXPECT_EQ(thrown([&] { node.poll("https://other.example/v1", "p1", host); }).substr(0, 6), "E402!:");
  EXPECT_TRUE(host.http().requests.empty());
}

}  // namespace
}  // namespace pixgraph::replicate
