// Plan report: what `pixgraph plan` says, as a table for people and as JSON for programs (docs/manual.md, "The plan as
// JSON").
//
// Pure functions.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "estimate.h"
#include "plan_summary.h"

namespace pixgraph {

std::string render_plan(const Graph& graph, const PlanSummary& summary, const Estimate& estimate);
nlohmann::json plan_json(const Graph& graph, const PlanSummary& summary, const Estimate& estimate);

}  // namespace pixgraph
