// Order: in which order nodes can run, and which of them wait for each other in a circle.
//
// Pure functions over plain edges; no recursion, so that a chain of any length will do.
#pragma once

#include <vector>

namespace pixgraph {

/// `upstream[n]` are the nodes that node n needs. Those that can run, each after what it needs, by number where free.
/// Nodes on a cycle, and what needs them, are missing.
std::vector<int> topological_order(const std::vector<std::vector<int>>& upstream);

/// For every set of nodes that all wait for each other one circle, a shortest one through its first node: each entry
/// needs the next, and the last needs the first. By first node.
std::vector<std::vector<int>> cycles(const std::vector<std::vector<int>>& upstream);

}  // namespace pixgraph
