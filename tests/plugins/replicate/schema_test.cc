#include "schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> check(const ModelSchema& schema, const std::string& input) {
  std::vector<std::string> texts;
  for (const InputMistake& mistake : check_input(schema, json::parse(input)))
    texts.push_back((mistake.certain ? "" : "maybe: ") + mistake.message +
                    (mistake.help.empty() ? "" : " (" + mistake.help + ")"));
  return texts;
}
std::vector<std::string> check(const char* name, const std::string& input) {
  return check(*find_model_by_name(name), input);
}

constexpr auto kFlux = "black-forest-labs/flux-schnell";
constexpr auto kSdxl = "stability-ai/sdxl";

TEST(CheckInput, GoodOnes) {
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "num_outputs": 4, "megapixels": "1", "go_fast": true, "seed": 0})"),
              IsEmpty());
  EXPECT_THAT(check(kSdxl, "{}"), IsEmpty());
  EXPECT_THAT(
      check(kSdxl, R"({"image": {"$file": 0}, "mask": "https://x/y", "guidance_scale": 7, "prompt_strength": 0.5})"),
      IsEmpty());
  EXPECT_THAT(check(kSdxl, R"({"image": "data:image/png;base64,AA", "seed": 7.0, "prompt": null})"), IsEmpty());
}

TEST(CheckInput, Ranges) {
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "num_outputs": 9})"),
              ElementsAre("`num_outputs` takes 1 to 4, and 9 is more"));
  EXPECT_THAT(check(kSdxl, R"({"prompt_strength": -0.5})"),
              ElementsAre("`prompt_strength` takes 0 to 1, and -0.5 is less"));
  EXPECT_THAT(check("stability-ai/stable-diffusion-inpainting",
                    R"({"image": {"$file": 0}, "mask": {"$file": 1}, "width": 500, "height": 32})"),
              ElementsAre("`height` takes 64 or more, and 32 is less",
                          "`width` takes multiples of 64, and 500 is none (the nearest is 512)"));
}

TEST(CheckInput, UnknownNames) {
  EXPECT_THAT(check(kSdxl, R"({"promt": "x"})"),
              ElementsAre("`promt` is no input of stability-ai/sdxl (did you mean `prompt`?)"));
  EXPECT_THAT(check("lucataco/animate-diff", R"({"frames": 5})"),
              ElementsAre("`frames` is no input of lucataco/animate-diff (it takes motion_module, path, prompt, "
                          "n_prompt, steps, guidance_scale and seed)"));
  EXPECT_THAT(
      check(kFlux, R"({"prompt": "x", "style": "oil"})"),
      ElementsAre("maybe: `style` is no input of black-forest-labs/flux-schnell (known are prompt, aspect_ratio, "
                  "num_outputs, num_inference_steps, seed, output_format, output_quality, disable_safety_checker, "
                  "go_fast and megapixels; others are sent unless the server says otherwise)"));
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "num_output": 1})"),
              ElementsAre("`num_output` is no input of black-forest-labs/flux-schnell (did you mean `num_outputs`?)"));
}

TEST(CheckInput, AMisspeltNameIsOneMistake) {
  EXPECT_THAT(check(kFlux, R"({"promt": "x"})"),
              ElementsAre("`promt` is no input of black-forest-labs/flux-schnell (did you mean `prompt`?)"));
}

TEST(CheckInput, MissingOnes) {
  EXPECT_THAT(check(kFlux, R"({"seed": 1})"),
              ElementsAre("`prompt` is missing, and black-forest-labs/flux-schnell needs it (give text)"));
  EXPECT_THAT(check("cjwbw/rembg", R"({"image": null})"),
              ElementsAre("`image` is missing, and cjwbw/rembg needs it (give a file or a URL)"));
}

