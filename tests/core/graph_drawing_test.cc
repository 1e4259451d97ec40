#include "graph_drawing.h"

#include <gtest/gtest.h>

#include "support/pipeline.h"

namespace pixgraph {
namespace {

using namespace test;

Drawing small() {
  DrawnBox photo{.kind = DrawnBox::Kind::input, .name = "photo", .label = "image"};
  DrawnBox cutout{.name = "cutout", .label = "Predict", .hosted = true, .after = {0}};
  DrawnBox result{.kind = DrawnBox::Kind::output, .name = "result", .label = "output", .after = {1}};
  return {photo, cutout, result};
}

TEST(GraphDrawing, APipelineIsItsInputsNodesAndOutputs) {
  Nodes nodes;
  nodes.add(Spec("Join", "x").in("a", Type::text, "x").in("b", Type::text, "x").out("text", Type::text, "x"),
            [](Call&) {});
  const Graph graph = graph_of(
      "inputs: {word: {type: text}, more: {type: list of text, default: []}}\nparams: {p: {type: text, default: x}}\n"
      "nodes:\n  one: {type: Join, a: \"${word}\", b: \"${p}\"}\n  two: {type: Join, a: \"${one}\", b: \"${word} "
      "${one}\"}\n"
      "outputs: {result: {value: \"${two}\", file: \"${word}.txt\"}}\n",
      nodes.registry);
  const Drawing drawing = drawing_of(graph);
  ASSERT_EQ(drawing.size(), 5u);
  EXPECT_EQ(drawing[0].label, "text");
  EXPECT_EQ(drawing[1].label, "list of text");
  EXPECT_EQ(drawing[2].label, "Join");
  EXPECT_EQ(drawing[2].after, std::vector<int>{0});
  EXPECT_EQ(drawing[3].after, (std::vector<int>{0, 2}));  // each once
  EXPECT_EQ(drawing[4].after, std::vector<int>{3});       // not what only its file's name is from
  EXPECT_FALSE(drawing[2].hosted);
}

TEST(GraphDrawing, DotIsWhatGraphvizReads) {
  EXPECT_EQ(draw_dot(small(), "a \"b\""),
            "digraph \"a \\\"b\\\"\" {\n"
            "  rankdir=LR;\n"
            "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
            "  n0 [label=\"photo\\nimage\", shape=oval];\n"
            "  n1 [label=\"cutout\\nPredict\", penwidth=2, color=\"#2660c4\"];\n"
            "  n2 [label=\"result\\noutput\", shape=oval];\n"
            "  n0 -> n1;\n"
            "  n1 -> n2;\n"
            "}\n");
}

TEST(GraphDrawing, MermaidIsWhatMermaidReads) {
  Drawing drawing = small();
  drawing[1].name = "a\"<b>";
  drawing[2].failed = 1;
  EXPECT_EQ(draw_mermaid(drawing),
            "flowchart LR\n"
            "  n0([\"photo<br/>image\"])\n"
            "  n1[\"a#34;#60;b#62;<br/>Predict\"]\n"
            "  n2([\"result 1 ✕<br/>output\"])\n"
            "  n0 --> n1\n"
            "  n1 --> n2\n"
            "  classDef hosted stroke:#2660c4,stroke-width:2px\n"
            "  class n1 hosted\n"
            "  classDef failed stroke:#b23b06,color:#b23b06\n"
            "  class n2 failed\n");
}

TEST(GraphDrawing, TheStateOfABoxIsSaidInSignAndWords) {
  const auto drawn = [](DrawnBox box) { return draw_svg({std::move(box)}, "t", false); };
  const auto has = [](const std::string& svg, const std::string& part) { return svg.find(part) != std::string::npos; };
  DrawnBox box{.name = "n", .label = "T"};
  EXPECT_TRUE(has(drawn(box), "class=\"node\" role=\"img\" aria-label=\"n (T)\""));
  box.done = 3;
  EXPECT_TRUE(has(drawn(box), "class=\"node done\" role=\"img\" aria-label=\"n (T): 3 done\"")) << drawn(box);
  EXPECT_TRUE(has(drawn(box), ">✓</text>"));
  box.reused = 4;
  EXPECT_TRUE(has(drawn(box), "aria-label=\"n (T): 3 done, 4 reused\""));
  EXPECT_TRUE(has(drawn(box), ">↺</text>"));
  box.failed = 2;
  box.skipped = 5;
  box.canceled = 6;
  box.hosted = true;
  EXPECT_TRUE(has(drawn(box),
                  "class=\"node hosted failed\" role=\"img\" aria-label=\"n (T, hosted model): 3 done, 4 "
                  "reused, 2 failed, 5 skipped, 6 canceled\""));
  EXPECT_TRUE(has(drawn(box), ">2 ✕</text>"));
  EXPECT_TRUE(has(drawn(box), "class=\"edge\""));
  EXPECT_TRUE(has(drawn({.name = "n", .skipped = 1}), ">–</text>"));
  EXPECT_TRUE(has(drawn({.name = "n", .done = 9, .canceled = 3}), "class=\"node unfinished\""));
  EXPECT_TRUE(has(drawn({.name = "n", .done = 9, .canceled = 3}), ">▸ 3</text>"));
}

TEST(GraphDrawing, APlanIsSaidInSignAndWordsAndColours) {
  using Planned = DrawnBox::Planned;
  const auto drawn = [](Planned plan) { return draw_svg({{.name = "n", .label = "T", .plan = plan}}, "t", false); };
  const auto has = [](const std::string& svg, const std::string& part) { return svg.find(part) != std::string::npos; };
  EXPECT_TRUE(has(drawn({.to_run = 3, .ready = 2}),
                  "class=\"node to-run\" role=\"img\" aria-label=\"n (T): 3 to run, 2 ready\""));
  EXPECT_TRUE(has(drawn({.to_run = 3, .ready = 2}), ">▸ 3</text>"));
  EXPECT_TRUE(has(drawn({.to_run = 3, .to_buy = 2}),
                  "class=\"node to-buy\" role=\"img\" aria-label=\"n (T): 3 to run, 2 to buy at most\""));
  EXPECT_TRUE(has(drawn({.to_run = 3, .to_buy = 2}), ">$ 2</text>"));
  EXPECT_TRUE(has(drawn({.ready = 5}), "class=\"node ready\""));
  EXPECT_TRUE(has(drawn({.ready = 5}), ">✓</text>"));
  EXPECT_TRUE(has(drawn({}), ">–</text>"));
  const Drawing drawing = {{.name = "n", .label = "T", .plan = Planned{.to_run = 3, .to_buy = 2}}};
  EXPECT_TRUE(has(draw_dot(drawing, "t"), "n0 [label=\"n  $ 2\\nT\", color=\"#8a4b9e\", fontcolor=\"#8a4b9e\"];"))
      << draw_dot(drawing, "t");
  EXPECT_TRUE(has(draw_mermaid(drawing), "n0[\"n $ 2<br/>T\"]\n  style n0 stroke:#8a4b9e,color:#8a4b9e\n"))
      << draw_mermaid(drawing);
}

TEST(GraphDrawing, NamesAreEscapedAndCut) {
  DrawnBox box{.name = "</text><script>alert(1)</script>", .label = "\"&'"};
  box.link = "#\"><b>";
  const std::string svg = draw_svg({box}, "<title>", true);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  EXPECT_NE(svg.find(">&lt;/text&gt;&lt;script&gt;alert(1)&lt;…</text>"), std::string::npos) << svg;
  EXPECT_NE(svg.find(">&quot;&amp;&#39;</text>"), std::string::npos);
  EXPECT_NE(svg.find("<title>&lt;title&gt;</title>"), std::string::npos);
}

TEST(GraphDrawing, AFileOfItsOwnBringsItsColours) {
  const std::string alone = draw_svg(small(), "t", true), part = draw_svg(small(), "t", false);
  EXPECT_NE(alone.find("xmlns=\"http://www.w3.org/2000/svg\""), std::string::npos);
  EXPECT_NE(alone.find("prefers-color-scheme: dark"), std::string::npos);
  EXPECT_EQ(part.find("<style"), std::string::npos);
  EXPECT_NE(graph_style().find("svg.graph .node"), graph_style().size());
}

}  // namespace
}  // namespace pixgraph
