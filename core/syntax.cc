#include "syntax.h"

#include <algorithm>

#include "unicode.h"

namespace pixgraph {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_space(char c) {
  return c == ' ' || c == '\t';
}
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t indent(std::string_view line) {
  return line.size() - trimmed(line).size() ? line.find_first_not_of(" \t") : 0;
}

/// The line without a comment at its end; good enough for lines that hold no quotes.
std::string_view without_comment(std::string_view line) {
  if (trimmed(line).starts_with('#')) return {};
  const std::size_t at = line.find(" #");
  return trimmed(line.substr(0, at));
}

/// A text as YAML in double quotes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// The offset of the colon that ends a key (`: ` or at the line's end), npos where there is none. Skips quotes.
std::size_t key_colon(std::string_view line, std::size_t from = 0) {
  for (std::size_t at = from; at < line.size(); ++at) {
    const char c = line[at];
    if ((c == '"' || c == '\'') && (at == 0 || is_space(line[at - 1]))) {
      const std::size_t end = end_of_quoted(line, at);
      if (end == kNone) return kNone;
      at = end - 1;
    } else if (c == '#' && at > 0 && is_space(line[at - 1])) {
      return kNone;
    } else if (c == ':' && (at + 1 == line.size() || is_space(line[at + 1]))) {
      return at;
    }
  }
  return kNone;
}

class Explainer {
 public:
  Explainer(const SyntaxFault& fault, Lines& lines) : fault_(fault), lines_(lines) {
    place_ = lines_.place(std::min(fault_.at, fault_.text.size()));
    line_ = lines_.line(place_.line);
    in_line_ = fault_.at - lines_.start(place_.line);
  }

  Diagnostic explain() {
    const std::string_view said = fault_.parser_message;
    auto says = [&](std::string_view words) { return said.find(words) != kNone; };
    if (says("illegal EOF in scalar") || says("illegal document indicator")) return unterminated();
    if (auto found = tab()) return *found;
    if (says("unknown escape") || says("hex number") || says("invalid unicode")) return escape();
    if (auto found = unquoted_reference()) return *found;
    if (says("anchor") || says("alias")) return alias();
    if (says("unknown token")) return bad_start();
    if (says("illegal flow end")) return nothing_to_close();
    if (says("end of map flow") || says("end of sequence flow")) return open_flow();
    if (says("illegal map value") || says("illegal map key")) return map_value();
    if (says("illegal block entry"))
      return make(place_, "a list cannot begin on the line of its key",
                  "begin it on the next line, or write it as `[a, b]`");
    if (says("end of map not found") || says("end of sequence not found")) return structure();
    return make(place_, "this is not YAML: " + printable(said));
  }

 private:
  Diagnostic make(Place place, std::string message, std::string help = {}, std::string label = {}) {
    Diagnostic out;
    out.code = "E001";
    out.place = place;
    out.message = std::move(message);
    out.help = std::move(help);
    out.label = std::move(label);
    return out;
  }
  Place span(std::size_t from, std::size_t to) {
    return lines_.place(from, std::max(1, static_cast<int>(count_characters(fault_.text.substr(from, to - from)))));
  }

  Diagnostic unterminated() {
    // The quote is the first one after the last scalar that was read.
    std::size_t at = fault_.last_scalar.value_or(0);
    const std::string_view text = fault_.text;
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) at = end_of_quoted(text, at);
    for (; at < text.size(); ++at)
      if ((text[at] == '"' || text[at] == '\'') && (at == 0 || is_space(text[at - 1]) || !is_word(text[at - 1]))) break;
    if (at >= text.size()) return make(place_, "a quote is never closed");
    return make(lines_.place(at), "this quote is never closed",
                std::string("put a ") + text[at] + " at the end of the text", "opens here");
  }

  std::optional<Diagnostic> tab() {
    const std::size_t first = line_.find_first_not_of(" \t");
    const std::size_t at = line_.substr(0, first).find('\t');
    if (at == kNone) return std::nullopt;
    const std::size_t from = lines_.start(place_.line) + at;
    return make(lines_.place(from), "a tab in the indentation", "YAML is indented with spaces", "a tab");
  }

  Diagnostic escape() {
    // The parser may have read on beyond the line.
    const std::string_view text = fault_.text;
    const std::size_t from = text.rfind('\\', fault_.at);
    if (from == kNone) return make(place_, "this is no escape of YAML");
    const std::size_t to = from + 1 < text.size() ? from + 1 + character_at(text, from + 1).bytes : text.size();
    return make(span(from, to), ticked(text.substr(from, to - from)) + " is no escape of YAML",
                "in double quotes a backslash is written `\\\\`; in single quotes it is a plain character");
  }

