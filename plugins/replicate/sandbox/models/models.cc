// The table of stand-ins, and the view of an input that their functions get.
#include <nlohmann/json.hpp>

#include "../codecs.h"
#include "../text.h"
#include "model.h"

namespace sandbox {

using nlohmann::json;

bool Job::has(const std::string& name) const {
  return input_.contains(name);
}

std::string Job::text(const std::string& name) const {
  const auto found = input_.find(name);
  return found == input_.end() || !found->is_string() ? "" : found->get<std::string>();
}

bool Job::flag(const std::string& name) const {
  const auto found = input_.find(name);
  return found != input_.end() && found->is_boolean() && found->get<bool>();
}

int Job::integer(const std::string& name) const {
  return static_cast<int>(number(name));
}

double Job::number(const std::string& name) const {
  const auto found = input_.find(name);
  return found == input_.end() || !found->is_number() ? 0 : found->get<double>();
}

Picture Job::picture(const std::string& name) const {
  const std::string url = text(name);
  if (url.empty()) throw ModelFailure("[Errno 2] No such file or directory: '' (the input `" + name + "` is missing)");
  const std::string bytes = resources_.fetch(url);
  try {
    return decode_picture(bytes);
  } catch (const std::runtime_error& error) {
    throw ModelFailure(name + ": " + error.what());
  }
}

std::uint64_t Job::seed(int index) const {
  return index == 0 ? seed_ : mix64(seed_ + static_cast<std::uint64_t>(index));
}

std::string Job::canonical() const {
  return input_.dump();
}

std::uint64_t seed_of(const Model& model, const json& input) {
  const auto seed = input.find("seed");
  if (seed != input.end() && seed->is_number()) return static_cast<std::uint64_t>(seed->get<double>());
  const auto prompt = input.find("prompt");
  return hash64(prompt != input.end() && prompt->is_string() ? prompt->get<std::string>() : model.name) & 0xffff;
}

std::span<const Model> models() {
  static const std::vector<Model> table = {
      rembg_model(),        inpainting_model(),        object_removal_model(),
      img2img_model(),      stable_diffusion_model(),  sdxl_model(),
      flux_schnell_model(), flux_schnell_lora_model(), flux_dev_lora_model(),
      animation_model(),    animate_diff_model(),      real_esrgan_model(),
      instant_model(),
  };
  return table;
}

const Model* find_model(const std::string& name) {
  for (const Model& model : models()) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

const Model* find_version(const std::string& version) {
  for (const Model& model : models()) {
    if (model.version == version) return &model;
  }
  return nullptr;
}

const Model* find_deployment(const std::string& name) {
  return name == kDeployment ? find_model("black-forest-labs/flux-schnell") : nullptr;
}

}  // namespace sandbox
