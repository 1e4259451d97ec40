#include "explain.h"

#include <gtest/gtest.h>

#include "support/planned.h"

namespace pixgraph {
namespace {

using namespace test;

struct Explained : Planned {
  json explain(const std::string& node = {}) {
    const Codecs codecs(registry);
    OutputWriter writer(real_disk(), index, codecs, folder.path("out"), false);
    const Planner planner(graph, index, writer, {});
    return explain_item(graph, table.items[0], node, planner, codecs,
                        {index, ledger, [](const File&) { return ""; }, {}});
  }
  /// As its second try, after one that failed.
  void buy_twice() {
    const std::string key(64, '5');
    const FileHash none = [](const File&) { return ""; };
    index.remember_purchase(recipe_keys(graph, table.items[0], none)[0], key);
    Purchase first = ledger.claim(key, 1, FakeRemote::request("a"), 1, 10'000'000).value();
    ledger.created(first, "p1");
    ledger.ended(first, PurchaseState::failed, "no GPU", nullptr, 4'000'000);
    Purchase second = ledger.claim(key, 2, FakeRemote::request("a"), 2, 10'000'000).value();
    ledger.created(second, "p2");
    ledger.succeeded(second, {{"metrics", {{"predict_time", 1.5}}}}, {{"http://x/1", std::string(64, 'a'), "1.png"}},
                     10'000'000);
  }
};

TEST(Explain, WhatOutputsHangOn) {
  Explained one;
  const json made = one.explain();
  EXPECT_EQ(made["item"], "a0");
  ASSERT_EQ(made["outputs"].size(), 1u);
  EXPECT_EQ(made["outputs"][0]["why"], "new item");
  EXPECT_EQ(made["outputs"][0]["parts"], (json{{"name", "a0"}, {"word", "a"}}));
  ASSERT_EQ(made["nodes"].size(), 2u);
  EXPECT_EQ(made["nodes"][0]["recipe"], (json{"recipe 1", "Predict 1", "prompt = \"a\""}));
  EXPECT_EQ(made["nodes"][0]["requests"], json::array());
  EXPECT_EQ(made["nodes"][1]["recipe"][2],
            "text = {\"node\":\"" + made["nodes"][0]["key"].get<std::string>() + "\",\"port\":\"text\"}");
}

TEST(Explain, EveryTryWithItsAnswer) {
  Explained one;
  one.buy_twice();
  const json made = one.explain("bought");
  EXPECT_FALSE(made.contains("outputs"));
  ASSERT_EQ(made["nodes"].size(), 1u);
  const json& requests = made["nodes"][0]["requests"];
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0]["sent"], (json{{"prompt", "a"}}));
  EXPECT_EQ(requests[0]["price"], "0.01");
  EXPECT_EQ(requests[0]["answers"][0]["id"], "p1");
  EXPECT_EQ(requests[0]["answers"][1]["state"], "failed");
  EXPECT_EQ(requests[0]["answers"][1]["error"], "no GPU");
  EXPECT_EQ(requests[0]["answers"][1]["cost"], "0.004");
  EXPECT_EQ(requests[1]["attempt"], 2);
  EXPECT_EQ(requests[1]["answers"][1]["metrics"], (json{{"predict_time", 1.5}}));
  EXPECT_EQ(requests[1]["answers"][1]["files"][0]["hash"], std::string(64, 'a'));
  const std::string text = render_explanation(made);
  for (const char* part : {"a0\n\nnode bought  key ", "\n  recipe 1\n  Predict 1\n  prompt = \"a\"\n",
                           "  asked http://fake/v1 for maker/model, try 1, at most 0.01 USD\n    {\"prompt\":\"a\"}\n",
                           "  created  p1\n", "  failed  no GPU  0.004 USD\n", ", try 2, at most 0.01 USD\n",
                           "  succeeded  0.01 USD  {\"predict_time\":1.5}\n    file 1.png  aaaa"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
}

TEST(Explain, ANodeThatIsNotThere) {
  Explained one;
  try {
    one.explain("bougth");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code() + ": " + error.message() + " | " + error.hint(),
              "E632: there is no node `bougth` in test.yaml | did you mean `bought`?");
  }
}

}  // namespace
}  // namespace pixgraph
