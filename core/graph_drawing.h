// Graph drawing: a pipeline as SVG, as Graphviz dot and as Mermaid text, with or without what a run made of it.
//
// Pure functions. Names are escaped for where they stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph.h"

namespace pixgraph {

struct DrawnBox {
  enum class Kind { input, node, output };
  Kind kind = Kind::node;
  std::string name, label;  // of a node its type, of an input or output its type or file
  bool hosted = false;      // runs on somebody else's machine
  std::vector<int> after;   // boxes, each once
  // What became of it in a run; all 0 where there was none.
  int done = 0, reused = 0, failed = 0, skipped = 0, canceled = 0;
  /// What a plan says of it, where one was made: items for which it runs, how many predictions that buys at most, items
  /// for which it need not.
  struct Planned {
    int to_run = 0, to_buy = 0, ready = 0;
  };
  std::optional<Planned> plan;
  std::string link;   // "#node-cutout"; empty: none
  int sign_room = 0;  // characters to keep free for a sign that comes later, by a script

  int tasks() const { return done + reused + failed + skipped + canceled; }
};

using Drawing = std::vector<DrawnBox>;

/// Inputs, nodes and outputs of a pipeline, in this order.
Drawing drawing_of(const Graph& graph);

/// `standalone`: a file of its own, with its colours (light and dark). Else a part of a page that has them
/// (graph_style()).
std::string draw_svg(const Drawing& drawing, const std::string& title, bool standalone);
std::string draw_dot(const Drawing& drawing, const std::string& title);
std::string draw_mermaid(const Drawing& drawing);

/// CSS for what draw_svg() makes.
std::string_view graph_style();

}  // namespace pixgraph
