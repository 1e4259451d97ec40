#include "csv.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

/// Rows as `a|b`, one a line; then what is wrong.
std::string rows_of(std::string_view text) {
  CsvReader reader(text);
  std::vector<CsvField> row;
  std::string all;
  while (reader.next(row)) {
    for (std::size_t i = 0; i < row.size(); ++i)
      all += (i ? "|" : "") + std::string(row[i].quoted ? "'" + row[i].text + "'" : row[i].text);
    all += "\n";
  }
  if (const auto& wrong = reader.mistake())
    all += std::to_string(wrong->place.line) + ":" + std::to_string(wrong->place.column) + "+" +
           std::to_string(wrong->place.length) + " " + wrong->message + " (" + wrong->help + ")";
  return all;
}

TEST(Csv, FieldsAndRows) {
  EXPECT_EQ(rows_of(""), "");
  EXPECT_EQ(rows_of("a"), "a\n");
  EXPECT_EQ(rows_of("a,b\nc,d\n"), "a|b\nc|d\n");
  EXPECT_EQ(rows_of("a,b\r\nc,d\r\n"), "a|b\nc|d\n");
  EXPECT_EQ(rows_of("a,\n,b"), "a|\n|b\n");
  EXPECT_EQ(rows_of(",,"), "||\n");
  EXPECT_EQ(rows_of("\xEF\xBB\xBF"
                    "a,b\n\n\r\n1,2\n\n"),
            "a|b\n1|2\n");
  EXPECT_EQ(rows_of(" a , b"), " a | b\n");
}

TEST(Csv, QuotedFieldsKeepWhatIsInThem) {
  EXPECT_EQ(rows_of("\"a\"\"b\",\"c,d\"\n"), "'a\"b'|'c,d'\n");
  EXPECT_EQ(rows_of("\"two\nlines\",x\r\n\"\",\"\"\"\"\n"), "'two\nlines'|x\n''|'\"'\n");
  EXPECT_EQ(rows_of("\"a\",\"\r\n\""), "'a'|'\r\n'\n");
}

TEST(Csv, WhatIsNotOfTheFormIsAMistakeWithItsPlace) {
  const std::string twice = " (a quote within a quoted field is written twice: \"\")";
  EXPECT_EQ(rows_of("a,b\n1,\"never\nclosed"), "a|b\n2:3+6 the quote that begins here is never closed" + twice);
  EXPECT_EQ(rows_of("\"a\"b,c"), "1:1+3 there is text behind the closing quote of this field" + twice);
  EXPECT_EQ(rows_of("\xC3\xA9,b \"c\""),
            "1:3+2 there is a quote within a field that does not begin with one (quote the whole field, and write the "
            "quotes within it twice: \"\")");
}

TEST(Csv, PlacesCountLinesOfTheFileAndCharacters) {
  CsvReader reader("\"x\ny\",\xC3\xA9\xC3\xA9,z\nq,r,s\n");
  std::vector<CsvField> row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(reader.place_of(row[1]).line, 2);
  EXPECT_EQ(reader.place_of(row[2]).column, 7);
  EXPECT_EQ(reader.place_of(row[1]).length, 2);
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(reader.place_of(row[0]).line, 3);
}

}  // namespace
}  // namespace pixgraph
