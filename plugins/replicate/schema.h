// ModelSchema: what a model takes and gives, and the comparison of an input with it before anything is paid.
//
// Comes from the built-in table (models.h) or from the OpenAPI document of a version (openapi.h). Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/remote.h>

namespace pixgraph::replicate {

struct ModelInput {
  /// What one value may be; a union is several of them.
  enum Kind : unsigned { text = 1, integer = 2, number = 4, boolean = 8, file = 16, mapping = 32 };

  std::string name;
  unsigned kinds = text;
  bool single = true;  // one value may be given
  bool list = false;   // a list of them may be given
  bool required = false;
  bool secret = false;  // not to be shown
  std::optional<double> min, max, multiple_of;
  std::vector<nlohmann::json> choices;  // texts or whole numbers; empty = any
  bool comma_list = false;              // a text of choices parted by commas without blanks
  nlohmann::json preset;                // the default; null = none
  std::string doc;
};

struct ModelSchema {
  enum class Output { unknown, one_file, files, growing_files, text, text_stream, data };

  std::string name;     // "owner/name"
  std::string version;  // 64 hex digits; empty where the model is only asked for by name
  std::vector<ModelInput> inputs;
  Output output = Output::unknown;
  /// Whether the list of inputs is known to be complete. Where it is not, an unknown name is a doubt, not a mistake.
  bool complete = true;

  const ModelInput* input(std::string_view input_name) const;
  bool makes_files() const { return are_files(output); }
  static bool are_files(Output output) {
    return output == Output::one_file || output == Output::files || output == Output::growing_files;
  }
};

/// Every mistake in `input` (a JSON object), in the order of its names, missing ones last. Files stand as {"$file": n},
/// values that are not known yet as {"$later": type}. null counts as left out.
std::vector<InputMistake> check_input(const ModelSchema& schema, const nlohmann::json& input);

/// The nearest of `names` if it is near enough to be meant; empty otherwise.
std::string did_you_mean(std::string_view text, const std::vector<std::string>& names);

}  // namespace pixgraph::replicate
