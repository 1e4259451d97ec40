// ItemRun: one item under way, of the Scheduler, which says who may touch what of it, and when.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "fan_out.h"
#include "host.h"
#include "items.h"
#include "money.h"
#include "outcome.h"
#include "plan.h"
#include "vertices.h"

namespace pixgraph {

/// A vertex is a node, or (after them) an output. Guarded by the Scheduler's mutex, but for `outputs` of nodes that are
/// done, which their consumers read, `parts`, `hashes` and `plans`, which nobody changes after the item has begun, and
/// what a vertex has of its own.
struct ItemRun {
  explicit ItemRun(RunHost& run_host) : host(run_host) {}

  mutable ItemHost host;  // that its nodes are given
  std::size_t index = 0;
  const Item* item = nullptr;
  std::vector<std::vector<Value>> outputs;  // by node
  const Shape* shape = nullptr;
  std::vector<OutputPlan> plans;              // by output
  std::vector<std::string> parts;             // by output: of the recipe that it is made by
  std::map<std::string, std::string> hashes;  // of input files, by path, as they were before anything read them
  std::vector<int> waiting;                   // by vertex: upstream that has not ended
  std::vector<int> readers;                   // by vertex: downstream that still needs its values
  std::vector<std::optional<Outcome>> outcomes;
  std::vector<bool> substituted;                // by vertex: `on_error` took the place of something before it
  std::vector<std::unique_ptr<FanOut>> fanned;  // by node: those with `each` that are under way
  std::vector<std::chrono::steady_clock::time_point> started;
  std::vector<int> tries;  // by vertex: that have failed and may be repeated
  int left = 0;
  int written = 0;  // outputs
  bool failed = false, canceled = false;
  std::string cause, code, culprit;  // of the first failure: what, its code and the node
  std::string skip_cause;            // of the first that was skipped
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  int attempts = 1;  // of the node that was tried most often
  std::optional<NanoUsd> cost;
  nlohmann::json files = nlohmann::json::array(), predictions = nlohmann::json::array();
  bool fresh = true;  // no vertex of it has ended, and nothing waits for a server

  /// How it has ended, and its event that says so.
  Outcome outcome() const;
  nlohmann::json event(const Graph& graph) const;
  /// By node: what its result is made by (key.h). Made when first asked; from any thread.
  const std::vector<std::string>& recipes(const Graph& graph, Index& known);
  /// Whether a paid node that those outputs need was never bought, as far as the index knows.
  bool would_buy(const Graph& graph, Index& known, const std::vector<bool>& wanted);

 private:
  std::once_flag recipes_made_;
  std::vector<std::string> recipes_;
};

}  // namespace pixgraph
