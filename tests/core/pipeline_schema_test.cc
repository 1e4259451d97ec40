// What the schema says of the Specs. That it takes and refuses what it should is tested by tests/schema, with ajv.
#include "pipeline_schema.h"

#include <gtest/gtest.h>

#include <set>

#include "binding.h"
#include "support/test_specs.h"

namespace pixgraph {
namespace {

using Json = nlohmann::ordered_json;

const Json& schema() {
  static const Json made = pipeline_schema(test::test_registry());
  return made;
}

const Json& node(const std::string& type) {
  return schema().at("definitions").at("node " + type);
}

TEST(PipelineSchema, APortAndAParam) {
  EXPECT_EQ(node("Fit").at("description"), "Brings a picture into a box with sides that a model accepts");
  EXPECT_EQ(node("Fit").at("required"), Json::array({"image"}));
  const auto property = [](const std::string& type, const std::string& name) {
    return node(type).at("properties").at(name).dump();
  };
  EXPECT_EQ(property("Fit", "image"),
            R"x({"anyOf":[{"$ref":"#/definitions/reference"}],"description":"the picture (image)"})x");
  EXPECT_EQ(property("AlphaToMask", "feather"),
            R"x({"anyOf":[{"type":"number","minimum":0,"maximum":500},{"$ref":"#/definitions/reference"}],)x"
            R"x("description":"softens the border (0 to 500 px)","default":0})x");
  EXPECT_EQ(property("Fit", "mode"),
            R"x({"anyOf":[{"enum":["inside","pad","crop"]},{"$ref":"#/definitions/made text"}],)x"
            R"x("description":"how the picture fills the box","default":"inside"})x");
  EXPECT_EQ(node("ReplicatePredict").at("description"),
            "Runs a hosted model on Replicate or a compatible server (asks a server that bills)");
}

TEST(PipelineSchema, AChoiceThatYamlReadsAsANumberIsBoth) {
  Registry registry;
  registry.add(Spec("Turn", "Turns").choice("angle", "90", {"90", "180"}, "how far").out("text", Type::text, "it"),
               "t");
  EXPECT_EQ(pipeline_schema(registry)["definitions"]["node Turn"]["properties"]["angle"]["anyOf"][0].dump(),
            R"({"enum":["90",90,"180",180]})");
}

TEST(PipelineSchema, ANodeHasTheKeysThatBindingTakesAndNoOther) {
  for (const Spec* spec : test::test_registry().all()) {
    std::set<std::string> keys(common_keys().begin(), common_keys().end()), said;
    for (const Port& port : spec->inputs) keys.insert(port.name);
    for (const Param& param : spec->params) keys.insert(param.name);
    if (!spec->open_input.empty()) keys.insert(spec->open_input);
    for (const auto& [key, value] : node(spec->name).at("properties").items()) said.insert(key);
    EXPECT_EQ(said, keys) << spec->name;
    EXPECT_EQ(node(spec->name).at("additionalProperties"), false);
  }
}

TEST(PipelineSchema, EveryReferenceLeadsSomewhere) {
  std::set<std::string> wanted;
  const std::string text = schema().dump(), mark = "#/definitions/";
  for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += mark.size())
    wanted.insert(text.substr(at + mark.size(), text.find('"', at) - at - mark.size()));
  ASSERT_GT(wanted.size(), 10u);
  for (const std::string& name : wanted) EXPECT_TRUE(schema().at("definitions").contains(name)) << name;
}

}  // namespace
}  // namespace pixgraph
