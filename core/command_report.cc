#include <cstdio>
#include <filesystem>

#include <pixgraph/error.h>

#include "commands.h"
#include "graph_drawing.h"
#include "report.h"
#include "run.h"

namespace pixgraph {

int command_report(const Arguments& arguments) {
  if (arguments.words.size() > 2) throw Error("E805", "pixgraph report takes a run and a file, no more");
  if (arguments.words.size() > 1 && !arguments.words[1].ends_with(".html"))
    throw Error("E805", "`" + arguments.words[1] + "` would be written over with the report",
                "name a file that ends in .html");
  const std::string state = arguments.value("--state", ".pixgraph");
  const std::string id = find_run(state, arguments.words[0]);
  const std::string path = arguments.words.size() > 1
                               ? arguments.words[1]
                               : join_path(join_path(join_path(state, "runs"), id), "report.html");
  const Codecs codecs(registry_for(arguments));
  Thumbnails thumbnails(real_disk(), codecs, join_path(state, "thumbnails"));
  write_report(state, id, path, thumbnails);
  std::printf("%s\n", path.c_str());
  return kExitDone;
}

int command_graph(const Arguments& arguments) {
  const std::string format = arguments.value("--format", "svg");
  if (format != "svg" && format != "dot" && format != "mermaid")
    throw Error("E804", "`--format " + format + "` is not known: write svg, dot or mermaid");
  const auto pipeline = read_shown(arguments, arguments.words[0], Reading::run);
  if (!pipeline) return kExitWrongRequest;
  const Graph& graph = pipeline->graph;
  const Drawing drawing = drawing_of(graph);
  const std::string title = graph.name.empty() ? graph.file : graph.name;
  const std::string text = format == "svg"   ? draw_svg(drawing, title, true)
                           : format == "dot" ? draw_dot(drawing, title)
                                             : draw_mermaid(drawing);
  std::fputs(text.c_str(), stdout);
  return kExitDone;
}

}  // namespace pixgraph
