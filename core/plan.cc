#include "plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluate.h"
#include "key.h"

namespace pixgraph {

std::vector<bool> needed_nodes(const Graph& graph) {
  std::vector<bool> needed(graph.nodes.size());
  std::vector<int> open;
  auto visit = [&](const Reference& reference) {
    if (reference.to == Reference::To::node) open.push_back(reference.index);
  };
  for (const GraphOutput& output : graph.outputs) {
    for_each_reference(output.value, visit);
    for_each_reference(output.file, visit);
  }
  while (!open.empty()) {
    const int node = open.back();
    open.pop_back();
    if (needed[node]) continue;
    needed[node] = true;
    open.insert(open.end(), graph.nodes[node].upstream.begin(), graph.nodes[node].upstream.end());
  }
  return needed;
}

/// Why the paid node would be bought; "" where it need not be.
static std::string reason_to_buy(const std::string& recipe, Index& index, const Ledger& ledger) {
  if (recipe.empty()) return "photo not hashed yet";
  const auto key = index.purchase(recipe);
  if (!key) return "new: never bought with these inputs";
  const auto purchase = ledger.latest(*key);
  if (!purchase) return "the ledger has no such purchase";
  if (purchase->state == PurchaseState::succeeded) return "";
  if (free_to_buy(purchase->state))
    return "the last try was not paid (" + std::string(state_name(purchase->state)) + ")";
  if (purchase->state == PurchaseState::created) return "running: will be waited for, not bought";
  return "cannot run without your word: the last purchase is " + std::string(state_name(purchase->state));
}

Plan make_plan(const Graph& graph, const ItemTable& table, Index& index, const Ledger& ledger) {
  Plan plan;
  plan.items = static_cast<int>(table.items.size());
  const std::vector<bool> needed = needed_nodes(graph);
  std::vector<int> place(graph.nodes.size(), -1);
  for (int node : graph.order)
    if (needed[node]) {
      place[node] = static_cast<int>(plan.nodes.size());
      plan.nodes.push_back(
          {graph.nodes[node].name, graph.nodes[node].spec->name, graph.nodes[node].spec->cost == Cost::paid, 0, 0, {}});
    }
  const FileHash hash_of = [&](const File& file) { return index.known_hash(file.path); };
  std::map<std::string, bool> counted;  // one prediction is shared by all that ask for the same
  for (const Item& item : table.items) {
    const std::vector<std::string> recipes = recipe_keys(graph, item, hash_of);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
      if (place[node] < 0) continue;
      PlanNode& row = plan.nodes[place[node]];
      const std::string why =
          row.paid ? reason_to_buy(recipes[node], index, ledger) : "local: results are kept in memory only";
      if (why.empty()) {
        ++row.reused;
        continue;
      }
      ++row.runs;
      ++row.why[why];
      if (row.paid && !why.starts_with("running") && !why.starts_with("cannot") &&
          (recipes[node].empty() || counted.emplace(recipes[node], true).second))
        ++plan.predictions;
    }
  }
  return plan;
}

std::string render_plan(const Graph& graph, const Plan& plan) {
  std::size_t width = 4;
  for (const PlanNode& node : plan.nodes) width = std::max(width, node.name.size());
  std::string text =
      fmt::format("{}: {} nodes, {} item{}\n\n  {:<{}}  {:>7}  {:>7}  why\n", graph.file, plan.nodes.size(), plan.items,
                  plan.items == 1 ? "" : "s", "node", width, "runs", "reused");
  for (const PlanNode& node : plan.nodes) {
    std::string why;
    for (const auto& [reason, count] : node.why)
      why += (why.empty() ? "" : "; ") + reason + (node.why.size() > 1 ? fmt::format(" ({})", count) : "");
    text += fmt::format("  {:<{}}  {:>7}  {:>7}  {}\n", node.name, width, node.runs, node.reused,
                        why.empty() ? "bought before, files in the store" : why);
  }
  text += fmt::format("\nWould buy {} prediction{}{}. Nothing was run.\n",
                      plan.predictions == 0 ? "no" : fmt::format("at most {}", plan.predictions),
                      plan.predictions == 1 ? "" : "s",
                      plan.predictions == 0 ? "" : " (items with the same request share one)");
  return text;
}

}  // namespace pixgraph
