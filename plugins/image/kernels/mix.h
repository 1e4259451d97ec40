// mix: from one picture to another, pixel by pixel, as a mask says.
#pragma once

#include <pixgraph/image.h>

namespace pixgraph::image {

/// `top` where the mask is white, `under` where it is black, both with their bits; in between mixed, colours weighted
/// by alpha. Size, channels and info are those of `under`; a top with alpha over an `under` without shows it through.
/// REQUIRES: equal sizes, depths and colour channels; no premultiplied alpha; `top` has alpha where `under` has it.
std::shared_ptr<Image> mix(const Image& under, const Image& top, const Image& mask);

}  // namespace pixgraph::image
