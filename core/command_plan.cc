// plan and graph: what would run, told by node or drawn.
#include <cstdio>

#include <pixgraph/error.h>

#include "commands.h"
#include "consent.h"
#include "estimate.h"
#include "graph_drawing.h"
#include "outcome_list.h"
#include "plan.h"
#include "plan_report.h"
#include "plan_summary.h"
#include "run_times.h"
#include "state_folder.h"
#include "until.h"

namespace pixgraph {

static PlanSummary planned(const Graph& graph, const Arguments& arguments, const RunOptions& options, Index& index) {
  const ItemTable table = chosen_items(graph, arguments, options);
  const std::string state = find_state_folder(graph.file, options);
  const Codecs codecs(registry_for(arguments), options.max_pixels);
  OutputWriter writer(real_disk(), index, codecs, options.out, options.overwrite, PastOutputs(state + "/runs"));
  writer.keep_out_of(state);
  const Planner planner(graph, index, writer, {options.fresh, {options.rebuy.begin(), options.rebuy.end()}});
  const FileHash hash_of = [&](const File& file) {
    return arguments.has("--exact") ? index.hash_of(file.path) : index.known_hash(file.path);
  };
  const Plan plan = make_plan(graph, table, planner, codecs, hash_of);
  const Ledger ledger(real_disk(), ledger_folder(state, options.sandbox));
  return summary(graph, table, plan, {index, ledger, hash_of, consents(options, std::chrono::system_clock::now())});
}

int command_plan(const Arguments& arguments) {
  const bool as_json = arguments.has("--json");
  const auto pipeline = read_shown(arguments, arguments.words[0], Reading::run);
  if (!pipeline) return kExitWrongRequest;
  const Graph& graph = pipeline->graph;
  const RunOptions options = options_of(arguments);
  if (arguments.has("--until")) limit_until(pipeline->graph, arguments.value("--until"));
  check_rebuy(graph, options);
  const auto prices = prices_of(graph);
  if (!prices) return kExitWrongRequest;
  Index index(find_state_folder(graph.file, options));
  const PlanSummary by_node = planned(graph, arguments, options, index);
  RunTimes run_times(&index);
  const Estimate cost =
      estimate(graph, by_node,
               {pipeline->uses, *prices, run_times,
                [&](const std::string& server) { return limits_for(graph, server, options); }, options.sandbox});
  const std::string text = as_json ? plan_json(graph, by_node, cost).dump(1) + "\n" : render_plan(graph, by_node, cost);
  std::fputs(text.c_str(), stdout);
  return arguments.has("--exit-code") && !by_node.nothing_to_do ? kExitWorkToDo : kExitDone;
}

/// What the plan says of every node; those that no output needs have nothing to do either.
static void mark_plan(Drawing& drawing, const Graph& graph, const PlanSummary& by_node) {
  DrawnBox* nodes = drawing.data() + graph.inputs.size();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) nodes[i].plan.emplace();
  for (const PlanNode& node : by_node.nodes)
    nodes[node.node].plan = {.to_run = node.runs, .to_buy = node.predictions, .ready = node.reused + node.skipped};
}

int command_graph(const Arguments& arguments) {
  const std::string format = arguments.value("--format", "svg");
  if (format != "svg" && format != "dot" && format != "mermaid")
    throw Error("E804", "`--format " + format + "` is not known: write svg, dot or mermaid");
  const bool with_plan = arguments.has("--plan");
  if (!with_plan && arguments.words.size() > 1)
    throw Error("E805", "pixgraph graph draws one pipeline", "add --plan to mark what would run for these photos");
  const auto pipeline = read_shown(arguments, arguments.words[0], Reading::run);
  if (!pipeline) return kExitWrongRequest;
  const Graph& graph = pipeline->graph;
  Drawing drawing = drawing_of(graph);
  if (with_plan) {
    const RunOptions options = options_of(arguments);
    Index index(find_state_folder(graph.file, options));
    mark_plan(drawing, graph, planned(graph, arguments, options, index));
  }
  const std::string title = graph.name.empty() ? graph.file : graph.name;
  const std::string text = format == "svg"   ? draw_svg(drawing, title, true)
                           : format == "dot" ? draw_dot(drawing, title)
                                             : draw_mermaid(drawing);
  std::fputs(text.c_str(), stdout);
  return kExitDone;
}

}  // namespace pixgraph
