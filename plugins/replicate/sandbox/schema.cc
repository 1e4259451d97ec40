#include "schema.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace sandbox {

using nlohmann::json;

namespace {

json to_json(const Field::Value& value) {
  return std::visit(
      [](const auto& v) -> json {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>) {
          return nullptr;
        } else {
          return v;
        }
      },
      value);
}

const char* type_name(Type type) {
  switch (type) {
    case Type::integer: return "integer";
    case Type::number: return "number";
    case Type::boolean: return "boolean";
    case Type::text:
    case Type::file: return "string";
  }
  return "string";
}

bool has_type(const json& value, Type type) {
  switch (type) {
    case Type::integer: {
      if (value.is_number_integer()) return true;
      // 7.0 is an integer in JSON Schema.
      return value.is_number_float() && std::floor(value.get<double>()) == value.get<double>();
    }
    case Type::number: return value.is_number();
    case Type::boolean: return value.is_boolean();
    case Type::text:
    case Type::file: return value.is_string();
  }
  return false;
}

const char* given_type(const json& value) {
  if (value.is_number_integer()) return "integer";
  return value.type_name();
}

std::string plain(double value) {
  return json(value == std::floor(value) ? json(static_cast<long>(value)) : json(value)).dump();
}

json choice_json(const Field& field, const std::string& choice) {
  return field.type == Type::integer ? json(std::stol(choice)) : json(choice);
}

bool looks_like_uri(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("data:");
}

std::optional<std::string> complaint_about(const Field& field, const json& value) {
  if (!has_type(value, field.type)) {
    return std::string("Invalid type. Expected: ") + type_name(field.type) + ", given: " + given_type(value);
  }
  if (field.type == Type::file && !looks_like_uri(value.get<std::string>())) return "Does not match format 'uri'";
  if (field.low && value.get<double>() < *field.low) return "Must be greater than or equal to " + plain(*field.low);
  if (field.high && value.get<double>() > *field.high) return "Must be less than or equal to " + plain(*field.high);
  if (!field.choices.empty()) {
    std::string allowed;
    for (const std::string& choice : field.choices) {
      if (choice_json(field, choice) == value) return std::nullopt;
      allowed += (allowed.empty() ? "" : ", ") + choice_json(field, choice).dump();
    }
    return field.name + " must be one of the following: " + allowed;
  }
  return std::nullopt;
}

json field_schema(const Field& field, std::size_t order, json& components) {
  json out = {{"x-order", order}, {"description", field.doc}};
  if (field.choices.empty()) {
    out["type"] = type_name(field.type);
    out["title"] = field.name;
    if (field.type == Type::file) out["format"] = "uri";
    const auto bound = [&](double value) {
      return field.type == Type::integer ? json(static_cast<long>(value)) : json(value);
    };
    if (field.low) out["minimum"] = bound(*field.low);
    if (field.high) out["maximum"] = bound(*field.high);
  } else {
    json choices = json::array();
    for (const std::string& choice : field.choices) choices.push_back(choice_json(field, choice));
    components[field.name] = {
        {"enum", choices}, {"type", type_name(field.type)}, {"title", field.name}, {"description", "An enumeration."}};
    out["allOf"] = {{{"$ref", "#/components/schemas/" + field.name}}};
  }
  if (!std::holds_alternative<std::monostate>(field.default_value)) out["default"] = to_json(field.default_value);
  return out;
}

}  // namespace

std::vector<Complaint> check_input(const Schema& schema, const json& input) {
  std::vector<Complaint> complaints;
  for (const Field& field : schema.inputs) {
    const auto found = input.find(field.name);
    if (found == input.end()) {
      if (field.is_required) complaints.push_back({"input", field.name + " is required"});
    } else if (const auto text = complaint_about(field, *found)) {
      complaints.push_back({"input." + field.name, *text});
    }
  }
  return complaints;
}

json with_defaults(const Schema& schema, const json& input) {
  json out = input;
  for (const Field& field : schema.inputs) {
    if (!out.contains(field.name) && !std::holds_alternative<std::monostate>(field.default_value)) {
      out[field.name] = to_json(field.default_value);
    }
  }
  return out;
}

json openapi(const Schema& schema) {
  json components = json::object();
  json properties = json::object();
  json required = json::array();
  for (std::size_t i = 0; i < schema.inputs.size(); ++i) {
    const Field& field = schema.inputs[i];
    properties[field.name] = field_schema(field, i, components);
    if (field.is_required) required.push_back(field.name);
  }
  json input = {{"type", "object"}, {"title", "Input"}, {"properties", properties}};
  if (!required.empty()) input["required"] = required;
  const json file = {{"type", "string"}, {"format", "uri"}};
  json output = file;
  if (schema.output != OutputKind::file) output = {{"type", "array"}, {"items", file}};
  if (schema.output == OutputKind::growing_files) output["x-cog-array-type"] = "iterator";
  output["title"] = "Output";
  components["Input"] = input;
  components["Output"] = output;
  components["Status"] = {{"enum", {"starting", "processing", "succeeded", "canceled", "failed"}},
                          {"type", "string"},
                          {"title", "Status"},
                          {"description", "An enumeration."}};
  const json in_ref = {{"$ref", "#/components/schemas/Input"}};
  const json out_ref = {{"$ref", "#/components/schemas/Output"}};
  components["PredictionRequest"] = {
      {"type", "object"}, {"title", "PredictionRequest"}, {"properties", {{"input", in_ref}}}};
  components["PredictionResponse"] = {
      {"type", "object"}, {"title", "PredictionResponse"}, {"properties", {{"input", in_ref}, {"output", out_ref}}}};
  return {{"openapi", "3.0.2"},
          {"info", {{"title", "Cog"}, {"version", "0.1.0"}}},
          {"paths", json::object()},
          {"components", {{"schemas", components}}}};
}

}  // namespace sandbox
