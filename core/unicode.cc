#include "unicode.h"

#include <algorithm>
#include <array>

namespace pixgraph {

namespace {

struct Span {
  char32_t first, last;
};

// East Asian Wide and Fullwidth blocks and the emoji that terminals draw over two columns; coarse on purpose.
constexpr std::array kWide = {
    Span{0x1100, 0x115F},   Span{0x231A, 0x231B},   Span{0x23E9, 0x23EC},   Span{0x2614, 0x2615},
    Span{0x26AA, 0x26AB},   Span{0x2705, 0x2705},   Span{0x2728, 0x2728},   Span{0x274C, 0x274C},
    Span{0x2E80, 0x303E},   Span{0x3041, 0x33FF},   Span{0x3400, 0x4DBF},   Span{0x4E00, 0x9FFF},
    Span{0xA000, 0xA4CF},   Span{0xA960, 0xA97F},   Span{0xAC00, 0xD7A3},   Span{0xF900, 0xFAFF},
    Span{0xFE30, 0xFE6F},   Span{0xFF00, 0xFF60},   Span{0xFFE0, 0xFFE6},   Span{0x1F300, 0x1F64F},
    Span{0x1F680, 0x1F6FF}, Span{0x1F900, 0x1F9FF}, Span{0x1FA70, 0x1FAFF}, Span{0x20000, 0x3FFFD},
};
constexpr std::array kZero = {
    Span{0x0300, 0x036F}, Span{0x0483, 0x0489}, Span{0x0591, 0x05BD}, Span{0x0610, 0x061A}, Span{0x064B, 0x065F},
    Span{0x0E34, 0x0E3A}, Span{0x0E47, 0x0E4E}, Span{0x1AB0, 0x1AFF}, Span{0x1DC0, 0x1DFF}, Span{0x200B, 0x200D},
    Span{0x20D0, 0x20FF}, Span{0xFE00, 0xFE0F}, Span{0xFE20, 0xFE2F}, Span{0xFEFF, 0xFEFF}, Span{0xE0100, 0xE01EF},
};

template <std::size_t N>
bool within(const std::array<Span, N>& spans, char32_t code) {
  auto after =
      std::upper_bound(spans.begin(), spans.end(), code, [](char32_t c, const Span& s) { return c < s.first; });
  return after != spans.begin() && code <= std::prev(after)->last;
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

Character character_at(std::string_view text, std::size_t offset) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || offset + bytes > text.size()) return {0xFFFD, 1, false};
  char32_t code = lead & (0xFF >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {0xFFFD, 1, false};
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[bytes] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {0xFFFD, 1, false};
  return {code, bytes, true};
}

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (!c.valid) return at;
    at += c.bytes;
  }
  return std::string_view::npos;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += character_at(text, at).bytes) ++count;
  return count;
}

int display_width(char32_t code) {
  if (code < 0x300) return 1;
  return within(kZero, code) ? 0 : within(kWide, code) ? 2 : 1;
}

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    width += display_width(c.code);
    at += c.bytes;
  }
  return width;
}

bool is_unprintable(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x200E || code == 0x200F || code == 0x061C;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    out += !c.valid || is_unprintable(c.code) ? kReplacement : text.substr(at, c.bytes);
    at += c.bytes;
  }
  return out;
}

std::string printable_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  return printable(line);
}

std::string ticked(std::string_view text) {
  constexpr std::size_t kMost = 60, kHead = 40, kTail = 15;
  std::string shown = printable(text.substr(0, 4 * (kMost + 1)));
  if (text.size() <= 4 * (kMost + 1) && count_characters(shown) <= kMost) return "`" + shown + "`";
  std::size_t head = 0, tail = text.size();
  for (std::size_t i = 0; i < kHead; ++i) head += character_at(text, head).bytes;
  for (std::size_t i = 0; i < kTail && tail > head; ++i) do
      --tail;
    while (tail > head && (static_cast<unsigned char>(text[tail]) & 0xC0) == 0x80);
  return "`" + printable(text.substr(0, head)) + "…" + printable(text.substr(tail)) + "`";
}

}  // namespace pixgraph
