// box_blur: a blur close to a Gaussian by three box filters in each direction, whose time does not depend on the
// radius. Widths after Kovesi, "Fast Almost-Gaussian Filtering" (DICTA 2010). Beyond the picture its edge pixels go on.
#pragma once

#include <array>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// Radii of the three boxes that come nearest to a Gaussian of that standard deviation (in pixels).
std::array<int, 3> box_radii(double sigma);

/// One channel, any depth; between the passes 16 bits (float: float) are kept. A flat area stays exactly as it is.
/// sigma <= 0.2 gives a copy.
std::shared_ptr<Image> blur(const Image& mask, double sigma);

}  // namespace pixgraph::image