  /// `{image: ${photo}}`: the brace of the reference opens a map.
  std::optional<Diagnostic> unquoted_reference() {
    const std::string_view text = fault_.text;
    if (!fault_.open_flow) return std::nullopt;
    std::size_t brace = fault_.at;
    if (brace >= text.size() || text[brace] != '{' || brace == 0 || text[brace - 1] != '$') {
      // The parser may have gone on into the reference before it stumbled.
      brace = text.rfind("${", std::min(fault_.at, text.size()));
      if (brace == kNone || brace < lines_.start(place_.line) || !fault_.last_scalar || brace + 2 < *fault_.last_scalar)
        return std::nullopt;
      if (const std::size_t close = text.find('}', brace); close != kNone && close < fault_.at) return std::nullopt;
      ++brace;
    }
    std::size_t from = brace - 1;
    while (from > 0 && std::string_view(" \t\n,[{").find(text[from - 1]) == kNone) --from;
    std::size_t to = from;
    while (to < text.size() && std::string_view(",]}\n").find(text[to]) == kNone) {
      if (text.substr(to).starts_with("${")) {
        const std::size_t close = text.find_first_of("}\n", to);
        to = close == kNone || text[close] == '\n' ? to + 1 : close;
      }
      ++to;
    }
    const std::string_view value = trimmed(text.substr(from, to - from));
    return make(span(from, from + value.size()), "a reference within `{ }` or `[ ]` must be quoted",
                "quote it: " + quoted(value), "the brace opens a map here");
  }

  Diagnostic alias() {
    std::size_t at = std::min(fault_.at, fault_.text.size());
    const std::size_t star = line_.find_last_of("*&", in_line_);
    if (star != kNone) at = lines_.start(place_.line) + star;
    std::size_t to = fault_.text.find_first_of(" ,]}\n", at);
    if (to == kNone) to = fault_.text.size();
    const std::string_view word = fault_.text.substr(at, std::max<std::size_t>(to - at, 1));
    Diagnostic out = make(span(at, at + word.size()),
                          "a value that begins with `" + std::string(word.substr(0, 1)) +
                              "` is an anchor or alias, which pipeline files do not have",
                          "where the character is meant, quote it: " + quoted(word));
    out.code = "E003";
    return out;
  }

  Diagnostic bad_start() {
    std::size_t to = in_line_;
    while (to < line_.size() && (!fault_.open_flow || std::string_view(",]}").find(line_[to]) == kNone)) ++to;
    const std::string_view value = trimmed(line_.substr(in_line_, to - in_line_));
    const std::size_t from = lines_.start(place_.line) + in_line_;
    return make(lines_.place(from),
                "a value cannot begin with " + (value.starts_with('`') ? "a backtick" : ticked(value.substr(0, 1))),
                "quote it: " + quoted(value));
  }

  Diagnostic nothing_to_close() {
    return make(place_, "this " + ticked(fault_.text.substr(fault_.at, 1)) + " closes nothing",
                "take it away, or look for the bracket that is missing before it");
  }

  Diagnostic open_flow() {
    if (!fault_.open_flow) return make(place_, "a bracket is never closed");
    const Place opened = lines_.place(*fault_.open_flow);
    const std::string_view bracket = fault_.text.substr(*fault_.open_flow, 1);
    const std::string closing = bracket == "{" ? "}" : "]";
    const bool at_end = fault_.at == 0 || trimmed(fault_.text.substr(std::min(fault_.at, fault_.text.size()))).empty();
    const Place last = fault_.last_scalar ? lines_.place(*fault_.last_scalar) : opened;
    if (at_end || last.line != opened.line || place_.line != last.line)
      return make(opened, "this " + ticked(bracket) + " is never closed", "put a `" + closing + "` where it ends",
                  "opens here");
    if (fault_.text.substr(fault_.at, 1) == "]" || fault_.text.substr(fault_.at, 1) == "}") {
      Diagnostic out = make(place_, "`" + closing + "` is wanted here, to close the " + ticked(bracket));
      out.notes.push_back({opened, "opens here"});
      return out;
    }
    if (auto found = after_quote()) return *found;
    if (fault_.text.substr(fault_.at, 1) == ":")
      return make(place_, "a second `:` within one entry",
                  "put a `,` between entries, or quote a text that has `: ` in it");
    return make(place_, "a `,` or `" + closing + "` is missing before this");
  }

