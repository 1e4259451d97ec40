#include "plan_summary.h"

#include <gtest/gtest.h>

#include "support/planned.h"

namespace pixgraph {
namespace {

using namespace test;
using Reasons = std::map<std::string, int>;

TEST(PlanSummary, ItemsThatAskForTheSameShareOnePrediction) {
  Planned planned;
  const PlanSummary plan = planned.plan();
  EXPECT_EQ(plan.predictions, 2);
  ASSERT_EQ(plan.nodes.size(), 2u);
  EXPECT_EQ(plan.nodes[0].predictions, 2);
  EXPECT_EQ(plan.nodes[0].runs, 3);
  EXPECT_EQ(plan.nodes[1].why, (Reasons{{"new item", 3}}));
  EXPECT_FALSE(plan.nothing_to_do);
}

TEST(PlanSummary, SaysWhatTheLedgerSays) {
  Planned planned;
  planned.bought(0, PurchaseState::succeeded);
  planned.bought(1, PurchaseState::maybe_paid);
  PlanSummary plan = planned.plan();
  EXPECT_EQ(plan.nodes[0].reused, 2);
  EXPECT_EQ(plan.predictions, 0);
  EXPECT_EQ(plan.nodes[0].why, (Reasons{{"cannot run without your word: the last purchase is maybe-paid", 1}}));
  Planned other;
  other.bought(0, PurchaseState::created);
  other.bought(1, PurchaseState::rejected);
  plan = other.plan();
  EXPECT_EQ(plan.predictions, 1);
  EXPECT_EQ(plan.nodes[0].why,
            (Reasons{{"running: will be waited for, not bought", 2}, {"the last try was not paid (rejected)", 1}}));
}

TEST(PlanSummary, SaysWhatConsentBuysAgain) {
  Planned planned;
  planned.bought(0, PurchaseState::succeeded);
  planned.bought(1, PurchaseState::failed);
  EXPECT_EQ(planned.plan().predictions, 0);
  PlanSummary plan = planned.plan({.all = {std::chrono::system_clock::now(), {}}, .of_node = {}});
  EXPECT_EQ(plan.predictions, 1);
  EXPECT_EQ(plan.nodes[0].why, (Reasons{{"forced by --only failed: the last purchase is failed", 1}}));
  plan = planned.plan(
      {.all = {}, .of_node = {{"bought", {{}, std::chrono::system_clock::now() + std::chrono::hours(1)}}}});
  EXPECT_EQ(plan.predictions, 2);
  EXPECT_EQ(plan.nodes[0].why, (Reasons{{"forced by --rebuy", 3}}));
  planned.graph.nodes[0].retry.attempts = 2;
  planned.graph.nodes[0].retry.on = {"E411"};
  plan = planned.plan();
  EXPECT_EQ(plan.nodes[0].why, (Reasons{{"it failed, and `retry` of the node buys it again", 1}}));
  EXPECT_EQ(plan.predictions, 1);
}

TEST(PlanSummary, CountsWhatIsMissingOfAListThatWasBoughtInPart) {
  Planned planned;
  planned.bought(0, PurchaseState::succeeded);
  const std::string recipe = recipe_keys(planned.graph, planned.table.items[1], [](const File&) { return ""; })[0];
  planned.index.remember_purchase(recipe, std::string(64, '0') + " ? ?");
  const PlanSummary plan = planned.plan();
  EXPECT_EQ(plan.predictions, 2);
  EXPECT_EQ(plan.nodes[0].why, (Reasons{{"new: never bought with these inputs", 1}}));
}

TEST(PlanSummary, KnowsWhetherTheIndexKnowsTheLedger) {
  Planned planned;
  EXPECT_FALSE(has_unknown_purchases(planned.ledger, planned.index));
  planned.bought(0, PurchaseState::succeeded);
  EXPECT_FALSE(has_unknown_purchases(planned.ledger, planned.index));
  Ledger theirs(planned.disk, "ledger");
  Purchase failed = theirs.claim(std::string(64, 'e'), 1, FakeRemote::request("x")).value();
  theirs.ended(failed, PurchaseState::failed, "", nullptr);
  EXPECT_FALSE(has_unknown_purchases(planned.ledger, planned.index));
  Purchase made = theirs.claim(std::string(64, 'f'), 1, FakeRemote::request("x")).value();
  theirs.created(made, "p");
  EXPECT_TRUE(has_unknown_purchases(planned.ledger, planned.index));
}

TEST(PlanSummary, IsNotSureWhereTheIndexDoesNotKnowTheLedger) {
  Planned planned;
  Ledger theirs(planned.disk, "ledger");
  Purchase made = theirs.claim(std::string(64, 'f'), 1, FakeRemote::request("x")).value();
  theirs.succeeded(made, {}, {});
  const PlanSummary plan = planned.plan();
  EXPECT_EQ(plan.nodes[0].why,
            (Reasons{{"not known: the ledger has purchases that the index of this machine does not know", 3}}));
}

}  // namespace
}  // namespace pixgraph
