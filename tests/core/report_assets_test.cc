#include "report_assets.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/fake_call.h"

namespace pixgraph {
namespace {

TEST(ReportAssets, AreTheFilesAsTheyAre) {
  for (const char* name :
       {"graph.css", "report.css", "report.js", "page.js", "timeline.js", "gallery.js", "detail.js"}) {
    std::ifstream in(std::filesystem::path(PIXGRAPH_TESTS_DIR) / "../core/report" / name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    ASSERT_FALSE(text.empty()) << name;
    EXPECT_EQ(report_asset(name), text) << name;
  }
  EXPECT_EQ(test::error_of([] { report_asset("none.js"); }), "E991: there is no file `none.js` in the report");
}

TEST(ReportAssets, EndNoScriptAndNoStyle) {
  for (const char* name : {"graph.css", "report.css"})
    EXPECT_EQ(report_asset(name).find("</style"), std::string_view::npos) << name;
  EXPECT_EQ(report_asset("report.js").find("</script"), std::string_view::npos);
}

}  // namespace
}  // namespace pixgraph
