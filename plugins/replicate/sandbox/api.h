// The API under /v1 and the counters under /sandbox: which request goes to which handler. Thread-safe.
#pragma once

#include "http.h"
#include "world.h"

namespace sandbox {

// Answers a request to the first port. Blocks only for Prefer: wait and for the fault `slow`.
Response answer_api(World& world, const Request& request);

// Handlers, each in the file named after its subject. `rest` is what follows the collection's name in the path, split.
using Parts = std::vector<std::string>;
// creates.cc: the three ways to name what to run
Response create_by_version(World& world, const Request& request);
Response create_by_model(World& world, const Request& request, const std::string& name);
Response create_by_deployment(World& world, const Request& request, const std::string& name);
// api_files.cc
Response answer_files(World& world, const Request& request, const Parts& rest);
// catalog.cc
Response answer_models(World& world, const Request& request, const Parts& rest);
Response answer_deployments(World& world, const Request& request, const Parts& rest);
Response answer_hardware();
Response answer_account();

}  // namespace sandbox
