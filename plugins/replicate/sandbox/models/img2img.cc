// stability-ai/stable-diffusion-img2img - a picture made anew after a picture. Stand-in: structure stays, tones and
// texture move toward the prompt's colours and brush as prompt_strength grows; 0 leaves it as it is.
#include <algorithm>
#include <cmath>

#include "../codecs.h"
#include "../text.h"
#include "diffusion_fields.h"
#include "model.h"
#include "noise.h"
#include "scene.h"

namespace sandbox {

namespace {

constexpr int kLongest = 1536;

// Kuwahara's filter: of four squares around a pixel the calmest one's mean. Gives flat, brush-like areas.
Floats brush(const Floats& rgb, int radius) {
  Floats sums(rgb.width, rgb.height, 4);
  for (std::size_t i = 0; i < rgb.pixels(); ++i) {
    const float* p = &rgb.data[i * 3];
    float* s = &sums.data[i * 4];
    const float grey = 0.3F * p[0] + 0.6F * p[1] + 0.1F * p[2];
    s[0] = p[0], s[1] = p[1], s[2] = p[2], s[3] = grey * grey;
  }
  sums = box_blur(sums, radius);
  Floats out(rgb.width, rgb.height, 3);
  for (int y = 0; y < rgb.height; ++y) {
    for (int x = 0; x < rgb.width; ++x) {
      float calm = 1e30F;
      for (int k = 0; k < 4; ++k) {
        const int sx = std::clamp(x + (k % 2 == 0 ? -radius : radius), 0, rgb.width - 1);
        const int sy = std::clamp(y + (k / 2 == 0 ? -radius : radius), 0, rgb.height - 1);
        const float* s = sums.at(sx, sy);
        const float grey = 0.3F * s[0] + 0.6F * s[1] + 0.1F * s[2];
        const float variance = s[3] - grey * grey;
        if (variance >= calm) continue;
        calm = variance;
        std::copy_n(s, 3, out.at(x, y));
      }
    }
  }
  return out;
}

std::vector<OutputFile> run(const Job& job) {
  Picture photo = job.picture("image");
  const double scale = std::min(1.0, static_cast<double>(kLongest) / std::max(photo.width, photo.height));
  photo = resize(photo, std::max(1, static_cast<int>(std::lround(photo.width * scale))),
                 std::max(1, static_cast<int>(std::lround(photo.height * scale))));
  const float strength = std::clamp(static_cast<float>(job.number("prompt_strength")), 0.0F, 1.0F);
  const Floats base = colours(photo);
  const std::string prompt = job.text("prompt");
  std::vector<OutputFile> outputs;
  for (int i = 0; i < job.integer("num_outputs"); ++i) {
    const std::uint64_t seed = job.seed(i);
    const Floats scene = soft_blur(paint_scene(scene_kind(prompt), prompt, seed, 96, 96), 6);
    const Floats mood = resize(scene, photo.width, photo.height);
    const Floats painted = brush(base, std::max(1, static_cast<int>(strength * static_cast<float>(photo.width) / 170)));
    Floats out = base;
    for (int y = 0; y < base.height; ++y) {
      for (int x = 0; x < base.width; ++x) {
        const float* p = painted.at(x, y);
        const float grey = (0.3F * p[0] + 0.6F * p[1] + 0.1F * p[2]) / 128;
        const float canvas =
            1 + 0.16F * (layered_noise(static_cast<float>(x) * 0.12F, static_cast<float>(y) * 0.3F, 3, seed) - 0.5F);
        for (int c = 0; c < 3; ++c) {
          const float toned = (0.62F * p[c] + 0.38F * mood.at(x, y)[c] * grey) * canvas;
          float& value = out.at(x, y)[c];
          value += strength * (toned - value);
        }
      }
    }
    outputs.push_back({encode_png(to_picture(out), false), "png"});
  }
  return outputs;
}

}  // namespace

Model img2img_model() {
  Model model;
  model.name = "stability-ai/stable-diffusion-img2img";
  model.version = "15a3689ee13b0d2616e98820eca31d4c3abcd36672df6afce5cb6feb1d66087d";
  model.doc = "Generates a picture from an input picture";
  model.seconds = 0.4;
  model.schema.inputs =
      joined({prompt_field("A fantasy landscape, trending on artstation"), negative_prompt_field(),
              Field("image", Type::file, "Initial image to generate variations of").required(),
              Field("prompt_strength", Type::number, "Prompt strength; 1.0 is full destruction of the initial image")
                  .by_default(0.8)},
             sampling_fields(8, 25));
  model.run = run;
  return model;
}

}  // namespace sandbox
