#include "graph.h"

#include <gtest/gtest.h>

#include "support/test_specs.h"

namespace pixgraph {
namespace {

TEST(Graph, TheSampleBindsWithoutAWord) {
  Diagnostics diagnostics;
  const Document document = parse_document("cutout-inpaint.yaml", test::kSample, diagnostics);
  const Graph graph = bind(document, test::test_registry(), {}, diagnostics);
  EXPECT_EQ(diagnostics.render(document.file, document.text, false), "");
  EXPECT_EQ(graph.nodes.size(), 7u);
}

}  // namespace
}  // namespace pixgraph
