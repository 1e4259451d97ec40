#include "live_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pixgraph {
namespace {

using testing::HasSubstr;
using testing::Not;

LiveParts parts_of(std::string name) {
  LiveParts parts;
  parts.drawing = {{.kind = DrawnBox::Kind::input, .name = "photo", .label = "image"},
                   {.kind = DrawnBox::Kind::node, .name = "cut", .label = "Resize", .after = {0}},
                   {.kind = DrawnBox::Kind::output, .name = "result", .label = "output", .after = {1}}};
  parts.name = std::move(name);
  parts.file = "p.yaml";
  parts.run = "r1";
  parts.report = "/state/runs/r1/report.html";
  parts.token = "secret-token";
  parts.nonce = "abc";
  return parts;
}

TEST(LivePage, ThePipelineIsDrawnWholeWithRoomForWhatComes) {
  const std::string page = live_page(parts_of("catalog"));
  EXPECT_THAT(page, HasSubstr("<title>catalog</title>"));
  EXPECT_THAT(page, HasSubstr("<g class=\"bars\"></g>"));
  EXPECT_THAT(page, HasSubstr(">cut</text>"));
  EXPECT_THAT(page, HasSubstr("/state/runs/r1/report.html"));
  EXPECT_THAT(page, Not(HasSubstr("stand-in models")));
}

TEST(LivePage, NamesDoNoHarm) {
  const std::string page = live_page(parts_of("</script><script>alert(1)</script>"));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("<h1>&lt;/script&gt;"));
}

TEST(LivePage, WithoutJavaScriptItSaysWhereTheRunIs) {
  EXPECT_THAT(live_page(parts_of("")), HasSubstr("<noscript><p class=\"verdict open\">This page needs JavaScript."));
}

TEST(LivePage, NothingIsLoadedFromElsewhere) {
  EXPECT_EQ(
      live_policy("n"),
      "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'nonce-n'; script-src 'self' 'nonce-n'; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  // A browser would ask for /favicon.ico by itself, and complain when the server has gone with the run.
  EXPECT_THAT(live_page(parts_of("")), HasSubstr("<link rel=\"icon\" href=\"data:,\">"));
}

}  // namespace
}  // namespace pixgraph
