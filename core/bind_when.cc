// `when:` of a node: the grammar of conditions, and that what is compared can be.
//
//     condition  = conjunction { "or" conjunction }
//     conjunction = negation { "and" negation }
//     negation   = "not" negation | comparison
//     comparison = "(" condition ")" | operand [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) operand ]
//     operand    = reference | number | 'text' | "true" | "false"
#include <array>
#include <utility>

#include "binding.h"
#include "evaluate.h"
#include "unicode.h"

namespace pixgraph {

namespace {

using Op = Condition::Op;

constexpr std::array<std::pair<std::string_view, Op>, 6> kComparisons = {{{"==", Op::equal},
                                                                          {"!=", Op::unequal},
                                                                          {"<=", Op::at_most},
                                                                          {">=", Op::at_least},
                                                                          {"<", Op::less},
                                                                          {">", Op::greater}}};
constexpr int kDeepest = 64;  // brackets and `not` within each other

struct Token {
  enum class Kind { end, word, text, sign, reference };
  Kind kind = Kind::end;
  std::string text;  // without the quotes
  const ReferenceText* reference = nullptr;
  std::size_t offset = 0, length = 1;
};

/// Thrown within this file: the first mistake of the form ends the reading.
struct Malformed {
  Token at;
  std::string message, help;
};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n';
}
bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == '+';
}

std::vector<Token> tokens_of(std::string_view text, const Template& parts) {
  std::vector<Token> out;
  std::vector<const ReferenceText*> references;
  for (const auto& part : parts.parts)
    if (const auto* reference = std::get_if<ReferenceText>(&part)) references.push_back(reference);
  std::size_t next = 0;
  for (std::size_t at = 0; at < text.size();) {
    Token token;
    token.offset = at;
    const char c = text[at];
    if (is_space(c)) {
      ++at;
      continue;
    }
    if (next < references.size() && references[next]->offset == at) {
      token.kind = Token::Kind::reference;
      token.reference = references[next++];
      token.length = token.reference->length;
      token.text = token.reference->written();
    } else if (c == '\'' || c == '"') {
      token.kind = Token::Kind::text;
      const std::size_t close = text.find(c, at + 1);
      if (close == std::string_view::npos) {
        token.length = text.size() - at;
        throw Malformed{token, "the quote is not closed", "a text is written 'sky'"};
      }
      token.text = text.substr(at + 1, close - at - 1);
      token.length = close + 1 - at;
      if (token.text.find("${") != std::string::npos)
        throw Malformed{token, "a reference within quotes", "take the quotes away: references have their own type"};
    } else if (is_word_char(c)) {
      token.kind = Token::Kind::word;
      while (at + token.length < text.size() && is_word_char(text[at + token.length])) ++token.length;
      token.text = text.substr(at, token.length);
    } else {
      token.kind = Token::Kind::sign;
      const std::string_view two = text.substr(at, 2);
      token.length = two == "==" || two == "!=" || two == "<=" || two == ">=" || two == "&&" || two == "||" ? 2 : 1;
      token.text = text.substr(at, token.length);
    }
    at += token.length;
    out.push_back(std::move(token));
  }
  Token end;
  end.offset = text.size();
  out.push_back(end);
  return out;
}

class ConditionReader {
 public:
  ConditionReader(Binding& binding, int node, const DocumentValue& written, const Template& parts)
      : binding_(binding), written_(written), places_(binding.document, written, binding.lines), parts_(parts) {
    want_.key = "when";
    want_.any = true;
    want_.node = node;
    // Where the text stands in the file as it reads, every byte of it has a place of its own.
    std::size_t raw = written.offset;
    if (written.quoted) ++raw;
    if (std::string_view(binding.document.text).substr(raw).starts_with(written.text) &&
        written.text.find('\n') == std::string::npos)
      verbatim_ = raw;
  }

