#include "document.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <pixgraph/error.h>

namespace pixgraph {
namespace {

/// The tree as one line: plain scalars as they are, others in quotes, null as ~.
std::string shown(const DocumentValue& value) {
  switch (value.kind) {
    case DocumentValue::Kind::null: return "~";
    case DocumentValue::Kind::scalar: return value.quoted ? "\"" + value.text + "\"" : value.text;
    case DocumentValue::Kind::list: {
      std::string out;
      for (const DocumentValue& item : value.items) out += (out.empty() ? "" : ", ") + shown(item);
      return "[" + out + "]";
    }
    case DocumentValue::Kind::map: {
      std::string out;
      for (const DocumentEntry& entry : value.entries)
        out += (out.empty() ? "" : ", ") + entry.key + ": " + shown(entry.value);
      return "{" + out + "}";
    }
  }
  return {};
}

std::string at(const Place& place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column) + "+" + std::to_string(place.length);
}

Document good(const std::string& text) {
  Diagnostics diagnostics;
  Document document = parse_document("a.yaml", text, diagnostics);
  EXPECT_EQ(diagnostics.render("a.yaml", document.text, false), "") << text;
  return document;
}

/// "E002 3:1, ..." of what is said about a text.
std::string mistakes(const std::string& text) {
  Diagnostics diagnostics;
  parse_document("a.yaml", text, diagnostics);
  std::string out;
  for (const Diagnostic& one : diagnostics.sorted())
    out += (out.empty() ? "" : ", ") + one.code + " " + std::to_string(one.place.line) + ":" +
           std::to_string(one.place.column);
  return out;
}

TEST(Document, KeepsScalarsAsTheyAreWritten) {
  EXPECT_EQ(shown(good("a: 010\nb: yes\nc: '5'\nd: ~\ne:\nf: [1, {g: null}]\n").root),
            "{a: 010, b: yes, c: \"5\", d: ~, e: ~, f: [1, {g: ~}]}");
  EXPECT_EQ(shown(good("a: |\n  one\n  two\nb: >-\n  three\n  four\n").root), "{a: \"one\ntwo\n\", b: \"three four\"}");
  EXPECT_EQ(shown(good("a: \"caf\\u00e9 \\\"x\\\"\"\nb: 'it''s'\n").root), "{a: \"café \"x\"\", b: \"it's\"}");
}

TEST(Document, KnowsPlacesInCharacters) {
  const Document document = good("é: {ü: 'ö${x}', b: wört}\nlong: one\n  two\ntext: |\n  a\nlist:\n  - x\n");
  const auto& entries = document.root.entries;
  EXPECT_EQ(at(entries[0].place), "1:1+1");
  EXPECT_EQ(at(entries[0].value.place), "1:4+1");
  EXPECT_EQ(at(entries[0].value.entries[0].place), "1:5+1");
  EXPECT_EQ(at(entries[0].value.entries[0].value.place), "1:8+7");
  EXPECT_EQ(document.text.substr(entries[0].value.entries[0].value.offset, 4), "'ö$");
  EXPECT_EQ(at(entries[0].value.entries[1].value.place), "1:20+4");
  EXPECT_EQ(at(entries[1].value.place), "2:7+3");
  EXPECT_EQ(at(entries[2].value.place), "4:7+1");
  EXPECT_EQ(at(entries[3].value.place), "7:3+1");
  EXPECT_EQ(at(entries[3].value.items[0].place), "7:5+1");
}

TEST(Document, TakesByteOrderMarkAndForeignLineEnds) {
  const Document document = good("\xEF\xBB\xBFpixgraph: 1\r\nname: x\r\n");
  EXPECT_EQ(document.text, "pixgraph: 1\nname: x\n");
  EXPECT_EQ(shown(document.root), "{pixgraph: 1, name: x}");
  EXPECT_EQ(at(document.root.entries[1].place), "2:1+4");
  EXPECT_EQ(shown(good("a: 1\rb: 2\r").root), "{a: 1, b: 2}");
}

TEST(Document, TakesDocumentMarksAndDirectives) {
  EXPECT_EQ(shown(good("%YAML 1.2\n---\na: 1\n...\n").root), "{a: 1}");
}

TEST(Document, FindReadsOneKey) {
  const Document document = good("a: 1\nb: 2\n");
  EXPECT_EQ(document.root.find("b")->text, "2");
  EXPECT_EQ(document.root.find("c"), nullptr);
}

TEST(Document, CollectsWhatIsNotSyntax) {
  EXPECT_EQ(mistakes("a: 1\na: 2\nb: {c: 1, c: 2, c: 3}\n"), "E002 2:1, E002 3:11, E002 3:17");
  EXPECT_EQ(mistakes("a: &x 1\nb: *x\nc: !!int 2\n<<: {d: 1}\ne: !mine {f: 1}\n"),
            "E003 1:4, E003 2:4, E003 3:4, E003 4:1, E003 5:4");
  EXPECT_EQ(mistakes("a: 1\n---\nb: 2\n"), "E003 2:1");
  EXPECT_EQ(mistakes("a: x\x04y\nb: \"\x1b[31m\"\n"), "E005 1:5, E005 2:5");
  EXPECT_EQ(mistakes("a: x\x04y\x05z\nb: \x06\n"), "E005 1:5, E005 2:4");  // one of a line
}

TEST(Document, AKeyThatIsNullIsAKey) {
  EXPECT_EQ(shown(good("null: 1\n~: 2\n").root), "{null: 1, ~: 2}");
  EXPECT_EQ(shown(good("a:\nnull: 1\n").root), "{a: ~, null: 1}");
}

TEST(Document, ASyntaxErrorEndsReading) {
  for (const std::string& text : std::vector<std::string>{"a: {b: ${c}}\n",
                                                          "a: \"b\nc: d\n",
                                                          "a: 'b\n",
                                                          "a: [1\n",
                                                          "a: {b: 1\n",
                                                          "a: 1}\n}\n",
                                                          "a: b: c\n",
                                                          "\ta: 1\nb: 2\n",
                                                          "a:\n\tb: 1\n",
                                                          "a: \"\\q\"\n",
                                                          "a: \"\\u12\"\n",
                                                          "- a\nb: 1\n",
                                                          "a: @b\n",
                                                          "a: - b\n",
                                                          "a:b\nc: d\n",
                                                          "a: [b}\n",
                                                          "a: {b: c]\n",
                                                          "a: |x\n  b\n",
                                                          "%YAML 9.9\n---\na: 1\n",
                                                          "a: \"b\" c\n",
                                                          "a: 'b'c\nd: 1\n",
                                                          "a: {\"b\"c: 1}\n"}) {
    Diagnostics diagnostics;
    const Document document = parse_document("a.yaml", text, diagnostics);
    ASSERT_EQ(diagnostics.error_count(), 1) << text;
    EXPECT_EQ(diagnostics.sorted()[0].code, "E001") << text;
    EXPECT_EQ(document.root.kind, DocumentValue::Kind::null) << text;
  }
}

TEST(Document, LimitsHoldBeforeTheParserDoes) {
  EXPECT_EQ(mistakes("a: " + std::string(100'000, '[') + std::string(100'000, ']')), "E004 1:67");
  EXPECT_EQ(mistakes("a: " + std::string(60, '[') + std::string(60, ']')), "");
  std::string steps;
  for (int depth = 0; depth < 200; ++depth) steps += std::string(static_cast<std::size_t>(depth), ' ') + "a:\n";
  EXPECT_EQ(mistakes(steps), "E004 65:65");
  EXPECT_EQ(mistakes("a: " + std::string(5 << 20, 'x')), "E004 0:0");
}

TEST(Document, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(mistakes("a: caf\xe9\n"), "E005 1:7");
  EXPECT_EQ(mistakes("a: \xc0\xaf\n"), "E005 1:4");
  EXPECT_EQ(mistakes("a: \xed\xa0\x80\n"), "E005 1:4");
  EXPECT_EQ(mistakes(std::string("\xff\xfe") + std::string("a\0:\0", 4)), "E005 0:0");
}

TEST(Document, RefusesWhatIsNoMap) {
  EXPECT_EQ(mistakes(""), "E001 0:0");
  EXPECT_EQ(mistakes("# nothing\n"), "E001 0:0");
  EXPECT_EQ(mistakes("- a\n"), "E001 1:1");
  EXPECT_EQ(mistakes("text\n"), "E001 1:1");
  EXPECT_EQ(mistakes("pixgraph:1\n"), "E001 1:1");
}

TEST(Document, AFileThatCannotBeReadIsAnError) {
  Diagnostics diagnostics;
  const auto folder = std::filesystem::temp_directory_path();
  try {
    read_document(folder.string(), diagnostics);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E601");
    EXPECT_EQ(error.message(), "`" + folder.string() + "` cannot be read: it is a folder");
  }
  try {
    read_document("/there/is/none.yaml", diagnostics);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "`/there/is/none.yaml` cannot be read: there is no such file");
  }
  EXPECT_FALSE(diagnostics.has_errors());
}

TEST(Document, ReadsAFile) {
  const auto path = std::filesystem::temp_directory_path() / "pixgraph-document-test.yaml";
  std::ofstream(path) << "pixgraph: 1\n";
  Diagnostics diagnostics;
  const Document document = read_document(path.string(), diagnostics);
  std::filesystem::remove(path);
  EXPECT_EQ(document.file, path.string());
  EXPECT_EQ(shown(document.root), "{pixgraph: 1}");
}

}  // namespace
}  // namespace pixgraph
