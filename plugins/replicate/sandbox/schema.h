// What a model takes and gives: one description from which come the OpenAPI schema in Cog's form, the check of an input
// and its defaults. Plain values, never changed after start.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sandbox {

enum class Type { text, integer, number, boolean, file };

// One input field. Built by chaining: Field("steps", Type::integer, "...").range(1, 500).by_default(50).
struct Field {
  using Value = std::variant<std::monostate, bool, long, double, std::string>;

  std::string name;
  Type type;
  std::string doc;
  bool is_required = false;
  Value default_value;
  std::optional<double> low, high;
  std::vector<std::string> choices;  // an integer's choices are written as text too

  Field(std::string n, Type t, std::string d) : name(std::move(n)), type(t), doc(std::move(d)) {}
  Field& required() {
    is_required = true;
    return *this;
  }
  Field& by_default(Value value) {
    default_value = std::move(value);
    return *this;
  }
  Field& range(double from, double to) {
    low = from;
    high = to;
    return *this;
  }
  Field& one_of(std::vector<std::string> values) {
    choices = std::move(values);
    return *this;
  }
};

enum class OutputKind { file, files, growing_files };  // growing: what is there already is told while it runs

struct Schema {
  std::vector<Field> inputs;
  OutputKind output = OutputKind::files;
};

struct Complaint {
  std::string field;  // "input" or "input.name"
  std::string text;
};

// The complaints in field order; empty = fine. Unknown keys of an input are ignored, as Replicate ignores them.
std::vector<Complaint> check_input(const Schema& schema, const nlohmann::json& input);
// The input with every default filled in.
nlohmann::json with_defaults(const Schema& schema, const nlohmann::json& input);
// The whole openapi_schema of a version.
nlohmann::json openapi(const Schema& schema);

}  // namespace sandbox
