#include "kernels/text.h"

#include <algorithm>
#include <cstdint>

namespace pixgraph::image {
namespace {

/// From space to tilde: eight rows of five dots, the top row in the highest bits, left before right; the last row lies
/// below the baseline.
constexpr std::uint64_t kGlyphs[] = {
    0x0000000000, 0x2108420080, 0x5294000000, 0x52beafa940, 0x23e8e2f880, 0xce44444e60, 0x64a88ac9a0, 0x2108000000,
    0x1110841040, 0x4104211100, 0x012aea9000, 0x0109f21000, 0x0000031844, 0x0001f00000, 0x0000003180, 0x0844444200,
    0x74675cc5c0, 0x23084211c0, 0x74426443e0, 0x744260c5c0, 0x11952f8840, 0xfc3c10c5c0, 0x3221e8c5c0, 0xf844442100,
    0x7462e8c5c0, 0x7462f08980, 0x0318063000, 0x0318063088, 0x1111041040, 0x003e0f8000, 0x4104111100, 0x7442220080,
    0x746f5bc1e0, 0x7463f8c620, 0xf463e8c7c0, 0x74610845c0, 0xf46318c7c0, 0xfc21e843e0, 0xfc21e84200, 0x746178c5e0,
    0x8c63f8c620, 0x71084211c0, 0x3884214980, 0x8ca98a4a20, 0x84210843e0, 0x8eeb58c620, 0x8e6b38c620, 0x746318c5c0,
    0xf463e84200, 0x74631ac9a0, 0xf463ea4a20, 0x7c20e087c0, 0xf908421080, 0x8c6318c5c0, 0x8c6318a880, 0x8c635aee20,
    0x8c54454620, 0x8c54421080, 0xf8444443e0, 0x72108421c0, 0x8410410420, 0x70842109c0, 0x22a2000000, 0x000000001f,
    0x4104000000, 0x001c17c5e0, 0x843d18c7c0, 0x001d0841c0, 0x085f18c5e0, 0x001d1fc1c0, 0x323c842100, 0x001f18bc2e,
    0x843d18c620, 0x20184211c0, 0x100c210a4c, 0x84254c5240, 0x61084211c0, 0x00355ad6a0, 0x003d18c620, 0x001d18c5c0,
    0x003d18fa10, 0x001f18bc21, 0x002d884200, 0x001f0707c0, 0x423c8420c0, 0x002318c5e0, 0x002318a880, 0x00235ad540,
    0x0022a22a20, 0x002318bc2e, 0x003e2223e0, 0x1908821060, 0x2108421080, 0xc108221300, 0x0013590000,
};

/// The letters of U+00C0 to U+00FF without their accents.
constexpr std::string_view kWithoutAccent = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYPsaaaaaaaceeeeiiiidnooooo/ouuuuypy";

constexpr int kDotsAcross = 5, kDotsDown = 8;

}  // namespace

std::string drawable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      out += lead >= ' ' && lead < 0x7f ? text[i] : '?';
      ++i;
      continue;
    }
    const bool latin = lead == 0xc3 && i + 1 < text.size();
    out += latin ? kWithoutAccent[static_cast<unsigned char>(text[i + 1]) & 0x3f] : '?';
    for (++i; i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;) ++i;
  }
  return out;
}

std::string shortened(const std::string& text, std::size_t characters) {
  if (text.size() <= characters) return text;
  if (characters < 5) return text.substr(0, characters);
  const std::size_t tail = (characters - 2) / 2, head = characters - 2 - tail;
  return text.substr(0, head) + ".." + text.substr(text.size() - tail);
}

void draw_text(Image& image, int left, int top, int scale, const std::string& text, const Colour& colour) {
  const std::uint8_t pixel[3] = {from_unit<std::uint8_t>(colour.red), from_unit<std::uint8_t>(colour.green),
                                 from_unit<std::uint8_t>(colour.blue)};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint64_t glyph = kGlyphs[static_cast<unsigned char>(text[i]) - ' '];
    const int start = left + static_cast<int>(i) * kGlyphWidth * scale;
    for (int y = 0; y < kDotsDown * scale; ++y) {
      if (top + y < 0 || top + y >= image.height()) continue;
      std::uint8_t* row = image.row(top + y);
      for (int x = 0; x < kDotsAcross * scale; ++x) {
        const int bit = (kDotsDown - 1 - y / scale) * kDotsAcross + kDotsAcross - 1 - x / scale;
        if ((glyph >> bit & 1) != 0 && start + x >= 0 && start + x < image.width())
          std::copy_n(pixel, 3, row + (start + x) * 3);
      }
    }
  }
}

}  // namespace pixgraph::image