TEST(CheckInput, WrongTypes) {
  EXPECT_THAT(check(kFlux, R"({"prompt": 5})"),
              ElementsAre("`prompt` takes text, and 5 is a whole number (put it in quotes: \"5\")"));
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "megapixels": 1})"),
              ElementsAre("`megapixels` takes text, and 1 is a whole number (put it in quotes: \"1\")"));
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "num_outputs": "4"})"),
              ElementsAre("`num_outputs` takes a whole number, and \"4\" is text (write it without quotes)"));
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "num_outputs": "four"})"),
              ElementsAre("`num_outputs` takes a whole number, and \"four\" is text"));
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "num_outputs": 1.5})"),
              ElementsAre("`num_outputs` takes a whole number, and 1.5 is a number"));
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "go_fast": 1})"),
              ElementsAre("`go_fast` takes true or false, and 1 is a whole number"));
  EXPECT_THAT(check(kFlux, R"({"prompt": true})"), ElementsAre("`prompt` takes text, and true is true or false"));
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "seed": {"$file": 0}})"),
              ElementsAre("`seed` takes a whole number, and a file was given"));
  // A file is sent as its URL, which is a text: some models want that.
  EXPECT_THAT(
      check(kFlux, R"({"prompt": {"$file": 0}})"),
      ElementsAre("maybe: `prompt` takes text, and a file is sent as its URL (that is right only where it wants "
                  "a URL)"));
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "megapixels": {"$file": 0}})"),
              ElementsAre("`megapixels` takes text, and a file was given"));
  EXPECT_THAT(check(kSdxl, R"({"image": "photo.jpg"})"),
              ElementsAre("`image` takes a file or a URL, and \"photo.jpg\" is text (give a file, such as "
                          "\"${photo}\", or a http(s) URL)"));
  EXPECT_THAT(
      check(kSdxl, R"({"image": ["https://x/a"]})"),
      ElementsAre("`image` takes a file or a URL, and a list was given (take one of it, such as \"${node.file}\")"));
  EXPECT_THAT(check(kSdxl, R"({"seed": {"a": 1}})"),
              ElementsAre("`seed` takes a whole number, and a mapping was given"));
}

TEST(CheckInput, Choices) {
  EXPECT_THAT(
      check(kFlux, R"({"prompt": "x", "output_format": "jpeg"})"),
      ElementsAre("`output_format` takes webp, jpg or png, and \"jpeg\" is none of them (did you mean `jpg`?)"));
  EXPECT_THAT(check(kFlux, R"({"prompt": "x", "output_format": "bmp"})"),
              ElementsAre("`output_format` takes webp, jpg or png, and \"bmp\" is none of them"));
  EXPECT_THAT(check("stability-ai/stable-diffusion", R"({"width": 100})"),
              ElementsAre("`width` takes 64, 128, 192, 256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960 or "
                          "1024, and 100 is none of them"));
  EXPECT_THAT(check("stability-ai/stable-diffusion", R"({"width": 512.0})"), IsEmpty());
}

TEST(CheckInput, NamesPartedByCommas) {
  EXPECT_THAT(check("sujaykhandekar/object-removal",
                    R"({"image_path": {"$file": 0}, "objects_to_remove": "person,dining table"})"),
              IsEmpty());
  EXPECT_THAT(
      check("sujaykhandekar/object-removal", R"({"image_path": {"$file": 0}, "objects_to_remove": "person, car"})"),
      ElementsAre("maybe: `objects_to_remove` takes names parted by commas without blanks, and \"car\" is none that is "
                  "known (did you mean "
                  "`car`?)"));
}

TEST(CheckInput, ValuesThatAreNotKnownYetAreJudgedByTheirTypes) {
  const auto later = [](const char* name, const char* type) {
    return check(kSdxl, json{{name, {{"$later", type}}}}.dump());
  };
  EXPECT_THAT(later("prompt", ""), IsEmpty());
  EXPECT_THAT(later("seed", "json"), IsEmpty());
  EXPECT_THAT(later("image", "image"), IsEmpty());
  EXPECT_THAT(later("image", "mask"), IsEmpty());
  EXPECT_THAT(later("image", "text"), IsEmpty());  // a URL
  EXPECT_THAT(later("guidance_scale", "integer"), IsEmpty());
  EXPECT_THAT(later("width", "number"), IsEmpty());  // it may be a whole one
  EXPECT_THAT(later("width", "image"), ElementsAre("`width` takes a whole number, and this is an image"));
  EXPECT_THAT(later("width", "text"), ElementsAre("`width` takes a whole number, and this is text"));
  EXPECT_THAT(later("width", "bool"), ElementsAre("`width` takes a whole number, and this is true or false"));
  EXPECT_THAT(later("image", "integer"), ElementsAre("`image` takes a file or a URL, and this is an integer"));
  EXPECT_THAT(later("image", "list of file"),
              ElementsAre("`image` takes a file or a URL, and this is a list (take one of it)"));
  EXPECT_THAT(later("prompt", "image"), ElementsAre("maybe: `prompt` takes text, and an image is sent as its URL (that "
                                                    "is right only where it wants a URL)"));
  EXPECT_THAT(later("scheduler", "image"), ElementsAre("`scheduler` takes text, and this is an image"));
}

