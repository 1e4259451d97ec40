// text: labels in a built-in bitmap font, 5 x 8 dots in a cell of 6 x 9. Small, the same on every machine, no library.
#pragma once

#include <string>
#include <string_view>

#include <pixgraph/image.h>

#include "kernels/samples.h"

namespace pixgraph::image {

/// A cell of one character at scale 1, in pixels.
inline constexpr int kGlyphWidth = 6, kGlyphHeight = 9;

/// UTF-8 as the font can show it: printable ASCII stays, letters of Latin-1 lose their accents, everything else is "?".
std::string drawable(std::string_view text);

/// At most `characters` of it: what is too much goes out of the middle, where names differ least.
std::string shortened(const std::string& text, std::size_t characters);

/// Draws `text`, which is drawable(), with its upper left corner at (left, top); every dot is scale x scale pixels, and
/// what lies outside the image is left out. REQUIRES: three channels, 8 bit.
void draw_text(Image& image, int left, int top, int scale, const std::string& text, const Colour& colour);

}  // namespace pixgraph::image
