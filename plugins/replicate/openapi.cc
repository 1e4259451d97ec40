#include "openapi.h"

#include <algorithm>
#include <limits>

#include "answer.h"
#include "json_reader.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

constexpr unsigned kAnything = ModelInput::text | ModelInput::integer | ModelInput::number | ModelInput::boolean |
                               ModelInput::file | ModelInput::mapping;

/// What "#/components/schemas/scheduler" points to; null where it points nowhere or outside of the document.
const json& resolve(const json& document, const json& schema, int depth = 0) {
  const std::string reference = text_at(schema, "$ref");
  if (reference.empty() || depth > 8) return schema;
  static const json nothing;
  if (!reference.starts_with("#/")) return nothing;
  const json* place = &document;
  for (std::size_t at = 2; at <= reference.size();) {
    const auto end = std::min(reference.find('/', at), reference.size());
    place = &value_at(*place, reference.substr(at, end - at));
    at = end + 1;
  }
  return resolve(document, *place, depth + 1);
}

class Reader {
 public:
  explicit Reader(const json& document) : document_(document) {}

  void read(const json& written, ModelInput& input, int depth = 0) const {
    const json& schema = resolve(document_, written);
    if (!schema.is_object() || depth > 8) {
      anything(input);
      return;
    }
    read_limits(schema, input);
    bool typed = read_type(schema, input, depth);
    for (const char* key : {"allOf", "anyOf", "oneOf"}) {
      const json& parts = value_at(schema, key);
      if (!parts.is_array() || parts.empty()) continue;
      if (key[0] == 'a' && key[1] == 'l') {
        for (const json& part : parts) read(part, input, depth + 1);
      } else {
        read_union(parts, input, depth);
      }
      typed = true;
    }
    if (!typed && input.choices.empty()) anything(input);
  }

 private:
  static void anything(ModelInput& input) {
    input.kinds = kAnything;
    input.single = input.list = true;
  }

  static void read_limits(const json& schema, ModelInput& input) {
    const auto number = [&](const char* key, std::optional<double>& limit) {
      if (value_at(schema, key).is_number()) limit = schema.at(key).get<double>();
    };
    number("minimum", input.min);
    number("maximum", input.max);
    number("multipleOf", input.multiple_of);
    if (const json& choices = value_at(schema, "enum"); choices.is_array())
      for (const json& choice : choices)
        if (choice.is_string() || choice.is_number()) input.choices.push_back(choice);
    if (input.preset.is_null()) input.preset = value_at(schema, "default");
    if (input.doc.empty()) input.doc = text_at(schema, "description");
    const json& secret = value_at(schema, "x-cog-secret");
    if ((secret.is_boolean() && secret.get<bool>()) || text_at(schema, "format") == "password") input.secret = true;
  }

  /// False where the schema says no type by itself.
  bool read_type(const json& schema, ModelInput& input, int depth) const {
    const json& type = value_at(schema, "type");
    if (type.is_array()) {  // OpenAPI 3.1: ["string", "null"]
      json parts = json::array();
      for (const json& one : type) {
        json part = schema;
        part["type"] = one;
        parts.push_back(std::move(part));
      }
      read_union(parts, input, depth);
      return true;
    }
    const std::string name = type.is_string() ? type.get<std::string>() : "";
    if (name == "array") {
      ModelInput element;
      read(value_at(schema, "items"), element, depth + 1);
      input.kinds = element.kinds;
      input.choices = element.choices;
      input.min = element.min;
      input.max = element.max;
      input.single = false;
      input.list = true;
      return true;
    }
    if (name == "string")
      input.kinds = text_at(schema, "format") == "uri" ? ModelInput::file : ModelInput::text;
    else if (name == "integer")
      input.kinds = ModelInput::integer;
    else if (name == "number")
      input.kinds = ModelInput::number;
    else if (name == "boolean")
      input.kinds = ModelInput::boolean;
    else if (name == "object")
      input.kinds = ModelInput::mapping;
    else
      return false;
    input.single = true;
    input.list = false;
    return true;
  }

  void read_union(const json& parts, ModelInput& input, int depth) const {
    unsigned kinds = 0;
    bool single = false, list = false, limited = true;
    std::vector<ModelInput> alternatives;
    for (const json& part : parts) {
      if (text_at(part, "type") == "null") continue;
      ModelInput alternative;
      read(part, alternative, depth + 1);
      kinds |= alternative.kinds;
      single = single || alternative.single;
      list = list || alternative.list;
      alternatives.push_back(std::move(alternative));
    }
    if (alternatives.empty()) return anything(input);
    limited = alternatives.size() == 1;
    input.kinds = kinds;
    input.single = single;
    input.list = list;
    if (!limited) {
      // Which limit belongs to which alternative is the server's business.
      input.choices.clear();
      input.min = input.max = input.multiple_of = std::nullopt;
      return;
    }
    const ModelInput& only = alternatives.front();
    if (!only.choices.empty()) input.choices = only.choices;
    if (only.min) input.min = only.min;
    if (only.max) input.max = only.max;
    if (only.multiple_of) input.multiple_of = only.multiple_of;
  }

