// Scheduler: runs the graph over the items. Depth first: items are finished before new ones are started, so that memory
// does not grow with the batch; a waiting prediction holds no thread.
//
// One central state machine under one lock; the work itself is done by the executor's threads outside of it. Every node
// of every item ends in exactly one outcome, with a cause.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "askers.h"
#include "codec.h"
#include "events.h"
#include "executor.h"
#include "graph.h"
#include "host.h"
#include "item_run.h"
#include "items.h"
#include "memory_bound.h"
#include "node_call.h"
#include "outcome.h"
#include "outputs.h"
#include "plan.h"
#include "registry.h"
#include "remote.h"
#include "thumbnails.h"
#include "vertices.h"

namespace pixgraph {

struct RunCounts {
  int items_done = 0, items_reused = 0, items_failed = 0, items_skipped = 0, items_canceled = 0;
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
    MemoryBound& memory;
    int items_in_flight = 16;
    bool fail_fast = false;
    Consents consents;
    Thumbnails* thumbnails = nullptr;  // null: none are made
    Askers* askers = nullptr;          // is told which task asks for which purchase
    /// Whether the ledger has results that the index does not know of; asked once, at the cap. Null: it has none.
    std::function<bool()> unknown_purchases = nullptr;
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
  using ItemPtr = std::shared_ptr<ItemRun>;

  bool is_output(int vertex) const { return vertex >= vertices_.nodes; }
  const std::string& vertex_name(int vertex) const;

  /// What is run at once: a vertex, or one element of a node with `each`.
  struct Piece {
    ItemPtr item;
    int vertex = 0;
    int element = -1;
    auto operator<=>(const Piece&) const = default;
  };

  void start_items();  // REQUIRES: mutex_ held
  void begin(const ItemPtr& item);
  void refuse(const ItemPtr& item, const Error& error, Outcome outcome = Outcome::failed);
  void fail_output(ItemRun& item, int output, const Error& error);  // REQUIRES: mutex_ held
  bool has_unknown_purchases();
  void at_work(ItemRun& item);  // REQUIRES: mutex_ held
  void post(const Piece& piece);
  void run_piece(const Piece& piece);
  void run_node(const Piece& piece);
  void fan_out(const Piece& piece);
  void remember_purchases(const Piece& piece, const std::string& keys);
  void run_output(const ItemPtr& item, int output);
  void run_remote(const Piece& piece, std::shared_ptr<NodeCall> call, std::shared_ptr<const RemoteNode> remote);
  ItemValues values_of(const Piece& piece) const;
  int& tries_of(const Piece& piece) const;
  void failed(const Piece& piece, const Error& error);
  bool try_again(const Piece& piece, const Error& error);
  void end_rest(const Piece& piece, const Error& error);
  void ended(const Piece& piece, Ending ending);
  void vertex_ended(const ItemPtr& item, int vertex, Ending ending);
  /// How a vertex ended, and what that means for those after it.
  struct Settled {
    int vertex;
    Outcome outcome;
    bool goes_on, by_when;
    std::string upstream;  // why it was skipped along with what it needs; empty for what ended by itself
  };
  void settle(const ItemPtr& item, const Settled& settled, std::vector<Settled>& more, std::vector<int>& conditional);
  void end_item(const ItemPtr& item);
  void emit_task(const ItemRun& item, int vertex, std::string_view state, const Ending* ending);

  Setup setup_;
  std::atomic<bool> stopping_ = false;
  NodeCall::Around around_;
  Vertices vertices_;

  std::mutex mutex_;
  std::map<std::vector<bool>, Shape> shapes_;  // by outputs
  std::condition_variable idle_;
  std::set<Piece> resting_;  // those that wait for their next try
  std::size_t next_item_ = 0;
  int running_items_ = 0;
  int fresh_items_ = 0;  // of them: those that have done nothing yet
  RunCounts counts_;
  std::once_flag looked_for_unknown_;
  bool unknown_purchases_ = false;
};

}  // namespace pixgraph
