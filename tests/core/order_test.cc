#include "order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pixgraph {
namespace {

using Edges = std::vector<std::vector<int>>;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Order, KeepsTheWrittenOrderWhereItIsFree) {
  EXPECT_THAT(topological_order({}), IsEmpty());
  EXPECT_THAT(topological_order({{}, {}, {}}), ElementsAre(0, 1, 2));
  EXPECT_THAT(topological_order({{2}, {}, {1}, {}}), ElementsAre(1, 2, 0, 3));
}

TEST(Order, LeavesCirclesOut) {
  const Edges edges = {{}, {2}, {1}, {2}, {0}};
  EXPECT_THAT(topological_order(edges), ElementsAre(0, 4));
  EXPECT_THAT(cycles(edges), ElementsAre(ElementsAre(1, 2)));
}

TEST(Order, OneCirclePerKnot) {
  EXPECT_THAT(cycles({{0}}), ElementsAre(ElementsAre(0)));
  EXPECT_THAT(cycles({{1}, {2}, {0}, {4}, {3}, {0, 3}}), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4)));
  // Two circles that share nodes: the shorter one through the first.
  EXPECT_THAT(cycles({{1}, {2, 0}, {0}}), ElementsAre(ElementsAre(0, 1)));
  EXPECT_THAT(cycles({{}, {0}, {1}}), IsEmpty());
}

TEST(Order, LongChainsNeedNoStack) {
  Edges edges(300'000);
  for (std::size_t i = 1; i < edges.size(); ++i) edges[i].push_back(static_cast<int>(i) - 1);
  EXPECT_EQ(topological_order(edges).size(), edges.size());
  edges[0].push_back(static_cast<int>(edges.size()) - 1);
  EXPECT_EQ(cycles(edges)[0].size(), edges.size());
}

}  // namespace
}  // namespace pixgraph