TEST(CheckInput, WhereEachMistakeIs) {
  ModelSchema schema;
  schema.name = "a/b";
  ModelInput images;
  images.name = "images";
  images.kinds = ModelInput::file;
  images.single = false;
  images.list = true;
  images.required = true;
  schema.inputs = {images};
  const auto mistakes =
      check_input(schema, json::parse(R"({"images": ["https://x/y", 5, {"$later": "bool"}], "x": 1})"));
  ASSERT_EQ(mistakes.size(), 3u);
  EXPECT_THAT(mistakes[0].path, ElementsAre("images", "1"));
  EXPECT_THAT(mistakes[1].path, ElementsAre("images", "2"));
  EXPECT_THAT(mistakes[2].path, ElementsAre("x"));
  EXPECT_EQ(mistakes[2].kind, InputMistake::Kind::unknown);
  const auto missing = check_input(schema, json::object());
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].kind, InputMistake::Kind::missing);
  EXPECT_THAT(missing[0].path, ElementsAre("images"));
  EXPECT_THAT(check(schema, R"({"images": {"$later": "image"}})"),
              ElementsAre("`images` takes a list of files, and this is an image (put it in brackets: [...])"));
  EXPECT_THAT(check(schema, R"({"images": {"$later": "list of text"}})"), IsEmpty());
}

TEST(CheckInput, Secrets) {
  ModelSchema schema;
  schema.name = "a/b";
  ModelInput key;
  key.name = "api_key";
  key.secret = true;
  key.choices = {"x"};
  schema.inputs.push_back(key);
  EXPECT_THAT(check(schema, R"({"api_key": "sk-123"})"),
              ElementsAre("`api_key` takes x, and another text is none of them"));
}

TEST(CheckInput, ListsAndUnions) {
  ModelSchema schema;
  schema.name = "a/b";
  ModelInput images;
  images.name = "images";
  images.kinds = ModelInput::file;
  images.single = false;
  images.list = true;
  ModelInput size;
  size.name = "size";
  size.kinds = ModelInput::text | ModelInput::integer;
  schema.inputs = {images, size};
  EXPECT_THAT(check(schema, R"({"images": [{"$file": 0}, "https://x/y"], "size": 5})"), IsEmpty());
  EXPECT_THAT(check(schema, R"({"images": {"$file": 0}})"),
              ElementsAre("`images` takes a list of files, and a file was given (put it in brackets: [...])"));
  EXPECT_THAT(check(schema, R"({"images": [5]})"),
              ElementsAre("`images` takes a list of files, and 5 is a whole number"));
  EXPECT_THAT(check(schema, R"({"size": true})"),
              ElementsAre("`size` takes text or a whole number, and true is true or false"));
}

TEST(DidYouMean, NearOnes) {
  const std::vector<std::string> names = {"prompt", "seed", "num_outputs", "output_format"};
  EXPECT_EQ(did_you_mean("promtp", names), "prompt");
  EXPECT_EQ(did_you_mean("sed", names), "seed");
  EXPECT_EQ(did_you_mean("Seed", names), "seed");
  EXPECT_EQ(did_you_mean("xyz", names), "");
  EXPECT_EQ(did_you_mean("", names), "");
}

}  // namespace
}  // namespace pixgraph::replicate
