// Scheduler: runs the graph over the items. Depth first: items are finished before new ones are started, so that memory
// does not grow with the batch; a waiting prediction holds no thread.
//
// One central state machine under one lock; the work itself is done by the executor's threads outside of it. Every node
// of every item ends in exactly one outcome, with a cause.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "codec.h"
#include "events.h"
#include "executor.h"
#include "graph.h"
#include "host.h"
#include "items.h"
#include "outputs.h"
#include "plan.h"
#include "registry.h"
#include "remote.h"
#include "thumbnails.h"

namespace pixgraph {

enum class Outcome : std::uint8_t { done, reused, failed, skipped, canceled };
std::string_view outcome_name(Outcome outcome);

struct RunCounts {
  int items_done = 0, items_reused = 0, items_failed = 0, items_canceled = 0;
  std::optional<Error> stopped;  // the first error that stopped the whole run
};

class Scheduler {
 public:
  struct Setup {
    const Graph& graph;
    const Registry& registry;
    const ItemTable& table;
    const Planner& planner;
    const Codecs& codecs;
    Executor& executor;
    RemoteDriver& remote;
    RunHost& host;
    Index& index;
    OutputWriter& writer;
    Events& events;
    int items_in_flight = 16;
    bool fail_fast = false;
    Consent consent;                            // for every paid node
    std::map<std::string, Consent> consent_of;  // for some, by node name
    Thumbnails* thumbnails = nullptr;           // null: none are made
  };
  explicit Scheduler(Setup setup);
  ~Scheduler();

  /// Runs everything; returns when the last item has ended. Call it once.
  RunCounts run();
  /// Starts no new items and no new creates; what runs goes on. May be called from any thread.
  void stop();
  /// The same because of an error, which the run's counts then name.
  void stop(const Error& why);
  RunCounts counts();
  bool stopping() const { return stopping_; }

 private:
  struct ItemRun;
  class NodeCall;
  using ItemPtr = std::shared_ptr<ItemRun>;

  // A vertex is a node, or (after them) an output.
  int vertex_count() const { return static_cast<int>(setup_.graph.nodes.size() + setup_.graph.outputs.size()); }
  bool is_output(int vertex) const { return vertex >= static_cast<int>(setup_.graph.nodes.size()); }
  const std::string& vertex_name(int vertex) const;

  /// What the making of some outputs takes: shared by all items of which the same ones are to be made.
  struct Shape {
    std::vector<bool> needed;  // by vertex
    std::vector<int> readers;  // by vertex: downstream that needs its values
    int count = 0;
  };

  void start_items();  // REQUIRES: mutex_ held
  void begin(const ItemPtr& item);
  const Shape& shape_for(const std::vector<bool>& outputs);  // REQUIRES: mutex_ held
  void refuse(const ItemPtr& item, const Error& error);
  void post(const ItemPtr& item, int vertex);
  void run_vertex(const ItemPtr& item, int vertex);
  void run_node(const ItemPtr& item, int node);
  void run_output(const ItemPtr& item, int output);
  void run_remote(const ItemPtr& item, int node, std::shared_ptr<NodeCall> call,
                  std::shared_ptr<const RemoteNode> remote);
  bool try_again(const ItemPtr& item, int vertex, const Error& error);
  void end_rest(const ItemPtr& item, int vertex, const Error& error);
  void ended(const ItemPtr& item, int vertex, Outcome outcome, const Error* error, std::vector<Value> outputs);
  void settle(const ItemPtr& item, int vertex, Outcome outcome, const std::string& cause,
              std::vector<std::pair<int, Outcome>>& more);
  void end_item(const ItemPtr& item);
  void emit_pictures(const ItemRun& item, int node, const std::vector<Value>& outputs);
  void emit_task(const ItemRun& item, int vertex, std::string_view state, const Error* error, const std::string& cause);

  Setup setup_;
  std::vector<std::vector<int>> upstream_, downstream_;  // by vertex
  std::vector<int> depth_;

  std::mutex mutex_;
  std::map<std::vector<bool>, Shape> shapes_;  // by outputs
  std::condition_variable idle_;
  std::set<std::pair<ItemPtr, int>> resting_;  // vertices that wait for their next try
  std::size_t next_item_ = 0;
  int running_items_ = 0;
  RunCounts counts_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace pixgraph
