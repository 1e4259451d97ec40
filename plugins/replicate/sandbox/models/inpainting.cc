// stability-ai/stable-diffusion-inpainting - repaints what the mask shows white. Stand-in: a hole inside the picture is
// filled from its surroundings, tinted by the prompt; a mask that takes the picture's border asks for a new background,
// so a scene is painted from the prompt, with a shadow where the kept subject stands.
#include <algorithm>
#include <cmath>

#include "../codecs.h"
#include "../text.h"
#include "diffusion_fields.h"
#include "fill.h"
#include "model.h"
#include "noise.h"
#include "scene.h"

namespace sandbox {

namespace {

// The share of the picture's border that is to be repainted.
float border_share(const Floats& mask) {
  float sum = 0;
  for (int x = 0; x < mask.width; ++x) sum += *mask.at(x, 0) + *mask.at(x, mask.height - 1);
  for (int y = 0; y < mask.height; ++y) sum += *mask.at(0, y) + *mask.at(mask.width - 1, y);
  return sum / static_cast<float>(2 * (mask.width + mask.height));
}

// Darkens the scene under the subject: a wide soft shadow and a narrow one where it touches the ground.
void cast_shadow(Floats& scene, const Floats& mask) {
  const int w = mask.width, h = mask.height;
  Floats subject(w, h, 1);
  int lowest = 0;
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      *subject.at(x, y) = 1 - *mask.at(x, y);
      if (*subject.at(x, y) > 0.5F) lowest = std::max(lowest, y);
    }
  }
  if (lowest == 0 || lowest >= h - 2) return;
  Floats shadow(w, h, 1);
  const int reach = std::max(4, h / 7);
  for (int x = 0; x < w; ++x) {
    for (int y = h - 1; y >= std::max(0, lowest - h / 3); --y) {
      if (*subject.at(x, y) <= 0.5F) continue;
      for (int k = 0; k < reach / 3 && y + k < h; ++k)
        *shadow.at(x, y + k) =
            std::max(*shadow.at(x, y + k), 1 - 3.0F * static_cast<float>(k) / static_cast<float>(reach));
      break;
    }
  }
  const Floats wide = soft_blur(shadow, static_cast<float>(reach) / 4);
  const Floats narrow = soft_blur(shadow, static_cast<float>(reach) / 14);
  for (std::size_t i = 0; i < scene.pixels(); ++i) {
    const float dark = 1 - std::min(0.75F, 0.45F * wide.data[i] + 0.3F * narrow.data[i]);
    for (std::size_t c = 0; c < 3; ++c) scene.data[i * 3 + c] *= dark;
  }
}

// Light and colour of the prompt over a fill: soft, so that it still fits its surroundings.
void tint(Floats& fill, const std::string& prompt, std::uint64_t seed) {
  const std::uint64_t hash = hash64(prompt, seed);
  float colour[3];
  for (int c = 0; c < 3; ++c) colour[c] = 14 * (static_cast<float>(unit(hash + static_cast<std::uint64_t>(c))) - 0.5F);
  for (int y = 0; y < fill.height; ++y) {
    for (int x = 0; x < fill.width; ++x) {
      const float light =
          0.94F + 0.12F * layered_noise(3.0F * static_cast<float>(x) / static_cast<float>(fill.width),
                                        3.0F * static_cast<float>(y) / static_cast<float>(fill.height), 3, hash);
      for (int c = 0; c < 3; ++c) fill.at(x, y)[c] = fill.at(x, y)[c] * light + colour[c];
    }
  }
}

std::vector<OutputFile> run(const Job& job) {
  const int w = job.integer("width"), h = job.integer("height");
  const Picture photo = resize(job.picture("image"), w, h);
  const Floats mask = resize(grey(job.picture("mask")), w, h);
  const std::string prompt = job.text("prompt");
  const Floats base = colours(photo);
  const bool new_background = border_share(mask) > 0.6F;
  std::vector<OutputFile> outputs;
  for (int i = 0; i < job.integer("num_outputs"); ++i) {
    Floats painted;
    if (new_background) {
      painted = paint_scene(scene_kind(prompt, SceneKind::table), prompt, job.seed(i), w, h);
      cast_shadow(painted, mask);
    } else {
      painted = fill_hole(base, mask, job.seed(i));
      tint(painted, prompt, job.seed(i));
    }
    Picture out = to_picture(base);
    for (std::size_t k = 0; k < mask.pixels(); ++k) {
      const float m = mask.data[k];
      if (m <= 0.002F) continue;  // black is kept to the bit
      for (std::size_t c = 0; c < 3; ++c) {
        out.rgba[k * 4 + c] = to_byte(base.data[k * 3 + c] + m * (painted.data[k * 3 + c] - base.data[k * 3 + c]));
      }
    }
    outputs.push_back({encode_png(out, false), "png"});
  }
  return outputs;
}

}  // namespace

Model inpainting_model() {
  Model model;
  model.name = "stability-ai/stable-diffusion-inpainting";
  model.version = "95b7223104132402a9ae91cc677285bc5eb997834bd2349fa486f53910fd68b3";
  model.doc = "Fills in masked parts of images";
  model.seconds = 0.5;
  model.schema.inputs =
      joined({prompt_field("a vision of paradise. unreal engine"),
              Field("image", Type::file, "Initial image to generate variations of").required(),
              Field("mask", Type::file, "Black and white mask: black is kept, white is repainted").required(),
              size_field("height", 512), size_field("width", 512), negative_prompt_field()},
             sampling_fields(4, 50));
  model.run = run;
  return model;
}

}  // namespace sandbox
