// rotate: by any angle about the middle. 90, 180 and 270 degrees are codecs/orientation.h, which keeps every bit.
#pragma once

#include <pixgraph/image.h>

#include "kernels/resample.h"

namespace pixgraph::image {

/// Turned clockwise onto a canvas of width x height, middle on middle; beyond the picture there is transparency, and
/// colours are weighted by alpha, so edges fade without a fringe. Info is handed on.
/// REQUIRES: straight alpha.
std::shared_ptr<Image> rotate(const Image& image, double degrees, int width, int height, Filter filter);

}  // namespace pixgraph::image
