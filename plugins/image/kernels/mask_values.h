// mask_values: masks by their values, each pixel for itself. One channel, any depth; info is not handed on.
#pragma once

#include <string_view>

#include <pixgraph/image.h>

#include "kernels/samples.h"

namespace pixgraph::image {

/// White minus every value.
std::shared_ptr<Image> inverted(const Image& mask);

/// Black up to threshold - soft / 2, white from threshold + soft / 2, and a straight line between; soft 0: white from
/// the threshold on. Values are 0..1; threshold 0.5 with soft 1 changes nothing.
std::shared_ptr<Image> ramp(const Image& mask, double threshold, double soft);

enum class Combination : std::uint8_t {
  unite,      // the larger value
  intersect,  // the smaller value
  subtract,   // what is in `a` and not in `b`: the smaller of a and white - b
};
/// REQUIRES: equal sizes and depths.
std::shared_ptr<Image> combine(const Image& a, const Image& b, Combination how);

/// a * b, where white counts as one. REQUIRES: equal sizes and depths.
std::shared_ptr<Image> multiplied(const Image& a, const Image& b);

/// How near each pixel's colour is to `colour`: 1 - the distance between them in RGB, of the distance between black and
/// white. Alpha does not count. REQUIRES: straight alpha.
std::shared_ptr<Image> nearness(const Image& image, const Colour& colour);

}  // namespace pixgraph::image
