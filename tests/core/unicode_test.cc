#include "unicode.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

TEST(Unicode, FindsWhatIsNotUtf8) {
  EXPECT_EQ(find_invalid_utf8("aé日😀"), std::string::npos);
  EXPECT_EQ(find_invalid_utf8("a\x80"), 1u);
  EXPECT_EQ(find_invalid_utf8("\xc3"), 0u);
  EXPECT_EQ(find_invalid_utf8("\xe0\x80\x80"), 0u);      // overlong
  EXPECT_EQ(find_invalid_utf8("\xed\xa0\x80"), 0u);      // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xf4\x90\x80\x80"), 0u);  // beyond U+10FFFF
}

TEST(Unicode, CountsAndMeasures) {
  EXPECT_EQ(count_characters("aé日😀"), 4u);
  EXPECT_EQ(display_width("aé日😀"), 6);
  EXPECT_EQ(display_width("e\u0301"), 1);  // a combining accent
  EXPECT_EQ(display_width("ｶﾞ"), 2);       // half width
}

TEST(Unicode, ShowsNothingThatMovesTheCursor) {
  EXPECT_EQ(printable("a\x1b[31mb\tc"), "a\uFFFD[31mb\uFFFDc");
  EXPECT_EQ(printable("x\u202Ey"), "x\uFFFDy");
  EXPECT_EQ(printable("a\xff"), "a\uFFFD");
}

TEST(Unicode, CutsLongTextsInTheMiddle) {
  EXPECT_EQ(ticked("abc"), "`abc`");
  EXPECT_EQ(ticked(std::string(60, 'x')), "`" + std::string(60, 'x') + "`");
  EXPECT_EQ(ticked(std::string(50, 'a') + std::string(50, 'b')),
            "`" + std::string(40, 'a') + "…" + std::string(15, 'b') + "`");
}

}  // namespace
}  // namespace pixgraph
