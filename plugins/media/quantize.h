// quantize: true colours brought to a palette, for GIF.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include <pixgraph/image.h>

namespace pixgraph::media {

using Rgb = std::array<std::uint8_t, 3>;

enum class Dither : std::uint8_t {
  none,             // the nearest colour
  ordered,          // a fixed pattern (Bayer): what does not move does not flicker
  floyd_steinberg,  // the error goes on to the neighbours: smoothest, but still areas may flicker
};

/// Alpha from here on is seen; GIF knows no half.
inline constexpr int kSeen = 128;

/// At most `colours` colours for the pixels of these RGBA pictures that are seen: exactly theirs where they are few
/// enough, else by Wu, "Efficient Statistical Computations for Optimal Color Quantization" (Graphics Gems II, 1991).
/// One colour at least.
std::vector<Rgb> palette_of(const std::vector<std::shared_ptr<Image>>& pictures, int colours);

/// Brings pictures to one palette.
class Quantizer {
 public:
  Quantizer(std::vector<Rgb> palette, Dither dither);
  const std::vector<Rgb>& palette() const { return palette_; }
  /// An index for each pixel, row by row; palette().size() where it is not seen.
  std::vector<std::uint8_t> indices(const Image& rgba);

 private:
  std::uint8_t nearest(int red, int green, int blue);
  std::uint8_t search(int red, int green, int blue) const;

  std::vector<Rgb> palette_;
  Dither dither_;
  double spread_;                      // about the distance between neighbours in the palette
  std::vector<std::int16_t> nearest_;  // by the upper six bits of each channel
  std::map<Rgb, std::uint8_t> exact_;  // the palette's own colours, which the table may take for one another
};

}  // namespace pixgraph::media
