#include "estimate.h"

#include <algorithm>

namespace pixgraph {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

static const ModelUse* use_of(const std::vector<ModelUse>& uses, int node) {
  const auto use = std::find_if(uses.begin(), uses.end(), [&](const ModelUse& one) { return one.node == node; });
  return use == uses.end() ? nullptr : &*use;
}

static std::optional<nanoseconds> run_limit(const GraphNode& node) {
  return node.run_timeout ? node.run_timeout : node.timeout;
}

/// Of one prediction. How many images it makes is known only when it has ended.
static CostRange cost_of_one(const Price& price, const std::optional<RunTimes::Billed>& billed,
                             std::optional<nanoseconds> limit) {
  CostRange cost;
  cost.least = measured_cost(price, billed ? billed->least : nanoseconds(0), 1).value_or(0);
  const std::optional<nanoseconds> longest = billed ? std::optional(billed->most) : limit;
  if (!price.per_image) cost.most = measured_cost(price, longest, 1);
  return cost;
}

Estimate estimate(const Graph& graph, const PlanSummary& plan, const EstimateSources& sources) {
  Estimate made;
  made.cost.most = 0;
  std::map<std::string, int> creates;        // by server
  std::map<std::string, milliseconds> busy;  // what all predictions there take together
  for (const PlanNode& row : plan.nodes) {
    NodeEstimate one;
    const ModelUse* use = use_of(sources.uses, row.node);
    if (use) one.model = use->model.name.empty() ? use->model.lane : use->model.name;
    if (row.predictions > 0) {
      const std::string server = sources.sandbox ? "sandbox" : use ? use->model.server : "";
      const std::string what = use ? RunTimes::name(server, use->model.lane) : "";
      one.usual = sources.run_times.usual(what);
      creates[server] += row.predictions;
      busy[server] += one.usual.value_or(milliseconds(0)) * row.predictions;
      made.whole_time = made.whole_time && one.usual.has_value();
      const auto price = sources.prices.find(one.model);
      if (price != sources.prices.end()) {
        one.cost = cost_of_one(price->second, sources.run_times.billed(what), run_limit(graph.nodes[row.node]));
        one.cost->least = times(one.cost->least, row.predictions);
        if (one.cost->most) one.cost->most = times(*one.cost->most, row.predictions);
        made.cost.least = sum_of(made.cost.least, one.cost->least);
        made.cost.most =
            made.cost.most && one.cost->most ? std::optional(sum_of(*made.cost.most, *one.cost->most)) : std::nullopt;
      } else {
        const std::string name = one.model.empty() ? "the model of `" + row.name + "`" : one.model;
        if (std::find(made.unpriced.begin(), made.unpriced.end(), name) == made.unpriced.end())
          made.unpriced.push_back(name);
      }
    }
    made.nodes.push_back(std::move(one));
  }
  for (const auto& [server, count] : creates) {
    const ServerLimits limits = sources.limits(server);
    milliseconds time = busy[server] / std::max(1, std::min(limits.in_flight, count));
    if (limits.creates_per_minute > 0)
      time = std::max(time, milliseconds(static_cast<std::int64_t>(count / limits.creates_per_minute * 60'000)));
    made.time = std::max(made.time, time);
  }
  return made;
}

void check_prices(const Graph& graph, const PlanSummary& plan, const std::vector<ModelUse>& uses,
                  const Budget& budget) {
  if (!budget.cap()) return;
  for (const PlanNode& row : plan.nodes) {
    const ModelUse* use = row.predictions > 0 ? use_of(uses, row.node) : nullptr;
    if (!use || use->model.lane.empty()) continue;  // known only when its request is made, and looked at then
    const Place& place = use->place.line > 0 ? use->place : graph.nodes[row.node].place;
    const std::string where = graph.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) +
                              ", node `" + row.name + "`";
    const std::string& model = use->model.name.empty() ? use->model.lane : use->model.name;
    const Price* price = budget.price_of(use->model.name);
    if (!price) throw unpriced(model, where);
    if (!highest_cost(*price, run_limit(graph.nodes[row.node]), 1)) throw unlimited(model, where);
  }
}

std::string show_range(const CostRange& cost) {
  if (cost.most == cost.least) return show_usd(cost.least) + " USD";
  if (!cost.most) return show_usd(cost.least) + " USD or more";
  return show_usd(cost.least) + " to " + show_usd(*cost.most) + " USD";
}

}  // namespace pixgraph
