#include "order.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <queue>

namespace pixgraph {

namespace {

std::size_t at(int node) {
  return static_cast<std::size_t>(node);
}

/// Tarjan's strongly connected components, with its own stack; gives each node's component.
std::vector<int> components(const std::vector<std::vector<int>>& upstream) {
  const int count = static_cast<int>(upstream.size());
  std::vector<int> number(at(count), -1), low(at(count)), component(at(count), -1), open;
  struct Visit {
    int node;
    std::size_t next;  // edge
  };
  std::vector<Visit> visits;
  int numbers = 0, found = 0;
  for (int root = 0; root < count; ++root) {
    if (number[at(root)] >= 0) continue;
    visits.push_back({root, 0});
    while (!visits.empty()) {
      auto& [node, next] = visits.back();
      if (next == 0) {
        number[at(node)] = low[at(node)] = numbers++;
        open.push_back(node);
      }
      if (next < upstream[at(node)].size()) {
        const int to = upstream[at(node)][next++];
        if (number[at(to)] < 0)
          visits.push_back({to, 0});
        else if (component[at(to)] < 0)
          low[at(node)] = std::min(low[at(node)], number[at(to)]);
        continue;
      }
      const int done = node;
      visits.pop_back();
      if (!visits.empty()) low[at(visits.back().node)] = std::min(low[at(visits.back().node)], low[at(done)]);
      if (low[at(done)] != number[at(done)]) continue;
      int member;
      do {
        member = open.back();
        open.pop_back();
        component[at(member)] = found;
      } while (member != done);
      ++found;
    }
  }
  return component;
}

/// A shortest circle through `start`, breadth first within its component; empty where there is none.
std::vector<int> shortest_circle(const std::vector<std::vector<int>>& upstream, const std::vector<int>& component,
                                 int start) {
  std::vector<int> from(upstream.size(), -1);
  std::queue<int> front;
  front.push(start);
  while (!front.empty()) {
    const int node = front.front();
    front.pop();
    for (int to : upstream[at(node)]) {
      if (to == start) {
        std::vector<int> circle;
        for (int step = node; step != start; step = from[at(step)]) circle.push_back(step);
        circle.push_back(start);
        std::reverse(circle.begin(), circle.end());
        return circle;
      }
      if (component[at(to)] != component[at(start)] || from[at(to)] >= 0) continue;
      from[at(to)] = node;
      front.push(to);
    }
  }
  return {};
}

}  // namespace

std::vector<int> topological_order(const std::vector<std::vector<int>>& upstream) {
  std::vector<std::vector<int>> downstream(upstream.size());
  std::vector<std::size_t> missing(upstream.size());
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (std::size_t node = 0; node < upstream.size(); ++node) {
    missing[node] = upstream[node].size();
    if (missing[node] == 0) ready.push(static_cast<int>(node));
    for (int needed : upstream[node]) downstream[at(needed)].push_back(static_cast<int>(node));
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int node = ready.top();
    ready.pop();
    order.push_back(node);
    for (int waiting : downstream[at(node)])
      if (--missing[at(waiting)] == 0) ready.push(waiting);
  }
  return order;
}

std::vector<std::vector<int>> cycles(const std::vector<std::vector<int>>& upstream) {
  const std::vector<int> component = components(upstream);
  std::vector<int> size(upstream.size());
  for (int one : component) ++size[at(one)];
  std::vector<bool> told(upstream.size());
  std::vector<std::vector<int>> out;
  for (int node = 0; node < static_cast<int>(upstream.size()); ++node) {
    const int mine = component[at(node)];
    if (told[at(mine)]) continue;
    told[at(mine)] = true;
    const auto& needs = upstream[at(node)];
    if (size[at(mine)] == 1 && std::find(needs.begin(), needs.end(), node) == needs.end()) continue;
    if (auto circle = shortest_circle(upstream, component, node); !circle.empty()) out.push_back(std::move(circle));
  }
  return out;
}

}  // namespace pixgraph
