#include "openapi.h"

#include <gtest/gtest.h>

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

ModelSchema read(const char* schemas) {
  return read_openapi(json::parse(std::string(R"({"openapi": "3.0.2", "components": {"schemas": )") + schemas + "}}"))
      .value();
}
ModelInput read_one(const std::string& property) {
  return read((R"({"Input": {"properties": {"x": )" + property + "}}}").c_str()).inputs.at(0);
}

TEST(OpenApi, AsCogWritesIt) {
  const ModelSchema schema = read(R"({
    "Input": {"type": "object", "title": "Input", "required": ["prompt"], "properties": {
      "seed": {"type": "integer", "title": "Seed", "x-order": 3, "description": "Random seed"},
      "prompt": {"type": "string", "title": "Prompt", "x-order": 0},
      "width": {"allOf": [{"$ref": "#/components/schemas/width"}], "default": 768, "x-order": 1, "description": "Width"},
      "image": {"type": "string", "format": "uri", "x-order": 2},
      "scale": {"type": "number", "minimum": 1, "maximum": 20, "default": 7.5, "x-order": 4},
      "fast": {"type": "boolean", "default": true, "x-order": 5}}},
    "width": {"title": "width", "description": "An enumeration.", "enum": [64, 128], "type": "integer"},
    "Output": {"type": "array", "items": {"type": "string", "format": "uri"}}})");
  ASSERT_EQ(schema.inputs.size(), 6u);
  EXPECT_EQ(schema.inputs[0].name, "prompt");
  EXPECT_TRUE(schema.inputs[0].required);
  EXPECT_EQ(schema.inputs[0].kinds, ModelInput::text);
  EXPECT_EQ(schema.inputs[1].name, "width");
  EXPECT_EQ(json(schema.inputs[1].choices).dump(), "[64,128]");
  EXPECT_EQ(schema.inputs[1].kinds, ModelInput::integer);
  EXPECT_EQ(schema.inputs[1].preset, 768);
  EXPECT_EQ(schema.inputs[2].kinds, ModelInput::file);
  EXPECT_FALSE(schema.inputs[2].required);
  EXPECT_EQ(schema.inputs[3].doc, "Random seed");
  EXPECT_EQ(schema.inputs[4].kinds, ModelInput::number);
  EXPECT_EQ(schema.inputs[4].min, 1);
  EXPECT_EQ(schema.inputs[4].max, 20);
  EXPECT_EQ(schema.inputs[5].kinds, ModelInput::boolean);
  EXPECT_EQ(schema.output, ModelSchema::Output::files);
  EXPECT_TRUE(schema.complete);
}

TEST(OpenApi, NewerForms) {
  const ModelInput optional = read_one(R"({"type": "string", "nullable": true})");
  EXPECT_EQ(optional.kinds, ModelInput::text);
  const ModelInput with_null = read_one(R"({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]})");
  EXPECT_EQ(with_null.kinds, ModelInput::integer);
  EXPECT_EQ(with_null.min, 1);
  const ModelInput type_list = read_one(R"({"type": ["string", "null"], "format": "uri"})");
  EXPECT_EQ(type_list.kinds, ModelInput::file);
  const ModelInput either = read_one(R"({"anyOf": [{"type": "integer"}, {"type": "string"}]})");
  EXPECT_EQ(either.kinds, unsigned{ModelInput::integer} | ModelInput::text);
  const ModelInput one_or_many = read_one(
      R"({"anyOf": [{"type": "string", "format": "uri"}, {"type": "array", "items": {"type": "string", "format": "uri"}}]})");
  EXPECT_TRUE(one_or_many.single && one_or_many.list);
  EXPECT_EQ(one_or_many.kinds, ModelInput::file);
  const ModelInput list = read_one(R"({"type": "array", "items": {"type": "string", "format": "uri"}, "default": []})");
  EXPECT_TRUE(!list.single && list.list);
  EXPECT_EQ(list.kinds, ModelInput::file);
  const ModelInput choices = read_one(R"({"type": "array", "items": {"type": "string", "enum": ["a", "b"]}})");
  EXPECT_EQ(choices.choices.size(), 2u);
  const ModelInput secret =
      read_one(R"({"type": "string", "format": "password", "writeOnly": true, "x-cog-secret": true})");
  EXPECT_TRUE(secret.secret);
  EXPECT_EQ(secret.kinds, ModelInput::text);
}

