// The commands' functions, one per row of the table in cli.cc. Each returns the exit code and throws Error for what it
// refuses.
#pragma once

#include <memory>

#include "cli.h"
#include "pipeline.h"

namespace pixgraph {

int command_run(const Arguments& arguments);
int command_check(const Arguments& arguments);
int command_plan(const Arguments& arguments);
int command_lock(const Arguments& arguments);
int command_ledger(const Arguments& arguments);
int command_report(const Arguments& arguments);
int command_graph(const Arguments& arguments);
int command_nodes(const Arguments& arguments);
int command_describe(const Arguments& arguments);

// What commands share:

/// The node types of all plugins; read once.
Registry& registry_for(const Arguments& arguments);
/// Reads a pipeline and shows what is wrong with it. null where there were errors.
std::unique_ptr<Pipeline> read_shown(const Arguments& arguments, const std::string& file, Reading reading);

}  // namespace pixgraph
