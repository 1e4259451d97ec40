// stability-ai/stable-diffusion and stability-ai/sdxl - pictures from text. Stand-ins: scenes from the prompt's words.
#include "../codecs.h"
#include "diffusion_fields.h"
#include "model.h"
#include "scene.h"

namespace sandbox {

namespace {

std::vector<OutputFile> run(const Job& job) {
  const std::string prompt = job.text("prompt");
  std::vector<OutputFile> outputs;
  for (int i = 0; i < job.integer("num_outputs"); ++i) {
    const Floats scene =
        paint_scene(scene_kind(prompt), prompt, job.seed(i), job.integer("width"), job.integer("height"));
    outputs.push_back({encode_png(to_picture(scene), false), "png"});
  }
  return outputs;
}

// sdxl's width and height have no declared bounds; the real one fails beyond what its memory holds.
std::vector<OutputFile> run_sdxl(const Job& job) {
  for (const char* name : {"width", "height"}) {
    const int size = job.integer(name);
    if (size % 8 != 0)
      throw ModelFailure("`height` and `width` have to be divisible by 8 but are " +
                         std::to_string(job.integer("height")) + " and " + std::to_string(job.integer("width")) + ".");
    if (size < 64 || size > 2048)
      throw ModelFailure("CUDA out of memory. (E1001: sandbox stand-in; " + std::string(name) + " " +
                         std::to_string(size) + ")");
  }
  return run(job);
}

}  // namespace

Model stable_diffusion_model() {
  Model model;
  model.name = "stability-ai/stable-diffusion";
  model.version = "ac732df83cea7fff18b8472768c88ad041fa750ff7682a21affe81863cbe77e4";
  model.doc = "Generates pictures from a text";
  model.seconds = 0.5;
  model.schema.inputs = joined({prompt_field("a vision of paradise. unreal engine"), size_field("height", 768),
                                size_field("width", 768), negative_prompt_field()},
                               sampling_fields(4, 50));
  model.run = run;
  return model;
}

Model sdxl_model() {
  Model model;
  model.name = "stability-ai/sdxl";
  model.version = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc";
  model.doc = "Generates larger pictures from a text";
  model.seconds = 0.6;
  const auto share = [](const char* name, double by_default, const char* doc) {
    return Field(name, Type::number, doc).range(0, 1).by_default(by_default);
  };
  model.schema.inputs = {
      prompt_field("An astronaut riding a rainbow unicorn"),
      negative_prompt_field().by_default(std::string()),
      Field("image", Type::file, "Input image for img2img or inpaint mode"),
      Field("mask", Type::file, "Input mask for inpaint mode: black is kept, white is inpainted"),
      Field("width", Type::integer, "Width of output image").by_default(1024L),
      Field("height", Type::integer, "Height of output image").by_default(1024L),
      outputs_field(4),
      Field("scheduler", Type::text, "scheduler")
          .one_of({"DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM"})
          .by_default(std::string("K_EULER")),
      steps_field(500, 50),
      guidance_field(1, 50),
      share("prompt_strength", 0.8, "Prompt strength when using img2img or inpaint"),
      seed_field(),
      Field("refine", Type::text, "Which refine style to use")
          .one_of({"no_refiner", "expert_ensemble_refiner", "base_image_refiner"})
          .by_default(std::string("no_refiner")),
      share("high_noise_frac", 0.8, "For expert_ensemble_refiner, the fraction of noise to use"),
      Field("refine_steps", Type::integer, "For base_image_refiner, the number of steps to refine"),
      Field("apply_watermark", Type::boolean, "Applies a watermark to enable determining if an image is generated")
          .by_default(true),
      share("lora_scale", 0.6, "LoRA additive scale. Only applicable on trained models"),
      Field("replicate_weights", Type::text, "Replicate LoRA weights to use"),
      Field("disable_safety_checker", Type::boolean, "Disable safety checker for generated images").by_default(false),
  };
  model.run = run_sdxl;
  return model;
}

}  // namespace sandbox
