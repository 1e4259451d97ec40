// Vertices: the steps of an item: the nodes of the graph, and after them its outputs. Which waits for which, and what
// the making of some outputs takes.
//
// Plain values; never changed after their making.
#pragma once

#include <vector>

#include "graph.h"

namespace pixgraph {

/// What the making of some outputs takes: shared by all items of which the same ones are to be made.
struct Shape {
  std::vector<bool> needed;  // by vertex
  std::vector<int> readers;  // by vertex: downstream that needs its values
  int count = 0;
};

struct Vertices {
  explicit Vertices(const Graph& graph);
  Shape shape_of(const Graph& graph, const std::vector<bool>& outputs) const;

  int nodes, count;
  std::vector<std::vector<int>> upstream, downstream;  // by vertex
  std::vector<int> depth;                              // the longest way from a start
};

}  // namespace pixgraph
