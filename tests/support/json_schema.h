// json_schema: checks a value against a JSON Schema of the few keywords that tests/support/*.schema.json use.
//
//     EXPECT_EQ(violations(schema, "prediction", answer), "");
//
// type, enum, const, required, properties, additionalProperties (true or false), items, minimum, minLength, pattern
// (std::regex), anyOf, allOf, if/then, $ref to "#/$defs/NAME". Any other keyword but title and description is itself a
// violation, so that nothing in a schema goes unheeded.
#pragma once

#include <algorithm>
#include <regex>
#include <string>

#include <nlohmann/json.hpp>

namespace pixgraph::test {

class JsonSchema {
 public:
  explicit JsonSchema(nlohmann::json schema) : root_(std::move(schema)) {}

  /// One line per violation, "" where there is none.
  std::string violations(const std::string& name, const nlohmann::json& value) const {
    std::string found;
    check(nlohmann::json{{"$ref", "#/$defs/" + name}}, value, name, found);
    return found;
  }

 private:
  using json = nlohmann::json;

  static bool has_type(const json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    return type == "null" && value.is_null();
  }

  bool fits(const json& schema, const json& value) const {
    std::string found;
    check(schema, value, "", found);
    return found.empty();
  }

  void check(const json& schema, const json& value, const std::string& where, std::string& found) const {
    const auto violation = [&](const std::string& what) { found += where + ": " + what + "\n"; };
    for (const auto& [keyword, rule] : schema.items()) {
      if (keyword == "title" || keyword == "description" || keyword == "then" || keyword == "additionalProperties") {
        // `then` belongs to `if`, additionalProperties to `properties`.
      } else if (keyword == "$ref") {
        const std::string name = rule.get<std::string>().substr(std::string("#/$defs/").size());
        if (root_["$defs"].contains(name))
          check(root_["$defs"][name], value, where, found);
        else
          violation("the schema has no " + name);
      } else if (keyword == "type") {
        const json types = rule.is_array() ? rule : json::array({rule});
        if (std::none_of(types.begin(), types.end(), [&](const json& type) { return has_type(value, type); }))
          violation("is not " + rule.dump() + ": " + value.dump().substr(0, 200));
      } else if (keyword == "enum") {
        if (std::find(rule.begin(), rule.end(), value) == rule.end())
          violation(value.dump() + " is none of " + rule.dump());
      } else if (keyword == "const") {
        if (value != rule) violation(value.dump() + " is not " + rule.dump());
      } else if (keyword == "required") {
        for (const json& name : rule)
          if (value.is_object() && !value.contains(name)) violation("lacks " + name.dump());
      } else if (keyword == "properties") {
        check_properties(schema, value, where, found);
      } else if (keyword == "items") {
        for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
          check(rule, value[i], where + "[" + std::to_string(i) + "]", found);
      } else if (keyword == "minimum") {
        if (value.is_number() && value.get<double>() < rule.get<double>()) violation(value.dump() + " is too small");
      } else if (keyword == "minLength") {
        if (value.is_string() && value.get<std::string>().size() < rule.get<std::size_t>()) violation("is too short");
      } else if (keyword == "pattern") {
        if (value.is_string() && !std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>())))
          violation(value.dump() + " is not of the form " + rule.dump());
      } else if (keyword == "anyOf") {
        if (std::none_of(rule.begin(), rule.end(), [&](const json& one) { return fits(one, value); }))
          violation("fits none of the alternatives: " + value.dump().substr(0, 200));
      } else if (keyword == "allOf") {
        for (const json& one : rule) check(one, value, where, found);
      } else if (keyword == "if") {
        if (fits(rule, value)) check(schema.at("then"), value, where, found);
      } else {
        violation("the schema has the keyword `" + keyword + "`, which is not checked");
      }
    }
  }

  void check_properties(const json& schema, const json& value, const std::string& where, std::string& found) const {
    if (!value.is_object()) return;
    const json& known = schema["properties"];
    for (const auto& [name, inner] : value.items()) {
      if (known.contains(name))
        check(known[name], inner, where + "." + name, found);
      else if (schema.value("additionalProperties", true) == false)
        found += where + ": has `" + name + "`, which is not in the schema\n";
    }
  }

  json root_;
};

}  // namespace pixgraph::test
