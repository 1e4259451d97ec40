// lab: CIE L*a*b* (white: D65) of sRGB colours, 0..1 each, as samples or as light.
#pragma once

#include <array>

namespace pixgraph::image {

/// L* 0..100, a* and b*.
std::array<double, 3> srgb_to_lab(const std::array<double, 3>& rgb);
/// May lie outside 0..1 where sRGB does not have the colour.
std::array<double, 3> lab_to_srgb(const std::array<double, 3>& lab);

/// The same between light (light.h) and L*a*b*.
std::array<double, 3> light_to_lab(const std::array<double, 3>& light);
std::array<double, 3> lab_to_light(const std::array<double, 3>& lab);

}  // namespace pixgraph::image
