#include "registry.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "rules.h"

namespace pixgraph {

namespace {

bool is_key(std::string_view name) {
  if (name.empty() || !(name[0] >= 'a' && name[0] <= 'z')) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_type_name(std::string_view name) {
  if (name.empty() || !(name[0] >= 'A' && name[0] <= 'Z')) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::optional<double> as_number(const Value& value) {
  if (value.integer()) return static_cast<double>(*value.integer());
  if (value.number()) return *value.number();
  return std::nullopt;
}

/// What is wrong with a param's default; empty where nothing is.
std::string preset_fault(const Param& param) {
  if (param.preset.absent()) return {};
  switch (param.type) {
    case Type::integer:
    case Type::number: {
      const auto number = as_number(param.preset);
      if (!number || (param.type == Type::integer && !param.preset.integer())) return "its default is of another type";
      if (*number < param.min || *number > param.max) return "its default is out of range";
      return {};
    }
    case Type::text:
      if (!param.preset.text()) return "its default is of another type";
      if (!has_form(param, *param.preset.text())) return "its default is no colour";
      if (param.form == Form::any && !param.choices.empty() &&
          std::ranges::find(param.choices, *param.preset.text()) == param.choices.end())
        return "its default is not one of its choices";
      return {};
    case Type::boolean: return param.preset.boolean() ? std::string() : "its default is of another type";
    case Type::json: return {};
    case Type::file:
    case Type::image:
    case Type::mask: break;
  }
  return "a param is text, integer, number, bool or json";
}

/// What is wrong with a Spec; empty where nothing is.
std::string fault(const Spec& spec) {
  // Keys that the file format itself gives a node: a port or param of that name could never be reached.
  static const std::set<std::string, std::less<>> kReserved = {"type", "each",    "when",     "retry",
                                                               "use",  "timeout", "on_error", "variant"};
  if (!is_type_name(spec.name)) return "a type's name is UpperCamelCase";
  if (spec.doc.empty()) return "it has no description";
  if (spec.outputs.empty()) return "it has no output";
  std::set<std::string, std::less<>> keys, outputs;
  auto key_fault = [&](const std::string& key, const std::string& doc) -> std::string {
    if (!is_key(key)) return "`" + key + "` is not a lower_case name";
    if (kReserved.contains(key)) return "`" + key + "` is a word of the file format";
    if (doc.empty()) return "`" + key + "` has no description";
    if (!keys.insert(key).second) return "`" + key + "` stands there twice";
    return {};
  };
  for (const Port& port : spec.inputs)
    if (std::string why = key_fault(port.name, port.doc); !why.empty()) return why;
  if (!spec.open_input.empty())
    if (std::string why = key_fault(spec.open_input, spec.open_input_doc); !why.empty()) return why;
  for (const Param& param : spec.params) {
    if (std::string why = key_fault(param.name, param.doc); !why.empty()) return why;
    if (param.min > param.max) return "the range of `" + param.name + "` is empty";
    if (std::string why = preset_fault(param); !why.empty()) return "`" + param.name + "`: " + why;
  }
  for (const Rule& rule : spec.rules)
    if (std::string why = rule_fault(spec, rule); !why.empty()) return why;
  for (const Port& port : spec.outputs) {
    if (!is_key(port.name)) return "`" + port.name + "` is not a lower_case name";
    if (port.doc.empty()) return "`" + port.name + "` has no description";
    if (!outputs.insert(port.name).second) return "the output `" + port.name + "` stands there twice";
  }
  return {};
}

}  // namespace

void Registry::add(Spec spec, std::string plugin) {
  if (const std::string why = fault(spec); !why.empty())
    throw Error("E705", "the description of node type `" + spec.name + "` in " + plugin + " is faulty: " + why);
  if (auto known = nodes_.find(spec.name); known != nodes_.end())
    throw Error("E704", "node type `" + spec.name + "` is in two plugins: " + known->second.plugin + " and " + plugin,
                "take one of them away, or rename the type");
  std::string name = spec.name;
  nodes_.emplace(std::move(name), NodeEntry{std::move(spec), std::move(plugin)});
}

void Registry::add(CodecInfo codec, std::string plugin) {
  auto faulty = [&](const std::string& why) {
    return Error("E705", "the description of codec `" + codec.name + "` in " + plugin + " is faulty: " + why);
  };
  if (codec.name.empty() || codec.media_type.empty()) throw faulty("it has no name or no media type");
  for (const std::string& extension : codec.extensions)
    if (extension.size() < 2 || extension[0] != '.' ||
        std::ranges::any_of(extension, [](char c) { return c >= 'A' && c <= 'Z'; }))
      throw faulty("`" + extension + "` is not a lower case extension with its dot");
  if (auto known = codecs_.find(codec.name); known != codecs_.end())
    throw Error("E704", "codec `" + codec.name + "` is in two plugins: " + known->second.plugin + " and " + plugin,
                "take one of them away, or rename the codec");
  std::string name = codec.name;
  codecs_.emplace(std::move(name), CodecEntry{std::move(codec), std::move(plugin)});
}

const Spec* Registry::find(std::string_view type_name) const {
  auto found = nodes_.find(type_name);
  return found == nodes_.end() ? nullptr : &found->second.spec;
}

std::vector<const Spec*> Registry::all() const {
  std::vector<const Spec*> out;
  for (const auto& [name, entry] : nodes_) out.push_back(&entry.spec);
  return out;
}

std::vector<std::string> Registry::names() const {
  std::vector<std::string> out;
  for (const auto& [name, entry] : nodes_) out.push_back(name);
  return out;
}

std::string Registry::plugin_of(std::string_view type_name) const {
  auto found = nodes_.find(type_name);
  return found == nodes_.end() ? std::string() : found->second.plugin;
}

std::vector<CodecInfo> Registry::codecs() const {
  std::vector<CodecInfo> out;
  for (const auto& [name, entry] : codecs_) out.push_back(entry.info);
  return out;
}

Behaviour Registry::behaviour(std::string_view type_name) const {
  auto found = nodes_.find(type_name);
  if (found == nodes_.end()) throw Error("E703", "there is no node type `" + std::string(type_name) + "`");
  if (!source_.behaviour) throw Error("E703", "node type `" + found->first + "` has only a description here");
  return source_.behaviour(found->second.plugin, found->first);
}

Codec Registry::codec(std::string_view codec_name) const {
  auto found = codecs_.find(codec_name);
  if (found == codecs_.end()) throw Error("E703", "there is no codec `" + std::string(codec_name) + "`");
  if (!source_.codec) throw Error("E703", "codec `" + found->first + "` has only a description here");
  return source_.codec(found->second.plugin, found->first);
}

}  // namespace pixgraph
