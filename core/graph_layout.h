// Graph layout: where the boxes of a graph stand and how the lines between them run. Layers by the longest path, order
// within a layer by barycentres, places by isotonic regression: every box as near to its neighbours as order and
// distance allow.
//
// Pure functions. REQUIRES, of all: no circles.
#pragma once

#include <vector>

namespace pixgraph {

struct LayoutBox {
  double width = 0, height = 0;
  std::vector<int> after;  // the boxes that lines come from
};

enum class Flow { down, right };

struct LayoutPoint {
  double x = 0, y = 0;
};

struct LayoutLine {
  int from = 0, to = 0;
  /// Pairs: it runs straight from the 1st to the 2nd, curved to the 3rd, straight to the 4th... The first pair and the
  /// last are at the boxes, and each one point twice.
  std::vector<LayoutPoint> points;
};

struct Layout {
  double width = 0, height = 0;
  Flow flow = Flow::down;
  int layers = 0;
  std::vector<LayoutPoint> corners;  // by box: its top left
  std::vector<LayoutLine> lines;     // in the order of `after`
};

/// The layer of each box: one more than the last of those it stands after; what stands after nothing is drawn near to
/// what needs it.
std::vector<int> layers_of(const std::vector<LayoutBox>& boxes);

/// To the right where there are few layers, downwards where there are many: a long graph is read by scrolling down.
Flow flow_of(const std::vector<LayoutBox>& boxes);

/// In that direction.
Layout lay_out(const std::vector<LayoutBox>& boxes);
Layout lay_out(const std::vector<LayoutBox>& boxes, Flow flow);

}  // namespace pixgraph
