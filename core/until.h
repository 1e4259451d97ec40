// `--until NODE`: a graph that goes no further than one node.
#pragma once

#include <string>

#include "graph.h"

namespace pixgraph {

/// From here on only that node and what it needs runs; outputs that need more are gone. Throws Error E806 for a name
/// that no node has.
void limit_until(Graph& graph, const std::string& node);

}  // namespace pixgraph
