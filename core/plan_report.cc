#include "plan_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "clock.h"
#include "unicode.h"

namespace pixgraph {

using nlohmann::json;

static constexpr int kRefusedShown = 5;

static std::string reasons(const std::map<std::string, int>& why) {
  std::string text;
  for (const auto& [reason, count] : why)
    text += (text.empty() ? "" : "; ") + printable_line(reason) + (why.size() > 1 ? fmt::format(" ({})", count) : "");
  return text;
}

static std::string reasons(const PlanNode& node) {
  if (node.why.empty() || node.runs == 0)
    return node.reused > 0 ? "bought before, files in the store" : "nothing to do";
  return reasons(node.why);
}

std::string render_plan(const Graph& graph, const PlanSummary& plan, const Estimate& estimate) {
  std::size_t width = 4;
  for (const PlanNode& node : plan.nodes) width = std::max(width, node.name.size());
  for (const PlanSummary::Output& output : plan.outputs)
    if (!output.needs_nodes) width = std::max(width, output.name.size());
  std::string text = fmt::format("{}: {} nodes, {} item{}{}\n\n  {:<{}}  {:>7}  {:>7}  {:>7}  why\n", graph.file,
                                 plan.nodes.size(), plan.items, plan.items == 1 ? "" : "s",
                                 plan.up_to_date > 0 ? fmt::format(", {} up to date", plan.up_to_date) : "", "node",
                                 width, "runs", "reused", "buys");
  for (const PlanNode& node : plan.nodes)
    text += fmt::format("  {:<{}}  {:>7}  {:>7}  {:>7}  {}\n", node.name, width, node.runs, node.reused,
                        node.paid ? std::to_string(node.predictions) : "-", reasons(node));
  for (const PlanSummary::Output& output : plan.outputs) {
    if (output.needs_nodes) continue;  // told by its nodes
    text += fmt::format("  {:<{}}  {:>7}  {:>7}  {:>7}  {}\n", output.name, width, output.made, "-", "-",
                        output.made == 0 ? "nothing to do" : reasons(output.why));
  }
  int shown = 0;
  for (const auto& [item, error] : plan.refused) {
    if (shown++ == kRefusedShown) break;
    text += fmt::format("\n{}{}: cannot run: {}", shown == 1 ? "\n" : "", printable_line(item),
                        printable_line(error.message()));
  }
  if (static_cast<int>(plan.refused.size()) > kRefusedShown)
    text += fmt::format("\n... and {} more items that cannot run", plan.refused.size() - kRefusedShown);
  if (!plan.refused.empty()) text += "\n";
  std::string unknown;
  for (const std::string& node : plan.per_element)
    unknown += fmt::format("{}one per element of `each` of `{}`", unknown.empty() ? "" : ", ", node);
  if (plan.predictions == 0 && !unknown.empty())
    text += "\nWould buy " + unknown + ".";
  else
    text += fmt::format(
        "\nWould buy {} prediction{}{}{}.", plan.predictions == 0 ? "no" : fmt::format("at most {}", plan.predictions),
        plan.predictions == 1 ? "" : "s", plan.predictions == 0 ? "" : " (items with the same request share one)",
        unknown.empty() ? "" : ", and " + unknown);
  if (plan.predictions > 0) {
    const bool any_priced = std::any_of(estimate.nodes.begin(), estimate.nodes.end(),
                                        [](const NodeEstimate& node) { return node.cost.has_value(); });
    if (any_priced) text += " Cost: " + show_range(estimate.cost) + ".";
    if (!estimate.unpriced.empty()) {
      text += " Unpriced:";
      for (const std::string& model : estimate.unpriced) text += (model == estimate.unpriced[0] ? " " : ", ") + model;
      text += ".";
    }
    if (estimate.time.count() > 0)
      text += fmt::format(" Time: {} {}.", estimate.whole_time ? "about" : "at least", show_duration(estimate.time));
  }
  return text + " Nothing was run.\n";
}

static json range_json(const CostRange& cost) {
  return {{"least", usd_number(cost.least)}, {"most", cost.most ? usd_number(*cost.most) : json()}};
}

json plan_json(const Graph& graph, const PlanSummary& plan, const Estimate& estimate) {
  json nodes = json::array();
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const PlanNode& node = plan.nodes[i];
    json row = {{"name", node.name},     {"type", node.type},       {"paid", node.paid}, {"runs", node.runs},
                {"reused", node.reused}, {"skipped", node.skipped}, {"why", node.why}};
    if (node.paid) {
      row["predictions"] = node.predictions;
      row["model"] = estimate.nodes[i].model;
      row["cost"] = estimate.nodes[i].cost ? range_json(*estimate.nodes[i].cost) : json();
    }
    nodes.push_back(std::move(row));
  }
  json outputs = json::array();
  for (const PlanSummary::Output& output : plan.outputs)
    outputs.push_back({{"name", output.name}, {"made", output.made}, {"why", output.why}});
  json refused = json::array();
  for (const auto& [item, error] : plan.refused)
    refused.push_back({{"item", item}, {"code", error.code()}, {"message", error.message()}});
  return {{"pixgraph_plan", 1},
          {"file", graph.file},
          {"items", plan.items},
          {"up_to_date", plan.up_to_date},
          {"work", !plan.nothing_to_do},
          {"refused", std::move(refused)},
          {"nodes", std::move(nodes)},
          {"outputs", std::move(outputs)},
          {"predictions", plan.predictions},
          {"per_element", plan.per_element},
          {"cost", range_json(estimate.cost)},
          {"unpriced", estimate.unpriced},
          {"seconds", static_cast<double>(estimate.time.count()) / 1000},
          {"seconds_known", estimate.whole_time}};
}

}  // namespace pixgraph
