// measure: figures about a picture, for people and for decisions.
#pragma once

#include <vector>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// Samples as 0..1.
struct Range01 {
  double mean = 0, deviation = 0, min = 0, max = 0;
};

struct Measures {
  /// Rec. 709 luma, and each colour channel. A pixel counts by its alpha; what is transparent is not seen at all. All
  /// zeros where nothing is to be seen.
  Range01 luma;
  std::vector<Range01> channels;
  double coverage = 0;   // mean alpha; of one channel without alpha (a mask) its mean; else 1
  double spread = 0;     // the largest max - min of any channel, alpha among them: 0 is all one colour
  double sharpness = 0;  // variance of the Laplacian of 8-bit luma, as OpenCV's Laplacian(CV_64F).var(), where alpha is
                         // at least one half all around
};

/// REQUIRES: straight alpha.
Measures measure(const Image& image);

}  // namespace pixgraph::image