  /// `"x" y`: something follows a closing quote.
  std::optional<Diagnostic> after_quote() {
    const std::string_view text = fault_.text;
    if (!fault_.last_scalar || (text[*fault_.last_scalar] != '"' && text[*fault_.last_scalar] != '\''))
      return std::nullopt;
    const std::size_t end = end_of_quoted(text, *fault_.last_scalar);
    if (end == kNone || lines_.place(end).line != place_.line) return std::nullopt;
    std::size_t from = end;
    while (from < text.size() && is_space(text[from])) ++from;
    std::size_t to = from;
    while (to < text.size() && text[to] != '\n' &&
           (!fault_.open_flow || std::string_view(",]}").find(text[to]) == kNone))
      ++to;
    const std::string_view rest = trimmed(text.substr(from, to - from));
    if (rest.empty()) return std::nullopt;
    if (const std::size_t colon = key_colon(rest);
        fault_.open_flow && colon != kNone && lines_.place(*fault_.last_scalar).line == place_.line)
      return make(span(from, from + colon), "a `,` is missing before this key");
    Diagnostic out = make(span(from, from + rest.size()), "this stands after the closing quote",
                          "put the whole value in quotes; a quote within double quotes is written `\\\"`");
    const Place opened = lines_.place(*fault_.last_scalar);
    if (opened.line < out.place.line) {
      out.notes.push_back({opened, "opens here"});
      out.help = "is a closing quote missing where the text opens?";
    }
    return out;
  }

  Diagnostic map_value() {
    // `a: b: c`: a key's colon comes earlier on the line already.
    const std::size_t first = key_colon(line_);
    if (first != kNone && first < in_line_) {
      if (auto found = after_quote()) return *found;
      const std::string_view value = without_comment(line_.substr(first + 1));
      const std::size_t from = lines_.start(place_.line) + static_cast<std::size_t>(value.data() - line_.data());
      return make(span(from, from + value.size()), "a text that has `: ` in it must be quoted",
                  "quote it: " + quoted(value));
    }
    int before = place_.line - 1;
    while (before >= 1 && without_comment(lines_.line(before)).empty()) --before;
    if (before < 1) return make(place_, "a key is missing before this `:`");
    const std::string_view previous = lines_.line(before);
    const std::string_view words = without_comment(previous);
    if (key_colon(previous) == kNone) {
      const std::size_t from = lines_.start(before) + static_cast<std::size_t>(words.data() - previous.data());
      if (const std::size_t value = missing_space_after_colon(words); value != kNone)
        return make(span(from, from + words.size()), "a space is missing after the colon",
                    "write `" + std::string(words.substr(0, value)) + " " + std::string(words.substr(value)) + "`");
      return make(span(from, from + words.size()), "this line is no `key: value`",
                  "a `:` is missing, or the text belongs to a key above");
    }
    if (indent(line_) > indent(previous)) {
      const std::size_t from = lines_.start(place_.line) + indent(line_);
      Diagnostic out = make(span(from, lines_.start(place_.line) + in_line_),
                            "this line is indented deeper than the one before, which has its value already",
                            "put keys of the same map in the same column");
      out.notes.push_back({lines_.place(lines_.start(before) + indent(previous)), ""});
      return out;
    }
    return make(place_, "a `:` where no key can be", "quote a text that has `: ` in it");
  }

  Diagnostic structure() {
    if (trimmed(line_.substr(0, in_line_)).empty()) {
      int above = place_.line - 1;
      while (above >= 1 && without_comment(lines_.line(above)).empty()) --above;
      Diagnostic out = make(place_, "the indentation of this line fits no line above",
                            "put keys of the same map in the same column");
      if (above >= 1) out.notes.push_back({lines_.place(lines_.start(above) + indent(lines_.line(above))), ""});
      return out;
    }
    if (auto found = after_quote()) return *found;
    return make(place_, "this cannot stand here", "quote the value if it is meant as a text");
  }

  const SyntaxFault& fault_;
  Lines& lines_;
  Place place_;
  std::string_view line_;
  std::size_t in_line_ = 0;  // the fault's byte within line_
};

}  // namespace

Diagnostic explain_syntax(const SyntaxFault& fault, Lines& lines) {
  return Explainer(fault, lines).explain();
}

std::size_t end_of_quoted(std::string_view text, std::size_t start) {
  const char quote = text[start];
  for (std::size_t at = start + 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '\'' && at + 1 < text.size() && text[at + 1] == quote)
        ++at;
      else
        return at + 1;
    }
  }
  return kNone;
}

std::size_t missing_space_after_colon(std::string_view word) {
  std::size_t colon = 0;
  while (colon < word.size() && is_word(word[colon])) ++colon;
  if (colon == 0 || colon + 1 >= word.size() || word[colon] != ':' || is_space(word[colon + 1])) return kNone;
  if (word.substr(colon + 1).starts_with("//")) return kNone;
  return colon + 1;
}

}  // namespace pixgraph