TEST(OpenApi, WhatIsNotUnderstoodAllowsEverything) {
  for (const char* property : {"{}", R"({"type": "tensor"})", R"({"$ref": "#/nowhere"})", R"({"$ref": "https://x/y"})",
                               "5", R"({"allOf": [{"$ref": "#/components/schemas/Input/properties/x"}]})"}) {
    ModelSchema schema;
    schema.name = "a/b";
    schema.inputs = {read_one(property)};
    for (const char* value : {"5", "\"x\"", "[1]", "{\"a\": 1}", "true", "{\"$file\": 0}"})
      EXPECT_TRUE(check_input(schema, {{"x", json::parse(value)}}).empty()) << property << " " << value;
  }
}

TEST(OpenApi, Outputs) {
  const auto output = [](const std::string& written) {
    return read((R"({"Input": {}, "Output": )" + written + "}").c_str()).output;
  };
  EXPECT_EQ(output(R"({"type": "string", "format": "uri"})"), ModelSchema::Output::one_file);
  EXPECT_EQ(output(R"({"type": "string"})"), ModelSchema::Output::text);
  EXPECT_EQ(
      output(R"({"type": "array", "items": {"type": "string", "format": "uri"}, "x-cog-array-type": "iterator"})"),
      ModelSchema::Output::growing_files);
  EXPECT_EQ(
      output(
          R"({"type": "array", "items": {"type": "string"}, "x-cog-array-type": "iterator", "x-cog-array-display": "concatenate"})"),
      ModelSchema::Output::text_stream);
  EXPECT_EQ(output(R"({"type": "object", "properties": {}})"), ModelSchema::Output::data);
  EXPECT_EQ(read(R"({"Input": {}})").output, ModelSchema::Output::unknown);
}

TEST(OpenApi, OpenInputsAndNoInputs) {
  EXPECT_FALSE(read(R"({"Input": {"additionalProperties": true}})").complete);
  EXPECT_TRUE(read(R"({"Input": {"additionalProperties": false}})").complete);
  EXPECT_FALSE(read_openapi(json::parse("{}")));
  EXPECT_FALSE(read_openapi(json::parse("[]")));
  EXPECT_FALSE(read_openapi(nullptr));
}

std::vector<std::string> declared(const std::string& output_schema, const json& output) {
  return declared_files(json::parse(R"({"components": {"schemas": {"Output": )" + output_schema + "}}}"), output);
}

TEST(OpenApi, ALinkInWhatIsDeclaredTextIsNoFile) {
  using Files = std::vector<std::string>;
  const std::string link = "https://x/page";
  EXPECT_EQ(declared(R"({"type": "string"})", link), Files());
  EXPECT_EQ(declared(R"({"type": "string", "format": "uri"})", link), Files{link});
  EXPECT_EQ(declared(R"({"type": "array", "items": {"type": "string"}, "x-cog-array-type": "iterator"})", {link}),
            Files());
  const std::string tagged = R"({"type": "object", "properties": {"caption": {"type": "string"},
    "source": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "img": {"type": "string", "format": "uri"}}})";
  EXPECT_EQ(declared(tagged, {{"caption", "a cup"}, {"source", link}, {"img", "https://x/0.png"}}),
            Files{"https://x/0.png"});
  EXPECT_EQ(declared(R"({"anyOf": [{"type": "string"}, {"type": "string", "format": "uri"}]})", link), Files{link});
}

TEST(OpenApi, WhatIsNotDeclaredCountsAsAFile) {
  const std::vector<std::string> one = {"https://x/0.png"};
  for (const char* schema : {"{}", "null", R"({"title": "Output"})", R"({"type": "object"})"})
    EXPECT_EQ(declared(schema, {{"a", {one[0]}}}), one) << schema;
  EXPECT_EQ(declared(R"({"type": "string"})", {one[0]}), one) << "a list where a text was declared";
  EXPECT_EQ(declared(R"({"$ref": "#/components/schemas/Output"})", {one[0]}), one) << "in circles";
}

}  // namespace
}  // namespace pixgraph::replicate
