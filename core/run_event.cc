#include "run_event.h"

#include <chrono>

#include "clock.h"
#include "describe.h"
#include "graph_drawing.h"

namespace pixgraph {

using nlohmann::json;

json run_event(const Graph& graph, const ItemTable& table, const RunOptions& options) {
  json inputs = json::array(), nodes = json::array(), outputs = json::array(), params = json::object();
  const Drawing drawing = drawing_of(graph);
  for (const DrawnBox& box : drawing) {
    json one = {{"name", box.name}};
    if (box.kind != DrawnBox::Kind::output) one["type"] = box.label;
    if (box.hosted) one["hosted"] = true;
    for (const int from : box.after) one["after"].push_back(drawing[from].name);
    (box.kind == DrawnBox::Kind::input  ? inputs
     : box.kind == DrawnBox::Kind::node ? nodes
                                        : outputs)
        .push_back(std::move(one));
  }
  for (const GraphParam& param : graph.params) params[param.name] = show_value(param.value);
  json event = {{"type", "run"},
                {"file", graph.file},
                {"started", iso_time(std::chrono::system_clock::now())},
                {"inputs", std::move(inputs)},
                {"nodes", std::move(nodes)},
                {"outputs", std::move(outputs)},
                {"params", std::move(params)},
                {"items", table.items.size()},
                {"out", options.out},
                {"shard", options.shard},
                {"until", graph.until < 0 ? "" : graph.nodes[graph.until].name},
                {"skipped_files", table.skipped}};
  if (!graph.name.empty()) event["name"] = graph.name;
  if (!options.command.empty()) event["command"] = options.command;
  if (!options.pipeline_text.empty()) event["pipeline"] = options.pipeline_text;
  return event;
}

}  // namespace pixgraph
