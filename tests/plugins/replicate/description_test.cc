#include "description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/scripted_host.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;
using test::ScriptedHost;
using test::thrown;

const std::string kHex = "fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003";
constexpr auto kSchema = R"({"openapi": "3.0.2", "components": {"schemas": {
  "Input": {"type": "object", "title": "Input", "required": ["title"], "properties": {
    "title": {"type": "string", "title": "Title", "description": "A title", "default": "description"},
    "mode": {"allOf": [{"$ref": "#/components/schemas/mode"}], "x-order": 1}}},
  "mode": {"enum": ["a", "b"], "type": "string", "title": "mode", "description": "An enumeration."},
  "Output": {"type": "string", "format": "uri", "title": "Output"},
  "HTTPValidationError": {"type": "object"}}}})";
constexpr auto kCore =
    R"({"components":{"schemas":{"Input":{"properties":{"mode":{"allOf":[{"$ref":"#/components/schemas/mode"}],"x-order":1},)"
    R"("title":{"default":"description","type":"string"}},"required":["title"],"type":"object"},)"
    R"("Output":{"format":"uri","type":"string"},"mode":{"enum":["a","b"],"type":"string"}}}})";

struct DescriptionTest : ::testing::Test {
  DescriptionTest() { host.variables["REPLICATE_API_TOKEN"] = "r8_secret"; }
  std::optional<ModelDescription> describe(const std::string& lane, const std::string& name) {
    return describe_model({"https://api.replicate.com/v1", lane, name}, read_server(host), host);
  }
  std::string asked() { return host.http().last().method + " " + host.http().last().url; }
  ScriptedHost host;
};

TEST_F(DescriptionTest, OnlyWhatIsReadIsKept) {
  EXPECT_EQ(schema_core(json::parse(kSchema)).dump(), kCore);
  EXPECT_TRUE(schema_core(json::parse(R"({"components": {"schemas": {"Output": {}}}})")).is_null());
  EXPECT_TRUE(schema_core("text").is_null());
}

TEST_F(DescriptionTest, AVersion) {
  host.http().answer(200, R"({"id": ")" + kHex + R"(", "openapi_schema": )" + kSchema + "}");
  const auto said = describe(kHex, "cjwbw/rembg");
  ASSERT_TRUE(said);
  EXPECT_EQ(asked(), "GET https://api.replicate.com/v1/models/cjwbw/rembg/versions/" + kHex);
  EXPECT_EQ(said->version, kHex);
  EXPECT_FALSE(said->pins);
  ASSERT_TRUE(said->schema);
  EXPECT_EQ(said->schema->dump(), kCore);
}

TEST_F(DescriptionTest, AVersionWhoseModelIsNotKnownIsNotAskedFor) {
  EXPECT_FALSE(describe(kHex, ""));
  EXPECT_TRUE(host.http().requests.empty());
}

TEST_F(DescriptionTest, AnAnswerAboutAnotherVersionSaysNothing) {
  host.http().answer(200, R"({"id": ")" + std::string(64, '0') + R"(", "openapi_schema": )" + kSchema + "}");
  EXPECT_FALSE(describe(kHex, "cjwbw/rembg"));
}

TEST_F(DescriptionTest, AModelByName) {
  host.http().answer(200, R"({"latest_version": {"id": ")" + kHex + R"(", "openapi_schema": )" + kSchema + "}}");
  auto said = describe("me/mine", "me/mine");
  ASSERT_TRUE(said);
  EXPECT_EQ(asked(), "GET https://api.replicate.com/v1/models/me/mine");
  EXPECT_EQ(said->version, kHex);
  EXPECT_TRUE(said->pins);
  // An official one is billed in another way by its version than by its name.
  host.http().answer(200, R"({"is_official": true, "latest_version": {"id": ")" + kHex + R"("}})");
  said = describe("me/mine", "me/mine");
  ASSERT_TRUE(said);
  EXPECT_FALSE(said->pins);
  EXPECT_FALSE(said->schema);
  host.http().answer(200, R"({"latest_version": {"id": "hidden", "openapi_schema": null}})");
  said = describe("me/mine", "me/mine");
  ASSERT_TRUE(said);
  EXPECT_EQ(said->version, "");
  EXPECT_FALSE(said->pins);
}

TEST_F(DescriptionTest, ADeploymentIsAskedWhatItRuns) {
  host.http().answer(200, R"({"current_release": {"model": "me/mine", "version": ")" + kHex + R"("}})");
  host.http().answer(200, R"({"id": ")" + kHex + R"(", "openapi_schema": )" + kSchema + "}");
  const auto said = describe("deployment me/fast", "me/fast");
  ASSERT_TRUE(said);
  EXPECT_EQ(host.http().requests.at(0).url, "https://api.replicate.com/v1/deployments/me/fast");
  EXPECT_EQ(asked(), "GET https://api.replicate.com/v1/models/me/mine/versions/" + kHex);
  EXPECT_EQ(said->version, kHex);
}

TEST_F(DescriptionTest, ServersWithoutTheRoute) {
  for (const int status : {301, 400, 403, 404, 405, 422, 500, 502}) {
    host.http().answer(status, "<html>no</html>");
    EXPECT_FALSE(describe("me/mine", "me/mine")) << status;
  }
  for (const char* other : {"", "[]", "<html>", "{\"created\": 1}"}) {
    host.http().answer(200, other);
    EXPECT_FALSE(describe(kHex, "me/mine")) << other;
  }
}

TEST_F(DescriptionTest, WhatIsNoAnswer) {
  host.http().answer(429, R"({"detail": "Request was throttled.", "retry_after": 3})");
  EXPECT_EQ(thrown([&] { describe("me/mine", "me/mine"); }).substr(0, 5), "E430:");
  host.http().answer(401, "{}");
  EXPECT_EQ(thrown([&] { describe("me/mine", "me/mine"); }).substr(0, 6), "E431!:");
}

}  // namespace
}  // namespace pixgraph::replicate
