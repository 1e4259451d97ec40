// Pipeline: a file as commands work on it: read, bound, and held against its lock and what its models take.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "document.h"
#include "graph.h"
#include "input_check.h"
#include "lockfile.h"

namespace pixgraph {

struct Pipeline {
  Document document;
  Graph graph;
  std::vector<ModelUse> uses;    // of the Document's nodes
  std::optional<Lockfile> lock;  // what FILE.lock says; absent where there is none, or it is another server's
};

enum class Reading {
  check,  // everything that can be said of the file, its lock and what was kept
  run,    // what keeps it from running; locked versions are put in
  lock,   // the lock that is there does not count
};

/// Mistakes are collected; the Pipeline is whole only if there were no errors. `state` is where schemas were kept; it
/// need not exist. Writes nothing.
std::unique_ptr<Pipeline> read_pipeline(const std::string& file, Reading reading, bool sandbox,
                                        const std::string& state, const Registry& registry, const Settings& settings,
                                        Diagnostics& diagnostics);

}  // namespace pixgraph
