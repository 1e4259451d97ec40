// lab: CIE L*a*b* (white: D65) of sRGB colours, 0..1 each.
#pragma once

#include <array>

namespace pixgraph::image {

/// L* 0..100, a* and b*.
std::array<double, 3> srgb_to_lab(const std::array<double, 3>& rgb);
/// May lie outside 0..1 where sRGB does not have the colour.
std::array<double, 3> lab_to_srgb(const std::array<double, 3>& lab);

}  // namespace pixgraph::image
