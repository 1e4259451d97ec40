// The flux family: black-forest-labs/flux-schnell, lucataco/flux-schnell-lora, lucataco/flux-dev-lora. Stand-ins:
// scenes from the prompt's words, in the size that aspect_ratio asks for and the format that output_format asks for.
#include <algorithm>
#include <cmath>
#include <string_view>

#include "../codecs.h"
#include "../text.h"
#include "diffusion_fields.h"
#include "model.h"
#include "scene.h"

namespace sandbox {

namespace {

struct Aspect {
  std::string_view name;
  int width, height;
};
constexpr Aspect kAspects[] = {
    {"1:1", 1024, 1024}, {"16:9", 1344, 768}, {"21:9", 1536, 640}, {"3:2", 1216, 832},
    {"2:3", 832, 1216},  {"4:5", 896, 1088},  {"5:4", 1088, 896},  {"3:4", 896, 1152},
    {"4:3", 1152, 896},  {"9:16", 768, 1344}, {"9:21", 640, 1536},
};

std::vector<OutputFile> run(const Job& job) {
  const std::string prompt = job.text("prompt");
  const std::string ratio = job.text("aspect_ratio");
  int width = 1024, height = 1024;
  for (const Aspect& aspect : kAspects) {
    if (aspect.name == ratio) width = aspect.width, height = aspect.height;
  }
  if (job.text("megapixels") == "0.25") width /= 2, height /= 2;
  // With an input picture the aspect ratio is the picture's, and the scene is laid over it.
  Floats base;
  if (job.has("image")) {
    const Picture picture = job.picture("image");
    const double scale = std::sqrt(1024.0 * 1024.0 / (static_cast<double>(picture.width) * picture.height));
    width = std::clamp(static_cast<int>(std::lround(picture.width * scale / 16)) * 16, 64, 2048);
    height = std::clamp(static_cast<int>(std::lround(picture.height * scale / 16)) * 16, 64, 2048);
    base = colours(resize(picture, width, height));
  }
  std::vector<OutputFile> outputs;
  const std::string lora = job.text("hf_lora");
  for (int i = 0; i < job.integer("num_outputs"); ++i) {
    // Another LoRA gives another picture.
    const std::uint64_t seed = lora.empty() ? job.seed(i) : hash64(lora, job.seed(i));
    Floats scene = paint_scene(scene_kind(prompt), prompt, seed, width, height);
    if (!base.data.empty()) {
      const float keep = 1 - static_cast<float>(job.number("prompt_strength"));
      for (std::size_t k = 0; k < scene.data.size(); ++k) scene.data[k] += keep * (base.data[k] - scene.data[k]);
    }
    const std::string format = job.text("output_format");
    outputs.push_back({encode_picture(to_picture(scene), format, job.integer("output_quality")), format});
  }
  return outputs;
}

Field aspect_field() {
  std::vector<std::string> names;
  for (const Aspect& aspect : kAspects) names.emplace_back(aspect.name);
  return Field("aspect_ratio", Type::text, "Aspect ratio for the generated image")
      .one_of(names)
      .by_default(std::string("1:1"));
}

Field format_field() {
  return Field("output_format", Type::text, "Format of the output images")
      .one_of({"webp", "jpg", "png"})
      .by_default(std::string("webp"));
}

Field quality_field() {
  return Field("output_quality", Type::integer, "Quality when saving the output images, not for png")
      .range(0, 100)
      .by_default(80L);
}

Field checker_field() {
  return Field("disable_safety_checker", Type::boolean, "Disable safety checker for generated images")
      .by_default(false);
}

// What all of the family ask for, in its order, with what some have between.
std::vector<Field> flux_fields(int most_steps, long steps, const std::vector<Field>& of_the_picture = {},
                               const std::vector<Field>& of_the_weights = {}) {
  std::vector<Field> fields =
      joined({Field("prompt", Type::text, "Prompt for generated image").required(), aspect_field()}, of_the_picture);
  fields = joined(std::move(fields),
                  {outputs_field(4), steps_field(most_steps, steps), seed_field(), format_field(), quality_field()});
  return joined(joined(std::move(fields), of_the_weights), {checker_field()});
}

std::vector<Field> lora_fields(int most_steps, long steps) {
  return flux_fields(
      most_steps, steps,
      {Field("image", Type::file, "Input image for image to image mode; aspect_ratio is then ignored"),
       Field("prompt_strength", Type::number, "Prompt strength when using image to image").range(0, 1).by_default(0.8)},
      {Field("hf_lora", Type::text, "HuggingFace path, or URL to the LoRA weights"),
       Field("lora_scale", Type::number, "Scale for the LoRA weights").range(0, 1).by_default(0.8)});
}

}  // namespace

Model flux_schnell_model() {
  Model model;
  model.name = "black-forest-labs/flux-schnell";
  // Named by path only, so that its version is not known: one made up from the name.
  model.version = sha256_hex(model.name);
  model.doc = "The fastest picture generator of its family";
  model.seconds = 0.4;
  model.official = true;
  model.schema.inputs = joined(
      flux_fields(4, 4),
      {Field("go_fast", Type::boolean, "Run faster predictions with a model optimized for speed").by_default(true),
       Field("megapixels", Type::text, "Approximate number of megapixels")
           .one_of({"1", "0.25"})
           .by_default(std::string("1"))});
  model.run = run;
  return model;
}

Model flux_schnell_lora_model() {
  Model model;
  model.name = "lucataco/flux-schnell-lora";
  model.version = "2a6b576af31790b470f0a8442e1e9791213fa13799cbb65a9fc1436e96389574";
  model.doc = "flux-schnell with LoRA weights";
  model.seconds = 0.4;
  model.schema.inputs = lora_fields(12, 4);
  model.run = run;
  return model;
}

Model flux_dev_lora_model() {
  Model model;
  model.name = "lucataco/flux-dev-lora";
  model.version = "091495765fa5ef2725a175a57b276ec30dc9d39c22d30410f2ede68a3eab66b3";
  model.doc = "flux-dev with LoRA weights";
  model.seconds = 0.6;
  model.schema.inputs = lora_fields(50, 28);
  model.schema.inputs.insert(model.schema.inputs.begin() + 6, guidance_field(0, 10, 3.5));
  model.run = run;
  return model;
}

}  // namespace sandbox
