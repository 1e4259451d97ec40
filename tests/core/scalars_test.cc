#include "scalars.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pixgraph {
namespace {

DocumentValue plain(const std::string& text) {
  DocumentValue out;
  out.kind = DocumentValue::Kind::scalar;
  out.text = text;
  return out;
}
DocumentValue quoted(const std::string& text) {
  DocumentValue out = plain(text);
  out.quoted = true;
  return out;
}
DocumentValue null(const std::string& text = {}) {
  DocumentValue out = plain(text);
  out.kind = DocumentValue::Kind::null;
  return out;
}

/// The value, or "why | help".
std::string shown(const Reading<Value>& read) {
  if (!read.ok()) return read.why + (read.help.empty() ? "" : " | " + read.help);
  if (read.value.text()) return "\"" + *read.value.text() + "\"";
  if (read.value.integer()) return std::to_string(*read.value.integer());
  if (read.value.number()) return std::to_string(*read.value.number());
  if (read.value.boolean()) return *read.value.boolean() ? "true" : "false";
  if (read.value.json()) return read.value.json()->dump();
  return "absent";
}

TEST(Scalars, Integers) {
  auto integer = [](const std::string& text) { return shown(read_scalar(plain(text), Type::integer)); };
  EXPECT_EQ(integer("0"), "0");
  EXPECT_EQ(integer("-7"), "-7");
  EXPECT_EQ(integer("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(integer("9223372036854775808"), "`9223372036854775808` is too large for an integer");
  EXPECT_EQ(integer("010"), "`010` begins with a zero | write `10`");
  EXPECT_EQ(integer("-007"), "`-007` begins with a zero | write `-7`");
  EXPECT_EQ(integer("+5"), "`+5` begins with a `+` | write `5`");
  EXPECT_EQ(integer("0x1F"), "`0x1F` is not decimal | write `31`");
  EXPECT_EQ(integer("0o17"), "`0o17` is not decimal | write `15`");
  EXPECT_EQ(integer("0b101"), "`0b101` is not decimal | write `5`");
  EXPECT_EQ(integer("0x"), "`0x` is not decimal");
  EXPECT_EQ(integer("1_000"), "`1_000` has a separator in it | write `1000`");
  EXPECT_EQ(integer("1e3"), "`1e3` is not written as one | write `1000`");
  EXPECT_EQ(integer("5.0"), "`5.0` is not written as one | write `5`");
  EXPECT_EQ(integer("5.5"), "`5.5` is none");
  EXPECT_EQ(integer("1e400"), "`1e400` is none");
  EXPECT_EQ(integer("5px"), "`5px` has a unit in it | write `5`");
  EXPECT_EQ(integer("50%"), "`50%` has a unit in it | write `50`");
  EXPECT_EQ(integer("ten"), "`ten` is none");
  EXPECT_EQ(integer(""), "`` is none");
  EXPECT_EQ(integer("-"), "`-` is none");
  EXPECT_EQ(shown(read_scalar(quoted("5"), Type::integer)),
            "`5` is a text because of its quotes | write `5` without quotes");
  EXPECT_EQ(shown(read_scalar(quoted("x"), Type::integer)), "`x` is a text");
  EXPECT_EQ(shown(read_scalar(null(), Type::integer)), "there is nothing here");
}

TEST(Scalars, Numbers) {
  auto number = [](const std::string& text) { return shown(read_scalar(plain(text), Type::number)); };
  EXPECT_EQ(number("5"), "5.000000");
  EXPECT_EQ(number("-0.5"), "-0.500000");
  EXPECT_EQ(number("1e3"), "1000.000000");
  EXPECT_EQ(number("2.5E-1"), "0.250000");
  EXPECT_EQ(number(".5"), "`.5` lacks its zero | write `0.5`");
  EXPECT_EQ(number("-.5"), "`-.5` lacks its zero | write `-0.5`");
  EXPECT_EQ(number("5."), "`5.` lacks its zero | write `5.0`");
  EXPECT_EQ(number("010"), "`010` begins with a zero | write `10`");
  EXPECT_EQ(number("1e400"), "`1e400` is beyond what a number can hold | numbers reach from 1e-307 to 1e308");
  EXPECT_EQ(number("1e-400"), "`1e-400` is beyond what a number can hold | numbers reach from 1e-307 to 1e308");
  EXPECT_EQ(number(".inf"), "`.inf` is not finite");
  EXPECT_EQ(number("-.Inf"), "`-.Inf` is not finite");
  EXPECT_EQ(number("nan"), "`nan` is not finite");
  EXPECT_EQ(number("1,5"), "`1,5` is none");
}

TEST(Scalars, Booleans) {
  auto boolean = [](const std::string& text) { return shown(read_scalar(plain(text), Type::boolean)); };
  EXPECT_EQ(boolean("true"), "true");
  EXPECT_EQ(boolean("false"), "false");
  for (const char* yes : {"yes", "Yes", "on", "y", "TRUE", "1"})
    EXPECT_EQ(boolean(yes), "`" + std::string(yes) + "` is neither | did you mean `true`?");
  for (const char* no : {"no", "OFF", "n", "False", "0"})
    EXPECT_EQ(boolean(no), "`" + std::string(no) + "` is neither | did you mean `false`?");
  EXPECT_EQ(boolean("maybe"), "`maybe` is neither");
}

TEST(Scalars, Texts) {
  EXPECT_EQ(shown(read_scalar(plain("010"), Type::text)), "\"010\"");
  EXPECT_EQ(shown(read_scalar(quoted("null"), Type::text)), "\"null\"");
  EXPECT_EQ(shown(read_scalar(null("~"), Type::text)), "`~` is no value | quote it if the word is meant: \"~\"");
  EXPECT_EQ(shown(read_scalar(null(), Type::text)), "there is nothing here | write \"\" for an empty text");
}

TEST(Scalars, WordsOfTheCommandLine) {
  EXPECT_EQ(shown(read_word("5", Type::integer)), "5");
  EXPECT_EQ(shown(read_word("5", Type::text)), "\"5\"");
  EXPECT_EQ(shown(read_word("", Type::text)), "\"\"");
  EXPECT_EQ(shown(read_word("yes", Type::boolean)), "`yes` is neither | did you mean `true`?");
  EXPECT_EQ(shown(read_word("{\"a\": [1, 2.5]}", Type::json)), "{\"a\":[1,2.5]}");
  EXPECT_EQ(shown(read_word("cat", Type::json)), "`cat` is no JSON | a text is written with its quotes: '\"...\"'");
}

TEST(Scalars, JsonForms) {
  auto json = [](const DocumentValue& value) { return shown(read_json_scalar(value)); };
  EXPECT_EQ(json(plain("true")), "true");
  EXPECT_EQ(json(plain("True")), "\"True\"");
  EXPECT_EQ(json(plain("7")), "7");
  EXPECT_EQ(json(plain("7.5")), "7.500000");
  EXPECT_EQ(json(plain("1e3")), "1000.000000");
  EXPECT_EQ(json(plain("010")), "\"010\"");
  EXPECT_EQ(json(plain("0x1F")), "\"0x1F\"");
  EXPECT_EQ(json(plain(".5")), "\".5\"");
  EXPECT_EQ(json(quoted("7")), "\"7\"");
  EXPECT_EQ(json(null("null")), "absent");
  EXPECT_EQ(json(plain("99999999999999999999")),
            "`99999999999999999999` is too large for an integer | quote it to send it as a text");
}

TEST(Scalars, Durations) {
  auto duration = [](const DocumentValue& value) {
    const auto read = read_duration(value);
    return read.ok() ? std::to_string(read.value.count()) : read.why + " | " + read.help;
  };
  const std::string forms = " | write it as `400ms`, `30s`, `5m` or `1h30m`";
  EXPECT_EQ(duration(plain("400ms")), "400");
  EXPECT_EQ(duration(plain("30s")), "30000");
  EXPECT_EQ(duration(plain("5m")), "300000");
  EXPECT_EQ(duration(quoted("1h30m")), "5400000");
  EXPECT_EQ(duration(plain("1h0m1s5ms")), "3601005");
  EXPECT_EQ(duration(plain("5")), "`5` has no unit | write `5s` or `5m`");
  for (const char* wrong : {"", "m", "5x", "30m1h", "5m5m", "-5s", "1.5s", "5 m", "9999999999s"})
    EXPECT_EQ(duration(plain(wrong)), "`" + std::string(wrong) + "` is none" + forms);
  EXPECT_EQ(duration(null()), "there is nothing here" + forms);
}

TEST(Scalars, Colours) {
  EXPECT_EQ(read_colour(quoted("#fff")).value, "#ffffff");
  EXPECT_EQ(read_colour(quoted("#1A2b3C")).value, "#1a2b3c");
  for (const char* wrong : {"fff", "#ff", "#ggg", "white", "", "#fffffff"})
    EXPECT_FALSE(read_colour(quoted(wrong)).ok()) << wrong;
  EXPECT_EQ(read_colour(quoted("#ffffff80")).why, "`#ffffff80` has alpha");
}

}  // namespace
}  // namespace pixgraph
