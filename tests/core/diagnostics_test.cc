#include "diagnostics.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pixgraph {
namespace {

TEST(Diagnostics, ShowsLinesCaretNotesAndHelp) {
  Diagnostics diagnostics;
  Diagnostic one;
  one.code = "E021";
  one.message = "`mask` takes a mask, and `${cutout}` is an image";
  one.place = {14, 11, 9};
  one.label = "an image";
  one.notes.push_back({{9, 3, 6}, "made here"});
  one.notes.push_back({{12, 1, 1}, ""});
  one.help = "put an AlphaToMask node between";
  diagnostics.add(one);
  const std::string text =
      "1\n2\n3\n4\n5\n6\n7\n8\n  cutout: x\n10\n11\n  paint:\n    type: Paint\n    mask: ${cutout}\n";
  EXPECT_EQ(diagnostics.render("catalog.yaml", text, false),
            "error[E021]: `mask` takes a mask, and `${cutout}` is an image\n"
            "  --> catalog.yaml:14:11\n"
            "   |\n"
            " 9 |   cutout: x\n"
            "   |   ------ made here\n"
            "10 | 10\n"
            "11 | 11\n"
            "12 |   paint:\n"
            "13 |     type: Paint\n"
            "14 |     mask: ${cutout}\n"
            "   |           ^^^^^^^^^ an image\n"
            "   |\n"
            "   = help: put an AlphaToMask node between\n"
            "\n"
            "1 error in catalog.yaml, nothing was run.\n");
}

TEST(Diagnostics, TabsAndWideCharactersKeepTheCaretInPlace) {
  Diagnostics diagnostics;
  diagnostics.error("E012", {1, 8, 2}, "here");
  EXPECT_EQ(diagnostics.render("a", "\t日本語e\u0301 ab\n", false),
            "error[E012]: here\n"
            " --> a:1:8\n"
            "  |\n"
            "1 |     日本語e\u0301 ab\n"
            "  |             ^^\n"
            "\n"
            "1 error in a, nothing was run.\n");
}

TEST(Diagnostics, LongLinesAreCutAroundTheCaret) {
  Diagnostics diagnostics;
  diagnostics.error("E012", {1, 1001, 3}, "here");
  const std::string text = std::string(1000, 'a') + "BCD" + std::string(1000, 'e');
  EXPECT_EQ(diagnostics.render("a", text, false),
            "error[E012]: here\n"
            " --> a:1:1001\n"
            "  |\n"
            "1 | …" +
                std::string(50, 'a') + "BCD" + std::string(47, 'e') +
                "…\n"
                "  | " +
                std::string(51, ' ') +
                "^^^\n"
                "\n"
                "1 error in a, nothing was run.\n");
}

TEST(Diagnostics, NothingInAFileMovesTheCursor) {
  Diagnostics diagnostics;
  diagnostics.error("E012", {1, 1, 1}, "about \x1b[31m");
  const std::string shown = diagnostics.render("a\nb", "x\x1b[2J\u202Ey\n", false);
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_EQ(shown.find("\u202E"), std::string::npos);
  EXPECT_EQ(shown.find("a\nb"), std::string::npos);
}

TEST(Diagnostics, PlacesBeyondTheTextDoNoHarm) {
  Diagnostics diagnostics;
  diagnostics.error("E001", {1, 50, 9}, "behind the line");
  diagnostics.error("E001", {7, 1, 1}, "behind the text");
  diagnostics.error("E001", {}, "the file as a whole");
  EXPECT_EQ(diagnostics.render("a", "abc", false),
            "error[E001]: the file as a whole\n"
            " --> a\n"
            "\n"
            "error[E001]: behind the line\n"
            " --> a:1:50\n"
            "  |\n"
            "1 | abc\n"
            "  |    ^\n"
            "\n"
            "error[E001]: behind the text\n"
            " --> a:7:1\n"
            "  |\n"
            "7 |\n"
            "  | ^\n"
            "\n"
            "3 errors in a, nothing was run.\n");
}

TEST(Diagnostics, SortsAndSaysEverythingOnce) {
  Diagnostics diagnostics;
  diagnostics.error("E012", {3, 1, 1}, "c");
  diagnostics.warning("W050", {1, 5, 1}, "a");
  diagnostics.error("E012", {2, 1, 1}, "b");
  diagnostics.error("E012", {3, 1, 1}, "c");
  std::string order;
  for (const Diagnostic& one : diagnostics.sorted()) order += one.message;
  EXPECT_EQ(order, "abc");
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.error_count(), 3);
  const std::string shown = diagnostics.render("f", "1\n2\n3\n", false);
  EXPECT_TRUE(shown.ends_with("\n2 errors and 1 warning in f, nothing was run.\n")) << shown;
}

TEST(Diagnostics, TwentyAtMostAndErrorsFirst) {
  Diagnostics diagnostics;
  for (int line = 1; line <= 10; ++line) diagnostics.warning("W050", {line, 1, 1}, "w" + std::to_string(line));
  for (int line = 11; line <= 27; ++line) diagnostics.error("E012", {line, 1, 1}, "e" + std::to_string(line));
  const std::string shown = diagnostics.render("f", "", false);
  EXPECT_NE(shown.find("w3\n"), std::string::npos);
  EXPECT_EQ(shown.find("w4\n"), std::string::npos);
  EXPECT_NE(shown.find("e27\n"), std::string::npos);
  EXPECT_TRUE(shown.ends_with("\nand 7 more\n\n17 errors and 10 warnings in f, nothing was run.\n")) << shown;
}

TEST(Diagnostics, NothingToSayIsNothing) {
  EXPECT_EQ(Diagnostics().render("f", "text", false), "");
  Diagnostics diagnostics;
  diagnostics.warning("W050", {1, 1, 1}, "x");
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_TRUE(diagnostics.render("f", "text", false).ends_with("\n1 warning in f.\n"));
}

TEST(Diagnostics, TheCommandLineIsAPlaceToo) {
  Diagnostics diagnostics;
  Diagnostic one;
  one.code = "E018";
  one.message = "there is no param `x`";
  one.source = "--set x=1";
  diagnostics.add(one);
  EXPECT_EQ(diagnostics.render("f", "", false),
            "error[E018]: there is no param `x`\n"
            " --> the command line: --set x=1\n"
            "\n"
            "1 error in f, nothing was run.\n");
}

TEST(Diagnostics, ColourOnlyWhenAsked) {
  Diagnostics diagnostics;
  diagnostics.error("E012", {1, 1, 4}, "x", "help");
  EXPECT_EQ(diagnostics.render("f", "text", false).find('\x1b'), std::string::npos);
  EXPECT_NE(diagnostics.render("f", "text", true).find("\x1b[1;31m^^^^\x1b[0m"), std::string::npos);
}

TEST(Diagnostics, Json) {
  Diagnostics diagnostics;
  diagnostics.warning("W050", {2, 3, 4}, "m", "h");
  const auto json = nlohmann::ordered_json::parse(diagnostics.json("f.yaml"));
  EXPECT_EQ(
      json.dump(),
      R"([{"code":"W050","severity":"warning","file":"f.yaml","line":2,"column":3,"length":4,"message":"m","help":"h"}])");
  diagnostics.error("E005", {1, 1, 1}, "\xff");
  EXPECT_EQ(nlohmann::json::parse(diagnostics.json("f"))[0]["message"], "\uFFFD");
}

}  // namespace
}  // namespace pixgraph
