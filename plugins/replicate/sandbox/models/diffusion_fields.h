// The input fields that the diffusion models have in common.
#pragma once

#include <string>
#include <vector>

#include "../schema.h"

namespace sandbox {

inline Field prompt_field(const char* by_default) {
  return Field("prompt", Type::text, "Input prompt").by_default(std::string(by_default));
}
inline Field negative_prompt_field() {
  return Field("negative_prompt", Type::text, "What not to see in the output");
}
inline Field outputs_field(int most) {
  return Field("num_outputs", Type::integer, "Number of images to generate").range(1, most).by_default(1L);
}
inline Field steps_field(int most, long by_default) {
  return Field("num_inference_steps", Type::integer, "Number of denoising steps").range(1, most).by_default(by_default);
}
inline Field guidance_field(double low, double high, double by_default = 7.5) {
  return Field("guidance_scale", Type::number, "Scale for classifier-free guidance")
      .range(low, high)
      .by_default(by_default);
}
inline Field seed_field() {
  return Field("seed", Type::integer, "Random seed. Leave blank to randomize the seed");
}
inline Field scheduler_field(const char* by_default) {
  return Field("scheduler", Type::text, "Choose a scheduler")
      .one_of({"DDIM", "K_EULER", "DPMSolverMultistep", "K_EULER_ANCESTRAL", "PNDM", "KLMS"})
      .by_default(std::string(by_default));
}
/// `first` with `more` after it.
inline std::vector<Field> joined(std::vector<Field> first, const std::vector<Field>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}
// What every stable-diffusion 1.x model asks for last.
inline std::vector<Field> sampling_fields(int most_outputs, long steps) {
  return {outputs_field(most_outputs), steps_field(500, steps), guidance_field(1, 20),
          scheduler_field("DPMSolverMultistep"), seed_field()};
}
// A multiple of 64 up to 1024.
inline Field size_field(const char* name, long by_default) {
  std::vector<std::string> sizes;
  for (int size = 64; size <= 1024; size += 64) sizes.push_back(std::to_string(size));
  return Field(name, Type::integer, std::string(name) + " of the output in pixels, a multiple of 64")
      .one_of(sizes)
      .by_default(by_default);
}

}  // namespace sandbox
