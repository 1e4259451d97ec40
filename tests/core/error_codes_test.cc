#include "error_codes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace pixgraph {
namespace {

/// Every code that stands in quotes in the source, outside of comments; the table itself does not count.
std::set<std::string> codes_in_source() {
  std::set<std::string> codes;
  const std::regex quoted("\"([EW][0-9]{3})\"");
  const std::filesystem::path top = std::filesystem::path(PIXGRAPH_TESTS_DIR).parent_path();
  for (const char* room : {"core", "plugins"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top / room)) {
      const std::string extension = entry.path().extension().string();
      if ((extension != ".cc" && extension != ".h") || entry.path().filename() == "error_codes.cc") continue;
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        line = line.substr(0, line.find("//"));
        for (std::sregex_iterator at(line.begin(), line.end(), quoted), end; at != end; ++at) codes.insert((*at)[1]);
      }
    }
  return codes;
}

TEST(ErrorCodes, EveryCodeThatIsRaisedIsExplainedAndNoOther) {
  const std::set<std::string> raised = codes_in_source();
  ASSERT_GT(raised.size(), 100u);
  for (const std::string& code : raised) EXPECT_NE(find_error_code(code), nullptr) << code << " is not explained";
  for (const ErrorCode& one : error_codes())
    EXPECT_TRUE(raised.contains(std::string(one.code))) << one.code << " is raised nowhere";
}

TEST(ErrorCodes, AreWholeSentencesInOrder) {
  const auto& all = error_codes();
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &ErrorCode::code));
  EXPECT_EQ(std::ranges::adjacent_find(all, {}, &ErrorCode::code), all.end());
  for (const ErrorCode& one : all) EXPECT_TRUE(one.meaning.ends_with('.')) << one.code;
  EXPECT_EQ(find_error_code("E012")->meaning, "A key that is not known where it stands. Mostly it is misspelt.");
  EXPECT_EQ(find_error_code("E999"), nullptr);
}

}  // namespace
}  // namespace pixgraph
