#include "graph_layout.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pixgraph {
namespace {

LayoutBox box(std::vector<int> after, double width = 80, double height = 30) {
  return {width, height, std::move(after)};
}

/// No two boxes touch, and every line begins and ends at its boxes.
void check(const std::vector<LayoutBox>& boxes, const Layout& layout) {
  ASSERT_EQ(layout.corners.size(), boxes.size());
  for (std::size_t a = 0; a < boxes.size(); ++a) {
    const LayoutPoint& p = layout.corners[a];
    EXPECT_GE(p.x, -0.01);
    EXPECT_GE(p.y, -0.01);
    EXPECT_LE(p.x + boxes[a].width, layout.width + 0.01);
    EXPECT_LE(p.y + boxes[a].height, layout.height + 0.01);
    for (std::size_t b = a + 1; b < boxes.size(); ++b) {
      const LayoutPoint& q = layout.corners[b];
      const bool apart = p.x + boxes[a].width <= q.x || q.x + boxes[b].width <= p.x || p.y + boxes[a].height <= q.y ||
                         q.y + boxes[b].height <= p.y;
      EXPECT_TRUE(apart) << a << " and " << b;
    }
  }
  const bool down = layout.flow == Flow::down;
  for (const LayoutLine& line : layout.lines) {
    ASSERT_EQ(line.points.size() % 2, 0u);
    const auto end_of = [&](int at, bool end) {
      const LayoutPoint& corner = layout.corners[at];
      return down ? LayoutPoint{corner.x + boxes[at].width / 2, corner.y + (end ? boxes[at].height : 0)}
                  : LayoutPoint{corner.x + (end ? boxes[at].width : 0), corner.y + boxes[at].height / 2};
    };
    EXPECT_NEAR(line.points.front().x, end_of(line.from, true).x, 0.01);
    EXPECT_NEAR(line.points.front().y, end_of(line.from, true).y, 0.01);
    EXPECT_NEAR(line.points.back().x, end_of(line.to, false).x, 0.01);
    EXPECT_NEAR(line.points.back().y, end_of(line.to, false).y, 0.01);
  }
}

TEST(GraphLayout, ALayerIsTheLongestPath) {
  EXPECT_EQ(layers_of({box({}), box({0}), box({0, 1}), box({0})}), (std::vector<int>{0, 1, 2, 1}));
  // An input that is needed late is drawn late.
  EXPECT_EQ(layers_of({box({}), box({0}), box({1}), box({}), box({2, 3})}), (std::vector<int>{0, 1, 2, 2, 3}));
  EXPECT_EQ(layers_of({}), std::vector<int>{});
}

TEST(GraphLayout, AChainIsStraight) {
  const std::vector<LayoutBox> boxes = {box({}, 60), box({0}, 120), box({1}, 90)};
  const Layout down = lay_out(boxes, Flow::down);
  check(boxes, down);
  for (const LayoutLine& line : down.lines) EXPECT_NEAR(line.points.front().x, line.points.back().x, 0.01);
  const Layout right = lay_out(boxes, Flow::right);
  check(boxes, right);
  for (const LayoutLine& line : right.lines) EXPECT_NEAR(line.points.front().y, line.points.back().y, 0.01);
}

TEST(GraphLayout, ALongGraphRunsDownAndAShortOneToTheRight) {
  std::vector<LayoutBox> boxes = {box({})};
  while (boxes.size() < 8) boxes.push_back(box({static_cast<int>(boxes.size()) - 1}));
  EXPECT_EQ(lay_out(boxes).flow, Flow::right);
  boxes.push_back(box({7}));
  EXPECT_EQ(lay_out(boxes).flow, Flow::down);
  EXPECT_EQ(lay_out(boxes).layers, 9);
}

TEST(GraphLayout, LinesPassLayersBesideTheirBoxes) {
  const std::vector<LayoutBox> boxes = {box({}), box({0}), box({1}), box({0, 2})};
  const Layout layout = lay_out(boxes, Flow::down);
  check(boxes, layout);
  const LayoutLine& around = layout.lines[2];
  ASSERT_EQ(around.from, 0);
  ASSERT_EQ(around.to, 3);
  ASSERT_EQ(around.points.size(), 8u);  // two boxes, two layers passed
  for (const int passed : {1, 2}) {
    const double x = around.points[2 * passed].x;
    EXPECT_TRUE(x < layout.corners[passed].x || x > layout.corners[passed].x + boxes[passed].width);
  }
}

TEST(GraphLayout, WhatCanBeDrawnWithoutCrossingIs) {
  // Two chains side by side, given crosswise.
  const std::vector<LayoutBox> boxes = {box({}), box({}), box({1}), box({0}), box({3}), box({2})};
  const Layout layout = lay_out(boxes, Flow::down);
  check(boxes, layout);
  const auto x = [&](int at) { return layout.corners[at].x; };
  EXPECT_EQ(x(0) < x(1), x(3) < x(2));
  EXPECT_EQ(x(3) < x(2), x(4) < x(5));
}

TEST(GraphLayout, HundredsOfBoxesKeepTheirDistance) {
  std::vector<LayoutBox> boxes;
  unsigned number = 1;
  for (int i = 0; i < 300; ++i) {
    std::vector<int> after;
    for (int k = 0; k < 2 && i > 0; ++k) {
      number = number * 1664525U + 1013904223U;
      const int from = static_cast<int>(number >> 8U) % std::min(i, 12) + std::max(0, i - 12);
      if (std::find(after.begin(), after.end(), from) == after.end()) after.push_back(from);
    }
    boxes.push_back(box(after, 60 + static_cast<double>(number % 90)));
  }
  check(boxes, lay_out(boxes));
}

TEST(GraphLayout, NothingAndOneBoxHaveALayout) {
  EXPECT_EQ(lay_out({}).width, 0);
  const Layout one = lay_out({box({})});
  EXPECT_EQ(one.width, 80);
  EXPECT_EQ(one.height, 30);
}

}  // namespace
}  // namespace pixgraph
