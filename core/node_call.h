// NodeCall: a BoundCall within a run: its warnings become events of its node and item, and it knows when to stop.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "call.h"
#include "events.h"
#include "item_run.h"
#include "sent_reach.h"

namespace pixgraph {

class NodeCall : public BoundCall {
 public:
  /// What all calls of a run share. Owned by the caller, outlives them.
  struct Around {
    const Codecs& codecs;
    Events& events;
    SentReach& sent_reach;
    const std::atomic<bool>& stopping;
  };
  /// Evaluates every argument now. The time limit of a node that is not paid begins here.
  NodeCall(Around around, std::shared_ptr<const ItemRun> item, const GraphNode& node, const ItemValues& values);

  void warn(std::string message) override;
  bool canceled() const override { return around_.stopping || over_time(); }
  Reach reach(std::string_view name) const override;

  bool over_time() const { return deadline_ && std::chrono::steady_clock::now() >= *deadline_; }
  /// E334.
  Error over_time_error() const;

 private:
  const Around around_;
  const std::shared_ptr<const ItemRun> item_;
  const GraphNode& node_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace pixgraph