  /// Nothing where a mistake was reported.
  std::optional<Condition> read() {
    try {
      tokens_ = tokens_of(written_.text, parts_);
      if (tokens_.size() == 1) throw Malformed{tokens_[0], "there is nothing in it", kForm};
      Condition whole = any_of(0);
      if (now().kind != Token::Kind::end) unexpected("here it should end, or go on with `and` or `or`");
      return good_ ? std::optional(std::move(whole)) : std::nullopt;
    } catch (const Malformed& wrong) {
      binding_.diagnostics.error("E028", place(wrong.at), "`when` is written wrongly: " + wrong.message, wrong.help);
      return std::nullopt;
    }
  }

 private:
  static constexpr const char* kForm = "write a comparison: \"${name} >= 2 and not ${kind} == 'sky'\"";

  const Token& now() const { return tokens_[next_]; }
  bool take(std::string_view word) {
    const bool same = now().text == word && (now().kind == Token::Kind::word || now().kind == Token::Kind::sign);
    if (same) ++next_;
    return same;
  }

  [[noreturn]] void unexpected(const std::string& wanted) {
    const Token& token = now();
    if (token.kind == Token::Kind::end) throw Malformed{token, "it ends too early", wanted};
    static const std::array<std::pair<std::string_view, std::string_view>, 6> kElsewhere = {
        {{"=", "=="}, {"&&", "and"}, {"||", "or"}, {"!", "not"}, {"AND", "and"}, {"OR", "or"}}};
    // An arrow that was meant as an order: `==` in its place would be another condition.
    if (token.kind == Token::Kind::sign && token.text == "=" && tokens_[next_ + 1].offset == token.offset + 1)
      for (const auto& [other, ours] : {std::pair(">", ">="), std::pair("<", "<=")})
        if (tokens_[next_ + 1].text == other)
          throw Malformed{token, std::string("`=") + other + "` is none of its signs", "write " + ticked(ours)};
    for (const auto& [other, ours] : kElsewhere)
      if (token.text == other && token.kind != Token::Kind::text)
        throw Malformed{token, ticked(token.text) + " is none of its signs", "write " + ticked(ours)};
    throw Malformed{token, ticked(token.text) + " cannot stand here", wanted};
  }

  Condition any_of(int depth) { return joined(depth, "or", Op::any_of); }

  Condition joined(int depth, std::string_view word, Op op) {
    auto part = [&] { return op == Op::any_of ? joined(depth, "and", Op::all_of) : negation(depth); };
    Condition first = part();
    if (now().text != word || now().kind != Token::Kind::word) return first;
    Condition out;
    out.op = op;
    out.parts.push_back(std::move(first));
    while (take(word)) out.parts.push_back(part());
    return out;
  }

  Condition negation(int depth) {
    if (depth > kDeepest) throw Malformed{now(), "it is too deep", "take brackets away"};
    if (take("not")) {
      Condition out;
      out.op = Op::negation;
      out.parts.push_back(negation(depth + 1));
      return out;
    }
    if (take("(")) {
      Condition out = any_of(depth + 1);
      if (!take(")")) unexpected("close the bracket with `)`");
      return out;
    }
    return comparison();
  }

  Condition comparison() {
    Condition out;
    const Token left = now();
    out.operands.push_back(operand());
    for (const auto& [sign, op] : kComparisons) {
      if (now().kind != Token::Kind::sign || now().text != sign) continue;
      const Token middle = now();
      ++next_;
      out.op = op;
      const Token right = now();
      out.operands.push_back(operand());
      for (const auto& other : kComparisons)
        if (now().kind == Token::Kind::sign && now().text == other.first)
          throw Malformed{now(), "one comparison follows another", "join them with `and`"};
      check(out, left, middle, right);
      return out;
    }
    const bool ends = now().kind == Token::Kind::end || now().text == ")" || now().text == "and" || now().text == "or";
    const ValueType type = type_of(out.operands[0]);
    if (good_ && ends && type != ValueType(Type::boolean) && type != ValueType(Type::json)) {
      good_ = false;
      binding_.diagnostics.error(
          "E021", place(left), "`when` takes `true` or `false`, and " + ticked(left.text) + " is " + with_article(type),
          "compare it with something: " + std::string(kForm).substr(20));
    }
    return out;
  }

