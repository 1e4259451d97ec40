#include "run_event.h"

#include <gtest/gtest.h>

#include "clock.h"
#include "support/pipeline.h"

namespace pixgraph {
namespace {

using namespace test;

TEST(RunEvent, DescribesThePipelineToWhoeverHasNotGotIt) {
  Nodes nodes;
  nodes.add(Spec("Say", "x").in("text", Type::text, "x").out("text", Type::text, "x"), [](Call&) {});
  nodes.add(
      Spec("Ask", "x").in("text", Type::text, "x").out("text", Type::text, "x").runs_in(Pool::predict, Cost::paid),
      [](Call&) {});
  Graph graph = graph_of(
      "name: words\ninputs: {word: {type: text}}\nparams: {size: {type: integer, default: 3}}\n"
      "nodes: {one: {type: Say, text: \"${word}\"}, two: {type: Ask, text: \"${one} ${size}\"}}\n"
      "outputs: {result: {value: \"${two}\", file: \"${word}.txt\"}}\n",
      nodes.registry);
  graph.file = "w.yaml";
  ItemTable table;
  table.items = {{"a", {Value("a")}}};
  table.skipped = 4;
  RunOptions options;
  options.shard = "0/2";
  options.command = {"run", "w.yaml"};
  options.pipeline_text = "pixgraph: 1\n";
  json event = run_event(graph, table, options);
  EXPECT_TRUE(parse_iso_time(event["started"].get<std::string>()));
  event.erase("started");
  EXPECT_EQ(event, (json{{"type", "run"},
                         {"file", "w.yaml"},
                         {"name", "words"},
                         {"inputs", {{{"name", "word"}, {"type", "text"}}}},
                         {"nodes",
                          {{{"name", "one"}, {"type", "Say"}, {"after", {"word"}}},
                           {{"name", "two"}, {"type", "Ask"}, {"hosted", true}, {"after", {"one"}}}}},
                         {"outputs", {{{"name", "result"}, {"after", {"two"}}}}},
                         {"params", {{"size", "3"}}},
                         {"items", 1},
                         {"out", "out"},
                         {"shard", "0/2"},
                         {"until", ""},
                         {"skipped_files", 4},
                         {"command", {"run", "w.yaml"}},
                         {"pipeline", "pixgraph: 1\n"}}));
}

}  // namespace
}  // namespace pixgraph
