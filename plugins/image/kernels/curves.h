// curves: tone curves on the colour samples of a picture; 8 and 16 bit by tables.
#pragma once

#include <functional>
#include <span>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// 0..1 in and out; float samples may lie outside.
using Curve = std::function<double(double)>;

/// Every colour channel through its curve, or all through the only one; then colours brought towards (saturation < 1)
/// or away from their luma; rounded once, at the end. Alpha, depth and info stay. REQUIRES: straight alpha; one curve,
/// or one per colour channel.
std::shared_ptr<Image> apply_curves(const Image& image, std::span<const Curve> curves, double saturation = 1);

}  // namespace pixgraph::image
