#include "input_check.h"

#include <gtest/gtest.h>

#include "document.h"
#include "host.h"
#include "support/fake_remote.h"
#include "support/memory_disk.h"
#include "support/pipeline.h"

namespace pixgraph {
namespace {

using namespace test;

/// A pipeline whose paid node is a FakeRemote with an open input.
struct Check {
  explicit Check(const std::string& nodes, const std::string& head = "inputs: {photo: {type: image}}\n") {
    types.add(Spec("Ask", "Asks")
                  .open_in("input", "what is asked")
                  .param("prompt", "", "which")
                  .out("text", Type::text, "the answer")
                  .runs_in(Pool::predict, Cost::paid),
              remote);
    remote->on_check = [this](const json& input, const json* schema) {
      seen = input;
      return schema ? std::vector<InputMistake>{{InputMistake::Kind::value, {"a"}, "not " + schema->dump(), "", true}}
                    : mistakes;
    };
    std::string text = "pixgraph: 1\n" + head + "nodes:\n" + nodes + "outputs: {o: {value: \"${n}\", file: x.txt}}\n";
    document = parse_document("p.yaml", text, diagnostics);
    graph = pixgraph::bind(document, types.registry, {}, diagnostics);
    uses = model_uses(graph, types.registry, host, diagnostics);
  }
  /// "E421 4:7 message" per diagnostic.
  std::vector<std::string> said() const {
    std::vector<std::string> texts;
    for (const Diagnostic& one : diagnostics.sorted())
      if (!one.code.starts_with("W05"))  // of what nothing uses
        texts.push_back(one.code + " " + std::to_string(one.place.line) + ":" + std::to_string(one.place.column) + " " +
                        one.message);
    return texts;
  }
  std::vector<std::string> check(const Knowledge& knowledge = {}) {
    check_inputs(graph, uses, knowledge, true, diagnostics);
    return said();
  }

