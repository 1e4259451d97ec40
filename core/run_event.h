// The event `run`: what a run is, for everybody who shows it later without the pipeline file at hand.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "graph.h"
#include "items.h"
#include "run.h"

namespace pixgraph {

/// Without what is only known when it starts: `id`, `state`, `sandbox`.
nlohmann::json run_event(const Graph& graph, const ItemTable& table, const RunOptions& options);

}  // namespace pixgraph
