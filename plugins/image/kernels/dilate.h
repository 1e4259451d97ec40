// dilate: the largest (erode: the smallest) value within a disc. The disc is exact: all pixels whose centre is at most
// `radius` away. Beyond the picture there is nothing to take.
#pragma once

#include <pixgraph/image.h>

namespace pixgraph::image {

/// One channel, any depth. Time grows with the radius, not with its square. REQUIRES: radius >= 0.
std::shared_ptr<Image> dilate(const Image& mask, int radius);
std::shared_ptr<Image> erode(const Image& mask, int radius);

}  // namespace pixgraph::image
