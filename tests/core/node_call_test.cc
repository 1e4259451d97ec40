#include "node_call.h"

#include <gtest/gtest.h>

#include "support/words.h"

namespace pixgraph {
namespace {

using namespace test;

TEST(NodeCall, ALocalNodeThatObeysItsEndFails) {
  for (const bool obeys : {true, false}) {
    Words nodes;
    nodes.obeys = obeys;
    TestRun run(nodes, pipeline_of("  last: {type: Slow, text: \"${word}\", timeout: 100ms}\n"), {"w"});
    EXPECT_EQ(run.run().items_failed, 1);
    EXPECT_EQ(run.cause_of("w"), "`last`: it ran over its timeout of 0.1 s");
    EXPECT_EQ(run.all.back().value("code", ""), "E334");
  }
}

}  // namespace
}  // namespace pixgraph
