#include "json_reader.h"

#include <gtest/gtest.h>

namespace pixgraph::replicate {
namespace {

std::string read(std::string_view text) {
  const auto value = read_json(text);
  return value ? value->dump() : "no JSON";
}

TEST(JsonReader, PlainJson) {
  EXPECT_EQ(read("{\"id\": \"a\", \"n\": 1.5}"), "{\"id\":\"a\",\"n\":1.5}");
}
TEST(JsonReader, ByteOrderMark) {
  EXPECT_EQ(read("\xEF\xBB\xBF{}"), "{}");
}
TEST(JsonReader, LastOfDuplicateKeysWins) {
  EXPECT_EQ(read("{\"model\": \"a\", \"id\": \"x\", \"model\": \"b\"}"), "{\"id\":\"x\",\"model\":\"b\"}");
}
TEST(JsonReader, InvalidUtf8) {
  EXPECT_EQ(read("{\"logs\": \"a\xFF\xE2\x96 b\"}"), "{\"logs\":\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD b\"}");
}
TEST(JsonReader, RawControlCharactersInStrings) {
  EXPECT_EQ(read("{\"logs\": \"a\nb\x1b[0m\t\"}"), "{\"logs\":\"a\\nb\\u001b[0m\\t\"}");
}
TEST(JsonReader, LoneSurrogates) {
  EXPECT_EQ(read(R"({"a": "\ud83d\ude00 \ud83d x \udc00"})"),
            "{\"a\":\"\xF0\x9F\x98\x80 \xEF\xBF\xBD x \xEF\xBF\xBD\"}");
}
TEST(JsonReader, UnknownEscapes) {
  EXPECT_EQ(read(R"({"a": "C:\Users \x"})"), R"({"a":"C:\\Users \\x"})");
}
TEST(JsonReader, NumbersThatJsonDoesNotHave) {
  EXPECT_EQ(read(R"({"a": NaN, "b": [Infinity, -Infinity], "c": 1e999, "d": "NaN", "e": -1.5e3})"),
            R"({"a":null,"b":[null,null],"c":null,"d":"NaN","e":-1500.0})");
}
TEST(JsonReader, ZeroBytesAround) {
  EXPECT_EQ(read(std::string_view("{\"a\":1}\0\0", 9)), "{\"a\":1}");
}
TEST(JsonReader, NoJson) {
  EXPECT_EQ(read(""), "no JSON");
  EXPECT_EQ(read("<html>502</html>"), "no JSON");
  EXPECT_EQ(read("{\"id\": \"abc"), "no JSON");
}
TEST(JsonReader, DepthIsBounded) {
  EXPECT_EQ(read(std::string(100'000, '[') + std::string(100'000, ']')), "no JSON");
  EXPECT_NE(read(std::string(150, '[') + std::string(150, ']')), "no JSON");
  EXPECT_NE(read("\"" + std::string(1000, '[') + "\""), "no JSON");
}
TEST(JsonReader, EveryCutOfAnAnswerIsSurvived) {
  const std::string text = "{\"id\": \"a\\u00e9\\ud83d\\ude00\xC3\xA9\", \"n\": [1e5, -0.5, null, NaN]}";
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_EQ(read(text.substr(0, length)), "no JSON") << length;
}

TEST(JsonReader, TextAt) {
  const auto value = *read_json(R"({"a": "x", "b": null, "c": 5})");
  EXPECT_EQ(text_at(value, "a"), "x");
  EXPECT_EQ(text_at(value, "b"), "");
  EXPECT_EQ(text_at(value, "c"), "");
  EXPECT_EQ(text_at(value, "d"), "");
  EXPECT_EQ(text_at(nlohmann::json::array(), "a"), "");
}

}  // namespace
}  // namespace pixgraph::replicate
