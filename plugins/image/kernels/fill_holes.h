// fill_holes: what a mask's selected area encloses becomes selected too.
#pragma once

#include <cstdint>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// A hole is what cannot be reached from the picture's border without crossing brighter pixels (side by side, not
/// diagonally); it gets as bright as the lowest place of its rim, so soft masks keep their values. Holes of more than
/// `max_area` pixels stay; 0: all are filled. By priority flood (Barnes, Lehman, Mulla 2014). One channel, any depth.
std::shared_ptr<Image> fill_holes(const Image& mask, std::int64_t max_area);

}  // namespace pixgraph::image
