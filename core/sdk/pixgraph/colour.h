// Colours as people write them: the one grammar of params, of outputs and of the JSON Schema.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <pixgraph/error.h>

namespace pixgraph {

/// The same as a regular expression, without anchors.
inline constexpr const char* kColourPattern = "#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})";

/// Red, green, blue and alpha of "#rgb", "#rrggbb" or "#rrggbbaa"; nothing for any other text.
inline std::optional<std::array<std::uint8_t, 4>> parse_colour(std::string_view text) {
  const std::size_t digits = text.empty() ? 0 : text.size() - 1;
  if ((digits != 3 && digits != 6 && digits != 8) || text[0] != '#') return std::nullopt;
  std::array<int, 8> values{};
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[i + 1];
    if (c >= '0' && c <= '9')
      values[i] = c - '0';
    else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
      values[i] = (c & 0xf) + 9;
    else
      return std::nullopt;
  }
  std::array<std::uint8_t, 4> colour = {0, 0, 0, 255};
  for (std::size_t i = 0; i < (digits == 3 ? 3 : digits / 2); ++i)
    colour[i] = static_cast<std::uint8_t>(digits == 3 ? values[i] * 17 : values[2 * i] * 16 + values[2 * i + 1]);
  return colour;
}

/// Of colours without alpha.
inline constexpr const char* kOpaqueColourPattern = "#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})";

/// Error E333 for a text that is no colour; `param` is where it stands.
inline Error no_colour(std::string_view text, std::string_view param) {
  return Error("E333", "`" + std::string(param) + ": " + std::string(text) + "` is not a colour",
               "write it in quotes as \"#rrggbb\" or, with alpha, \"#rrggbbaa\"");
}

}  // namespace pixgraph