  const json& document_;
};

bool is_file_schema(const json& schema) {
  return text_at(schema, "type") == "string" && text_at(schema, "format") == "uri";
}

ModelSchema::Output read_output(const json& document) {
  const json& output = resolve(document, value_at(value_at(value_at(document, "components"), "schemas"), "Output"));
  const std::string type = text_at(output, "type");
  if (is_file_schema(output)) return ModelSchema::Output::one_file;
  if (type == "string") return ModelSchema::Output::text;
  if (type == "array") {
    const bool grows = text_at(output, "x-cog-array-type") == "iterator";
    const json& items = resolve(document, value_at(output, "items"));
    if (is_file_schema(items)) return grows ? ModelSchema::Output::growing_files : ModelSchema::Output::files;
    if (text_at(output, "x-cog-array-display") == "concatenate") return ModelSchema::Output::text_stream;
  }
  return output.is_null() ? ModelSchema::Output::unknown : ModelSchema::Output::data;
}

/// The type that a schema says, without null; "" where it says none.
std::string type_in(const json& schema) {
  const json& type = value_at(schema, "type");
  if (!type.is_array()) return text_at(schema, "type");
  for (const json& one : type)
    if (one.is_string() && one != "null") return one.get<std::string>();
  return {};
}

bool suits(const std::string& type, const json& value) {
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return type.empty();
}

void add_declared(const json& document, const json& written, const json& value, std::vector<std::string>& files,
                  int depth = 0) {
  const json& schema = resolve(document, written);
  const std::string type = type_in(schema);
  const auto take_all = [&] {
    const std::vector<std::string> all = files_in(value);
    files.insert(files.end(), all.begin(), all.end());
  };
  if (depth > 8 || !suits(type, value)) return take_all();
  if (type == "string") {
    if (!text_at(schema, "format").empty()) take_all();
    return;  // a text, whatever it looks like
  }
  if (type == "array") {
    for (const json& inner : value) add_declared(document, value_at(schema, "items"), inner, files, depth + 1);
    return;
  }
  if (type == "object") {
    const json& others = value_at(schema, "additionalProperties");
    for (const auto& [name, inner] : value.items()) {
      const json& property = value_at(value_at(schema, "properties"), name);
      add_declared(document, property.is_null() ? others : property, inner, files, depth + 1);
    }
    return;
  }
  std::optional<std::vector<std::string>> most;  // of the alternatives, the one that takes most for files
  for (const char* key : {"allOf", "anyOf", "oneOf"})
    if (const json& parts = value_at(schema, key); parts.is_array())
      for (const json& part : parts) {
        if (!suits(type_in(resolve(document, part)), value)) continue;
        std::vector<std::string> found;
        add_declared(document, part, value, found, depth + 1);
        if (!most || found.size() > most->size()) most = std::move(found);
      }
  if (!most) return take_all();
  files.insert(files.end(), most->begin(), most->end());
}

}  // namespace

std::vector<std::string> declared_files(const json& document, const json& output) {
  std::vector<std::string> files;
  add_declared(document, value_at(value_at(value_at(document, "components"), "schemas"), "Output"), output, files);
  return files;
}

std::optional<ModelSchema> read_openapi(const json& document) {
  const json& input = resolve(document, value_at(value_at(value_at(document, "components"), "schemas"), "Input"));
  if (!input.is_object()) return {};
  ModelSchema schema;
  schema.output = read_output(document);
  std::vector<std::pair<std::int64_t, ModelInput>> ordered;
  const json& properties = value_at(input, "properties");
  if (properties.is_object()) {
    for (const auto& [name, property] : properties.items()) {
      ModelInput one;
      Reader(document).read(property, one);
      one.name = name;
      const json& order = value_at(property, "x-order");
      ordered.emplace_back(
          order.is_number_integer() ? order.get<std::int64_t>() : std::numeric_limits<std::int64_t>::max(),
          std::move(one));
    }
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [order, one] : ordered) schema.inputs.push_back(std::move(one));
  if (const json& required = value_at(input, "required"); required.is_array())
    for (const json& name : required)
      for (ModelInput& one : schema.inputs)
        if (name.is_string() && one.name == name.get_ref<const std::string&>()) one.required = true;
  const json& more = value_at(input, "additionalProperties");
  schema.complete = !(more.is_object() || (more.is_boolean() && more.get<bool>()));
  return schema;
}

}  // namespace pixgraph::replicate
