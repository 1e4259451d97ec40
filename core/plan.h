// Plan: what must run, and why, before anything runs. Reads no pixels and no file contents, asks no server.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph.h"
#include "index.h"
#include "items.h"
#include "ledger.h"

namespace pixgraph {

/// By node index: whether an output needs it, at whatever distance. What none needs does not run.
std::vector<bool> needed_nodes(const Graph& graph);

struct PlanNode {
  std::string name, type;
  bool paid = false;
  int runs = 0, reused = 0;
  std::map<std::string, int> why;  // reason of the runs, with how many items it holds for
};

struct Plan {
  int items = 0;
  std::vector<PlanNode> nodes;  // those that an output needs, in the graph's order
  int predictions = 0;          // that would be bought at most
};

/// Local nodes run for every item (their results live in memory only); a paid node is reused where the ledger has the
/// purchase that its recipe led to.
Plan make_plan(const Graph& graph, const ItemTable& table, Index& index, const Ledger& ledger);

/// The plan as a table for people.
std::string render_plan(const Graph& graph, const Plan& plan);

}  // namespace pixgraph