  Expression operand() {
    const Token token = now();
    Expression out;
    out.place = place(token);
    if (token.kind == Token::Kind::reference) {
      ++next_;
      const auto reference = resolve(binding_, *token.reference, out.place, want_);
      if (reference)
        out.form = *reference;
      else
        good_ = false;
      return out;
    }
    if (token.kind == Token::Kind::text) {
      ++next_;
      out.form = Value(token.text);
      return out;
    }
    if (token.kind != Token::Kind::word || token.text == "and" || token.text == "or" || token.text == "not")
      unexpected(kForm);
    ++next_;
    DocumentValue scalar;
    scalar.kind = DocumentValue::Kind::scalar;
    scalar.text = token.text;
    const auto read = read_json_scalar(scalar);
    if (!read.ok()) throw Malformed{token, read.why, read.help};
    if (read.value.absent() || read.value.text()) {
      const bool name = binding_.names.contains(token.text.substr(0, token.text.find('.')));
      throw Malformed{token, ticked(token.text) + " means nothing",
                      name ? "a reference is written `${" + printable(token.text) + "}`"
                           : "a text is written '" + printable(token.text) + "'"};
    }
    out.form = read.value;
    return out;
  }

  void check(const Condition& made, const Token& left, const Token& middle, const Token& right) {
    if (!good_) return;
    auto refuse = [&](const Token& at, std::string message, std::string help) {
      good_ = false;
      binding_.diagnostics.error("E021", place(at), std::move(message), std::move(help));
    };
    const bool same_only = made.op == Op::equal || made.op == Op::unequal;
    ValueType types[] = {type_of(made.operands[0]), type_of(made.operands[1])};
    for (int side = 0; side < 2; ++side) {
      const Token& token = side == 0 ? left : right;
      const ValueType type = types[side];
      const bool picture = type.type == Type::file || type.type == Type::image || type.type == Type::mask;
      if (picture || type.list)
        return refuse(token, ticked(token.text) + " is " + with_article(type) + ", which cannot be compared",
                      picture && !type.list ? "its `.width` and `.height` can" : "");
      if (!same_only && (type.type == Type::text || type.type == Type::boolean))
        return refuse(
            middle, ticked(middle.text) + " compares numbers, and " + ticked(token.text) + " is " + with_article(type),
            "`==` and `!=` compare all kinds of values");
    }
    auto kind = [](ValueType type) { return type.type == Type::integer ? Type::number : type.type; };
    if (kind(types[0]) == kind(types[1]) || types[0].type == Type::json || types[1].type == Type::json) return;
    refuse(middle,
           ticked(left.text) + " is " + with_article(types[0]) + " and " + ticked(right.text) + " is " +
               with_article(types[1]) + ": they are never equal",
           types[0].type == Type::text || types[1].type == Type::text ? "a text is written in quotes, a number without"
                                                                      : "");
  }

  Place place(const Token& token) {
    if (verbatim_ > 0) return binding_.lines.place(verbatim_ + token.offset, static_cast<int>(token.length));
    if (token.reference) return places_.place(token.offset, token.offset, token.length);
    return written_.place;
  }

  Binding& binding_;
  const DocumentValue& written_;
  ReferencePlaces places_;
  const Template& parts_;
  Want want_;
  std::size_t verbatim_ = 0;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  bool good_ = true;
};

}  // namespace

void bind_when(Binding& binding, int index, const DocumentEntry& entry) {
  GraphNode& node = binding.graph.nodes[static_cast<std::size_t>(index)];
  if (entry.value.kind != DocumentValue::Kind::scalar) {
    binding.misread(entry.value, "when", "a condition", described(entry.value),
                    "write it as one text: `when: \"${name} >= 2\"`");
    return;
  }
  const Template parts = parse_template(entry.value.text);
  if (!report_faults(binding, entry.value, parts)) return;
  node.when = ConditionReader(binding, index, entry.value, parts).read();
  node.when_text = entry.value.text;
  if (node.when)
    for_each_reference(*node.when, [&](const Reference& reference) {
      node.when_of_element =
          node.when_of_element || reference.to == Reference::To::each || reference.to == Reference::To::each_index;
    });
}

}  // namespace pixgraph
