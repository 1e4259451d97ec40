// Run: the last arrow, from a plan to what happened. Opens everything on disk, starts the threads, runs the scheduler,
// obeys signals, and turns the end into an exit code.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "consent.h"
#include "console.h"
#include "governor.h"
#include "graph.h"
#include "host.h"
#include "input_check.h"
#include "items.h"
#include "prices.h"
#include "registry.h"

namespace pixgraph {

// Exit codes; where several hold, the first in this order: 70, 130/143, 3, 1.
inline constexpr int kExitDone = 0, kExitItemsFailed = 1, kExitWrongRequest = 2, kExitStopped = 3, kExitWorkToDo = 4,
                     kExitInterrupted = 130, kExitTerminated = 143, kExitBug = 70;

struct RunOptions {
  std::string out = "out";
  std::string state;  // empty: .pixgraph beside the pipeline file, or in `out` where that cannot be written
  std::optional<std::uint64_t> memory;    // bytes to hold at most; not given: half of the machine's
  std::uint64_t max_pixels = kMaxPixels;  // of a picture that is read
  int jobs = 0;                           // cpu workers; 0: as many as there are processors
  int jobs_remote = 0;                    // predictions in flight per server; 0: what the pipeline file says, else 32
  std::optional<double> creates_per_minute;  // 0: unlimited; absent: what the pipeline file says, else 600
  bool overwrite = false;
  bool sandbox = false;
  bool fail_fast = false;
  bool fresh = false;              // nothing local is taken for done; what was bought is not bought again
  std::string events;              // a file, "-", or empty
  std::vector<std::string> rebuy;  // nodes whose earlier purchases are bought again
  std::string rebuy_before;        // those made before that time (ISO 8601); empty: before now
  Prices prices;                   // by model: of the pipeline file, else of the user's price file
  std::optional<NanoUsd> max_cost;
  bool only_failed = false;          // the items failed in an earlier run: consents to buying again
  std::string shard;                 // "0/4", or empty: which part of the items this run has
  std::vector<std::string> command;  // what was typed, and the pipeline file's text: for the report
  std::string pipeline_text;
  ConsoleOptions console;
  bool live = false;  // a page that shows it goes with the run
  int port = 0;       // where; 0: one that is free
};

/// What is known of the models that a run buys from. Owned by the caller; either may be null.
struct RunModels {
  const std::vector<ModelUse>* uses = nullptr;
  const Lockfile* lock = nullptr;
};

/// How much a server may be asked: the pipeline file's `limits:` (of the server, else `default`; by model), then what
/// the options say.
ServerLimits limits_for(const Graph& graph, const std::string& server, const RunOptions& options);

/// What `--rebuy-before` says, else when the run started.
Consent::Time rebuy_time(const RunOptions& options, Consent::Time started);

/// What the options say may be bought again, by a run that started then.
Consents consents(const RunOptions& options, Consent::Time started);

/// From here on the host's servers are the sandbox at `base_url`.
void point_at_sandbox(RunHost& host, const std::string& base_url);

/// Runs it and returns the exit code. Everything that went wrong has been shown when it returns.
int run_graph(const Graph& graph, const Registry& registry, const ItemTable& table, const RunOptions& options,
              const RunModels& models = {});

}  // namespace pixgraph
