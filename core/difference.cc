#include "difference.h"

#include <string_view>

#include "codec.h"

namespace pixgraph {

using nlohmann::json;

static constexpr std::size_t kLongest = 60;

/// A part within a text: without quotes of its own.
static std::string unquoted(const json& part) {
  return part.is_string() ? part.get<std::string>() : recipe_value(part);
}

static std::string whole_value(const json& value) {
  if (value.is_null()) return "nothing";
  if (value.is_object()) {
    if (const auto text = value.find("text"); text != value.end() && text->is_array()) {
      std::string whole;
      for (const json& part : *text) whole += unquoted(part);
      return "\"" + whole + "\"";
    }
    const std::string property = value.value("property", "");
    const std::string dot = property.empty() ? "" : "." + property;
    if (value.contains("input")) return "${" + value.value("input", "") + dot + "}";
    if (value.contains("node") && value.contains("port"))
      return "${" + value.value("node", "") + "." + value.value("port", "") + dot + "}";
    if (value.contains("file")) return "file " + value.value("file", "").substr(0, 12);
    if (value.contains("of")) return recipe_value(value["of"]) + dot;
    if (value.size() == 1 && value.contains("json")) return recipe_value(value["json"]);
    if (value.size() == 1)
      for (const char* of_name : {"name", "stem", "ext", "relpath", "path"})
        if (value.contains(of_name)) {
          const std::string name = value[of_name].is_string() ? value[of_name].get<std::string>() : "";
          const std::string ending = extension_of(name);
          // The recipe has the whole name, of which the value is a part.
          if (std::string_view(of_name) == "stem") return recipe_value(name.substr(0, name.size() - ending.size()));
          if (std::string_view(of_name) == "ext") return recipe_value(ending);
          return recipe_value(value[of_name]);
        }
  }
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string recipe_value(const json& value) {
  const std::string text = whole_value(value);
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not within a character
  return text.substr(0, end) + "...";
}

static json entry(const json& object, const std::string& name) {
  return object.is_object() ? object.value(name, json()) : json();
}

/// "" where they are equal.
static std::string changed(const std::string& what, const json& before, const json& now) {
  if (before == now) return "";
  return what + " changed " + recipe_value(before) + " -> " + recipe_value(now);
}

static std::string node_difference(const std::string& name, const json& before, const json& now) {
  const std::string type = now.value("type", "");
  if (before.is_null()) return "node `" + name + "` is new";
  if (before["type"] != type) return "node `" + name + "` was a " + before.value("type", "") + " and is a " + type;
  if (before["version"] != now["version"]) return "node type `" + type + "` has a new version";
  const json was = entry(before, "arguments"), is = entry(now, "arguments");
  json names = was;  // of both
  names.update(is);
  for (const auto& [argument, unused] : names.items()) {
    const json old_value = entry(was, argument), new_value = entry(is, argument);
    if (old_value == new_value) continue;
    const json old_entries = entry(old_value, "object"), new_entries = entry(new_value, "object");
    if (old_entries.is_object() && new_entries.is_object()) {  // the input of a model: the entry that changed
      json entries = old_entries;
      entries.update(new_entries);
      for (const auto& [inner, also_unused] : entries.items())
        if (const std::string text = changed("parameter `" + inner + "` of `" + name + "`", entry(old_entries, inner),
                                             entry(new_entries, inner));
            !text.empty())
          return text;
    }
    return changed("parameter `" + argument + "` of `" + name + "`", old_value, new_value);
  }
  return "";
}

std::string recipe_difference(const json& before, const json& now) {
  if (!before.is_object()) return "the pipeline changed";
  if (before.contains("stand_ins") != now.contains("stand_ins"))
    return now.contains("stand_ins") ? "made by real models before" : "made by stand-ins before";
  const json old_nodes = entry(before, "nodes"), nodes = entry(now, "nodes");
  for (const auto& [name, node] : nodes.items())
    if (const std::string text = node_difference(name, entry(old_nodes, name), node); !text.empty()) return text;
  for (const auto& [name, node] : old_nodes.items())
    if (!nodes.contains(name)) return "node `" + name + "` is gone";
  const json settings = entry(now, "settings");
  for (const auto& [name, value] : settings.items())
    if (const std::string text = changed("`" + name + "` of the output", entry(entry(before, "settings"), name), value);
        !text.empty())
      return text;
  return "the output takes another value";
}

std::string parts_difference(const json& before, const json& now) {
  for (const auto& [name, value] : now.items()) {
    const json was = entry(before, name);
    if (was == value) continue;
    // Of a file the hashes say nothing to people.
    if (value.is_object() && value.contains("file")) return "input `" + name + "` changed";
    return changed("input `" + name + "`", was, value);
  }
  return "its inputs changed";
}

}  // namespace pixgraph
