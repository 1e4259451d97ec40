#include "reference.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

/// Literals in quotes, references as their words, then what is wrong.
std::string shown(const std::string& text) {
  const Template parts = parse_template(text);
  std::string out;
  for (const auto& part : parts.parts) {
    if (!out.empty()) out += " ";
    if (const auto* literal = std::get_if<std::string>(&part)) {
      out += "'" + *literal + "'";
    } else {
      const auto& reference = std::get<ReferenceText>(part);
      EXPECT_EQ(text.substr(reference.offset, reference.length), reference.written());
      for (std::size_t i = 0; i < reference.words.size(); ++i) out += (i > 0 ? "." : "<") + reference.words[i];
      out += ">";
    }
  }
  for (const TemplateFault& fault : parts.faults)
    out += " !" + fault.message + " @" + std::to_string(fault.offset) + "+" + std::to_string(fault.length);
  return out;
}

TEST(Reference, TakesTextsApart) {
  EXPECT_EQ(shown("plain"), "'plain'");
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("${photo}"), "<photo>");
  EXPECT_EQ(shown("${cut-out.files.stem}"), "<cut-out.files.stem>");
  EXPECT_EQ(shown("a ${b} c${d}"), "'a ' <b> ' c' <d>");
  EXPECT_EQ(shown("$${plain} ${b}"), "'${plain} ' <b>");
  EXPECT_EQ(shown("$$${b}"), "'$${b}'");
  EXPECT_EQ(shown("5$ and $5 and $"), "'5$ and $5 and $'");
  EXPECT_TRUE(parse_template("${a}").whole());
  EXPECT_FALSE(parse_template("${a} ").whole());
  EXPECT_FALSE(parse_template("$${a}").has_references());
}

TEST(Reference, SaysWhatIsMalformed) {
  EXPECT_EQ(shown("${"), " !the reference `${` is not closed @0+2");
  EXPECT_EQ(shown("a ${photo b"), "'a ' ' b' !the reference `${photo` is not closed @2+7");
  EXPECT_EQ(shown("${a${b}"), "<b> !the reference `${a` is not closed @0+3");
  EXPECT_EQ(shown("${}"), " !`${}` names nothing @0+3");
  EXPECT_EQ(shown("${  }"), " !`${  }` names nothing @0+5");
  EXPECT_EQ(shown("${ a }"), " !the reference `${ a }` has spaces in it @0+6");
  EXPECT_EQ(shown("${a|b}"), " !`|` cannot stand in a name, in `${a|b}` @3+1");
  EXPECT_EQ(shown("${a.}"), " !the reference `${a.}` lacks a name beside its dot @4+1");
  EXPECT_EQ(shown("${1a}"), " !`1` cannot begin a name, in `${1a}` @2+1");
  EXPECT_EQ(shown("${ä}"), " !`ä` cannot stand in a name, in `${ä}` @2+2");
  EXPECT_EQ(shown("${a.b.c.d}"), " !the reference `${a.b.c.d}` has more than three parts @0+10");
}

TEST(Reference, FindsItselfInTheFile) {
  // Escapes, doubled quotes, other scripts and folded lines stand before the reference.
  for (const std::string& written :
       std::vector<std::string>{"x ${a} ${b.c}", "\"caf\\u00e9 \\\" ${a} \\t${b.c}\"", "'it''s ${a} and $${ ${b.c}'",
                                "'日本 ${a}\n   ${b.c}'", "|\n  ${a}\n  ${b.c}\n"}) {
    Diagnostics diagnostics;
    const Document document = parse_document("a.yaml", "key: " + written, diagnostics);
    ASSERT_FALSE(diagnostics.has_errors()) << written;
    const DocumentValue& value = document.root.entries[0].value;
    Lines lines(document.text);
    ReferencePlaces places(document, value, lines);
    for (const auto& part : parse_template(value.text).parts) {
      const auto* reference = std::get_if<ReferenceText>(&part);
      if (!reference) continue;
      const Place place = places.place(reference->offset, reference->offset, reference->length);
      EXPECT_EQ(document.text.substr(lines.offset(place), static_cast<std::size_t>(place.length)), reference->written())
          << written;
    }
  }
}

TEST(Reference, AnEscapedDollarPointsAtTheWholeScalar) {
  Diagnostics diagnostics;
  const Document document = parse_document("a.yaml", "key: \"\\x24{a}\"", diagnostics);
  Lines lines(document.text);
  ReferencePlaces places(document, document.root.entries[0].value, lines);
  const Place place = places.place(0, 0, 4);
  EXPECT_EQ(place.column, 6);
  EXPECT_EQ(place.length, 9);
}

TEST(Reference, Names) {
  for (const char* name : {"a", "_", "photo-2", "A_b"}) EXPECT_TRUE(is_name(name)) << name;
  for (const char* name : {"", "2a", "-a", "a b", "a.b", "ä"}) EXPECT_FALSE(is_name(name)) << name;
}

}  // namespace
}  // namespace pixgraph
