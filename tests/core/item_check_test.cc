#include "item_check.h"

#include <gtest/gtest.h>

#include "support/words.h"

namespace pixgraph {
namespace {

using namespace test;

/// Frame takes colours, numbers and modes.
struct Frames : Words {
  Frames() {
    add(Spec("Frame", "Takes numbers and colours")
            .in("text", Type::text, "x")
            .param("width", 0, {0, 100}, "px", "x")
            .param("scale", 1.0, {0, 100}, "", "x")
            .choice("mode", "inside", {"inside", "pad"}, "x")
            .param("tint", "auto", "x")
            .colour("tint", {"auto"})
            .rule({.groups = {{"scale"}, {"width"}}})
            .out("text", Type::text, "x"),
        [](Call& call) { call.set("text", Value(call.text("tint"))); });
  }
};

const char* const kAsk = "  ask: {type: Ask, prompt: \"${word}\"}\n";

/// What is bought for the items, and their causes.
std::string bought(const std::string& nodes, const std::vector<std::string>& items, int failures) {
  Frames frames;
  TestRun run(frames, pipeline_of(kAsk + nodes), items);
  EXPECT_EQ(run.run().items_failed, failures);
  std::string out;
  for (const std::string& word : frames.asked) out += word + " ";
  for (const std::string& item : items)
    if (const std::string cause = run.cause_of(item); !cause.empty()) out += "| " + cause;
  return out;
}

TEST(ItemCheck, NothingIsBoughtForAnItemWhoseColourIsNone) {
  EXPECT_EQ(bought("  last: {type: Frame, text: \"${ask}\", tint: \"${word}\"}\n", {"#ffffff", "white", "auto"}, 1),
            "#ffffff auto | `last`: `tint: white` is not a colour");
  EXPECT_EQ(bought("  last: {type: Frame, text: \"${ask}\", tint: \"#${word}\"}\n", {"fff", "cat"}, 1),
            "fff | `last`: `tint: #cat` is not a colour");
  EXPECT_EQ(bought("  last: {type: Frame, text: \"${ask}\", mode: \"${word}\"}\n", {"pad", "pda"}, 1),
            "pad | `mode` of `last` takes one of inside, pad, and got `pda`");
}

TEST(ItemCheck, WhatWhenDecidesOverIsLeftToTheRun) {
  EXPECT_EQ(bought("  last: {type: Frame, text: \"${ask}\", tint: \"${word}\", when: \"${word} != 'none'\"}\n",
                   {"#fff", "none"}, 0),
            "#fff none | `last`: `when` does not hold: ${word} != 'none'");
  EXPECT_EQ(bought("  last: {type: Frame, text: \"${ask}\", tint: \"${word}\", on_error: {use: \"${ask}\"}}\n",
                   {"#fff", "none"}, 0),
            "#fff none ");
}

TEST(ItemCheck, TheFirstFailureEndsARunThatIsToldSo) {
  Frames frames;
  std::vector<std::string> items = {"white"};
  for (int i = 0; i < 40; ++i) items.push_back("#" + std::to_string(100 + i));
  TestRun run(frames, pipeline_of("  last: {type: Frame, text: \"${word}\", tint: \"${word}\"}\n"), items, true, 1);
  const RunCounts counts = run.run();
  EXPECT_EQ(counts.items_failed, 1);
  EXPECT_GE(counts.items_canceled, 41 - TestRun::in_flight);
}

/// Of one item of a pipeline with these inputs.
std::string fault(const std::string& inputs, const std::string& frame, const std::vector<Value>& values) {
  Frames frames;
  const Graph graph =
      graph_of("inputs: {word: text, " + inputs + "}\nnodes:\n  last: {type: Frame, text: \"${word}\", " + frame +
                   "}\noutputs: {r: {value: \"${last}\", file: \"${word}.txt\"}}\n",
               frames.registry);
  Item item{"a", {Value("cat")}};
  item.inputs.insert(item.inputs.end(), values.begin(), values.end());
  const auto found = ItemCheck(graph).fault(item, {0}, Codecs(frames.registry));
  return found ? found->code() + " " + found->message() + (found->hint().empty() ? "" : " (" + found->hint() + ")")
               : "";
}

TEST(ItemCheck, RangesChoicesAndRules) {
  const std::string number = "n: integer";
  EXPECT_EQ(fault(number, "width: \"${n}\"", {7}), "");
  EXPECT_EQ(fault(number, "width: \"${n}\"", {101}), "E025 `width` of `last` takes 0 to 100 px, and got 101");
  EXPECT_EQ(fault(number, "width: \"${n}\", scale: 2", {7}),
            "E330 `last`: Frame has both `scale` and `width` (give one or the other)");
  EXPECT_EQ(fault(number, "width: \"${n}\", scale: 2", {0}), "") << "the default is not given";
  EXPECT_EQ(fault("n: json", "width: \"${n}\"", {Value(std::make_shared<const json>("x"))}),
            "E110 `width` of `last` wants integer, and got the text `x`");
  EXPECT_EQ(fault("n: {type: text, default: white}", "tint: \"${n}\"", {"white"}),
            "E333 `last`: `tint: white` is not a colour (write it in quotes as \"#rrggbb\" or, with alpha, "
            "\"#rrggbbaa\"; or take one of `auto`)");
}

}  // namespace
}  // namespace pixgraph
