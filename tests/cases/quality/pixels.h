// Pixels of the files that the program wrote, read by the formats' own libraries and by nothing of pixgraph.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cases {

struct Pixels {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgba;  // alpha 255 where the file has none
  const std::uint8_t* at(int x, int y) const {
    return &rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) * 4];
  }
};

/// A PNG or JPEG file as it lies on disk: no orientation is applied. Empty (width 0) where it cannot be read.
Pixels read_pixels(const std::string& path);

/// Where alpha is over `least` within `radius` pixels all around.
std::vector<bool> inside(const Pixels& cutout, int least, int radius);

/// PSNR in dB over the selected pixels of `a` and of `b` moved by (dx, dy); selected pixels that leave `b` do not
/// count.
double psnr(const Pixels& a, const Pixels& b, const std::vector<bool>& selected, int dx = 0, int dy = 0);

/// Intersection over union of alpha > 128.
double overlap(const Pixels& a, const Pixels& b);

}  // namespace cases
