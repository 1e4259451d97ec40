// compare: how far two pictures differ. Colours are weighted by alpha, so what nobody sees does not count; alpha is
// compared as a channel of its own.
#pragma once

#include <pixgraph/image.h>

namespace pixgraph::image {

/// Samples as 0..1.
struct Comparison {
  double mean = 0, mean_square = 0, largest = 0;  // of the absolute differences of all samples
  /// Structural similarity of luma after Wang et al., "Image Quality Assessment" (2004): 11 x 11 Gaussian window, sigma
  /// 1.5, K1 0.01, K2 0.03, mean over all places where the window fits (over all where it fits nowhere). 1 is equal.
  double ssim = 1;
};

/// REQUIRES: equal size, depth and channels; no premultiplied alpha.
Comparison compare(const Image& a, const Image& b);

/// Absolute differences times `amplify`, without alpha; where alpha differs more than a colour, that. REQUIRES: as
/// above.
std::shared_ptr<Image> difference(const Image& a, const Image& b, double amplify);

}  // namespace pixgraph::image
