#include "spell.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

TEST(Spell, CountsEdits) {
  EXPECT_EQ(edit_distance("mask", "mask", 3), 0);
  EXPECT_EQ(edit_distance("mask", "maks", 3), 1);  // a swap is one
  EXPECT_EQ(edit_distance("mask", "msk", 3), 1);
  EXPECT_EQ(edit_distance("mask", "masks", 3), 1);
  EXPECT_EQ(edit_distance("kitten", "sitting", 3), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting", 2), 3);  // given up
  EXPECT_EQ(edit_distance("", "abc", 3), 3);
  EXPECT_EQ(edit_distance("", "abcd", 3), 4);
}

TEST(Spell, FindsTheNearestWord) {
  const std::vector<std::string> keys = {"image", "images", "mask", "width", "height", "multiple_of", "feather"};
  EXPECT_EQ(did_you_mean("imgae", keys), "image");
  EXPECT_EQ(did_you_mean("heigth", keys), "height");
  EXPECT_EQ(did_you_mean("multiple-of", keys), "multiple_of");
  EXPECT_EQ(did_you_mean("multipleOf", keys), "multiple_of");
  EXPECT_EQ(did_you_mean("Mask", keys), "mask");
  EXPECT_EQ(did_you_mean("feath", keys), "feather");
  EXPECT_EQ(did_you_mean("colour", keys), "");
  EXPECT_EQ(did_you_mean("mas", {"mast", "mask"}), "mast");  // the first of equals
  EXPECT_EQ(did_you_mean("photo", {"Photo", "photos"}), "Photo");
  EXPECT_EQ(did_you_mean("fram", {"framework", "frame"}), "frame");
  EXPECT_EQ(did_you_mean("n600", {"n60000", "n601"}), "n601");
  EXPECT_EQ(did_you_mean("", keys), "");
  EXPECT_EQ(did_you_mean("a", {"b"}), "");
  EXPECT_EQ(did_you_mean(std::string(10'000, 'x'), keys), "");
}

TEST(Spell, Sentences) {
  EXPECT_EQ(suggestion("msak", {"mask"}), "did you mean `mask`?");
  EXPECT_EQ(suggestion("zebra", {"mask"}, "nothing"), "nothing");
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "`a`");
  EXPECT_EQ(listed({"a", "b", "c"}), "`a`, `b` and `c`");
  EXPECT_EQ(listed({"a", "b", "c", "d"}, 3), "`a`, `b` and 2 more");
}

}  // namespace
}  // namespace pixgraph
