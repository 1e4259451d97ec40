// Small questions about text that several files of this plugin ask. ASCII only, whatever the locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pixgraph::replicate {

constexpr bool is_digit(unsigned char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(unsigned char c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}
constexpr bool is_hex(unsigned char c) {
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}
constexpr bool is_blank(unsigned char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

inline std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return result;
}

/// At most `length` bytes and an ellipsis; never cuts a UTF-8 character in two.
inline std::string shorten(std::string_view text, std::size_t length) {
  if (text.size() <= length) return std::string(text);
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  return std::string(text.substr(0, length)) + "...";
}

/// Line breaks, tabs and other control characters become one blank each run; blanks at both ends go.
inline std::string one_line(std::string_view text) {
  std::string result;
  for (unsigned char c : text) {
    if (c > ' ' && c != 0x7f)
      result += static_cast<char>(c);
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

/// "256 kB", "14.2 MB": decimal, as upload limits are documented.
inline std::string size_text(std::uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " bytes";
  if (bytes < 1'000'000) return std::to_string((bytes + 500) / 1000) + " kB";
  const std::uint64_t tenths = (bytes + 50'000) / 100'000;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

}  // namespace pixgraph::replicate
