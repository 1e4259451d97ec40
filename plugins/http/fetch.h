// Fetch - brings files in from the network.
#pragma once

#include <chrono>
#include <functional>

#include <pixgraph/plugin.h>

namespace pixgraph::http {

/// Waits between two attempts; throws where the run is being ended.
using Sleep = std::function<void(std::chrono::milliseconds)>;

/// The node's function, with its waiting passed in for tests.
void fetch(Call& call, const Sleep& sleep);

void add_fetch(Registrar& registrar);

}  // namespace pixgraph::http
