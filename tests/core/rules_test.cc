#include "rules.h"

#include <gtest/gtest.h>

#include <map>

#include "graph.h"
#include "plugins.h"
#include "support/fake_call.h"
#include "support/words.h"

namespace pixgraph {
namespace {

using namespace test;

Spec numbers() {
  return Spec("Odd", "Has numbers")
      .param("a", 0, {-100, 100}, "", "x")
      .param("b", 1.5, {-100, 100}, "", "x")
      .param("c", 0, {-100, 100}, "", "x")
      .choice("kind", "plain", {"plain", "fancy", "odd"}, "x")
      .param("shiny", false, "x")
      .out("text", Type::text, "x");
}

/// "name: message (hint)"; what `values` do not hold has its default, what they hold as nothing is not known.
std::string broken(Rule rule, const std::map<std::string, std::optional<Value>>& values) {
  const Spec spec = numbers();
  EXPECT_EQ(rule_fault(spec, rule), "");
  const auto found = broken_rule(spec, rule, [&](std::string_view name) -> Told {
    const auto value = values.find(std::string(name));
    if (value == values.end()) return {true, spec.parameter(name)->preset};
    return value->second ? Told{true, *value->second} : Told{};
  });
  if (!found) return "";
  return found->name + ": " + found->message + (found->hint.empty() ? "" : " (" + found->hint + ")");
}

TEST(Rules, Alternatives) {
  const Rule rule{.groups = {{"a"}, {"b", "c"}, {"kind"}}};
  EXPECT_EQ(broken(rule, {}), "");
  EXPECT_EQ(broken(rule, {{"b", 2.0}, {"c", 3}}), "");
  EXPECT_EQ(broken(rule, {{"a", 1}, {"c", 3}}), "c: Odd has both `a` and `b` or `c` (give one or the other)");
  EXPECT_EQ(broken(rule, {{"b", 2.0}, {"kind", "odd"}}),
            "kind: Odd has both `b` or `c` and `kind` (give one or the other)");
  EXPECT_EQ(broken(rule, {{"a", 0}, {"b", 1.5}, {"kind", "odd"}}), "") << "defaults count as not given";
  EXPECT_EQ(broken(rule, {{"a", 1}, {"c", std::nullopt}}), "") << "not known yet";
  EXPECT_EQ(rule_in_words(rule), "only one of `a`; `b` or `c`; `kind`");
  EXPECT_EQ(rule_in_words({.groups = {{"a"}, {"b", "c"}}}), "not both `a` and `b` or `c`");
}

TEST(Rules, NeedsAny) {
  const Rule rule{.kind = Rule::Kind::needs_any, .groups = {{"a", "c"}}};
  EXPECT_EQ(broken(rule, {}), ": Odd has none of `a` and `c` (give one of them)");
  EXPECT_EQ(broken(rule, {{"a", 0}}), ": Odd has none of `a` and `c` (give one of them)");
  EXPECT_EQ(broken(rule, {{"c", 5}}), "");
  EXPECT_EQ(broken(rule, {{"c", std::nullopt}}), "");
  EXPECT_EQ(rule_in_words(rule), "at least one of `a` and `c`");
}

TEST(Rules, OrderedAndBelow) {
  Rule rule{.kind = Rule::Kind::ordered, .groups = {{"a", "b"}}};
  EXPECT_EQ(broken(rule, {{"a", 1}}), "");
  EXPECT_EQ(broken(rule, {{"a", 2}}), "a: `a: 2` is more than `b: 1.5`");
  EXPECT_EQ(broken(rule, {{"b", -1.0}}), "b: `a: 0` is more than `b: -1`");
  EXPECT_EQ(broken(rule, {{"a", 2}, {"b", std::nullopt}}), "");
  EXPECT_EQ(broken(rule, {{"a", 2}, {"b", Value()}}), "");
  EXPECT_EQ(rule_in_words(rule), "`a` at most `b`");
  rule.factor = 3;
  EXPECT_EQ(broken(rule, {{"a", 1}}), "a: `a: 1` times 3 is more than `b: 1.5`");
  EXPECT_EQ(rule_in_words(rule), "`a` times 3 at most `b`");
  rule.kind = Rule::Kind::below, rule.factor = 1;
  EXPECT_EQ(broken(rule, {{"b", 0.0}}), "b: `a: 0` is not below `b: 0`");
  EXPECT_EQ(broken(rule, {{"b", 0.25}}), "");
  EXPECT_EQ(rule_in_words(rule), "`a` below `b`");
  rule.message = "{a} and {b}", rule.hint = "turn them around";
  EXPECT_EQ(broken(rule, {{"a", 2}}), "a: 2 and 1.5 (turn them around)");
}

TEST(Rules, AtLeastAndProduct) {
  const Rule least{.kind = Rule::Kind::at_least, .groups = {{"a", "c"}, {"b"}}};
  EXPECT_EQ(broken(least, {}), "") << "0 is the default of both";
  EXPECT_EQ(broken(least, {{"a", 2}, {"c", 1}}), "c: `c: 1` is less than `b: 1.5`");
  EXPECT_EQ(broken(least, {{"c", 1}, {"b", std::nullopt}}), "");
  EXPECT_EQ(rule_in_words(least), "`a` and `c` at least `b`");
  const Rule product{.kind = Rule::Kind::product, .groups = {{"a", "c"}}, .factor = 6};
  EXPECT_EQ(broken(product, {{"a", 2}, {"c", 3}}), "");
  EXPECT_EQ(broken(product, {{"a", 7}}), "");
  EXPECT_EQ(broken(product, {{"a", 2}, {"c", 4}}), "a: `a: 2` times `c: 4` is more than 6");
  EXPECT_EQ(rule_in_words(product), "`a` times `c` at most 6");
  EXPECT_EQ(rule_in_words({.kind = Rule::Kind::product, .groups = {{"a", "c"}}, .factor = 5e6}),
            "`a` times `c` at most 5 million");
}

TEST(Rules, OnlyWith) {
  const Rule rule{.kind = Rule::Kind::only_with, .groups = {{"shiny", "a"}, {"kind", "fancy", "odd"}}};
  EXPECT_EQ(broken(rule, {}), "");
  EXPECT_EQ(broken(rule, {{"shiny", true}, {"kind", "odd"}}), "");
  EXPECT_EQ(broken(rule, {{"shiny", true}, {"kind", std::nullopt}}), "");
  EXPECT_EQ(broken(rule, {{"a", 1}}),
            "a: `a` is not for `kind: plain` (it is `shiny` and `a` only with `kind: fancy` or `odd`)");
}

TEST(Rules, FaultyOnesAreTold) {
  const std::string shape = "the groups of a rule are not what its kind wants";
  EXPECT_EQ(rule_fault(numbers(), {.kind = Rule::Kind::ordered, .groups = {{"a"}}}), shape);
  EXPECT_EQ(rule_fault(numbers(), {.kind = Rule::Kind::ordered, .groups = {{"a", "kind"}}}), shape);
  EXPECT_EQ(rule_fault(numbers(), {.kind = Rule::Kind::at_least, .groups = {{"a"}}}), shape);
  EXPECT_EQ(rule_fault(numbers(), {.kind = Rule::Kind::product, .groups = {{"kind"}}}), shape);
  EXPECT_EQ(rule_fault(numbers(), {.kind = Rule::Kind::needs_any, .groups = {}}), shape);
  EXPECT_EQ(rule_fault(numbers(), {.kind = Rule::Kind::only_with, .groups = {{"a"}, {"kind"}}}), shape);
  EXPECT_EQ(rule_fault(numbers(), {.groups = {{"a"}, {"z"}}}), "a rule names `z`, which it does not have");
}

/// What a pipeline with this node of the real plugins is refused with: "E330 line:column message (help)".
std::string refused(const std::string& node) {
  static const Registry* registry = [] {
    auto* made = new Registry;
    load_registry(*made, find_plugins({PIXGRAPH_PLUGIN_FOLDER}));
    return made;
  }();
  const std::string text =
      "pixgraph: 1\n"
      "inputs: {photo: {type: image}, photos: {type: list of image}, mask: {type: mask}}\n"
      "nodes:\n"
      "  made: " +
      node + "\noutputs:\n  made: {value: \"${made}\", file: \"${photo.stem}\"}\n";
  Diagnostics diagnostics;
  const Document document = parse_document("test.yaml", text, diagnostics);
  bind(document, *registry, {}, diagnostics);
  std::string out;
  for (const Diagnostic& one : diagnostics.sorted())
    if (one.code == "E330" || one.code == "E333")
      out += one.code + " " + std::to_string(one.place.line) + ":" + std::to_string(one.place.column) + " " +
             one.message + " (" + one.help + ")";
  return out;
}

TEST(Rules, OfTheNodes) {
  EXPECT_EQ(refused("{type: Fit, image: \"${photo}\"}"), "E330 4:3 Fit has no size (give `width`, `height` or both)");
  EXPECT_EQ(refused("{type: Fit, image: \"${photo}\", height: 32, multiple_of: 64}"),
            "E330 4:48 `height: 32` is less than `multiple_of: 64` (raise `width` and `height` or lower "
            "`multiple_of`)");
  EXPECT_EQ(refused("{type: Fit, image: \"${photo}\", width: 90000, height: 90000}"),
            "E330 4:47 a result of 90000x90000 would have more than 500 million pixels (give a smaller `width` or "
            "`height`)");
  EXPECT_EQ(refused("{type: Resize, image: \"${photo}\", scale: 0.5, width: 10}"),
            "E330 4:62 Resize has both `scale` and `width` or `height` (give one or the other)");
  EXPECT_EQ(refused("{type: Resize, image: \"${photo}\", scale: 1, width: 10}"), "");
  EXPECT_EQ(refused("{type: Resize, image: \"${photo}\", megapixels: 1, height: 10}"),
            "E330 4:66 Resize has both `megapixels` and `scale`, `width` or `height` (give one or the other)");
  EXPECT_EQ(refused("{type: Crop, image: \"${photo}\", mask: \"${mask}\", left: 0}"),
            "E330 4:64 Crop is told more than one box (give `mask`, `to: alpha` or width, height, left and top)");
  EXPECT_EQ(refused("{type: Crop, image: \"${photo}\", mask: \"${mask}\", width: 0, to: box}"), "");
  EXPECT_EQ(refused("{type: Pad, image: \"${photo}\", width: 500, top: 2}"),
            "E330 4:57 Pad has both a size and borders (give width and height, or left, right, top and bottom)");
  EXPECT_EQ(refused("{type: Composite, over: \"${photo}\", under: \"${photo}\", gravity: south, left: 0}"),
            "E330 4:86 Composite has both `gravity` and `left` or `top` (give one or the other)");
  EXPECT_EQ(refused("{type: Tile, image: \"${photo}\", size: 16, overlap: 9}"),
            "E330 4:60 an overlap of 9 is more than half of a tile of 16 (lower `overlap` or raise `size`)");
  EXPECT_EQ(refused("{type: Tile, image: \"${photo}\", size: 17, overlap: 8}"), "");
  EXPECT_EQ(refused("{type: Levels, image: \"${photo}\", black: 0.75, white: 0.5}"),
            "E330 4:50 `black: 0.75` is not below `white: 0.5` (everything at or below `black` becomes black; Invert "
            "makes a negative)");
  EXPECT_EQ(refused("{type: Encode, image: \"${photo}\", format: png, lossless: true}"),
            "E330 4:66 `lossless` is a choice that only WebP has, and `format` is png (write `format: webp`, or leave "
            "it out: png, tiff and exr lose nothing)");
  EXPECT_EQ(refused("{type: Animate, frames: \"${photos}\", lossless: true}"),
            "E330 4:56 `lossless` is a choice that only WebP has, and `format` is gif (write `format: webp`)");
}

TEST(Rules, ColoursOfTheNodes) {
  const std::string solid = " is not a colour (write it in quotes as \"#rrggbb\"",
                    why = solid + " or, with alpha, \"#rrggbbaa\"";
  for (const auto& [node, words] : std::map<std::string, std::string>{
           {"{type: Fit, image: \"${photo}\", width: 9, background: grey}", "; or take one of `edge` and `auto`"},
           {"{type: Resize, image: \"${photo}\", width: 9, background: grey}", "; or take one of `edge` and `auto`"},
           {"{type: Pad, image: \"${photo}\", left: 9, background: grey}", "; or take one of `edge` and `auto`"},
           {"{type: Rotate, image: \"${photo}\", background: grey}", ""},
       }) {
    const std::string said = refused(node);
    EXPECT_EQ(said.substr(said.find('`')), "`background: grey`" + why + words + ")") << node;
  }
  for (const std::string node :
       {"{type: Flatten, image: \"${photo}\"", "{type: Convert, image: \"${photo}\"",
        "{type: ContactSheet, images: \"${photos}\"", "{type: Animate, frames: \"${photos}\""}) {
    const std::string said = refused(node + ", background: grey}"),
                      alpha = refused(node + ", background: \"#00000000\"}");
    EXPECT_EQ(said.substr(said.find('`')), "`background: grey`" + solid + ")") << node;
    EXPECT_EQ(alpha.substr(alpha.find('`')),
              "`background: #00000000` has alpha, which has no effect here (write it in quotes as \"#rrggbb\")")
        << node;
  }
  EXPECT_EQ(refused("{type: MaskFromColor, image: \"${photo}\", colour: green}"),
            "E333 4:58 `colour: green`" + solid + ")");
  EXPECT_EQ(refused("{type: Trim, image: \"${photo}\", colour: aut}"),
            "E333 4:49 `colour: aut` is not a colour (did you mean `auto`?)");
  EXPECT_EQ(refused("{type: Encode, image: \"${photo}\", flatten: red}"), "E333 4:52 `flatten: red`" + solid + ")");
  EXPECT_EQ(refused("{type: Trim, image: \"${photo}\", colour: auto}"), "");
  EXPECT_EQ(refused("{type: Rotate, image: \"${photo}\", background: \"#FFF\"}"), "");
}

/// What a node makes is not known before it ran: the rule is asked when its turn comes, with the same words.
TEST(Rules, WhatComesFromANodeIsCheckedWhenItsTurnComes) {
  Words nodes;
  bool ran = false;
  nodes.add(Spec("Frame", "Takes numbers and colours")
                .param("width", 0, {0, 100}, "px", "x")
                .param("scale", 1.0, {0, 100}, "", "x")
                .param("tint", "auto", "x")
                .colour("tint", {"auto"})
                .rule({.groups = {{"scale"}, {"width"}}})
                .out("text", Type::text, "x"),
            [&](Call& call) {
              ran = true;
              call.set("text", Value("done"));
            });
  nodes.add(Spec("Number", "Is one").param("of", 0, {0, 100}, "", "x").out("number", Type::integer, "x"),
            [](Call& call) { call.set("number", Value(call.integer("of"))); });
  const auto cause = [&](const std::string& frame, const std::string& number) {
    ran = false;
    TestRun run(nodes,
                "inputs: {word: {type: text}}\nnodes:\n  loud: {type: Upper, text: \"${word}\"}\n"
                "  number: {type: Number, of: " +
                    number + "}\n  last: {type: Frame, " + frame +
                    "}\noutputs:\n  r: {value: \"${last}\", file: \"a-${word}.txt\"}\n"
                    "  n: {value: \"${number}\", file: \"n-${word}.txt\"}\n",
                {"cat"});
    const int failed = run.run().items_failed;
    EXPECT_EQ(failed, ran ? 0 : 1);
    if (!failed) return std::string();
    std::string hint;
    for (const json& event : run.all)
      if (event["type"] == "task" && event["state"] == "failed") hint = event.value("hint", "");
    return run.all.back().value("code", "") + " " + run.cause_of("cat") + " (" + hint + ")";
  };
  EXPECT_EQ(cause("scale: 0.5, width: \"${number}\"", "7"),
            "E330 `last`: Frame has both `scale` and `width` (give one or the other)");
  EXPECT_EQ(cause("scale: 0.5, width: \"${number}\"", "0"), "") << "the default is not given";
  EXPECT_EQ(cause("scale: 1, width: \"${number}\"", "7"), "");
  EXPECT_EQ(cause("tint: \"${loud}\"", "7"),
            "E333 `last`: `tint: CAT` is not a colour (write it in quotes as \"#rrggbb\" or, with alpha, "
            "\"#rrggbbaa\"; or take one of `auto`)");
}

}  // namespace
}  // namespace pixgraph
