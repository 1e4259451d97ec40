#include "describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "registry.h"
#include "rules.h"

namespace pixgraph {

std::string show_value(const Value& value) {
  if (value.text()) return value.text()->empty() ? "\"\"" : *value.text();
  if (value.integer()) return std::to_string(*value.integer());
  if (value.number()) return fmt::format("{}", *value.number());
  if (value.boolean()) return *value.boolean() ? "true" : "false";
  if (value.json()) return value.json()->dump();
  return "none";
}

std::string show_range(const Param& param) {
  const std::string unit = param.unit.empty() ? "" : " " + param.unit;
  if (param.form != Form::any) {
    std::string text = param.form == Form::colour ? "a colour" : "a colour without alpha";
    for (const std::string& word : param.choices) text += (&word == &param.choices.back() ? " or " : ", ") + word;
    return text;
  }
  if (!param.choices.empty()) return fmt::format("one of {}", fmt::join(param.choices, ", "));
  if (std::isfinite(param.min) && std::isfinite(param.max))
    return fmt::format("{} to {}{}", param.min, param.max, unit);
  if (std::isfinite(param.min)) return fmt::format("{}{} or more", param.min, unit);
  if (std::isfinite(param.max)) return fmt::format("{}{} or less", param.max, unit);
  return param.unit;
}

const char* cost_words(const Spec& spec) {
  switch (spec.cost) {
    case Cost::local: return "";
    case Cost::remote: return "asks a server";
    case Cost::paid: return "asks a server that bills";
  }
  return "";
}

std::map<std::string, std::vector<const Spec*>> nodes_by_plugin(const Registry& registry) {
  std::map<std::string, std::vector<const Spec*>> groups;
  for (const Spec* spec : registry.all()) {
    std::string plugin = std::filesystem::path(registry.plugin_of(spec->name)).filename().string();
    if (const std::size_t dot = plugin.find('.'); dot != std::string::npos) plugin.resize(dot);
    groups[plugin].push_back(spec);
  }
  return groups;
}

std::string render_nodes(const Registry& registry) {
  std::size_t width = 0;
  for (const Spec* spec : registry.all()) width = std::max(width, spec->name.size());
  std::string text;
  for (const auto& [plugin, specs] : nodes_by_plugin(registry)) {
    text += plugin + "\n";
    for (const Spec* spec : specs) {
      const std::string cost = cost_words(*spec);
      text += fmt::format("  {:<{}}  {}{}\n", spec->name, width, spec->doc, cost.empty() ? "" : " (" + cost + ")");
    }
  }
  return text + "\npixgraph describe NODE says more.\n";
}

std::string render_spec(const Spec& spec) {
  std::string text = fmt::format("{} - {}\n", spec.name, spec.doc);
  if (spec.cost != Cost::local) text += fmt::format("  {}\n", cost_words(spec));
  std::size_t width = spec.open_input.size();
  for (const Port& port : spec.inputs) width = std::max(width, port.name.size());
  for (const Port& port : spec.outputs) width = std::max(width, port.name.size());
  for (const Param& param : spec.params) width = std::max(width, param.name.size());
  auto line = [&](const std::string& name, const std::string& type, const std::string& doc) {
    text += fmt::format("  {:<{}}  {:<14}  {}\n", name, width, type, doc);
  };
  if (!spec.inputs.empty() || !spec.open_input.empty()) text += "\ninputs\n";
  for (const Port& port : spec.inputs)
    line(port.name, type_name(port.type) + (port.required ? "" : "?"), port.doc + (port.required ? "" : " (optional)"));
  if (!spec.open_input.empty()) line(spec.open_input, "mapping", spec.open_input_doc);
  if (!spec.params.empty()) text += "\nparams\n";
  for (const Param& param : spec.params) {
    std::string facts = show_range(param);
    if (!param.preset.absent())
      facts += (facts.empty() ? "" : "; ") + fmt::format("default {}", show_value(param.preset));
    line(param.name, std::string(type_name(param.type)), param.doc + (facts.empty() ? "" : " (" + facts + ")"));
  }
  if (!spec.rules.empty()) text += "\nrules\n";
  for (const Rule& rule : spec.rules) text += "  " + rule_in_words(rule) + "\n";
  text += "\noutputs\n";
  for (const Port& port : spec.outputs)
    line(port.name, type_name(port.type), port.doc + (&port == &spec.outputs[0] ? " (what ${node} means)" : ""));
  if (!spec.examples.empty()) text += "\nexamples\n";
  for (const std::string& example : spec.examples) text += "  " + example + "\n";
  return text;
}

}  // namespace pixgraph
