// Golden runs of the real program: every file of tests/cases/golden is one test, named after it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "event_schema.h"
#include "session.h"

namespace cases {
namespace {

namespace fs = std::filesystem;

class Golden : public testing::Test {
 public:
  explicit Golden(std::string file) : file_(std::move(file)) {}
  void TestBody() override {
    std::vector<Line> lines = parse_case(read_file(file_));
    ASSERT_FALSE(lines.empty()) << file_ << " says nothing";
    lines.push_back({lines.back().number, {"end"}, "", ""});
    Session session;
    for (const Line& line : lines) {
      try {
        session.perform(line);
      } catch (const std::exception& wrong) {
        ADD_FAILURE_AT(file_.c_str(), line.number) << wrong.what();
        return;
      }
    }
  }

 private:
  std::string file_;
};

TEST(CaseText, Mismatch) {
  EXPECT_EQ(mismatch("a <n> b\n...\nlast\n", "a 12 b\nx\ny\nlast\n"), "");
  EXPECT_EQ(mismatch("a <n> b\n", "a 12 b\nmore\n"), "there is more than wanted");
  EXPECT_EQ(mismatch("a (b)?\n", "a b\n"), "no line is as wanted: a (b)?");
  EXPECT_EQ(mismatch("took <time>\n", "took 1.2 s\n"), "");
}

TEST(EventSchema, WhatIsNotDocumentedIsTold) {
  const std::string manual =
      "## Events\n| `version` | `events` text |\n| `item` | `ms` integer, and `cause`? text, why |\n## Next\n"
      "| `other` | `a` text |\n";
  const std::string first = "{\"type\":\"version\",\"events\":\"1.0\"}\n";
  EXPECT_EQ(undocumented(manual, first + "{\"type\":\"item\",\"t\":0.5,\"ms\":3}\n", {"item"}), "");
  EXPECT_EQ(undocumented(manual, first, {"item"}), "there is no event `item`");
  const auto second = [&](const std::string& line) { return undocumented(manual, first + line, {}); };
  for (const auto& [line, wrong] :
       std::map<std::string, std::string>{{R"({"type":"item","t":1,"ms":3,"more":1})", "`more` is not in the manual"},
                                          {R"({"type":"item","t":1})", "`ms` is missing"},
                                          {R"({"type":"item","ms":3})", "`t` is missing"},
                                          {R"({"type":"item","t":1,"ms":"3"})", "`ms` is no integer"},
                                          {R"({"type":"other","t":1,"a":"b"})", "no row in the manual"},
                                          {"{", "no event"}})
    EXPECT_EQ(second(line), wrong + ": " + line);
  EXPECT_EQ(undocumented(manual, "{\"type\":\"item\",\"t\":1,\"ms\":3}", {}).substr(0, 37),
            "the first event is not the version: {");
  EXPECT_EQ(undocumented("", first, {}), "the manual has no table of events");
}

}  // namespace
}  // namespace cases

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(PIXGRAPH_GOLDEN))
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::fprintf(stderr, "there are no cases in " PIXGRAPH_GOLDEN "\n");
    return 1;
  }
  for (const auto& file : files) {
    // `-` would begin the excluded names of a --gtest_filter, and the test that was asked for would not run.
    std::string name = file.stem().string();
    std::replace(name.begin(), name.end(), '-', '_');
    testing::RegisterTest("Golden", name.c_str(), nullptr, nullptr, file.c_str(), 1,
                          [path = file.string()]() -> testing::Test* { return new cases::Golden(path); });
  }
  const int failed = RUN_ALL_TESTS();
  if (failed == 0 && !GTEST_FLAG_GET(list_tests) && testing::UnitTest::GetInstance()->test_to_run_count() == 0) {
    std::fprintf(stderr, "no test is called that: nothing was tested\n");
    return 1;
  }
  return failed;
}
