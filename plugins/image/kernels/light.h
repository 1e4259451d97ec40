// light: sRGB's tone curve (IEC 61966-2-1) between samples as they are stored and light, 0..1 and beyond, odd around 0.
#pragma once

#include <cmath>

namespace pixgraph::image {

inline double srgb_to_light(double value) {
  const double size = std::abs(value);
  return std::copysign(size <= 0.04045 ? size / 12.92 : std::pow((size + 0.055) / 1.055, 2.4), value);
}

inline double light_to_srgb(double light) {
  const double size = std::abs(light);
  return std::copysign(size <= 0.0031308 ? size * 12.92 : 1.055 * std::pow(size, 1 / 2.4) - 0.055, light);
}

/// Luma of Rec. 709: 0.2126, 0.7152 and 0.0722. Written so that a grey's is exactly the grey.
inline double luma_709(double red, double green, double blue) {
  return green + 0.2126 * (red - green) + 0.0722 * (blue - green);
}

}  // namespace pixgraph::image
