#include "item_run.h"

#include "item_values.h"
#include "key.h"

namespace pixgraph {

using nlohmann::json;

Outcome ItemRun::outcome() const {
  if (failed) return Outcome::failed;
  if (canceled) return Outcome::canceled;
  if (shape->count == 0) return Outcome::reused;
  return written == 0 && files.empty() && !skip_cause.empty() ? Outcome::skipped : Outcome::done;
}

json ItemRun::event(const Graph& graph) const {
  const auto time = std::chrono::steady_clock::now() - begun;
  const Outcome how = outcome();
  json event = written_inputs(graph, *item);
  event.update({{"type", "item"},
                {"item", item->name},
                {"outcome", outcome_name(how)},
                {"attempts", attempts},
                {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(time).count()},
                {"predictions", predictions},
                {"files", files}});
  if (how == Outcome::skipped)
    event["cause"] = skip_cause;
  else if (!cause.empty())
    event.update({{"code", code}, {"cause", cause}, {"node", culprit}});
  if (cost) event["cost"] = usd_number(*cost);
  return event;
}

const std::vector<std::string>& ItemRun::recipes(const Graph& graph, Index& known) {
  std::call_once(recipes_made_, [&] {
    recipes_ = recipe_keys(graph, *item, [&](const File& file) {
      const auto hash = hashes.find(file.path);
      return hash == hashes.end() ? known.hash_of(file.path) : hash->second;
    });
  });
  return recipes_;
}

bool ItemRun::would_buy(const Graph& graph, Index& known, const std::vector<bool>& wanted) {
  const std::vector<bool> needed = needed_nodes(graph, wanted);
  for (std::size_t node = 0; node < graph.nodes.size(); ++node)
    if (needed[node] && graph.nodes[node].spec->cost == Cost::paid && !known.purchase(recipes(graph, known)[node]))
      return true;
  return false;
}

}  // namespace pixgraph
