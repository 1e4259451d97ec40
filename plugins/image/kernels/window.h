// window: parts of pictures, by whole pixels and with their bits.
#pragma once

#include <algorithm>

#include <pixgraph/image.h>

#include "kernels/samples.h"

namespace pixgraph::image {

/// Whole pixels; may stick out of a picture.
struct Rect {
  int left = 0, top = 0, width = 0, height = 0;
  int right() const { return left + width; }
  int bottom() const { return top + height; }
  bool empty() const { return width <= 0 || height <= 0; }
  bool within(int outer_width, int outer_height) const {
    return left >= 0 && top >= 0 && right() <= outer_width && bottom() <= outer_height;
  }
};

/// What both have in common; empty where that is nothing.
Rect intersection(const Rect& a, const Rect& b);

/// A part as a picture of its own; info is handed on. REQUIRES: not empty, within the image.
std::shared_ptr<Image> crop(const Image& image, const Rect& part);

/// Copies `part` into `canvas` with its upper left corner at left, top; what sticks out is left out.
/// REQUIRES: equal channels and depth.
void insert(Image& canvas, const Image& part, int left, int top);

/// Every pixel of `image` set to the colour, alpha included where it has one.
void fill(Image& image, const Colour& colour);

/// The smallest rectangle with all pixels for which counts(pixel) holds, `pixel` a pointer to its samples of type T.
template <class T, class Counts>
Rect bounds(const Image& image, Counts&& counts) {
  const int channels = image.channels();
  int left = image.width(), right = 0, top = -1, bottom = 0;
  for (int y = 0; y < image.height(); ++y) {
    const T* row = image.row<T>(y);
    int first = 0, last = image.width() - 1;
    while (first <= last && !counts(row + first * channels)) ++first;
    if (first > last) continue;
    while (!counts(row + last * channels)) --last;
    left = std::min(left, first);
    right = std::max(right, last + 1);
    if (top < 0) top = y;
    bottom = y + 1;
  }
  if (top < 0) return {};
  return {left, top, right - left, bottom - top};
}

}  // namespace pixgraph::image
