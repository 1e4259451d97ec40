#include "graph_layout.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "order.h"

namespace pixgraph {

static constexpr int kMostLayersRightwards = 8;
static constexpr double kLayerGap = 34, kSidewaysLayerGap = 46, kBoxGap = 22, kLineGap = 16;
static constexpr int kSweeps = 12;

namespace {

/// A box, or the place where a line passes a layer. Along: in the direction of flow; across: within the layer.
struct Spot {
  double along = 0, across = 0;  // sizes
  int layer = 0;
  bool passing = false;
  std::vector<int> before, behind;  // neighbours in the layers beside
  double centre = 0;                // across
};

struct Layers {
  std::vector<Spot> spots;  // the boxes first
  std::vector<std::vector<int>> rows;
  std::vector<std::vector<int>> routes;  // by line: its spots, both ends included
};

double gap_between(const Spot& a, const Spot& b) {
  return (a.across + b.across) / 2 + (a.passing || b.passing ? kLineGap : kBoxGap);
}

Layers divide(const std::vector<LayoutBox>& boxes, Flow flow) {
  Layers out;
  const std::vector<int> layer = layers_of(boxes);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    Spot spot;
    spot.along = flow == Flow::down ? boxes[i].height : boxes[i].width;
    spot.across = flow == Flow::down ? boxes[i].width : boxes[i].height;
    spot.layer = layer[i];
    out.spots.push_back(std::move(spot));
  }
  for (std::size_t to = 0; to < boxes.size(); ++to)
    for (const int from : boxes[to].after) {
      std::vector<int> route = {from};
      for (int passed = layer[from] + 1; passed < layer[to]; ++passed) {
        route.push_back(static_cast<int>(out.spots.size()));
        out.spots.push_back({.layer = passed, .passing = true});
      }
      route.push_back(static_cast<int>(to));
      for (std::size_t step = 1; step < route.size(); ++step) {
        out.spots[route[step - 1]].behind.push_back(route[step]);
        out.spots[route[step]].before.push_back(route[step - 1]);
      }
      out.routes.push_back(std::move(route));
    }
  for (std::size_t i = 0; i < out.spots.size(); ++i) {
    const auto row = static_cast<std::size_t>(out.spots[i].layer);
    if (out.rows.size() <= row) out.rows.resize(row + 1);
    out.rows[row].push_back(static_cast<int>(i));
  }
  return out;
}

/// Lines that cross between a row and the next one, by the rows' order.
int crossings(const Layers& layers, const std::vector<int>& position) {
  int count = 0;
  for (std::size_t row = 0; row + 1 < layers.rows.size(); ++row) {
    std::vector<std::pair<int, int>> lines;
    for (const int spot : layers.rows[row])
      for (const int next : layers.spots[spot].behind) lines.emplace_back(position[spot], position[next]);
    for (std::size_t a = 0; a < lines.size(); ++a)
      for (std::size_t b = a + 1; b < lines.size(); ++b)
        count += (lines[a].first - lines[b].first) * (lines[a].second - lines[b].second) < 0;
  }
  return count;
}

void order_rows(Layers& layers) {
  std::vector<int> position(layers.spots.size());
  const auto number = [&] {
    for (const auto& row : layers.rows)
      for (std::size_t i = 0; i < row.size(); ++i) position[row[i]] = static_cast<int>(i);
  };
  number();
  auto best = layers.rows;
  int fewest = crossings(layers, position);
  for (int sweep = 0; sweep < kSweeps && fewest > 0; ++sweep) {
    const bool down = sweep % 2 == 0;
    for (std::size_t step = 1; step < layers.rows.size(); ++step) {
      auto& row = layers.rows[down ? step : layers.rows.size() - 1 - step];
      const auto wish = [&](int spot) {
        const auto& from = down ? layers.spots[spot].before : layers.spots[spot].behind;
        if (from.empty()) return static_cast<double>(position[spot]);
        double sum = 0;
        for (const int other : from) sum += position[other];
        return sum / static_cast<double>(from.size());
      };
      std::stable_sort(row.begin(), row.end(), [&](int a, int b) { return wish(a) < wish(b); });
      for (std::size_t i = 0; i < row.size(); ++i) position[row[i]] = static_cast<int>(i);
    }
    if (const int now = crossings(layers, position); now < fewest) {
      fewest = now;
      best = layers.rows;
    }
  }
  layers.rows = std::move(best);
}

/// Places a row so that the sum of squared distances from `wish` is least, its order and distances kept: the offsets
/// are taken out, and what would go back is pooled.
void place_row(Layers& layers, const std::vector<int>& row, const std::function<double(int)>& wish) {
  struct Block {
    double sum, weight;
    std::size_t count;
    double mean() const { return sum / weight; }
  };
  std::vector<Block> blocks;
  std::vector<double> offset(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) offset[i] = offset[i - 1] + gap_between(layers.spots[row[i - 1]], layers.spots[row[i]]);
    const double weight = layers.spots[row[i]].passing ? 4 : 1;  // long lines straight before boxes centred
    blocks.push_back({(wish(row[i]) - offset[i]) * weight, weight, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back() = {blocks.back().sum + last.sum, blocks.back().weight + last.weight,
                       blocks.back().count + last.count};
    }
  }
  std::size_t i = 0;
  for (const Block& block : blocks)
    for (std::size_t n = 0; n < block.count; ++n, ++i) layers.spots[row[i]].centre = block.mean() + offset[i];
}

void place(Layers& layers) {
  for (const auto& row : layers.rows) place_row(layers, row, [](int) { return 0.0; });
  const auto mean = [&](const std::vector<int>& of, double otherwise) {
    if (of.empty()) return otherwise;
    double sum = 0;
    for (const int spot : of) sum += layers.spots[spot].centre;
    return sum / static_cast<double>(of.size());
  };
  for (int sweep = 0; sweep < kSweeps; ++sweep)
    for (std::size_t step = 0; step < layers.rows.size(); ++step) {
      const bool down = sweep % 2 == 0;
      const auto& row = layers.rows[down ? step : layers.rows.size() - 1 - step];
      place_row(layers, row, [&](int spot) {
        const Spot& one = layers.spots[spot];
        if (sweep >= kSweeps - 2 && !one.before.empty() && !one.behind.empty())
          return (mean(one.before, 0) + mean(one.behind, 0)) / 2;
        return down ? mean(one.before, one.centre) : mean(one.behind, one.centre);
      });
    }
}

}  // namespace

