// What a pipeline says of a node's params and inputs, held against its Spec before anything runs.
#include <gtest/gtest.h>

#include "graph.h"
#include "support/test_specs.h"

namespace pixgraph {
namespace {

/// "E330 line:column message (help)" per mistake.
std::string said(const std::string& params, const std::string& nodes, const Settings& settings = {},
                 const std::string& last = "last") {
  const std::string text = "pixgraph: 1\ninputs: {photo: image, word: text}\nparams: {" + params + "}\nnodes:\n" +
                           nodes + "outputs: {r: {value: \"${" + last + "}\", file: \"${photo.stem}-${word}.png\"}}\n";
  Diagnostics diagnostics;
  const Document document = parse_document("p.yaml", text, diagnostics);
  bind(document, test::test_registry(), settings, diagnostics);
  std::string out;
  for (const Diagnostic& one : diagnostics.sorted())
    if (one.severity == Diagnostic::Severity::error && one.code != "E043")  // of lists, which are not saved here
      out += one.code + " " + std::to_string(one.place.line) + ":" + std::to_string(one.place.column) + " " +
             one.message + (one.help.empty() ? "" : " (" + one.help + ")") + "\n";
  return out;
}

constexpr const char* kNoColour = "write it in quotes as \"#rrggbb\" or, with alpha, \"#rrggbbaa\"";

TEST(CheckValues, OfParamsThatWhenDecidesOverAreLeftToTheRun) {
  const std::string width = "width: {type: integer, default: 0}, behind: {type: text, default: \"\"}";
  const std::string fit = "{type: Fit, image: \"${photo}\", width: \"${width}\"";
  EXPECT_EQ(said(width, "  last: " + fit + "}\n"), "E330 5:3 Fit has no size (give `width`, `height` or both)\n");
  EXPECT_EQ(said(width, "  last: " + fit + ", when: \"${width} > 0\"}\n"), "");
  EXPECT_EQ(said(width, "  last: " + fit + ", on_error: {use: \"${photo}\"}}\n"), "");
  EXPECT_EQ(said(width, "  last: " + fit + ", on_error: skip}\n"), "");
  EXPECT_EQ(said(width,
                 "  last: {type: Fit, image: \"${photo}\", width: 9, background: \"${behind}\", when: \"${behind} != "
                 "''\"}\n"),
            "");
  EXPECT_EQ(said("width: {type: integer, default: -1}, mode: {type: text, default: none}",
                 "  last: " + fit + ", mode: \"${mode}\", when: \"${width} > 0\"}\n"),
            "")
      << "ranges and choices too";
}

TEST(CheckValues, OfParamsOfWhatStandsAfterAWhenAreLeftToTheRun) {
  const std::string params = "width: {type: integer, default: 0}";
  const std::string after = "  last: {type: Fit, image: \"${first}\", width: \"${width}\"}\n";
  EXPECT_EQ(said(params, "  first: {type: Levels, image: \"${photo}\", when: \"${width} > 0\"}\n" + after), "");
  EXPECT_EQ(said(params, "  first: {type: Levels, image: \"${photo}\"}\n" + after),
            "E330 6:3 Fit has no size (give `width`, `height` or both)\n");
}

TEST(CheckValues, OfParamsWithAListThatMayBeEmptyAreLeftToTheRun) {
  const auto each = [](const std::string& list, const std::string& preset) {
    return said("width: {type: integer, default: 0}, words: {type: json, default: " + preset + "}",
                "  last: {type: Fit, image: \"${photo}\", width: \"${width}\", each: " + list + "}\n");
  };
  const std::string wrong = "E330 5:3 Fit has no size (give `width`, `height` or both)\n";
  EXPECT_EQ(each("\"${words}\"", "[]"), "");
  EXPECT_EQ(each("\"${words}\"", "[a]"), wrong);
  EXPECT_EQ(each("[a, b]", "[]"), wrong);
}

TEST(CheckValues, LiteralsAreJudgedWhateverWhenSays) {
  EXPECT_EQ(said("go: {type: bool, default: false}", "  last: {type: Fit, image: \"${photo}\", when: \"${go}\"}\n"),
            "E330 5:3 Fit has no size (give `width`, `height` or both)\n");
  EXPECT_EQ(said("go: {type: bool, default: false}",
                 "  last: {type: Fit, image: \"${photo}\", width: 9, background: white, when: \"${go}\"}\n"),
            std::string("E333 5:62 `background: white` is not a colour (") + kNoColour +
                "; or take one of `edge` and `auto`)\n");
}

TEST(CheckValues, ASettingThatCannotBeReadIsOneMistake) {
  EXPECT_EQ(said("width: {type: integer, default: 0}",
                 "  last: {type: Fit, image: \"${photo}\", width: \"${width}\"}\n", {{"width", "abc"}}),
            "E018 0:0 param `width` takes an integer, and `abc` is none\n");
}

TEST(CheckValues, AColourByAParamIsShownAsOtherWordsAre) {
  const std::string box = "  last: {type: Fit, image: \"${photo}\", width: 9, background: \"${behind}\"}\n";
  const std::string hint = std::string(" (") + kNoColour + "; or take one of `edge` and `auto`)\n";
  EXPECT_EQ(said("behind: {type: text, default: edge}", box, {{"behind", "white"}}),
            "E333 5:63 `background` takes a colour, and `${behind}`, which is `white`, is none" + hint);
  EXPECT_EQ(said("behind: {type: json, default: white}", box),
            "E333 5:63 `background` takes a colour, and `${behind}`, which is `white`, is none" + hint);
  EXPECT_EQ(said("behind: {type: json, default: edge}", box), "");
  EXPECT_EQ(said("width: {type: json, default: -4}", "  last: {type: Fit, image: \"${photo}\", width: \"${width}\"}\n"),
            "E025 5:48 `width` takes 0 to 100000 px, and `${width}`, which is -4, is less\n");
}

TEST(CheckValues, ATextOfLiteralsAndParamsIsKnown) {
  const auto behind = [](const std::string& hex, const std::string& text) {
    return said("hex: {type: text, default: \"" + hex + "\"}",
                "  last: {type: Fit, image: \"${photo}\", width: 9, background: \"" + text + "\"}\n");
  };
  EXPECT_EQ(behind("ffffff", "#${hex}"), "");
  EXPECT_EQ(behind("white", "#${hex}"), std::string("E333 5:62 `background: #white` is not a colour (") + kNoColour +
                                            "; or take one of `edge` and `auto`)\n");
  EXPECT_EQ(behind("white", "#${hex}${word}"), "") << "an input has a part in it";
}

TEST(CheckValues, AColourWhoseAlphaWouldBeIgnoredIsRefused) {
  const auto flatten = [](const std::string& colour) {
    return said("behind: {type: text, default: \"#00000080\"}",
                "  last: {type: Encode, image: \"${photo}\", format: png, flatten: \"" + colour + "\"}\n");
  };
  const std::string hint = " (write it in quotes as \"#rrggbb\")\n";
  EXPECT_EQ(flatten("#fff"), "");
  EXPECT_EQ(flatten("#ffffff80"), "E333 5:65 `flatten: #ffffff80` has alpha, which has no effect here" + hint);
  EXPECT_EQ(flatten("#ffffff8"), "E333 5:65 `flatten: #ffffff8` is not a colour" + hint);
  EXPECT_EQ(flatten("${behind}"),
            "E333 5:66 `flatten` takes a colour without alpha, and `${behind}`, which is `#00000080`, has it" + hint);
}

TEST(CheckValues, WhatIsNoTextWhereAColourBelongs) {
  const auto box = [](const std::string& background) {
    return said("", "  last: {type: Fit, image: \"${photo}\", width: 9, background: " + background + "}\n");
  };
  const std::string hint = " (write it in quotes, as \"#fff\" or \"#ffffff\")\n";
  EXPECT_EQ(box("null"), "E015 5:62 `background` takes a colour, and `null` is no value" + hint);
  EXPECT_EQ(box("[a, b]"), "E011 5:62 `background` takes a colour, and this is a list" + hint);
}

}  // namespace
}  // namespace pixgraph
