// planes: one channel of a picture as a picture of its own, and back.
#pragma once

#include <vector>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// Channel `c` alone, with its edge pixels going on for `margin` pixels on every side; info is not handed on.
std::shared_ptr<Image> plane(const Image& image, int c, int margin = 0);
/// The planes without their margins as the channels of a picture with that alpha kind; no info. REQUIRES: equal sizes
/// and depth.
std::shared_ptr<Image> join(const std::vector<std::shared_ptr<Image>>& planes, Alpha alpha, int margin = 0);

}  // namespace pixgraph::image
