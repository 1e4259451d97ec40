// The commands' functions, one per row of the table in cli.cc. Each returns the exit code and throws Error for what it
// refuses.
#pragma once

#include <memory>
#include <optional>

#include "cli.h"
#include "items.h"
#include "pipeline.h"
#include "prices.h"
#include "run.h"

namespace pixgraph {

int command_run(const Arguments& arguments);
int command_check(const Arguments& arguments);
int command_plan(const Arguments& arguments);
int command_explain(const Arguments& arguments);
int command_gc(const Arguments& arguments);
int command_lock(const Arguments& arguments);
int command_ledger(const Arguments& arguments);
int command_report(const Arguments& arguments);
int command_graph(const Arguments& arguments);
int command_nodes(const Arguments& arguments);
int command_describe(const Arguments& arguments);
int command_new(const Arguments& arguments);
int command_schema(const Arguments& arguments);
int command_completion(const Arguments& arguments);

// What commands share:

/// The node types of all plugins; read once.
Registry& registry_for(const Arguments& arguments);
/// Where the command works: --out, --state and all that `run` takes.
RunOptions options_of(const Arguments& arguments);
/// The items that these words name. What lies below --out and the state directory is never one.
ItemTable items_of(const Graph& graph, const std::vector<std::string>& named, const RunOptions& options);
/// The same from the words after the pipeline's file, as --limit, --shard and --only leave them.
ItemTable chosen_items(const Graph& graph, const Arguments& arguments, const RunOptions& options);
/// Throws Error E806 where --rebuy names no paid node.
void check_rebuy(const Graph& graph, const RunOptions& options);
/// The prices that hold for a pipeline: its own, and the user's for other models. nullopt where the user's have
/// mistakes, which have been shown.
std::optional<Prices> prices_of(const Graph& graph);
/// Reads a pipeline and shows what is wrong with it. null where there were errors.
std::unique_ptr<Pipeline> read_shown(const Arguments& arguments, const std::string& file, Reading reading);

}  // namespace pixgraph
