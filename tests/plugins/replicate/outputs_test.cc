#include "outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/scripted_host.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;
using test::ScriptedCall;
using test::ScriptedHost;
using test::thrown;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

FilePtr file(const std::string& name) {
  auto made = std::make_shared<File>();
  made->name = name;
  return made;
}

struct OutputsTest : ::testing::Test {
  void set(const char* answer, const std::vector<FilePtr>& files) {
    set_outputs(call, identity, json::parse(answer), files);
  }

  ScriptedHost host;
  ScriptedCall call{host};
  Identity identity = read_identity("", "black-forest-labs/flux-schnell", "");
};

TEST_F(OutputsTest, EveryPort) {
  set(R"({"id": "p1", "output": ["https://x/0", "https://x/1"], "logs": "Using seed: 62182\n", "metrics": {"predict_time": 0.5}})",
      {file("out-0.jpg"), file("out-1.jpg")});
  EXPECT_EQ(call.outputs["output"].json()->dump(), R"(["https://x/0","https://x/1"])");
  EXPECT_EQ(call.outputs["files"].list()->size(), 2u);
  EXPECT_EQ(call.outputs["file"].file()->name, "out-0.jpg");
  EXPECT_EQ(*call.outputs["id"].text(), "p1");
  EXPECT_EQ(*call.outputs["logs"].text(), "Using seed: 62182\n");
  EXPECT_EQ(call.outputs["metrics"].json()->dump(), R"({"predict_time":0.5})");
  EXPECT_EQ(*call.outputs["seed"].integer(), 62182);
  EXPECT_THAT(call.warnings, IsEmpty());
}

TEST_F(OutputsTest, NothingThatMayBeMissingIsNeeded) {
  set(R"({"id": "p1", "output": "https://x/0", "logs": null})", {file("out.png")});
  EXPECT_EQ(*call.outputs["logs"].text(), "");
  EXPECT_EQ(call.outputs["metrics"].json()->dump(), "{}");
  EXPECT_TRUE(call.outputs["seed"].absent());
}

TEST_F(OutputsTest, TheSeedThatWasGiven) {
  call.values["input"] = Object{{"seed", 0}};
  set(R"({"id": "p1", "output": "https://x/0"})", {file("out.png")});
  EXPECT_EQ(*call.outputs["seed"].integer(), 0);
}

TEST_F(OutputsTest, TheLastOfAListThatGrows) {
  identity = read_identity("ca1f5e306e5721e19c473e0d094e6603f0456fe759c10715fcd6c1b79242d4a5", "", "");
  set(R"({"id": "p1", "output": ["https://x/0", "https://x/1"]})", {file("frame.png"), file("result.gif")});
  EXPECT_EQ(call.outputs["file"].file()->name, "result.gif");
}

TEST_F(OutputsTest, TheLastWhereOnlyTheServersSchemaSaysSo) {
  identity = read_identity("", "maker/new-model", "");
  set_outputs(call, identity, json::parse(R"({"id": "p1", "output": ["https://x/0", "https://x/1"]})"),
              {file("frame.png"), file("result.gif")}, ModelSchema::Output::growing_files);
  EXPECT_EQ(call.outputs["file"].file()->name, "result.gif");
}

TEST_F(OutputsTest, TheLastAlsoByName) {
  identity = read_identity("andreasjansson/stable-diffusion-animation:" + std::string(64, '0'), "", "");
  set(R"({"id": "p1", "output": ["https://x/0", "https://x/1"]})", {file("frame.png"), file("result.gif")});
  EXPECT_EQ(call.outputs["file"].file()->name, "result.gif");
}

TEST_F(OutputsTest, TextStaysText) {
  identity = read_identity("acme/llm", "", "");
  set(R"({"id": "p1", "output": "out.png"})", {});
  EXPECT_EQ(call.outputs["output"].json()->dump(), "\"out.png\"");
  EXPECT_TRUE(call.outputs["file"].absent());
  EXPECT_TRUE(call.outputs["files"].list()->empty());
  EXPECT_THAT(call.warnings, IsEmpty());
}

TEST_F(OutputsTest, TextWhereAFileWasExpectedIsSaid) {
  set(R"({"id": "p1", "output": ["out-0.png"]})", {});
  EXPECT_THAT(call.warnings, ElementsAre("black-forest-labs/flux-schnell (prediction p1) answered with text where a "
                                         "file was expected: [\"out-0.png\"]"));
}

TEST_F(OutputsTest, FewerFilesThanAskedFor) {
  call.values["input"] = Object{{"num_outputs", 4}};
  set(R"({"id": "p1", "output": ["https://x/0", "https://x/1"]})", {file("out-0.png"), file("out-2.png")});
  EXPECT_THAT(call.warnings, ElementsAre("black-forest-labs/flux-schnell (prediction p1) gave 2 of the 4 outputs asked "
                                         "for: unsafe pictures are left out by the model"));
}

TEST_F(OutputsTest, ASuccessWithoutOutput) {
  for (const char* output : {"null", "[]"})
    EXPECT_EQ(
        thrown([&] { set((std::string(R"({"id": "p1", "output": )") + output + "}").c_str(), {}); }),
        "E418: black-forest-labs/flux-schnell (prediction p1) succeeded without any output (a model that drops "
        "unsafe pictures may have dropped all of them; it is paid for, and only --rebuy with the node's name buys "
        "another)");
  EXPECT_THROW(set(R"({"id": "p1"})", {}), Error);
}

}  // namespace
}  // namespace pixgraph::replicate
