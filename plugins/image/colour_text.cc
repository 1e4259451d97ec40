#include "colour_text.h"

#include <string>

namespace pixgraph::image {

namespace {

/// -1 where the character is no hexadecimal digit.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Colour parse_colour(std::string_view text, std::string_view param) {
  const std::size_t digits = text.empty() ? 0 : text.size() - 1;
  bool good = !text.empty() && text[0] == '#' && (digits == 3 || digits == 6 || digits == 8);
  int value[4] = {0, 0, 0, 255};
  for (std::size_t i = 0; good && i < digits; ++i) {
    const int one = digit(text[i + 1]);
    good = one >= 0;
    if (digits == 3)
      value[i] = one * 17;
    else
      value[i / 2] = i % 2 == 0 ? one * 16 : value[i / 2] + one;
  }
  if (!good)
    throw Error("E333", "`" + std::string(param) + ": " + std::string(text) + "` is not a colour",
                "write it in quotes as \"#rrggbb\" or, with alpha, \"#rrggbbaa\"");
  return {value[0] / 255.0, value[1] / 255.0, value[2] / 255.0, value[3] / 255.0};
}

}  // namespace pixgraph::image
