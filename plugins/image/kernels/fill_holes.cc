#include "kernels/fill_holes.h"

#include <queue>
#include <vector>

#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

struct Place {
  int x, y;
};

template <class Visit>
void each_neighbour(Place place, int width, int height, Visit&& visit) {
  if (place.x > 0) visit(Place{place.x - 1, place.y});
  if (place.x + 1 < width) visit(Place{place.x + 1, place.y});
  if (place.y > 0) visit(Place{place.x, place.y - 1});
  if (place.y + 1 < height) visit(Place{place.x, place.y + 1});
}

/// The water rises from the border: the lowest pixel at its edge is next, and what lies behind it is at least as high.
template <class T>
void flood(const Image& mask, Image& out) {
  const int width = mask.width(), height = mask.height();
  std::vector<bool> seen(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  const auto index = [&](Place place) {
    return static_cast<std::size_t>(place.y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(place.x);
  };
  struct Higher {
    bool operator()(const std::pair<T, Place>& a, const std::pair<T, Place>& b) const { return a.first > b.first; }
  };
  std::priority_queue<std::pair<T, Place>, std::vector<std::pair<T, Place>>, Higher> edge;
  std::vector<Place> level;  // pixels that are no higher than the one they were reached from need no queue
  const auto reach = [&](Place place, T from) {
    if (seen[index(place)]) return;
    seen[index(place)] = true;
    const T own = mask.row<T>(place.y)[place.x];
    out.row<T>(place.y)[place.x] = own > from ? own : from;
    if (own > from)
      edge.push({own, place});
    else
      level.push_back(place);
  };
  const auto drain = [&](T height_now) {
    while (!level.empty()) {
      const Place place = level.back();
      level.pop_back();
      each_neighbour(place, width, height, [&](Place next) { reach(next, height_now); });
    }
  };
  const auto start = [&](Place place) {
    if (seen[index(place)]) return;
    seen[index(place)] = true;
    const T own = mask.row<T>(place.y)[place.x];
    out.row<T>(place.y)[place.x] = own;
    edge.push({own, place});
  };
  for (int x = 0; x < width; ++x) start({x, 0}), start({x, height - 1});
  for (int y = 0; y < height; ++y) start({0, y}), start({width - 1, y});
  while (!edge.empty()) {
    const auto [height_now, place] = edge.top();
    edge.pop();
    each_neighbour(place, width, height, [&, now = height_now](Place next) { reach(next, now); });
    drain(height_now);
  }
}

/// Areas that were raised and are larger than `max_area` get their own values again.
template <class T>
void keep_large_holes(const Image& mask, Image& out, std::int64_t max_area) {
  const int width = mask.width(), height = mask.height();
  std::vector<bool> seen(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  const auto raised = [&](Place place) { return out.row<T>(place.y)[place.x] > mask.row<T>(place.y)[place.x]; };
  std::vector<Place> hole, open;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const auto visit = [&](Place place) {
        const std::size_t at =
            static_cast<std::size_t>(place.y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(place.x);
        if (seen[at] || !raised(place)) return;
        seen[at] = true;
        open.push_back(place);
        hole.push_back(place);
      };
      hole.clear();
      visit({x, y});
      while (!open.empty()) {
        const Place place = open.back();
        open.pop_back();
        each_neighbour(place, width, height, visit);
      }
      if (static_cast<std::int64_t>(hole.size()) <= max_area) continue;
      for (const Place& place : hole) out.row<T>(place.y)[place.x] = mask.row<T>(place.y)[place.x];
      // Restored pixels are no longer raised, so nothing visits them again.
    }
}

}  // namespace

std::shared_ptr<Image> fill_holes(const Image& mask, std::int64_t max_area) {
  auto out = std::make_shared<Image>(mask.width(), mask.height(), 1, mask.sample());
  with_sample_type(mask.sample(), [&]<class T>(T) {
    flood<T>(mask, *out);
    if (max_area > 0) keep_large_holes<T>(mask, *out, max_area);
  });
  return out;
}

}  // namespace pixgraph::image