  std::shared_ptr<FakeRemote> remote = std::make_shared<FakeRemote>();
  Nodes types;
  CheckHost host;
  Diagnostics diagnostics;
  Document document;
  Graph graph;
  std::vector<ModelUse> uses;
  std::vector<InputMistake> mistakes;
  json seen;
};

using Texts = std::vector<std::string>;
using Kind = InputMistake::Kind;

TEST(InputCheck, WhatIsKnownIsHandedOver) {
  Check check(
      "  m: {type: Ask, prompt: x, input: {a: 1}}\n"
      "  n: {type: Ask, prompt: y, input: {a: 7, b: \"x\", c: [1, \"${photo}\"], d: \"${n2}\", e: null, f: "
      "\"${count}\","
      " g: \"${count} of ${m}\", h: \"no ${count}\", w: \"${photo.width}\", l: {deep: [true, 0.5]}}}\n"
      "  n2: {type: Ask, prompt: z, input: {}}\n",
      "inputs: {photo: {type: image}}\nparams: {count: {type: integer, default: 9}}\n");
  check_inputs(check.graph, {check.uses.at(1)}, {}, true, check.diagnostics);
  EXPECT_EQ(check.seen.dump(),
            R"({"a":7,"b":"x","c":[1,{"$later":"image"}],"d":{"$later":"text"},"e":null,"f":9,"g":{"$later":"text"},)"
            R"("h":"no 9","l":{"deep":[true,0.5]},"w":{"$later":"integer"}})");
  EXPECT_EQ(check.said(), Texts());
}

TEST(InputCheck, EveryMistakeHasItsPlace) {
  Check check("  n:\n    type: Ask\n    input:\n      a: 1\n      b: [1, 2]\n      c: {d: 3}\n");
  check.mistakes = {{Kind::value, {"a"}, "a value", "", true},         {Kind::unknown, {"a"}, "a key", "", true},
                    {Kind::value, {"b", "1"}, "an element", "", true}, {Kind::value, {"c", "d"}, "within", "", true},
                    {Kind::missing, {"x"}, "missing", "", true},       {Kind::value, {"b"}, "a doubt", "", false}};
  EXPECT_EQ(check.check(), (Texts{"E421 6:5 missing", "E421 7:7 a key", "E421 7:10 a value", "W421 8:10 a doubt",
                                  "E421 8:14 an element", "E421 9:14 within"}));
  Check bare("  n: {type: Ask}\n");
  bare.mistakes = {{Kind::missing, {"x"}, "missing", "", true}};
  EXPECT_EQ(bare.check(), (Texts{"E421 4:3 missing"}));
}

TEST(InputCheck, WhatWasReportedAlreadyIsNotAMistakeAgain) {
  Check misspelt("  n: {type: Ask, inptu: {a: 1}}\n");
  misspelt.check();
  EXPECT_EQ(misspelt.seen.dump(), R"({"$later":""})");
  Check broken("  n: {type: Ask, input: {a: \"${nobody}\", b:}}\n");
  broken.check();
  EXPECT_EQ(broken.seen.dump(), R"({"a":{"$later":""},"b":{"$later":""}})");
}

TEST(InputCheck, ANodeThatNamesNoModel) {
  Check check("  n: {type: Ask, prompt: no model, input: {}}\n");
  EXPECT_EQ(check.check(), (Texts{"E404 4:26 the prompt names no model"}));
}

TEST(InputCheck, TheLockComesBeforeWhatWasKept) {
  MemoryDisk disk;
  Schemas kept(disk, "schemas");
  const auto schema = [](int number) { return std::make_shared<const json>(json{{"x", number}}); };
  Lockfile lock;
  EXPECT_EQ(Check("  n: {type: Ask, input: {a: 1}}\n").check({&lock, &kept}), Texts());
  kept.keep({"http://fake/v1", "maker/model", ""}, {"", false, schema(1)});
  EXPECT_EQ(Check("  n: {type: Ask, input: {a: 1}}\n").check({&lock, &kept}), (Texts{"E421 4:29 not {\"x\":1}"}));
  lock.models["maker/model"] = {"maker/model", "", false, schema(2)};
  EXPECT_EQ(Check("  n: {type: Ask, input: {a: 1}}\n").check({&lock, &kept}), (Texts{"E421 4:29 not {\"x\":2}"}));
  lock.models["maker/model"].schema = nullptr;
  EXPECT_EQ(Check("  n: {type: Ask, input: {a: 1}}\n").check({&lock, &kept}), (Texts{"E421 4:29 not {\"x\":1}"}));
}

TEST(InputCheck, AModelThatNobodyKnows) {
  Check check("  n: {type: Ask, input: {a: 1}}\n");
  check.remote->on_check = nullptr;
  EXPECT_EQ(check.check(),
            (Texts{"W422 4:3 nothing is known of what maker/model takes, so its inputs are not checked"}));
}

TEST(InputCheck, Drift) {
  MemoryDisk disk;
  Schemas kept(disk, "schemas");
  const auto drift = [&](const Lockfile& lock) {
    Check check("  n: {type: Ask, prompt: here, input: {a: 1}}\n");
    report_drift(check.uses, lock, "p.yaml.lock", kept, check.diagnostics);
    return check.said();
  };
  Lockfile lock;
  lock.server = "http://fake/v1";
  EXPECT_EQ(drift(lock), (Texts{"W423 4:26 maker/model is not in `p.yaml.lock`"}));
  lock.models["beef"] = {"maker/model", "beefbeefbeef", false, nullptr};
  EXPECT_EQ(drift(lock), (Texts{"W423 4:26 maker/model is locked at version beefbeef, not at this one"}));
  lock.models["other/one"] = {"other/one", "", false, nullptr};
  lock.models.erase("beef");
  lock.models["maker/model"] = {"maker/model", "", false, std::make_shared<const json>(json{{"x", 1}})};
  EXPECT_EQ(drift(lock), (Texts{"W423 0:0 `p.yaml.lock` names other/one, which no node asks for any more"}));
  lock.models.erase("other/one");
  EXPECT_EQ(drift(lock), Texts());
  kept.keep({"http://fake/v1", "maker/model", ""}, {"", false, std::make_shared<const json>(json{{"x", 1}})});
  EXPECT_EQ(drift(lock), Texts());
  kept.keep({"http://fake/v1", "maker/model", ""}, {"", false, std::make_shared<const json>(json{{"x", 2}})});
  EXPECT_EQ(drift(lock),
            (Texts{"W423 4:26 the server has said since that maker/model takes other inputs than in the lock"}));
  lock.server = "http://elsewhere/v1";  // says nothing of what this server said
  EXPECT_EQ(drift(lock), Texts());
  lock.server = kSandboxServer;
  EXPECT_EQ(drift(lock), (Texts{"W423 0:0 `p.yaml.lock` was made with --sandbox, so only runs with --sandbox use it"}));
}

TEST(InputCheck, AMistakeThatEveryItemShares) {
  Check check("  n:\n    type: Ask\n    input: {a: 1}\n");
  const auto found = shared_mistake(check.graph, check.uses, {"", "maker/model", ""}, json{{"x", 1}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->message(), "p.yaml:6:16: not {\"x\":1}");
  EXPECT_TRUE(found->stops_run());
  EXPECT_FALSE(shared_mistake(check.graph, check.uses, {"", "another/model", ""}, json{{"x", 1}}));
}

}  // namespace
}  // namespace pixgraph
