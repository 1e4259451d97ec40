#include "html.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

TEST(Html, TextEndsNoTagAndNoAttribute) {
  EXPECT_EQ(escaped_html("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
  EXPECT_EQ(escaped_html("ä\n\tb"), "ä\n\tb");
  EXPECT_EQ(escaped_html(std::string("a\0b\x1b[31m\xff", 9)), "a\uFFFDb\uFFFD[31m\uFFFD");
  EXPECT_EQ(escaped_html("\u202Etxt"), "\uFFFDtxt");
  EXPECT_EQ(escaped_html(""), "");
}

TEST(Html, JsonEndsNoScript) {
  EXPECT_EQ(script_json({{"a", "</script><!--<script>"}}), "{\"a\":\"\\u003c/script>\\u003c!--\\u003cscript>\"}");
  EXPECT_EQ(script_json("\xff"), "\"\uFFFD\"");
}

TEST(Html, AUrlLeadsFromAFolderToAFile) {
  EXPECT_EQ(relative_url("/a/b", "/a/b/c.html"), "c.html");
  EXPECT_EQ(relative_url("/a/b/c", "/a/x y/</script>?#%.jpg"), "../../x%20y/%3C/script%3E%3F%23%25.jpg");
  EXPECT_EQ(relative_url("/a/./b/", "/a/b/../c"), "../c");
  EXPECT_EQ(percent_encoded("a/ä:b"), "a%2F%C3%A4%3Ab");
}

TEST(Html, AShellReadsTheWord) {
  EXPECT_EQ(shell_word("out/a-1.jpg"), "out/a-1.jpg");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("it's $HOME"), "'it'\\''s $HOME'");
  EXPECT_EQ(shell_word("*.jpg"), "'*.jpg'");
}

TEST(Html, LargeNumbersAreRead) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(14872345), "14,872,345");
  EXPECT_EQ(with_commas(-123456), "-123,456");
}

}  // namespace
}  // namespace pixgraph
