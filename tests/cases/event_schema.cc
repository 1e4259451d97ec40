#include "event_schema.h"

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

namespace cases {

using nlohmann::json;

namespace {

struct Field {
  std::string type;
  bool required = true;
};
using Schema = std::map<std::string, std::map<std::string, Field>>;

/// Rows are "| `item` | `outcome` text, `cause`? text |"; what else stands in them is for people.
Schema schema_of(const std::string& manual) {
  Schema schema;
  std::istringstream lines(manual);
  bool here = false;
  const std::regex row("\\| `([a-z]+)` \\| (.*)\\|"), field("`([a-z_]+)`(\\?)? (text|integer|number|bool|list|object)");
  std::smatch found;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) here = line == "## Events";
    if (!here || !std::regex_match(line, found, row)) continue;
    auto& fields = schema[found[1]];
    fields["type"] = {"text", true};
    if (found[1] != "version") fields["t"] = {"number", true};
    const std::string rest = found[2];
    for (auto one = std::sregex_iterator(rest.begin(), rest.end(), field); one != std::sregex_iterator(); ++one)
      fields[(*one)[1]] = {(*one)[3], !(*one)[2].matched};
  }
  return schema;
}

bool has_type(const json& value, const std::string& type) {
  if (type == "text") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "bool") return value.is_boolean();
  return type == "list" ? value.is_array() : value.is_object();
}

}  // namespace

std::string undocumented(const std::string& manual, const std::string& events, const std::vector<std::string>& wanted) {
  const Schema schema = schema_of(manual);
  if (schema.empty()) return "the manual has no table of events";
  std::set<std::string> seen;
  std::istringstream lines(events);
  for (std::string line; std::getline(lines, line);) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object()) return "no event: " + line;
    const std::string type = event.value("type", "");
    const auto row = schema.find(type);
    if (row == schema.end()) return "no row in the manual: " + line;
    if (seen.empty() && type != "version") return "the first event is not the version: " + line;
    seen.insert(type);
    for (const auto& [name, value] : event.items()) {
      const auto field = row->second.find(name);
      if (field == row->second.end()) return "`" + name + "` is not in the manual: " + line;
      if (!has_type(value, field->second.type)) return "`" + name + "` is no " + field->second.type + ": " + line;
    }
    for (const auto& [name, field] : row->second)
      if (field.required && !event.contains(name)) return "`" + name + "` is missing: " + line;
  }
  for (const std::string& type : wanted)
    if (!seen.contains(type)) return "there is no event `" + type + "`";
  return "";
}

}  // namespace cases
