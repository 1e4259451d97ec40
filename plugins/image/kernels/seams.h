// seams: overlapping parts joined into one picture, faded into each other where they overlap.
#pragma once

#include <vector>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// A grid of parts that are all of one size: the part in row r and column c lies at lefts[c], tops[r]. Both begin at 0
/// and leave no gap; the result ends where the last parts end.
struct Grid {
  std::vector<int> lefts, tops;
  // How far a part fades in from its sides, in pixels; not at the picture's own borders. What lies in one part only
  // keeps its bits.
  double fade_x = 0, fade_y = 0;
};

/// `parts` row by row. Colours are weighted by alpha. The info is that of the first part.
/// REQUIRES: lefts.size() * tops.size() parts of equal size, channels and depth; no premultiplied alpha.
std::shared_ptr<Image> join(const std::vector<ImagePtr>& parts, const Grid& grid);

}  // namespace pixgraph::image
