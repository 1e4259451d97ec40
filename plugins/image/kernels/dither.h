// dither: fewer bits without bands, by an ordered pattern (Bayer, 1973, 8 x 8), the same for every run.
#pragma once

#include <pixgraph/image.h>

namespace pixgraph::image {

/// The picture with integer samples of that depth. Over any 8 x 8 pixels of one value the mean stays that value; a
/// value that the new depth has, stays. Alpha is rounded, not dithered. Info is handed on.
std::shared_ptr<Image> convert_depth_dithered(const Image& image, Sample sample);

}  // namespace pixgraph::image
