#include "outputs.h"

#include <nlohmann/json.hpp>

#include "answer.h"
#include "json_reader.h"
#include "models.h"
#include "text.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

/// What the node's `input:` says under a name, where it is a whole number.
std::optional<std::int64_t> asked_integer(const Call& call, std::string_view name) {
  const Value& input = call.value("input");
  if (const Object* object = input.object()) {
    for (const auto& [key, value] : *object) {
      if (key != name) continue;
      if (const std::int64_t* integer = value.integer()) return *integer;
      if (const json* data = value.json(); data && data->is_number_integer()) return data->get<std::int64_t>();
    }
  } else if (const json* data = input.json()) {
    const json& value = value_at(*data, name);
    if (value.is_number_integer()) return value.get<std::int64_t>();
  }
  return {};
}

const ModelSchema* schema_of(const Identity& identity, const json& answer) {
  if (const ModelSchema* schema = find_model(identity.lane)) return schema;
  if (const ModelSchema* schema = find_model_by_name(identity.name)) return schema;
  return identity.name.empty() ? find_model_by_name(text_at(answer, "model")) : nullptr;
}

}  // namespace

void set_outputs(Call& call, const Identity& identity, const json& answer, const std::vector<FilePtr>& files,
                 ModelSchema::Output said) {
  const json& output = value_at(answer, "output");
  const std::string id = read_id(answer);
  const std::string subject = identity.display() + " (prediction " + id + ")";
  if (files.empty() && (output.is_null() || (output.is_array() && output.empty())))
    throw Error(
        "E418", subject + " succeeded without any output",
        "a model that drops unsafe pictures may have dropped all of them; it is paid for, and only --rebuy with the "
        "node's name buys another");

  if (said == ModelSchema::Output::unknown)
    if (const ModelSchema* schema = schema_of(identity, answer)) said = schema->output;
  const bool files_expected = ModelSchema::are_files(said);
  if (files_expected && files.empty())
    call.warn(subject + " answered with text where a file was expected: " + shorten(one_line(output.dump()), 120));
  const auto asked = asked_integer(call, "num_outputs");
  if (asked && !files.empty() && static_cast<std::int64_t>(files.size()) < *asked)
    call.warn(subject + " gave " + std::to_string(files.size()) + " of the " + std::to_string(*asked) +
              " outputs asked for: unsafe pictures are left out by the model");

  call.set("output", Value(std::make_shared<const json>(output)));
  List all;
  for (const FilePtr& file : files) all.emplace_back(file);
  call.set("files", Value(std::move(all)));
  // Where the list grows while the model works, only its last entry is the result.
  const bool last = said == ModelSchema::Output::growing_files;
  call.set("file", files.empty() ? Value() : Value(last ? files.back() : files.front()));
  call.set("id", Value(id));
  const std::string logs = text_at(answer, "logs");
  call.set("logs", Value(logs));
  const json& metrics = value_at(answer, "metrics");
  call.set("metrics", Value(std::make_shared<const json>(metrics.is_object() ? metrics : json::object())));
  auto seed = seed_in(logs);
  if (!seed) seed = asked_integer(call, "seed");
  call.set("seed", seed ? Value(*seed) : Value());
}

}  // namespace pixgraph::replicate
