#include "models.h"

#include <initializer_list>

namespace pixgraph::replicate {
namespace {

using Output = ModelSchema::Output;
using Choices = std::vector<nlohmann::json>;

/// One row of the table. Made by the functions below, completed by what follows them.
struct Row : ModelInput {
  Row(const char* row_name, unsigned row_kinds) {
    name = row_name;
    kinds = row_kinds;
  }
  Row&& needed() && { return required = true, std::move(*this); }
  Row&& or_else(nlohmann::json value) && { return preset = std::move(value), std::move(*this); }
  Row&& between(double low, double high) && { return min = low, max = high, std::move(*this); }
  Row&& at_least(double low) && { return min = low, std::move(*this); }
  Row&& step(double unit) && { return multiple_of = unit, std::move(*this); }
  Row&& of(Choices values) && { return choices = std::move(values), std::move(*this); }
  Row&& parted_by_commas() && { return comma_list = true, std::move(*this); }
};

Row text(const char* name) {
  return {name, ModelInput::text};
}
Row whole(const char* name) {
  return {name, ModelInput::integer};
}
Row number(const char* name) {
  return {name, ModelInput::number};
}
Row flag(const char* name) {
  return {name, ModelInput::boolean};
}
Row file(const char* name) {
  return {name, ModelInput::file};
}

Choices steps_of_64(int last) {
  Choices sizes;
  for (int size = 64; size <= last; size += 64) sizes.emplace_back(size);
  return sizes;
}

Choices ratios() {
  return {"1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"};
}
Choices pictures() {
  return {"webp", "jpg", "png"};
}
Choices schedulers() {
  return {"DDIM", "K_EULER", "DPMSolverMultistep", "K_EULER_ANCESTRAL", "PNDM", "KLMS"};
}

ModelSchema model(const char* name, const char* version, Output output, bool complete,
                  std::initializer_list<Row> rows) {
  ModelSchema schema;
  schema.name = name;
  schema.version = version;
  schema.output = output;
  schema.complete = complete;
  schema.inputs.assign(rows.begin(), rows.end());
  return schema;
}

ModelSchema flux_schnell() {
  return model("black-forest-labs/flux-schnell", "", Output::files, false,
               {text("prompt").needed(), text("aspect_ratio").of(ratios()).or_else("1:1"),
                whole("num_outputs").between(1, 4).or_else(1), whole("num_inference_steps").between(1, 4).or_else(4),
                whole("seed"), text("output_format").of(pictures()).or_else("webp"),
                whole("output_quality").between(0, 100).or_else(80), flag("disable_safety_checker").or_else(false),
                flag("go_fast").or_else(true), text("megapixels").of({"1", "0.25"}).or_else("1")});
}

ModelSchema sdxl() {
  return model(
      "stability-ai/sdxl", "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc", Output::files, true,
      {text("prompt").or_else("An astronaut riding a rainbow unicorn"), text("negative_prompt").or_else(""),
       file("image"), file("mask"), whole("width").or_else(1024), whole("height").or_else(1024),
       whole("num_outputs").between(1, 4).or_else(1),
       text("scheduler")
           .of({"DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM"})
           .or_else("K_EULER"),
       whole("num_inference_steps").between(1, 500).or_else(50), number("guidance_scale").between(1, 50).or_else(7.5),
       number("prompt_strength").between(0, 1).or_else(0.8), whole("seed"),
       text("refine").of({"no_refiner", "expert_ensemble_refiner", "base_image_refiner"}).or_else("no_refiner"),
       number("high_noise_frac").between(0, 1).or_else(0.8), whole("refine_steps"),
       flag("apply_watermark").or_else(true), number("lora_scale").between(0, 1).or_else(0.6),
       text("replicate_weights"), flag("disable_safety_checker").or_else(false)});
}

ModelSchema stable_diffusion() {
  return model(
      "stability-ai/stable-diffusion", "ac732df83cea7fff18b8472768c88ad041fa750ff7682a21affe81863cbe77e4",
      Output::files, true,
      {text("prompt").or_else("a vision of paradise. unreal engine"),
       whole("height").of(steps_of_64(1024)).or_else(768), whole("width").of(steps_of_64(1024)).or_else(768),
       text("negative_prompt"), whole("num_outputs").between(1, 4).or_else(1),
       whole("num_inference_steps").between(1, 500).or_else(50), number("guidance_scale").between(1, 20).or_else(7.5),
       text("scheduler").of(schedulers()).or_else("DPMSolverMultistep"), whole("seed")});
}

ModelSchema inpainting() {
  // From the page of a sibling version: how large width and height may be is not known.
  return model(
      "stability-ai/stable-diffusion-inpainting", "95b7223104132402a9ae91cc677285bc5eb997834bd2349fa486f53910fd68b3",
      Output::files, false,
      {text("prompt"), file("image").needed(), file("mask").needed(),
       whole("height").at_least(64).step(64).or_else(512), whole("width").at_least(64).step(64).or_else(512),
       text("negative_prompt"), whole("num_outputs").between(1, 4).or_else(1),
       whole("num_inference_steps").between(1, 500).or_else(50), number("guidance_scale").between(1, 20).or_else(7.5),
       text("scheduler").of(schedulers()).or_else("DPMSolverMultistep"), whole("seed")});
}

ModelSchema img2img() {
  // The code has width and height as well, which the page of this version does not show and the code does not use.
  return model(
      "stability-ai/stable-diffusion-img2img", "15a3689ee13b0d2616e98820eca31d4c3abcd36672df6afce5cb6feb1d66087d",
      Output::files, false,
      {text("prompt").or_else("A fantasy landscape, trending on artstation"), text("negative_prompt"),
       file("image").needed(), number("prompt_strength").or_else(0.8), whole("num_outputs").between(1, 8).or_else(1),
       whole("num_inference_steps").between(1, 500).or_else(25), number("guidance_scale").between(1, 20).or_else(7.5),
       text("scheduler").of(schedulers()).or_else("DPMSolverMultistep"), whole("seed")});
}

ModelSchema flux_schnell_lora() {
  return model("lucataco/flux-schnell-lora", "2a6b576af31790b470f0a8442e1e9791213fa13799cbb65a9fc1436e96389574",
               Output::files, false,
               {text("prompt").needed(), text("aspect_ratio").of(ratios()).or_else("1:1"), file("image"),
                number("prompt_strength").between(0, 1).or_else(0.8), whole("num_outputs").between(1, 4).or_else(1),
                whole("num_inference_steps").between(1, 12).or_else(4), whole("seed"),
                text("output_format").of(pictures()).or_else("webp"),
                whole("output_quality").between(0, 100).or_else(80), text("hf_lora"),
                number("lora_scale").between(0, 1).or_else(0.8), flag("disable_safety_checker").or_else(false)});
}

ModelSchema flux_dev_lora() {
  return model(
      "lucataco/flux-dev-lora", "091495765fa5ef2725a175a57b276ec30dc9d39c22d30410f2ede68a3eab66b3", Output::files,
      false,
      {text("prompt").needed(), text("aspect_ratio").of(ratios()).or_else("1:1"), file("image"),
       number("prompt_strength").between(0, 1).or_else(0.8), whole("num_outputs").between(1, 4).or_else(1),
       whole("num_inference_steps").between(1, 50).or_else(28), number("guidance_scale").between(0, 10).or_else(3.5),
       whole("seed"), text("output_format").of(pictures()).or_else("webp"),
       whole("output_quality").between(0, 100).or_else(80), text("hf_lora"),
       number("lora_scale").between(0, 1).or_else(0.8), flag("disable_safety_checker").or_else(false)});
}

ModelSchema animation() {
  return model(
      "andreasjansson/stable-diffusion-animation", "ca1f5e306e5721e19c473e0d094e6603f0456fe759c10715fcd6c1b79242d4a5",
      Output::growing_files, true,
      {text("prompt_start").needed(), text("prompt_end").needed(),
       whole("width").of({128, 256, 512, 768, 1024}).or_else(512),
       whole("height").of({128, 256, 512, 768}).or_else(512), whole("num_inference_steps").between(1, 500).or_else(50),
       number("prompt_strength").or_else(0.8), whole("num_animation_frames").between(2, 50).or_else(10),
       whole("num_interpolation_steps").between(1, 50).or_else(5), number("guidance_scale").between(1, 20).or_else(7.5),
       whole("gif_frames_per_second").between(1, 50).or_else(20), flag("gif_ping_pong").or_else(false),
       flag("film_interpolation").or_else(true), flag("intermediate_output").or_else(false), whole("seed"),
       text("output_format").of({"gif", "mp4"}).or_else("gif")});
}

ModelSchema animate_diff() {
  return model("lucataco/animate-diff", "beecf59c4aee8d81bf04f0381033dfa10dc16e845b4ae00d281e2fa377e48a9f",
               Output::one_file, true,
               {text("motion_module").of({"mm_sd_v14", "mm_sd_v15", "mm_sd_v15_v2"}).or_else("mm_sd_v14"),
                text("path")
                    .of({"toonyou_beta3.safetensors", "lyriel_v16.safetensors", "rcnzCartoon3d_v10.safetensors",
                         "majicmixRealistic_v5Preview.safetensors", "realisticVisionV40_v20Novae.safetensors"})
                    .or_else("toonyou_beta3.safetensors"),
                text("prompt"), text("n_prompt").or_else(""), whole("steps").between(1, 100).or_else(25),
                number("guidance_scale").between(1, 10).or_else(7.5), whole("seed")});
}

ModelSchema real_esrgan() {
  return model(
      "nightmareai/real-esrgan", "f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa", Output::one_file,
      false,
      {file("image").needed(), number("scale").between(0, 10).or_else(4.0), flag("face_enhance").or_else(false)});
}

ModelSchema object_removal() {
  // The model splits at commas and looks every name up as it stands: an unknown one ends in a failed prediction.
  return model("sujaykhandekar/object-removal", "153b0087c2576ad30d8cbddb35275b387d1a6bf986bda5499948f843f6460faf",
               Output::one_file, false,
               {file("image_path").needed(),
                text("objects_to_remove")
                    .of({"Background", "Aeroplane", "bicycle",      "bird",  "boat",         "bottle", "bus",
                         "car",        "cat",       "chair",        "cow",   "dining table", "dog",    "horse",
                         "motorbike",  "person",    "potted plant", "sheep", "sofa",         "train",  "tv/monitor"})
                    .parted_by_commas()
                    .or_else("person,car")});
}

ModelSchema rembg() {
  // Its own schema has image as optional, and every run without one fails: needed is what it is.
  return model("cjwbw/rembg", "fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003", Output::one_file,
               false, {file("image").needed()});
}

}  // namespace

const std::vector<ModelSchema>& known_models() {
  static const std::vector<ModelSchema> all = {stable_diffusion(),  sdxl(),          inpainting(),  img2img(),
                                               flux_schnell_lora(), flux_dev_lora(), animation(),   animate_diff(),
                                               object_removal(),    rembg(),         real_esrgan(), flux_schnell()};
  return all;
}

const ModelSchema* find_model(std::string_view lane) {
  for (const ModelSchema& schema : known_models())
    if (schema.version.empty() ? schema.name == lane : schema.version == lane) return &schema;
  return nullptr;
}

const ModelSchema* find_model_by_name(std::string_view name) {
  for (const ModelSchema& schema : known_models())
    if (schema.name == name) return &schema;
  return nullptr;
}

}  // namespace pixgraph::replicate
