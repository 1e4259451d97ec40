// planes: one channel of a picture as a picture of its own, and back.
#pragma once

#include <vector>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// Channel `c` alone; info is not handed on.
std::shared_ptr<Image> plane(const Image& image, int c);
/// The planes as the channels of a picture with that alpha kind; no info. REQUIRES: equal sizes and depth.
std::shared_ptr<Image> join(const std::vector<std::shared_ptr<Image>>& planes, Alpha alpha);

}  // namespace pixgraph::image
