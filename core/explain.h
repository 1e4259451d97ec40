// Explain: everything that pixgraph knows of how one item was made: what its outputs hang on, which part of that
// differs from the last run, and what was asked of servers and answered.
//
// Reads the index, the ledger and the item's own files; asks no server. No token is ever among it: requests are told as
// the ledger's intents have them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "graph.h"
#include "items.h"
#include "plan.h"
#include "plan_summary.h"

namespace pixgraph {

/// {"item", "outputs": [{"name", "why", "path", "parts", "files"}], "nodes": [{"name", "type", "recipe": [lines],
/// "key", "requests": [...]}]}; `node`: only what that one hangs on, "" for all. `codecs` name the files. Throws Error
/// E632 for a node that is not there.
nlohmann::json explain_item(const Graph& graph, const Item& item, const std::string& node, const Planner& planner,
                            const Codecs& codecs, const PurchaseKnowledge& known);

/// The same for people.
std::string render_explanation(const nlohmann::json& explanation);

}  // namespace pixgraph
