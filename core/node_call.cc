#include "node_call.h"

#include "clock.h"

namespace pixgraph {

NodeCall::NodeCall(Around around, std::shared_ptr<const ItemRun> item, const GraphNode& node, const ItemValues& values)
    : BoundCall(node, values, around.codecs, item->host), around_(around), item_(std::move(item)), node_(node) {
  if (node.timeout && node.spec->pool != Pool::predict) deadline_ = std::chrono::steady_clock::now() + *node.timeout;
}

void NodeCall::warn(std::string message) {
  around_.events.emit(
      {{"type", "warning"}, {"item", item_->item->name}, {"node", node_.name}, {"message", std::move(message)}});
}

Reach NodeCall::reach(std::string_view name) const {
  return written_by_user(name) ? Reach::anywhere : around_.sent_reach.of_all();
}

Error NodeCall::over_time_error() const {
  return Error("E334", "it ran over its timeout of " + show_duration(*node_.timeout));
}

}  // namespace pixgraph
