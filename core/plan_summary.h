// PlanSummary: a plan by node, for people: what runs, what is reused, what is bought, and why.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "consent.h"
#include "graph.h"
#include "index.h"
#include "items.h"
#include "ledger.h"
#include "plan.h"

namespace pixgraph {

struct PlanNode {
  int node = 0;  // into Graph::nodes
  std::string name, type;
  bool paid = false;
  int runs = 0, reused = 0, skipped = 0;  // skipped: items whose outputs are up to date without it
  int predictions = 0;                    // that would be bought at most: items that ask for the same share one
  std::map<std::string, int> why;         // reason of the runs, with how many items it holds for
};

struct PlanSummary {
  int items = 0, up_to_date = 0;
  std::map<std::string, Error> refused;  // by item
  std::vector<PlanNode> nodes;           // those that an output needs, in the graph's order
  int predictions = 0;                   // of all nodes, but for
  std::set<std::string> per_element;     // nodes whose `each` is a list that is not known yet
  struct Output {
    std::string name;
    bool needs_nodes = true;
    int made = 0;                    // for so many items
    std::map<std::string, int> why;  // as of a node
  };
  std::vector<Output> outputs;  // as Graph::outputs
  bool nothing_to_do = true;
};

/// What tells whether a prediction was bought before, and whether it may be bought again.
struct PurchaseKnowledge {
  Index& index;
  const Ledger& ledger;
  FileHash hash_of;
  Consents consents;
};

/// Whether the ledger has a result, or a prediction under way, that the index does not know of: of another machine, or
/// from before the index was deleted.
bool has_unknown_purchases(const Ledger& ledger, Index& index);

PlanSummary summary(const Graph& graph, const ItemTable& table, const Plan& plan, const PurchaseKnowledge& known);

}  // namespace pixgraph
