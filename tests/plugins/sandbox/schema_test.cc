#include "schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/model.h"

namespace sandbox {

using nlohmann::json;

static std::string complaints(const std::string& model, const json& input) {
  std::string out;
  for (const Complaint& c : check_input(find_model(model)->schema, input)) out += c.field + ": " + c.text + "\n";
  return out;
}

TEST(Schema, ComplaintsNameTheField) {
  const std::string flux = "black-forest-labs/flux-schnell";
  EXPECT_EQ(complaints(flux, {{"prompt", "x"}}), "");
  EXPECT_EQ(complaints(flux, json::object()), "input: prompt is required\n");
  EXPECT_EQ(complaints(flux, {{"prompt", "x"}, {"num_outputs", 9}}),
            "input.num_outputs: Must be less than or equal to 4\n");
  EXPECT_EQ(complaints(flux, {{"prompt", "x"}, {"num_outputs", 0}}),
            "input.num_outputs: Must be greater than or equal to 1\n");
  EXPECT_EQ(complaints(flux, {{"prompt", "x"}, {"num_outputs", "2"}}),
            "input.num_outputs: Invalid type. Expected: integer, given: string\n");
  EXPECT_EQ(complaints(flux, {{"prompt", "x"}, {"num_outputs", 2.0}}), "");
  EXPECT_EQ(complaints(flux, {{"prompt", "x"}, {"seed", nullptr}}),
            "input.seed: Invalid type. Expected: integer, given: null\n");
  EXPECT_EQ(complaints(flux, {{"prompt", "x"}, {"megapixels", 1}}),
            "input.megapixels: Invalid type. Expected: string, given: integer\n");
  EXPECT_EQ(complaints(flux, {{"prompt", "x"}, {"output_format", "gif"}}),
            "input.output_format: output_format must be one of the following: \"webp\", \"jpg\", \"png\"\n");
  EXPECT_EQ(complaints("stability-ai/stable-diffusion", {{"width", 500}}).substr(0, 60),
            "input.width: width must be one of the following: 64, 128, 19");
  EXPECT_EQ(complaints("cjwbw/rembg", {{"image", "photo.jpg"}}), "input.image: Does not match format 'uri'\n");
  EXPECT_EQ(complaints("cjwbw/rembg", {{"another", 1}}), "");
}

TEST(Schema, DefaultsAreFilledIn) {
  const json input = with_defaults(find_model("lucataco/flux-dev-lora")->schema, {{"prompt", "x"}, {"num_outputs", 2}});
  EXPECT_EQ(input["num_outputs"], 2);
  EXPECT_EQ(input["num_inference_steps"], 28);
  EXPECT_EQ(input["guidance_scale"], 3.5);
  EXPECT_EQ(input["disable_safety_checker"], false);
  EXPECT_FALSE(input.contains("seed"));
}

TEST(Schema, OpenApiInCogsForm) {
  const json api = openapi(find_model("black-forest-labs/flux-schnell")->schema);
  const json& schemas = api["components"]["schemas"];
  EXPECT_EQ(schemas["Input"]["required"], json({"prompt"}));
  EXPECT_EQ(schemas["Input"]["properties"]["prompt"]["x-order"], 0);
  EXPECT_EQ(schemas["Input"]["properties"]["num_outputs"]["maximum"], 4);
  EXPECT_EQ(schemas["Input"]["properties"]["aspect_ratio"]["allOf"][0]["$ref"], "#/components/schemas/aspect_ratio");
  EXPECT_EQ(schemas["aspect_ratio"]["enum"].size(), 11U);
  EXPECT_EQ(schemas["Output"]["items"]["format"], "uri");
  EXPECT_EQ(openapi(find_model("cjwbw/rembg")->schema)["components"]["schemas"]["Output"]["format"], "uri");
  const json grows = openapi(find_model("andreasjansson/stable-diffusion-animation")->schema);
  EXPECT_EQ(grows["components"]["schemas"]["Output"]["x-cog-array-type"], "iterator");
  EXPECT_FALSE(schemas["Output"].contains("x-cog-array-type"));
  EXPECT_FALSE(openapi(find_model("cjwbw/rembg")->schema)["components"]["schemas"]["Input"].contains("required"));
}

TEST(Models, VersionsAreThoseThatGatewaysList) {
  const std::map<std::string, std::string> known = {
      {"cjwbw/rembg", "fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003"},
      {"stability-ai/stable-diffusion-inpainting", "95b7223104132402a9ae91cc677285bc5eb997834bd2349fa486f53910fd68b3"},
      {"sujaykhandekar/object-removal", "153b0087c2576ad30d8cbddb35275b387d1a6bf986bda5499948f843f6460faf"},
      {"stability-ai/stable-diffusion-img2img", "15a3689ee13b0d2616e98820eca31d4c3abcd36672df6afce5cb6feb1d66087d"},
      {"stability-ai/stable-diffusion", "ac732df83cea7fff18b8472768c88ad041fa750ff7682a21affe81863cbe77e4"},
      {"stability-ai/sdxl", "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"},
      {"lucataco/flux-schnell-lora", "2a6b576af31790b470f0a8442e1e9791213fa13799cbb65a9fc1436e96389574"},
      {"lucataco/flux-dev-lora", "091495765fa5ef2725a175a57b276ec30dc9d39c22d30410f2ede68a3eab66b3"},
      {"andreasjansson/stable-diffusion-animation", "ca1f5e306e5721e19c473e0d094e6603f0456fe759c10715fcd6c1b79242d4a5"},
      {"lucataco/animate-diff", "beecf59c4aee8d81bf04f0381033dfa10dc16e845b4ae00d281e2fa377e48a9f"}};
  for (const auto& [name, version] : known) {
    ASSERT_NE(find_model(name), nullptr) << name;
    EXPECT_EQ(find_model(name)->version, version);
    EXPECT_EQ(find_version(version), find_model(name));
  }
}

}  // namespace sandbox
