#include "until.h"

#include <algorithm>

#include "evaluate.h"
#include "plan.h"
#include "spell.h"

namespace pixgraph {

void limit_until(Graph& graph, const std::string& name) {
  std::vector<std::string> names;
  for (const GraphNode& node : graph.nodes) names.push_back(node.name);
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    throw Error("E806", "`--until " + name + "`: no node of that name is in " + graph.file,
                suggestion(name, names, names.empty() ? "it has no nodes" : "the nodes are " + listed(names)));
  graph.until = static_cast<int>(found - names.begin());
  const std::vector<bool> reached = needed_nodes(graph, std::vector<bool>(graph.outputs.size()));
  std::vector<GraphOutput> kept;
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    bool within = true;
    const auto look = [&](const Reference& reference) {
      if (reference.to == Reference::To::node) within = within && reached[static_cast<std::size_t>(reference.index)];
    };
    for_each_reference(graph.outputs[i].value, look);
    for_each_reference(graph.outputs[i].file, look);
    if (within) kept.push_back(std::move(graph.outputs[i]));
  }
  graph.outputs = std::move(kept);
}

}  // namespace pixgraph
