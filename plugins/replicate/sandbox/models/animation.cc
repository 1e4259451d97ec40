// andreasjansson/stable-diffusion-animation and lucataco/animate-diff - moving pictures from prompts. Stand-ins: scenes
// from the prompts' words, one dissolving into the next, or seen through a window that moves across one.
#include "../animation.h"

#include <algorithm>
#include <cmath>

#include "../codecs.h"
#include "diffusion_fields.h"
#include "model.h"
#include "scene.h"

namespace sandbox {

namespace {

// "a cat|a dog" is two prompts.
void add_prompts(const std::string& text, std::vector<std::string>& prompts) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('|', at), text.size());
    prompts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

Picture between(const Floats& from, const Floats& to, float part) {
  Floats mixed = from;
  for (std::size_t i = 0; i < mixed.data.size(); ++i) mixed.data[i] += part * (to.data[i] - from.data[i]);
  return to_picture(mixed);
}

std::vector<OutputFile> dissolve(const Job& job) {
  const int width = job.integer("width"), height = job.integer("height");
  std::vector<std::string> prompts;
  add_prompts(job.text("prompt_start"), prompts);
  add_prompts(job.text("prompt_end"), prompts);
  std::vector<Floats> scenes;
  for (const std::string& prompt : prompts)
    scenes.push_back(paint_scene(scene_kind(prompt), prompt, job.seed(), width, height));
  const int pictures = job.integer("num_animation_frames");
  const int count = (pictures - 1) * job.integer("num_interpolation_steps") + 1;
  std::vector<Picture> frames;
  std::vector<OutputFile> files;
  for (int i = 0; i < count; ++i) {
    const float at =
        static_cast<float>(i) / static_cast<float>(std::max(1, count - 1)) * static_cast<float>(scenes.size() - 1);
    const auto scene = std::min(static_cast<std::size_t>(at), scenes.size() - 2);
    frames.push_back(between(scenes[scene], scenes[scene + 1], at - static_cast<float>(scene)));
    // The real one gives its pictures as it makes them; the animation is the last of the list either way.
    if (job.flag("intermediate_output") && i % job.integer("num_interpolation_steps") == 0)
      files.push_back({encode_png(frames.back(), false), "png"});
  }
  if (job.flag("gif_ping_pong"))
    for (int i = count - 2; i > 0; --i) frames.push_back(frames[i]);
  const int speed = job.integer("gif_frames_per_second");
  if (job.text("output_format") == "mp4")
    files.push_back({encode_mp4(frames, speed), "mp4"});
  else
    files.push_back({encode_gif(frames, speed), "gif"});
  return files;
}

std::vector<OutputFile> pan(const Job& job) {
  constexpr int side = 512, count = 16, across = 8, speed = 8;
  const std::string prompt = job.text("prompt");
  const Floats wide = paint_scene(scene_kind(prompt), prompt, job.seed(), side + across * (count - 1), side);
  std::vector<Picture> frames;
  for (int i = 0; i < count; ++i) {
    Floats seen(side, side, 3);
    for (int y = 0; y < side; ++y) std::copy_n(wide.at(i * across, y), side * 3, seen.at(0, y));
    frames.push_back(to_picture(seen));
  }
  return {{encode_mp4(frames, speed), "mp4"}};
}

}  // namespace

Model animation_model() {
  Model model;
  model.name = "andreasjansson/stable-diffusion-animation";
  model.version = "ca1f5e306e5721e19c473e0d094e6603f0456fe759c10715fcd6c1b79242d4a5";
  model.doc = "Animates from one prompt to another";
  model.seconds = 0.8;
  model.counts_images = false;
  model.schema.output = OutputKind::growing_files;
  model.schema.inputs = {
      Field("prompt_start", Type::text, "Prompt to start the animation with; several are separated by |").required(),
      Field("prompt_end", Type::text, "Prompt to end the animation with; several are separated by |").required(),
      Field("width", Type::integer, "Width of the animation")
          .one_of({"128", "256", "512", "768", "1024"})
          .by_default(512L),
      Field("height", Type::integer, "Height of the animation").one_of({"128", "256", "512", "768"}).by_default(512L),
      steps_field(500, 50),
      Field("prompt_strength", Type::number, "How far frames may be from the first prompt").by_default(0.8),
      Field("num_animation_frames", Type::integer, "Pictures that are made").range(2, 50).by_default(10L),
      Field("num_interpolation_steps", Type::integer, "Frames from one picture to the next")
          .range(1, 50)
          .by_default(5L),
      guidance_field(1, 20, 7.5),
      Field("gif_frames_per_second", Type::integer, "Frames a second").range(1, 50).by_default(20L),
      Field("gif_ping_pong", Type::boolean, "Play it backwards after that").by_default(false),
      Field("film_interpolation", Type::boolean, "Use FILM between the pictures").by_default(true),
      Field("intermediate_output", Type::boolean, "Give the pictures while they are made").by_default(false),
      seed_field(),
      Field("output_format", Type::text, "Format of the animation")
          .one_of({"gif", "mp4"})
          .by_default(std::string("gif")),
  };
  model.run = dissolve;
  return model;
}

Model animate_diff_model() {
  Model model;
  model.name = "lucataco/animate-diff";
  model.version = "beecf59c4aee8d81bf04f0381033dfa10dc16e845b4ae00d281e2fa377e48a9f";
  model.doc = "A short film from a prompt";
  model.seconds = 0.8;
  model.counts_images = false;
  model.schema.output = OutputKind::file;
  model.schema.inputs = {
      Field("motion_module", Type::text, "Motion module")
          .one_of({"mm_sd_v14", "mm_sd_v15", "mm_sd_v15_v2"})
          .by_default(std::string("mm_sd_v14")),
      Field("path", Type::text, "Weights")
          .one_of({"toonyou_beta3.safetensors", "lyriel_v16.safetensors", "rcnzCartoon3d_v10.safetensors",
                   "majicmixRealistic_v5Preview.safetensors", "realisticVisionV40_v20Novae.safetensors"})
          .by_default(std::string("toonyou_beta3.safetensors")),
      Field("prompt", Type::text, "Input prompt")
          .by_default(std::string("masterpiece, best quality, hills and a lake")),
      Field("n_prompt", Type::text, "Negative prompt").by_default(std::string()),
      Field("steps", Type::integer, "Number of inference steps").range(1, 100).by_default(25L),
      guidance_field(1, 10, 7.5),
      seed_field(),
  };
  model.run = pan;
  return model;
}

}  // namespace sandbox
