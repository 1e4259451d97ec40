#include "terminal.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>

#include "support/screen.h"

namespace pixgraph {
namespace {

using Lines = std::vector<std::string>;

/// The variables as these say, and as they were when it dies.
class Variables {
 public:
  explicit Variables(const std::map<std::string, std::string>& values) {
    for (const char* name : {"FORCE_COLOR", "CLICOLOR_FORCE", "NO_COLOR", "CLICOLOR"}) {
      const char* value = std::getenv(name);
      before_[name] = value ? std::optional<std::string>(value) : std::nullopt;
      const auto given = values.find(name);
      if (given == values.end())
        ::unsetenv(name);
      else
        ::setenv(name, given->second.c_str(), 1);
    }
  }
  ~Variables() {
    for (const auto& [name, value] : before_)
      if (value)
        ::setenv(name.c_str(), value->c_str(), 1);
      else
        ::unsetenv(name.c_str());
  }

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

TEST(Terminal, OnePlaceDecidesOnColour) {
  constexpr int kNone = -1;  // is no terminal
  const auto on = [&](const std::map<std::string, std::string>& values) {
    const Variables variables(values);
    return colour_on(kNone);
  };
  EXPECT_FALSE(on({}));
  EXPECT_TRUE(on({{"FORCE_COLOR", "1"}}));
  EXPECT_TRUE(on({{"CLICOLOR_FORCE", "1"}}));
  EXPECT_TRUE(on({{"FORCE_COLOR", "1"}, {"NO_COLOR", "1"}}));
  EXPECT_FALSE(on({{"FORCE_COLOR", "0"}}));
  EXPECT_FALSE(on({{"FORCE_COLOR", ""}}));
  choose_colour(ColourChoice::always);
  EXPECT_TRUE(on({{"NO_COLOR", "1"}}));
  choose_colour(ColourChoice::never);
  EXPECT_FALSE(on({{"FORCE_COLOR", "1"}}));
  choose_colour(ColourChoice::automatic);
}

TEST(Terminal, PaintTakesNoRoom) {
  EXPECT_EQ(painted_width("\x1b[31mab\x1b[0m日本"), 6);
  EXPECT_EQ(painted_width("\x1b["), 0);
}

TEST(Region, IsWrittenOverAndLinesStayAboveIt) {
  test::Screen screen(20, 6);
  Region region([&](std::string_view bytes) { screen.take(bytes); });
  region.print("first\n", {20, 6});
  region.draw({"one", "two"}, {20, 6});
  region.draw({"ONE", "t"}, {20, 6});
  EXPECT_EQ(screen.lines(), (Lines{"first", "ONE", "t", "", "", ""}));
  region.print("stays\n", {20, 6});
  EXPECT_EQ(screen.lines(), (Lines{"first", "stays", "ONE", "t", "", ""}));
  region.draw({"less"}, {20, 6});
  EXPECT_EQ(screen.lines(), (Lines{"first", "stays", "less", "", "", ""}));
  region.clear({20, 6});
  region.print("end\n", {20, 6});
  EXPECT_EQ(screen.lines(), (Lines{"first", "stays", "end", "", "", ""}));
}

TEST(Region, TheSameIsNotWrittenAgainAndEveryFrameIsOneWrite) {
  std::vector<std::string> writes;
  Region region([&](std::string_view bytes) { writes.emplace_back(bytes); });
  region.draw({"a", "b"}, {20, 6});
  region.draw({"a", "b"}, {20, 6});
  region.draw({"a", "c"}, {20, 6});
  EXPECT_EQ(writes, (Lines{"\x1b[?2026h\ra\x1b[K\nb\x1b[K\n\x1b[J\x1b[?2026l",
                           "\x1b[?2026h\r\x1b[2Aa\x1b[K\nc\x1b[K\n\x1b[J\x1b[?2026l"}));
}

TEST(Region, ATerminalThatBecameNarrowerHasBrokenItsLines) {
  test::Screen screen(20, 10);
  Region region([&](std::string_view bytes) { screen.take(bytes); });
  region.print("above\n", {20, 10});
  region.draw({"0123456789abcd", "short"}, {20, 10});
  screen.resize(10, 10);
  EXPECT_EQ(screen.lines()[2], "abcd");
  region.draw({"new", "lines"}, {10, 10});
  EXPECT_EQ(screen.lines(), (Lines{"above", "new", "lines", "", "", "", "", "", "", ""}));
}

TEST(Region, ATerminalThatBecameWiderAgainHasNotJoinedTheNewLines) {
  test::Screen screen(20, 10);
  Region region([&](std::string_view bytes) { screen.take(bytes); });
  region.print("above\n", {20, 10});
  region.draw({"0123456789abcd", "short"}, {20, 10});
  screen.resize(10, 10);
  region.draw({"new", "lines"}, {10, 10});
  screen.resize(20, 10);
  EXPECT_EQ(screen.lines(), (Lines{"above", "new", "lines", "", "", "", "", "", "", ""}));
  region.draw({"wide", "again"}, {20, 10});
  EXPECT_EQ(screen.lines(), (Lines{"above", "wide", "again", "", "", "", "", "", "", ""}));
}

TEST(Region, WhatIsForgottenStaysWhereItIs) {
  test::Screen screen(20, 6);
  Region region([&](std::string_view bytes) { screen.take(bytes); });
  region.draw({"a"}, {20, 6});
  screen.take("[1]+ Stopped\n");
  region.forget();
  region.draw({"b"}, {20, 6});
  EXPECT_EQ(screen.lines(), (Lines{"a", "[1]+ Stopped", "b", "", "", ""}));
}

}  // namespace
}  // namespace pixgraph
