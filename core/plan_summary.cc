#include "plan_summary.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <sstream>

#include "evaluate.h"
#include "fan_out.h"

namespace pixgraph {

namespace {

/// Why a paid node runs for an item, and whether that buys something.
struct Buying {
  std::string why;  // "" where it need not
  bool buys = true;
};

Buying reason_to_buy_one(const GraphNode& node, const std::string& key, const PurchaseKnowledge& known) {
  const auto purchase = known.ledger.latest(key);
  if (!purchase) return {"the ledger has no such purchase"};
  const std::string state(state_name(purchase->state));
  const Consent& consent = known.consents.of(node.name);
  const auto saved = saved_before(known.ledger, *purchase);
  if (saved && agreed(consent, *saved)) return {"forced by --rebuy"};
  if (saved && free_to_buy(purchase->state)) return {"", false};
  if (free_to_buy(purchase->state)) return {"the last try was not paid (" + state + ")"};
  if (agreed(consent, *purchase))
    return {consent.failed_before && purchase->state != PurchaseState::succeeded
                ? "forced by --only failed: the last purchase is " + state
                : "forced by --rebuy"};
  if (agreed(node.retry, *purchase)) return {"it failed, and `retry` of the node buys it again"};
  if (purchase->state == PurchaseState::succeeded || saved) return {"", false};
  if (purchase->state == PurchaseState::created) return {"running: will be waited for, not bought", false};
  return {"cannot run without your word: the last purchase is " + state, false};
}

/// How many purchases that are made or may be, and why the first of them has to be looked at.
std::pair<Buying, int> reason_to_buy(const GraphNode& node, const std::string& recipe, const PurchaseKnowledge& known,
                                     const std::function<bool()>& unknown_purchases) {
  // How many elements a list in the file has is known; that of another node when that has run.
  const auto* elements = node.each ? std::get_if<Expression::ListOf>(&node.each->form) : nullptr;
  const int whole = elements ? static_cast<int>(elements->items.size()) : 1;
  if (recipe.empty()) return {{"photo not hashed yet"}, whole};
  const auto kept = known.index.purchase(recipe);
  if (!kept)
    return {{unknown_purchases() ? "not known: the ledger has purchases that the index of this machine does not know"
                                 : "new: never bought with these inputs"},
            whole};
  Buying first{"", false};
  int count = 0;
  std::istringstream keys(*kept == "-" ? "" : *kept);  // a node with `each` has several
  for (std::string key; keys >> key;) {
    const Buying one =
        key == kNotBought ? Buying{"new: never bought with these inputs"} : reason_to_buy_one(node, key, known);
    if (first.why.empty() || (one.buys && !first.buys)) first = one;
    count += one.buys ? 1 : 0;
  }
  return {first, count};
}

}  // namespace

bool has_unknown_purchases(const Ledger& ledger, Index& index) {
  const std::set<std::string> known = index.purchases();
  for (const std::string& key : ledger.keys()) {
    if (known.contains(key)) continue;
    const auto purchase = ledger.latest(key);
    if (!purchase || ledger.is_ours(*purchase)) continue;
    if (purchase->state == PurchaseState::succeeded || purchase->state == PurchaseState::created ||
        saved_before(ledger, *purchase))
      return true;
  }
  return false;
}

PlanSummary summary(const Graph& graph, const ItemTable& table, const Plan& plan, const PurchaseKnowledge& known) {
  PlanSummary made;
  made.items = static_cast<int>(table.items.size());
  made.nothing_to_do = plan.nothing_to_do;
  for (const auto& [item, error] : plan.refused) made.refused.emplace(table.items[item].name, error);
  const std::vector<bool> needed = needed_nodes(graph);
  std::vector<int> place(graph.nodes.size(), -1);
  for (int node : graph.order)
    if (needed[node]) {
      place[node] = static_cast<int>(made.nodes.size());
      const GraphNode& one = graph.nodes[node];
      made.nodes.push_back({node, one.name, one.spec->name, one.spec->cost == Cost::paid});
    }
  if (graph.until >= 0)
    for (PlanNode& row : made.nodes)
      if (!row.paid) row.why["--until"] = made.items;
  // A local node runs because of the outputs that need it.
  for (std::size_t output = 0; graph.until < 0 && output < graph.outputs.size(); ++output) {
    std::vector<bool> alone(graph.outputs.size());
    alone[output] = true;
    const std::vector<bool> its = needed_nodes(graph, alone);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node)
      if (its[node] && !made.nodes[place[node]].paid)
        for (const auto& [why, count] : plan.why[output])
          made.nodes[place[node]]
              .why[graph.outputs.size() > 1 ? "`" + graph.outputs[output].name + "`: " + why : why] += count;
  }
  for (std::size_t output = 0; output < graph.outputs.size(); ++output) {
    PlanSummary::Output row = {graph.outputs[output].name, false, 0, plan.why[output]};
    const auto look = [&](const Reference& reference) {
      row.needs_nodes = row.needs_nodes || reference.to == Reference::To::node;
    };
    for_each_reference(graph.outputs[output].value, look);
    for_each_reference(graph.outputs[output].file, look);
    for (const auto& [why, count] : plan.why[output]) row.made += count;
    made.outputs.push_back(std::move(row));
  }
  std::optional<bool> unknown;  // asked once, where it matters
  const auto unknown_purchases = [&] {
    if (!unknown) unknown = has_unknown_purchases(known.ledger, known.index);
    return *unknown;
  };
  std::set<std::string> counted;  // one prediction is shared by all that ask for the same
  for (std::size_t i = 0; i < table.items.size(); ++i) {
    if (plan.work_of[i] < 0) continue;
    const Work& work = plan.works[plan.work_of[i]];
    const auto none = [](const std::vector<bool>& all) { return std::find(all.begin(), all.end(), true) == all.end(); };
    if (none(work.nodes) && none(work.outputs)) {
      ++made.up_to_date;
      for (PlanNode& row : made.nodes) ++row.skipped;
      continue;
    }
    const std::vector<std::string> recipes = recipe_keys(graph, table.items[i], known.hash_of);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
      if (place[node] < 0) continue;
      PlanNode& row = made.nodes[place[node]];
      if (!work.nodes[node]) {
        ++row.skipped;
        continue;
      }
      const GraphNode& one = graph.nodes[node];
      const auto [buying, count] =
          row.paid ? reason_to_buy(one, recipes[node], known, unknown_purchases) : std::pair(Buying{"local", false}, 0);
      if (buying.why.empty()) {
        ++row.reused;
        continue;
      }
      ++row.runs;
      if (row.paid) ++row.why[buying.why];
      if (!buying.buys || (!recipes[node].empty() && !counted.insert(recipes[node]).second)) continue;
      if (one.each && !std::holds_alternative<Expression::ListOf>(one.each->form) &&
          (recipes[node].empty() || !known.index.purchase(recipes[node]))) {
        made.per_element.insert(row.name);
        continue;
      }
      row.predictions += count;
      made.predictions += count;
    }
  }
  return made;
}

}  // namespace pixgraph
