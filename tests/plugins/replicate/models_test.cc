#include "models.h"

#include <set>

#include <gtest/gtest.h>

#include "identity.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

TEST(Models, ElevenOfThem) {
  EXPECT_EQ(known_models().size(), 12u);
  std::set<std::string> names;
  for (const ModelSchema& model : known_models()) {
    EXPECT_TRUE(is_owner_name(model.name)) << model.name;
    EXPECT_TRUE(model.version.empty() || is_version_hex(model.version)) << model.name;
    EXPECT_TRUE(model.makes_files()) << model.name;
    EXPECT_TRUE(names.insert(model.name).second) << model.name;
    std::set<std::string> inputs;
    for (const ModelInput& input : model.inputs)
      EXPECT_TRUE(inputs.insert(input.name).second) << model.name << " " << input.name;
  }
}

TEST(Models, EveryDefaultIsAGoodInput) {
  for (const ModelSchema& model : known_models()) {
    json input = json::object();
    for (const ModelInput& one : model.inputs) {
      if (!one.preset.is_null())
        input[one.name] = one.preset;
      else if (one.required)
        input[one.name] = one.kinds == ModelInput::file ? json{{"$file", 0}} : json("text");
    }
    for (const InputMistake& mistake : check_input(model, input))
      ADD_FAILURE() << model.name << ": " << mistake.message;
  }
}

TEST(Models, FoundByLaneAndByName) {
  EXPECT_EQ(find_model("fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003")->name, "cjwbw/rembg");
  EXPECT_EQ(find_model("black-forest-labs/flux-schnell")->name, "black-forest-labs/flux-schnell");
  // Another version than the one in the table may have other inputs, so a name alone finds no pinned version.
  EXPECT_EQ(find_model("cjwbw/rembg"), nullptr);
  EXPECT_EQ(find_model(std::string(64, '0')), nullptr);
  EXPECT_EQ(find_model(""), nullptr);
  EXPECT_EQ(find_model_by_name("cjwbw/rembg")->output, ModelSchema::Output::one_file);
  EXPECT_EQ(find_model_by_name(""), nullptr);
}

TEST(Models, RowsThatAreEasyToGetWrong) {
  const ModelSchema& flux = *find_model_by_name("black-forest-labs/flux-schnell");
  EXPECT_EQ(json(flux.input("megapixels")->choices).dump(), R"(["1","0.25"])");
  EXPECT_EQ(flux.input("aspect_ratio")->choices.size(), 11u);
  const ModelSchema& animation = *find_model_by_name("andreasjansson/stable-diffusion-animation");
  EXPECT_EQ(json(animation.input("output_format")->choices).dump(), R"(["gif","mp4"])");
  EXPECT_EQ(json(animation.input("height")->choices).dump(), "[128,256,512,768]");
  EXPECT_EQ(animation.output, ModelSchema::Output::growing_files);
  EXPECT_EQ(find_model_by_name("stability-ai/stable-diffusion-img2img")->input("num_inference_steps")->preset, 25);
  EXPECT_EQ(find_model_by_name("stability-ai/stable-diffusion-img2img")->input("prompt_strength")->max, std::nullopt);
  EXPECT_EQ(find_model_by_name("lucataco/flux-dev-lora")->input("guidance_scale")->min, 0);
  EXPECT_EQ(find_model_by_name("stability-ai/stable-diffusion")->input("width")->choices.size(), 16u);
}

}  // namespace
}  // namespace pixgraph::replicate
