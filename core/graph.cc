#include "graph.h"

#include <algorithm>

#include "binding.h"
#include "order.h"
#include "unicode.h"

namespace pixgraph {

namespace {

const std::vector<std::string>& top_keys() {
  static const std::vector<std::string> keys = {"pixgraph", "name",    "description", "inputs", "params",
                                                "nodes",    "outputs", "limits",      "prices"};
  return keys;
}

/// Those that no other kind of file has.
const std::vector<std::string>& pipeline_keys() {
  static const std::vector<std::string> keys = {"pixgraph", "inputs", "nodes", "outputs"};
  return keys;
}

/// The top-level keys of a document; null where one is not there.
struct Sections {
  const DocumentValue *pixgraph = nullptr, *name = nullptr, *description = nullptr, *inputs = nullptr,
                      *params = nullptr, *nodes = nullptr, *outputs = nullptr, *limits = nullptr, *prices = nullptr;
  bool version_misspelt = false, outputs_misspelt = false;
};

Sections find_sections(Binding& binding) {
  Sections out;
  const DocumentValue** slots[] = {&out.pixgraph, &out.name,    &out.description, &out.inputs, &out.params,
                                   &out.nodes,    &out.outputs, &out.limits,      &out.prices};
  for (const DocumentEntry& entry : binding.document.root.entries) {
    const auto key = std::ranges::find(top_keys(), entry.key);
    if (key != top_keys().end()) {
      *slots[key - top_keys().begin()] = &entry.value;
      continue;
    }
    const std::string meant = binding.unknown_key(entry, "in the pipeline", top_keys(), {});
    out.version_misspelt |= meant == "pixgraph";
    out.outputs_misspelt |= meant == "outputs";
    // Names that are declared there would all be reported as unknown.
    binding.names_incomplete |= meant == "inputs" || meant == "params" || meant == "nodes";
  }
  return out;
}

void check_version(Binding& binding, const Sections& sections) {
  if (sections.version_misspelt) return;
  if (!sections.pixgraph) {
    binding.diagnostics.error("E010", {}, "the file does not say that it is a pipeline",
                              "write `pixgraph: 1` as its first line");
    return;
  }
  const DocumentValue& version = *sections.pixgraph;
  const auto read = read_scalar(version, Type::integer);
  if (read.ok() && *read.value.integer() == 1) return;
  if (read.ok())
    binding.diagnostics.error(
        "E010", version.place,
        "this file is written in format " + printable(version.text) + ", and this program reads format 1",
        *read.value.integer() > 1 ? "a newer pixgraph may read it" : "write `pixgraph: 1`");
  else
    binding.diagnostics.error("E010", version.place, "`pixgraph` takes the number of the format, and " + read.why,
                              "write `pixgraph: 1`");
}

/// Upstream and downstream of every node, its order, and circles (E030).
void connect(Binding& binding) {
  std::vector<GraphNode>& nodes = binding.graph.nodes;
  std::vector<std::vector<int>> upstream(nodes.size());
  for (const Need& need : binding.needs) upstream[static_cast<std::size_t>(need.node)].push_back(need.of);
  for (std::vector<int>& needed : upstream) {
    std::ranges::sort(needed);
    needed.erase(std::ranges::unique(needed).begin(), needed.end());
  }
  binding.graph.order = topological_order(upstream);
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    nodes[node].upstream = upstream[node];
    for (int needed : upstream[node])
      nodes[static_cast<std::size_t>(needed)].downstream.push_back(static_cast<int>(node));
  }
  if (binding.graph.order.size() == nodes.size()) return;
  for (const std::vector<int>& circle : cycles(upstream)) {
    auto name = [&](int node) { return nodes[static_cast<std::size_t>(node)].name; };
    auto place = [&](std::size_t step) {
      const int from = circle[step], to = circle[(step + 1) % circle.size()];
      for (const Need& need : binding.needs)
        if (need.node == from && need.of == to) return need.place;
      return nodes[static_cast<std::size_t>(from)].place;
    };
    Diagnostic loop;
    loop.code = "E030";
    loop.place = place(0);
    loop.message = circle.size() == 1 ? "node " + ticked(name(circle[0])) + " waits for itself"
                                      : "these nodes wait for each other: ";
    constexpr std::size_t kMostNamed = 12;
    for (std::size_t step = 0; circle.size() > 1 && step < circle.size(); ++step) {
      if (step == kMostNamed && circle.size() > kMostNamed + 1) {
        loop.message += "(" + std::to_string(circle.size() - step) + " more) -> ";
        break;
      }
      loop.message += printable(name(circle[step])) + " -> ";
    }
    if (circle.size() > 1) loop.message += printable(name(circle[0]));
    for (std::size_t step = 1; step < std::min<std::size_t>(circle.size(), 4); ++step)
      loop.notes.push_back({place(step), printable(name(circle[step])) + " waits for " +
                                             printable(name(circle[(step + 1) % circle.size()]))});
    if (circle.size() > 1) loop.label = printable(name(circle[0])) + " waits for " + printable(name(circle[1]));
    binding.diagnostics.add(std::move(loop));
  }
}

/// W050 and W052. Only of a pipeline that is right otherwise: a misspelt reference would show up here a second time.
void warn_of_unused(Binding& binding) {
  const Graph& graph = binding.graph;
  std::vector<bool> needed(graph.nodes.size());
  std::vector<int> front = binding.saved;
  while (!front.empty()) {
    const auto node = static_cast<std::size_t>(front.back());
    front.pop_back();
    if (needed[node]) continue;
    needed[node] = true;
    front.insert(front.end(), graph.nodes[node].upstream.begin(), graph.nodes[node].upstream.end());
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (!needed[i] && !graph.nodes[i].file)
      binding.diagnostics.warning("W050", graph.nodes[i].place,
                                  "no output needs node " + ticked(graph.nodes[i].name) + ", so it does not run",
                                  "save what it makes under `outputs:`, or take it away");
  auto unused = [&](Place place, const std::string& what, const std::string& name) {
    binding.diagnostics.warning("W052", place, "nothing uses " + what + " " + ticked(name),
                                "refer to it as `${" + printable(name) + "}`, or take it away");
  };
  for (std::size_t i = 0; i < graph.inputs.size(); ++i)
    if (!binding.input_used[i]) unused(graph.inputs[i].place, "input", graph.inputs[i].name);
  for (std::size_t i = 0; i < graph.params.size(); ++i)
    if (!binding.param_used[i]) unused(graph.params[i].place, "param", graph.params[i].name);
}

}  // namespace

const GraphNode* Graph::node(std::string_view wanted) const {
  for (const GraphNode& one : nodes)
    if (one.name == wanted) return &one;
  return nullptr;
}

static Graph bind(const Document& document, const Registry& registry, const Settings& settings,
                  Diagnostics& diagnostics, bool is_used) {
  Binding binding(document, registry, settings, diagnostics);
  binding.is_used = is_used;
  binding.graph.file = document.file;
  if (document.root.kind != DocumentValue::Kind::map) return std::move(binding.graph);
  const DocumentValue nothing;
  auto or_nothing = [&](const DocumentValue* section) -> const DocumentValue& { return section ? *section : nothing; };

  if (std::ranges::none_of(document.root.entries, [](const DocumentEntry& entry) {
        return std::ranges::find(pipeline_keys(), entry.key) != pipeline_keys().end();
      })) {
    // Some other kind of file: all its keys would be reported.
    diagnostics.error("E010", document.root.place, "this is not a pipeline file",
                      "a pipeline begins with the line `pixgraph: 1`");
    return std::move(binding.graph);
  }
  const Sections sections = find_sections(binding);
  check_version(binding, sections);
  if (sections.name) binding.graph.name = binding.read_text(*sections.name, "name");
  if (sections.description) binding.graph.description = binding.read_text(*sections.description, "description");
  if (sections.limits) bind_limits(binding, *sections.limits);
  if (sections.prices) bind_prices(binding, *sections.prices);

  declare_inputs(binding, or_nothing(sections.inputs));
  declare_params(binding, or_nothing(sections.params));
  declare_nodes(binding, or_nothing(sections.nodes));
  apply_settings(binding);
  bind_nodes(binding, or_nothing(sections.nodes));
  if (!sections.outputs_misspelt) bind_outputs(binding, or_nothing(sections.outputs));
  check_substitutes(binding);
  connect(binding);
  check_values(binding);
  if (!diagnostics.has_errors()) warn_of_unused(binding);
  return std::move(binding.graph);
}

Graph bind(const Document& document, const Registry& registry, const Settings& settings, Diagnostics& diagnostics) {
  return bind(document, registry, settings, diagnostics, false);
}

Graph bind_used(const Document& document, const Registry& registry, Diagnostics& diagnostics) {
  return bind(document, registry, {}, diagnostics, true);
}

}  // namespace pixgraph
