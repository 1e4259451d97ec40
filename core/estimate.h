// Estimate: what the predictions of a plan will cost and how long they will take, as far as prices, measured run times
// and rate limits tell; and the refusal, before anything runs, of what --max-cost could not keep.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "budget.h"
#include "governor.h"
#include "input_check.h"
#include "plan_summary.h"
#include "prices.h"
#include "run_times.h"

namespace pixgraph {

struct CostRange {
  NanoUsd least = 0;
  std::optional<NanoUsd> most;  // absent: nothing limits it
};

struct NodeEstimate {
  std::string model;                               // "" for a node that buys from none, or one that is not known yet
  std::optional<CostRange> cost;                   // of its predictions; absent where the model has no price
  std::optional<std::chrono::milliseconds> usual;  // one of them takes
};

struct Estimate {
  std::vector<NodeEstimate> nodes;  // as PlanSummary::nodes
  CostRange cost;                   // of those that have a price
  std::vector<std::string> unpriced;
  std::chrono::milliseconds time{0};  // of the predictions
  bool whole_time = true;             // false: some model's time is not known, so `time` is the least
};

struct EstimateSources {
  const std::vector<ModelUse>& uses;
  const Prices& prices;
  RunTimes& run_times;
  std::function<ServerLimits(const std::string& server)> limits;
  bool sandbox = false;
};

Estimate estimate(const Graph& graph, const PlanSummary& plan, const EstimateSources& sources);

/// Throws Error E530 or E531 for a node that would buy what the budget cannot reserve, with its line.
void check_prices(const Graph& graph, const PlanSummary& plan, const std::vector<ModelUse>& uses, const Budget& budget);

/// "0.02 USD", "0.01 to 0.05 USD", "0.01 USD or more".
std::string show_range(const CostRange& cost);

}  // namespace pixgraph
