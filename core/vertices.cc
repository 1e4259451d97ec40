#include "vertices.h"

#include <algorithm>
#include <set>

#include "evaluate.h"
#include "plan.h"

namespace pixgraph {

Vertices::Vertices(const Graph& graph)
    : nodes(static_cast<int>(graph.nodes.size())),
      count(nodes + static_cast<int>(graph.outputs.size())),
      upstream(count),
      downstream(count),
      depth(count) {
  for (int i = 0; i < nodes; ++i) upstream[i] = graph.nodes[i].upstream;
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    std::set<int> from;
    for (const Expression* expression : {&graph.outputs[i].value, &graph.outputs[i].file})
      for_each_reference(*expression, [&](const Reference& reference) {
        if (reference.to == Reference::To::node) from.insert(reference.index);
      });
    upstream[nodes + i].assign(from.begin(), from.end());
  }
  for (int vertex = 0; vertex < count; ++vertex)
    for (int from : upstream[vertex]) downstream[from].push_back(vertex);
  std::vector<int> order = graph.order;
  for (int vertex = nodes; vertex < count; ++vertex) order.push_back(vertex);
  for (int vertex : order)
    for (int from : upstream[vertex]) depth[vertex] = std::max(depth[vertex], depth[from] + 1);
}

Shape Vertices::shape_of(const Graph& graph, const std::vector<bool>& outputs) const {
  Shape shape;
  shape.needed = needed_nodes(graph, outputs);
  shape.needed.insert(shape.needed.end(), outputs.begin(), outputs.end());
  shape.count = static_cast<int>(std::count(shape.needed.begin(), shape.needed.end(), true));
  shape.readers.resize(count);
  for (int vertex = 0; vertex < count; ++vertex)
    shape.readers[vertex] = static_cast<int>(std::count_if(downstream[vertex].begin(), downstream[vertex].end(),
                                                           [&](int next) { return shape.needed[next]; }));
  return shape;
}

}  // namespace pixgraph
