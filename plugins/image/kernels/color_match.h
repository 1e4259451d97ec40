// color_match: the colours of one picture made like those of another. Pixels count by their alpha.
#pragma once

#include <array>
#include <vector>

#include "kernels/curves.h"

namespace pixgraph::image {

/// Mean and standard deviation of L*, a* and b*.
struct LabStatistics {
  std::array<double, 3> mean{}, deviation{};
};

/// Of pictures of more than four million pixels by every second, third... pixel of every such row. REQUIRES: three
/// colour channels in sRGB, straight alpha. A picture that is transparent everywhere has zeros.
LabStatistics lab_statistics(const Image& image);

/// Reinhard et al., "Color Transfer between Images" (2001), in CIE L*a*b*: every channel is scaled and shifted from one
/// mean and deviation to the other; a channel without deviation is only shifted. `strength` 0..1 mixes with the
/// picture. REQUIRES: as above.
std::shared_ptr<Image> transfer_lab(const Image& image, const LabStatistics& from, const LabStatistics& to,
                                    double strength);

/// For every colour channel the curve that gives `image` the histogram of `reference`. REQUIRES: equal depth and colour
/// channels, straight alpha.
std::vector<Curve> histogram_curves(const Image& image, const Image& reference, double strength);

}  // namespace pixgraph::image
