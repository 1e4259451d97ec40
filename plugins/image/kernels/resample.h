// resample: scales a part of a picture to another size, with filters that do not alias when they shrink.
//
// Separable, row by row: for each row of the result the source rows under it are mixed, then that one row is scaled
// sideways; no picture in between is ever held. Colours are weighted by alpha, so what hides under alpha 0 never bleeds
// into an edge; straight alpha in gives straight alpha out. 8 bit is computed in 16 (weights of 14 bits, 6 bits below
// the sample), 16 bit and float in float. Beyond the picture its edge pixels go on.
#pragma once

#include <string_view>

#include <pixgraph/image.h>

namespace pixgraph::image {

enum class Filter : std::uint8_t { lanczos3, cubic, triangle, box, nearest };

/// Names as in the enum; REQUIRES one of them (the Spec checks it).
Filter filter_named(std::string_view name);

/// A part of a picture in its pixels, not necessarily whole ones: 0, 0 is the upper left corner of the first pixel.
struct Region {
  double left = 0, top = 0, width = 0, height = 0;
};

/// The region, which lies within the image, at width x height. Info is handed on.
std::shared_ptr<Image> resample(const Image& image, const Region& region, int width, int height, Filter filter);

}  // namespace pixgraph::image
