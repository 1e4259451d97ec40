#include "nodes_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "describe.h"
#include "registry.h"
#include "rules.h"

namespace pixgraph {

namespace {

/// For a cell of a table.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') out += '\\';
    out += c;
  }
  return out;
}

/// As the heading's anchor is named by those who show Markdown.
std::string anchor(const std::string& name) {
  std::string out;
  for (const char c : name) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string about(const Spec& spec) {
  return spec.doc + (spec.cost == Cost::local ? "" : std::string(" (") + cost_words(spec) + ")");
}

void add_ports(std::string& page, const Spec& spec) {
  if (!spec.inputs.empty() || !spec.open_input.empty()) page += "\n| input | type | |\n|---|---|---|\n";
  for (const Port& port : spec.inputs)
    page += fmt::format("| `{}` | {}{} | {} |\n", port.name, std::string(type_name(port.type)),
                        port.required ? "" : ", optional", cell(port.doc));
  if (!spec.open_input.empty())
    page += fmt::format("| `{}` | mapping | {} |\n", spec.open_input, cell(spec.open_input_doc));
}

void add_params(std::string& page, const Spec& spec) {
  if (spec.params.empty()) return;
  page += "\n| param | type | takes | default | |\n|---|---|---|---|---|\n";
  for (const Param& param : spec.params) {
    const std::string preset = param.preset.absent() ? "" : "`" + show_value(param.preset) + "`";
    page += fmt::format("| `{}` | {} | {} | {} | {} |\n", param.name, std::string(type_name(param.type)),
                        cell(show_range(param)), cell(preset), cell(param.doc));
  }
  if (!spec.rules.empty()) page += "\n";
  for (const Rule& rule : spec.rules) page += "- " + rule_in_words(rule) + "\n";
}

/// What docs/nodes.yaml makes with the node: a picture where it gives one or a file, else its figures. Nodes that work
/// elsewhere have none.
void add_picture(std::string& page, const Spec& spec) {
  if (spec.cost != Cost::local) return;
  const auto shown = [](const Port& port) {
    return port.type == Type::image || port.type == Type::mask || port.type == Type::file ||
           port.type == list_of(Type::image);
  };
  if (std::ranges::any_of(spec.outputs, shown))
    page += fmt::format("\n![What {0} makes of it](nodes/{0}.webp)\n", spec.name);
  else
    page += fmt::format("\n[What {0} says of it](nodes/{0}.json)\n", spec.name);
}

void add_node(std::string& page, const Spec& spec) {
  page += fmt::format("\n### {}\n\n{}.\n", spec.name, about(spec));
  add_picture(page, spec);
  add_ports(page, spec);
  add_params(page, spec);
  page += "\n| output | type | |\n|---|---|---|\n";
  for (const Port& port : spec.outputs)
    page += fmt::format("| `{}` | {} | {}{} |\n", port.name, std::string(type_name(port.type)), cell(port.doc),
                        &port == spec.outputs.data() ? "; what `${node}` means" : "");
  if (spec.examples.empty()) return;
  page += "\n```yaml\n";
  for (const std::string& example : spec.examples) page += example + "\n";
  page += "```\n";
}

}  // namespace

std::string nodes_page(const Registry& registry) {
  const auto groups = nodes_by_plugin(registry);
  std::string page =
      "# The nodes\n\n"
      "What there is to build with, made of the descriptions in the program by `pixgraph nodes --markdown`. [The "
      "manual]"
      "(manual.md) says what a node may have besides: `each`, `when`, `on_error`, `timeout` and `retry`. A colour is "
      "written in quotes, as \"#rgb\", \"#rrggbb\" or, with alpha, \"#rrggbbaa\"; it is sRGB, whatever the picture's "
      "profile. Below the params stands what must hold between them; one that has its default counts as not given.\n\n"
      "The pictures are made by [nodes.yaml](nodes.yaml) of this photo, and of its cutout where a node wants one:\n\n"
      "![The photo](nodes/photo.webp) ![Its cutout](nodes/cutout.webp)\n";
  for (const auto& [plugin, specs] : groups) {
    page += "\n**" + plugin + "**\n\n| node | |\n|---|---|\n";
    for (const Spec* spec : specs)
      page += fmt::format("| [{0}](#{1}) | {2} |\n", spec->name, anchor(spec->name), cell(about(*spec)));
  }
  for (const auto& [plugin, specs] : groups) {
    page += "\n## " + plugin + "\n";
    for (const Spec* spec : specs) add_node(page, *spec);
  }
  return page;
}

}  // namespace pixgraph
