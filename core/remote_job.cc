#include "remote_job.h"

#include <utility>

namespace pixgraph {

void RemoteJob::settle(Budget& budget, std::optional<NanoUsd> cost_of_try) {
  claimed = false;
  const auto taken = std::exchange(reserved, std::nullopt);
  if (!cost_of_try) cost_of_try = taken;
  if (!cost_of_try || (!taken && *cost_of_try == 0)) return;
  if (taken) budget.settle(*taken, *cost_of_try);
  if (!bought) return;  // an earlier run's, or none: it is not on this run's bill
  if (!taken) budget.spend(*cost_of_try);
  cost = sum_of(cost.value_or(0), *cost_of_try);
}

}  // namespace pixgraph
