// What a stand-in model is: a name, a version, a schema and a function that does real work on the real input.
// The function runs on a worker thread, may run on several at once, and gives the same bytes for the same input and
// seed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "../pixels.h"
#include "../schema.h"

namespace sandbox {

// Ends a prediction as failed, with this text as its error.
struct ModelFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Gives the bytes behind an input's URL; throws ModelFailure when it cannot.
class Resources {
 public:
  virtual ~Resources() = default;
  virtual std::string fetch(const std::string& url) = 0;
};

// What a model's function sees: its input with defaults filled in. Lives as long as the call.
class Job {
 public:
  Job(const nlohmann::json& input, std::uint64_t seed, Resources& resources)
      : input_(input), seed_(seed), resources_(resources) {}

  bool has(const std::string& name) const;
  // "" / 0 where the field is absent and has no default.
  std::string text(const std::string& name) const;
  bool flag(const std::string& name) const;
  int integer(const std::string& name) const;
  double number(const std::string& name) const;
  // The decoded picture behind a file input; throws ModelFailure when absent or unreadable.
  Picture picture(const std::string& name) const;
  // The seed for output `index`; index 0 is the seed that the logs report.
  std::uint64_t seed(int index = 0) const;
  // The whole input as canonical text, for models that hash it.
  std::string canonical() const;

 private:
  const nlohmann::json& input_;
  std::uint64_t seed_;
  Resources& resources_;
};

struct OutputFile {
  std::string bytes;
  std::string extension;  // "png"
};

struct Model {
  std::string name;     // owner/name
  std::string version;  // 64 hex digits
  std::string doc;
  double seconds;             // usual run time, simulated
  bool official = false;      // may be named without a version, and by path
  bool counts_images = true;  // metrics.image_count is reported
  Schema schema;
  std::vector<OutputFile> (*run)(const Job&);
};

// The seed that a run uses: the input's, or one drawn from its prompt (so that equal requests give equal pictures).
std::uint64_t seed_of(const Model& model, const nlohmann::json& input);

// One row per stand-in, in the order in which they are listed.
std::span<const Model> models();
// nullptr when there is none.
const Model* find_model(const std::string& name);
const Model* find_version(const std::string& version);
// A deployment "owner/name" answers as one of the models; nullptr when there is none.
const Model* find_deployment(const std::string& name);
inline constexpr const char* kDeployment = "sandbox/deployment";

// The rows, each defined in its model's own file.
Model rembg_model();
Model inpainting_model();
Model object_removal_model();
Model img2img_model();
Model stable_diffusion_model();
Model sdxl_model();
Model flux_schnell_model();
Model flux_schnell_lora_model();
Model flux_dev_lora_model();
Model animation_model();
Model animate_diff_model();
Model real_esrgan_model();
Model instant_model();

}  // namespace sandbox
