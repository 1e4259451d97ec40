#include "lines.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

TEST(Lines, PlacesAndOffsets) {
  const std::string text = "one\nzwölf\n\nvier";
  Lines lines(text);
  EXPECT_EQ(lines.count(), 4);
  EXPECT_EQ(lines.line(2), "zwölf");
  EXPECT_EQ(lines.line(3), "");
  EXPECT_EQ(lines.line(5), "");
  // Ascending, then back: the cached answer must not show.
  for (std::size_t offset : {0u, 2u, 4u, 9u, 11u, 12u, 15u, 5u, 1u, 16u}) {
    const Place place = lines.place(offset);
    EXPECT_EQ(lines.offset(place), std::min<std::size_t>(offset, text.size())) << offset;
  }
  EXPECT_EQ(lines.place(9).column, 5);  // the f behind ö, which takes two bytes
  EXPECT_EQ(lines.place(99).line, 4);
}

}  // namespace
}  // namespace pixgraph
