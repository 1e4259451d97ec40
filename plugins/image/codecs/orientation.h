// orientation: turns decoded pixels upright.
#pragma once

#include <memory>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// True for the orientations 5..8, whose stored rows are the upright picture's columns.
constexpr bool swaps_sides(int orientation) {
  return orientation >= 5;
}

/// `stored` as EXIF orientation 1..8 says it is to be seen; the same object for 1. Pixels only: info is handed on.
std::shared_ptr<Image> upright(std::shared_ptr<Image> stored, int orientation);
/// The same as a new picture. REQUIRES: orientation 2..8 (2 mirrored, 3 by 180 degrees, 4 upside down and mirrored, 6
/// by 90 clockwise, 8 by 270).
std::shared_ptr<Image> turned(const Image& stored, int orientation);

}  // namespace pixgraph::image
