#include "types.h"

#include <gtest/gtest.h>

#include "graph.h"

namespace pixgraph {
namespace {

TEST(Types, WhatMayStandWhere) {
  constexpr Type all[] = {Type::text, Type::integer, Type::number, Type::boolean,
                          Type::json, Type::file,    Type::image,  Type::mask};
  std::string table;
  for (Type to : all) {
    table += std::string(type_name(to)) + ":";
    for (Type from : all)
      if (accepts(to, from)) table += " " + std::string(type_name(from));
    table += "\n";
  }
  EXPECT_EQ(table,
            "text: text json\n"
            "integer: integer json\n"
            "number: integer number json\n"
            "bool: bool json\n"
            "json: text integer number bool json\n"
            "file: file\n"
            "image: file image mask\n"
            "mask: file mask\n");
}

TEST(Types, Lists) {
  EXPECT_TRUE(accepts(list_of(Type::text), Type::text));
  EXPECT_TRUE(accepts(list_of(Type::text), Type::json));
  EXPECT_TRUE(accepts(list_of(Type::image), list_of(Type::file)));
  EXPECT_FALSE(accepts(list_of(Type::file), list_of(Type::image)));
  EXPECT_FALSE(accepts(Type::file, list_of(Type::file)));
  EXPECT_TRUE(accepts(Type::json, list_of(Type::integer)));
  EXPECT_FALSE(accepts(Type::json, list_of(Type::file)));
}

TEST(Types, WordsAndSentences) {
  EXPECT_EQ(parse_type("list of image"), list_of(Type::image));
  EXPECT_EQ(parse_type("bool"), ValueType(Type::boolean));
  for (const char* none : {"", "Image", "list", "list of", "list of list of text", " text"})
    EXPECT_FALSE(parse_type(none)) << none;
  EXPECT_EQ(with_article(Type::image), "an image");
  EXPECT_EQ(with_article(list_of(Type::mask)), "a list of masks");
  EXPECT_EQ(with_article(list_of(Type::text)), "a list of text values");
}

TEST(Types, Properties) {
  EXPECT_EQ(property_type(Type::image, true, "stem"), Type::text);
  EXPECT_EQ(property_type(Type::image, false, "stem"), std::nullopt);
  EXPECT_EQ(property_type(Type::mask, false, "height"), Type::integer);
  EXPECT_EQ(property_type(Type::file, false, "relpath"), Type::text);
  EXPECT_EQ(property_type(list_of(Type::file), false, "name"), std::nullopt);
  EXPECT_EQ(property_type(Type::text, false, "width"), std::nullopt);
  EXPECT_EQ(property_type(Type::file, false, "depth"), std::nullopt);
}

}  // namespace
}  // namespace pixgraph
