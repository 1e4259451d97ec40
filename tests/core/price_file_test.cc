#include "price_file.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using namespace test;

struct Read {
  explicit Read(const std::string& content) {
    folder.write("prices.yaml", content);
    prices = read_price_file(folder.path("prices.yaml"), diagnostics, text);
  }
  TempFolder folder;
  Diagnostics diagnostics;
  std::string text;
  Prices prices;
  std::string shown() const { return diagnostics.render("prices.yaml", text, false); }
};

TEST(PriceFile, HasTheFormOfPrices) {
  const Read read("maker/model: {per_run: 0.01}\nother/model: {per_second: 0.000225, per_image: 0.003}\n");
  EXPECT_EQ(read.shown(), "");
  ASSERT_EQ(read.prices.size(), 2u);
  EXPECT_EQ(read.prices.at("maker/model").per_run, 10'000'000);
  EXPECT_EQ(read.prices.at("other/model").per_second, 225'000);
  EXPECT_EQ(read.prices.at("other/model").per_image, 3'000'000);
}

TEST(PriceFile, MistakesAreToldWithTheirLines) {
  const std::string shown = Read("maker/model: {per_rum: 0.01}\n").shown();
  EXPECT_TRUE(shown.starts_with("error[E012]: unknown key `per_rum` in price `maker/model`\n --> prices.yaml:1:15\n"))
      << shown;
  EXPECT_NE(Read("a/b: {per_run: 0.0000000001}\n")
                .shown()
                .find("`per_run` takes US dollars, and `0.0000000001` cannot be counted in nano-dollars"),
            std::string::npos);
  EXPECT_NE(Read("a: {per_run: 1}\n").shown().find("`a` names no model"), std::string::npos);
  EXPECT_NE(Read("- a\n").shown().find("error["), std::string::npos);
}

TEST(PriceFile, OneThatIsNotThereSaysNothing) {
  Diagnostics diagnostics;
  std::string text;
  EXPECT_TRUE(read_price_file("/nowhere/prices.yaml", diagnostics, text).empty());
  EXPECT_FALSE(diagnostics.has_errors());
}

TEST(PriceFile, IsBelowTheConfigurationFolder) {
  const char* before = std::getenv("XDG_CONFIG_HOME");
  const std::string kept = before ? before : "";
  ::setenv("XDG_CONFIG_HOME", "/config", 1);
  EXPECT_EQ(price_file(), "/config/pixgraph/prices.yaml");
  ::setenv("XDG_CONFIG_HOME", "", 1);
  EXPECT_TRUE(price_file().ends_with("/.config/pixgraph/prices.yaml")) << price_file();
  before ? ::setenv("XDG_CONFIG_HOME", kept.c_str(), 1) : ::unsetenv("XDG_CONFIG_HOME");
}

TEST(PriceFile, OneThatIsEmptyHasNoPrices) {
  for (const char* text : {"", "\n \n", "# maker/model: {per_run: 0.01}\n\n  # later\n"}) {
    const Read read(text);
    EXPECT_EQ(read.shown(), "");
    EXPECT_TRUE(read.prices.empty());
  }
}

TEST(PriceFile, APriceSaysSomething) {
  EXPECT_EQ(Read("maker/model: {}\n").shown(),
            "error[E013]: price `maker/model` says nothing\n --> prices.yaml:1:14\n  |\n1 | maker/model: {}\n"
            "  |              ^\n  |\n  = help: write `{per_run: 0.01}`; a model that is free has `{per_run: 0}`\n\n"
            "1 error in prices.yaml, nothing was run.\n");
  EXPECT_EQ(Read("maker/model: {per_run: 0}\n").shown(), "");
}

TEST(PriceFile, AFolderInItsPlaceIsNamed) {
  const TempFolder folder;
  Diagnostics diagnostics;
  std::string text;
  EXPECT_EQ(error_of([&] { read_price_file(folder.path("."), diagnostics, text); }),
            "E601: `" + folder.path(".") + "` is a folder (prices are written in a file of that name)");
}

}  // namespace
}  // namespace pixgraph
