// tone_curve: sRGB's curve (IEC 61966-2-1), continued above white and mirrored below black.
#pragma once

#include <cmath>

namespace pixgraph::oiio {

inline float light_to_srgb(float light) {
  const float size = std::abs(light);
  return std::copysign(size <= 0.0031308f ? 12.92f * size : 1.055f * std::pow(size, 1 / 2.4f) - 0.055f, light);
}

inline float srgb_to_light(float value) {
  const float size = std::abs(value);
  return std::copysign(size <= 0.04045f ? size / 12.92f : std::pow((size + 0.055f) / 1.055f, 2.4f), value);
}

}  // namespace pixgraph::oiio
