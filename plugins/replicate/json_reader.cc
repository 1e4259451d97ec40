#include "json_reader.h"

#include <cmath>
#include <cstdlib>
#include <string>

#include "text.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

constexpr int kDepth = 200;

bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

/// Length of the valid UTF-8 character at the start of `text`, 0 where there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 && first <= 0xF4 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) || (first == 0xF0 && byte(1) < 0x90) ||
      (first == 0xF4 && byte(1) > 0x8F))
    return 0;
  return length;
}

/// The code unit of "\uXXXX" at `at`, -1 where there is none.
int escaped_unit(std::string_view text, std::size_t at) {
  if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    if (!is_hex(text[i])) return -1;
    unit = unit * 16 + (is_digit(text[i]) ? text[i] - '0' : (text[i] | 0x20) - 'a' + 10);
  }
  return unit;
}

/// Takes one character of a string (or one escape) from `text` at `at` and writes what JSON allows in its place.
std::size_t mend_in_string(std::string_view text, std::size_t at, std::string& out) {
  const unsigned char c = text[at];
  if (c == '\\') {
    const int unit = escaped_unit(text, at);
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      const int second = escaped_unit(text, at + 6);
      if (second >= 0xDC00 && second <= 0xDFFF) {
        out += text.substr(at, 12);
        return 12;
      }
    }
    if (unit >= 0xD800 && unit <= 0xDFFF) {
      out += "\\ufffd";
      return 6;
    }
    static constexpr std::string_view kEscapes = "\"\\/bfnrtu";
    if (at + 1 < text.size() && kEscapes.find(text[at + 1]) != kEscapes.npos) {
      out += text.substr(at, 2);
      return 2;
    }
    out += "\\\\";  // a backslash that begins no escape is meant as one
    return 1;
  }
  if (c < 0x20) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += "\\u00";
    out += kHex[c >> 4];
    out += kHex[c & 15];
    return 1;
  }
  const std::size_t length = utf8_length(text.substr(at));
  if (length == 0) {
    out += "\xEF\xBF\xBD";
    return 1;
  }
  out += text.substr(at, length);
  return length;
}

/// A word or number outside of strings: itself, or null where JSON has no such value.
std::string mend_token(std::string_view token) {
  for (std::string_view name : {"NaN", "Infinity", "-Infinity", "nan", "inf", "-inf", "-NaN", "undefined"})
    if (token == name) return "null";
  if (is_digit(token.front()) || token.front() == '-') {
    const std::string number(token);
    if (!std::isfinite(std::strtod(number.c_str(), nullptr))) return "null";
  }
  return std::string(token);
}

std::string mend(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 64);
  bool in_string = false;
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = text[i];
    if (c == '"') {
      in_string = !in_string;
      out += '"';
      ++i;
    } else if (in_string) {
      i += mend_in_string(text, i, out);
    } else if (is_letter(c) || is_digit(c) || c == '-' || c == '+' || c == '.') {
      std::size_t end = i;
      while (end < text.size() &&
             (is_letter(text[end]) || is_digit(text[end]) || text[end] == '-' || text[end] == '+' || text[end] == '.'))
        ++end;
      out += mend_token(text.substr(i, end - i));
      i = end;
    } else {
      if (c != 0) out += static_cast<char>(c);  // some servers pad with zero bytes
      ++i;
    }
  }
  return out;
}

}  // namespace

std::optional<json> read_json(std::string_view text) {
  if (too_deep(text)) return {};
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) value = json::parse(mend(text), nullptr, false);
  if (value.is_discarded()) return {};
  return value;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

const json& value_at(const json& object, std::string_view key) {
  static const json null;
  if (!object.is_object()) return null;
  const auto found = object.find(key);
  return found == object.end() ? null : *found;
}

std::string text_at(const json& object, std::string_view key) {
  const json& value = value_at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

}  // namespace pixgraph::replicate
