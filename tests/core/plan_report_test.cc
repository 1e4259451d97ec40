#include "plan_report.h"

#include <gtest/gtest.h>

#include "support/planned.h"

namespace pixgraph {
namespace {

using namespace test;

TEST(PlanReport, ForPeople) {
  Planned planned;
  const PlanSummary plan = planned.plan();
  Estimate cost;
  cost.nodes.resize(2);
  EXPECT_EQ(render_plan(planned.graph, plan, cost),
            "test.yaml: 2 nodes, 3 items\n\n"
            "  node       runs   reused     buys  why\n"
            "  bought        3        0        2  new: never bought with these inputs\n"
            "  after         3        0        -  new item\n"
            "\nWould buy at most 2 predictions (items with the same request share one). Nothing was run.\n");
  cost.nodes[0].cost = cost.cost = {10'000'000, 20'000'000};
  cost.unpriced = {"a/b", "c/d"};
  cost.time = std::chrono::seconds(200);
  std::string text = render_plan(planned.graph, plan, cost);
  EXPECT_NE(text.find("share one). Cost: 0.01 to 0.02 USD. Unpriced: a/b, c/d. Time: about 3m 20s. Nothing was run.\n"),
            std::string::npos)
      << text;
  cost.whole_time = false;
  text = render_plan(planned.graph, plan, cost);
  EXPECT_NE(text.find(" Time: at least 3m 20s."), std::string::npos) << text;
}

TEST(PlanReport, ItemsThatCannotRunAreNamed) {
  Planned planned;
  PlanSummary plan = planned.plan();
  for (int i = 0; i < 7; ++i) plan.refused.emplace("x" + std::to_string(i), Error("E614", "it is in the way"));
  Estimate cost;
  cost.nodes.resize(2);
  const std::string text = render_plan(planned.graph, plan, cost);
  EXPECT_NE(text.find("\nx0: cannot run: it is in the way\nx1: "), std::string::npos) << text;
  EXPECT_NE(text.find("\n... and 2 more items that cannot run\n"), std::string::npos) << text;
}

TEST(PlanReport, AsJson) {
  Planned planned;
  PlanSummary plan = planned.plan();
  plan.refused.emplace("x", Error("E614", "it is in the way"));
  Estimate cost;
  cost.nodes.resize(2);
  cost.nodes[0].model = "maker/model";
  cost.nodes[0].cost = cost.cost = {10'000'000, {}};
  EXPECT_EQ(plan_json(planned.graph, plan, cost), json::parse(R"({
    "pixgraph_plan": 1, "file": "test.yaml", "items": 3, "up_to_date": 0, "work": true,
    "refused": [{"item": "x", "code": "E614", "message": "it is in the way"}],
    "nodes": [
      {"name": "bought", "type": "Predict", "paid": true, "runs": 3, "reused": 0, "skipped": 0, "predictions": 2,
       "why": {"new: never bought with these inputs": 3}, "model": "maker/model", "cost": {"least": 0.01, "most": null}},
      {"name": "after", "type": "Add", "paid": false, "runs": 3, "reused": 0, "skipped": 0, "why": {"new item": 3}}],
    "outputs": [{"name": "result", "made": 3, "why": {"new item": 3}}],
    "predictions": 2, "per_element": [], "cost": {"least": 0.01, "most": null}, "unpriced": [], "seconds": 0.0, "seconds_known": true})"));
}

TEST(PlanReport, OutputsThatHangOnNoNodeAreRowsOfTheirOwn) {
  Nodes nodes;
  TestRun run(nodes,
              graph_of("inputs: {word: {type: text}}\noutputs: {plain: {value: \"${word}\", file: \"${word}.txt\"}}\n",
                       nodes.registry),
              {"a", "b"});
  const FileHash none = [](const File&) { return std::string(); };
  Plan plan = make_plan(run.graph, run.table, run.planner, run.codecs, none);
  EXPECT_EQ(render_plan(run.graph, run.told(plan), {}),
            "test.yaml: 0 nodes, 2 items\n\n"
            "  node      runs   reused     buys  why\n"
            "  plain        2        -        -  new item\n"
            "\nWould buy no predictions. Nothing was run.\n");
  EXPECT_EQ(plan_json(run.graph, run.told(plan), {})["outputs"],
            json::parse(R"([{"name": "plain", "made": 2, "why": {"new item": 2}}])"));
  run.run();
  plan = make_plan(run.graph, run.table, run.planner, run.codecs, none);
  EXPECT_NE(render_plan(run.graph, run.told(plan), {}).find("  plain        0        -        -  nothing to do\n"),
            std::string::npos);
}

TEST(PlanReport, ANameIsOneLine) {
  Planned planned;
  PlanSummary plan = planned.plan();
  plan.refused.emplace("new\nline", Error("E611", "`new\nline` cannot be"));
  Estimate cost;
  cost.nodes.resize(2);
  const std::string text = render_plan(planned.graph, plan, cost);
  EXPECT_NE(text.find("\nnew line: cannot run: `new line` cannot be\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace pixgraph