std::vector<int> layers_of(const std::vector<LayoutBox>& boxes) {
  std::vector<std::vector<int>> upstream;
  for (const LayoutBox& box : boxes) upstream.push_back(box.after);
  const std::vector<int> order = topological_order(upstream);
  std::vector<int> layer(boxes.size());
  for (const int box : order)
    for (const int from : boxes[box].after) layer[box] = std::max(layer[box], layer[from] + 1);
  std::vector<int> nearest(boxes.size(), -1);
  for (std::size_t box = 0; box < boxes.size(); ++box)
    for (const int from : boxes[box].after)
      nearest[from] = nearest[from] < 0 ? layer[box] - 1 : std::min(nearest[from], layer[box] - 1);
  for (std::size_t box = 0; box < boxes.size(); ++box)
    if (boxes[box].after.empty() && nearest[box] > 0) layer[box] = nearest[box];
  return layer;
}

Flow flow_of(const std::vector<LayoutBox>& boxes) {
  const std::vector<int> layer = layers_of(boxes);
  const int last = layer.empty() ? 0 : *std::max_element(layer.begin(), layer.end());
  return last < kMostLayersRightwards ? Flow::right : Flow::down;
}

Layout lay_out(const std::vector<LayoutBox>& boxes) {
  return lay_out(boxes, flow_of(boxes));
}

Layout lay_out(const std::vector<LayoutBox>& boxes, Flow flow) {
  Layers layers = divide(boxes, flow);
  order_rows(layers);
  place(layers);

  Layout out;
  out.flow = flow;
  out.layers = static_cast<int>(layers.rows.size());
  double least = 0, most = 0;
  bool first = true;
  for (const Spot& spot : layers.spots) {
    least = first ? spot.centre - spot.across / 2 : std::min(least, spot.centre - spot.across / 2);
    most = first ? spot.centre + spot.across / 2 : std::max(most, spot.centre + spot.across / 2);
    first = false;
  }
  std::vector<double> begin, thick;
  double along = 0;
  for (const auto& row : layers.rows) {
    double size = 0;
    for (const int spot : row) size = std::max(size, layers.spots[spot].along);
    begin.push_back(along);
    thick.push_back(size);
    along += size + (flow == Flow::down ? kLayerGap : kSidewaysLayerGap);
  }
  const double length = begin.empty() ? 0 : begin.back() + thick.back();
  out.width = flow == Flow::down ? most - least : length;
  out.height = flow == Flow::down ? length : most - least;
  const auto point = [&](double at_along, double at_across) {
    return flow == Flow::down ? LayoutPoint{at_across - least, at_along} : LayoutPoint{at_along, at_across - least};
  };
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Spot& spot = layers.spots[i];
    // Boxes of one layer stand in line by their middles.
    out.corners.push_back(
        point(begin[spot.layer] + (thick[spot.layer] - spot.along) / 2, spot.centre - spot.across / 2));
  }
  for (const auto& route : layers.routes) {
    LayoutLine line{route.front(), route.back(), {}};
    for (std::size_t step = 0; step < route.size(); ++step) {
      const Spot& spot = layers.spots[route[step]];
      const double middle = begin[spot.layer] + thick[spot.layer] / 2;
      const double half = spot.passing ? thick[spot.layer] / 2 : spot.along / 2;
      const bool start = step == 0, end = step + 1 == route.size();
      line.points.push_back(point(start ? middle + half : middle - half, spot.centre));
      line.points.push_back(point(end ? middle - half : middle + half, spot.centre));
    }
    out.lines.push_back(std::move(line));
  }
  return out;
}

}  // namespace pixgraph
