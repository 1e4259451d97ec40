#include "reference.h"

#include <algorithm>

#include "unicode.h"

namespace pixgraph {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word_char(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

std::string without_spaces(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != ' ' && c != '\t' && c != '\n') out += c;
  return out;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Template parse() {
    std::string literal;
    std::size_t at = 0;
    while (at < text_.size()) {
      const std::size_t dollar = text_.find('$', at);
      literal += text_.substr(at, dollar - at);
      if (dollar == kNone) break;
      at = dollar;
      const std::string_view rest = text_.substr(at);
      if (rest.starts_with("$${")) {
        literal += "${";
        at += 3;
      } else if (rest.starts_with("${")) {
        if (!literal.empty()) out_.parts.emplace_back(std::move(literal));
        literal.clear();
        at = reference(at);
      } else {
        literal += '$';
        ++at;
      }
    }
    if (!literal.empty()) out_.parts.emplace_back(std::move(literal));
    return std::move(out_);
  }

 private:
  void fault(std::size_t reference, std::size_t offset, std::size_t length, std::string message, std::string help) {
    out_.faults.push_back({std::move(message), std::move(help), reference, offset, std::max<std::size_t>(length, 1)});
  }

  /// Reads the reference that begins at `start`; the offset after it.
  std::size_t reference(std::size_t start) {
    const std::size_t close = text_.find('}', start);
    const std::size_t next = text_.find("${", start + 2);
    if (close == kNone || next < close) {
      std::size_t end = start + 2;
      while (end < text_.size() && (is_word_char(text_[end]) || text_[end] == '.')) ++end;
      const std::string_view written = text_.substr(start, end - start);
      fault(start, start, written.size(), "the reference " + ticked(written) + " is not closed",
            written.size() > 2 ? "write `" + std::string(written) + "}`; a plain `${` is written `$${`"
                               : "a reference is written `${name}`; a plain `${` is written `$${`");
      return end;
    }
    const std::size_t end = close + 1;
    const std::string_view written = text_.substr(start, end - start),
                           inside = text_.substr(start + 2, close - start - 2);
    const std::string bare = without_spaces(inside);
    if (bare.empty()) {
      fault(start, start, written.size(), ticked(written) + " names nothing",
            "a reference is written `${name}`; a plain `${` is written `$${`");
      return end;
    }
    if (bare.size() < inside.size()) {
      fault(start, start, written.size(), "the reference " + ticked(written) + " has spaces in it",
            inside.substr(inside.find_first_not_of(" \t\n"), bare.size()) == bare
                ? "write `${" + printable(bare) + "}`"
                : "names are made of letters, digits, `_` and `-`");
      return end;
    }
    ReferenceText reference;
    reference.offset = start;
    reference.length = written.size();
    for (std::size_t from = 0; from <= inside.size();) {
      const std::size_t dot = std::min(inside.find('.', from), inside.size());
      const std::string_view word = inside.substr(from, dot - from);
      if (!check_word(word, start, start + 2 + from, written)) return end;
      reference.words.emplace_back(word);
      from = dot + 1;
    }
    if (reference.words.size() > 3) {
      fault(start, start, written.size(), "the reference " + ticked(written) + " has more than three parts",
            "the longest form is `${node.output.property}`");
      return end;
    }
    out_.parts.emplace_back(std::move(reference));
    return end;
  }

  bool check_word(std::string_view word, std::size_t reference, std::size_t offset, std::string_view written) {
    if (word.empty()) {
      fault(reference, offset, 1, "the reference " + ticked(written) + " lacks a name beside its dot", "");
      return false;
    }
    for (std::size_t at = 0; at < word.size();) {
      const Character c = character_at(word, at);
      const bool fits = c.bytes == 1 && (at == 0 ? is_letter(word[at]) : is_word_char(word[at]));
      if (!fits) {
        fault(reference, offset + at, c.bytes,
              ticked(word.substr(at, c.bytes)) +
                  (at == 0 && is_word_char(word[at]) ? " cannot begin a name" : " cannot stand in a name") + ", in " +
                  ticked(written),
              "names are made of letters, digits, `_` and `-`; nothing is computed within `${ }`");
        return false;
      }
      at += c.bytes;
    }
    return true;
  }

  std::string_view text_;
  Template out_;
};

}  // namespace

std::string ReferenceText::written() const {
  std::string out = "${";
  for (std::size_t i = 0; i < words.size(); ++i) out += (i > 0 ? "." : "") + words[i];
  return out + "}";
}

bool Template::has_references() const {
  return std::ranges::any_of(parts, [](const auto& part) { return std::holds_alternative<ReferenceText>(part); });
}

Template parse_template(std::string_view text) {
  return Parser(text).parse();
}

bool is_name(std::string_view text) {
  return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, is_word_char);
}

Place ReferencePlaces::place(std::size_t reference, std::size_t offset, std::size_t length) {
  // The n-th `${` of the scalar is the n-th `${` of what is written: escapes and quotes make none and hide none.
  const std::string_view read = scalar_.text;
  if (reference != last_) {
    while (read_ <= reference) {
      const std::size_t here = read.find("${", read_);
      found_ = text_.find("${", raw_);
      if (here == kNone || found_ == kNone) return scalar_.place;
      read_ = here + 2;
      raw_ = found_ + 2;
    }
    last_ = reference;
  }
  const std::string_view wanted = read.substr(reference, offset + length - reference);
  if (!text_.substr(found_).starts_with(wanted)) return scalar_.place;
  const std::string_view shown = read.substr(offset, std::min(length, read.size() - std::min(offset, read.size())));
  return lines_.place(found_ + (offset - reference), std::max(1, static_cast<int>(count_characters(shown))));
}

}  // namespace pixgraph
