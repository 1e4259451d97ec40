// The commands' functions, one per row of the table in cli.cc. Each returns the exit code and throws Error for what it
// refuses.
#pragma once

#include "cli.h"

namespace pixgraph {

int command_run(const Arguments& arguments);
int command_check(const Arguments& arguments);
int command_plan(const Arguments& arguments);
int command_ledger(const Arguments& arguments);
int command_nodes(const Arguments& arguments);
int command_describe(const Arguments& arguments);

}  // namespace pixgraph
