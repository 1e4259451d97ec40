// alpha: between straight and premultiplied. Nodes keep images straight; kernels premultiply inside where they mix
// pixels.
#pragma once

#include <pixgraph/image.h>

namespace pixgraph::image {

/// Colours multiplied by alpha, rounded to the nearest; info is handed on. REQUIRES: straight alpha.
std::shared_ptr<Image> premultiplied(const Image& image);
/// Colours divided by alpha, at most white (u8, u16); where alpha is 0 the colour is 0. REQUIRES: premultiplied alpha.
std::shared_ptr<Image> unpremultiplied(const Image& image);
/// The image itself unless it is premultiplied.
ImagePtr straight(ImagePtr image);
/// The same samples, their alpha meant in another way: nothing is computed.
std::shared_ptr<Image> with_alpha_meant(const Image& image, Alpha alpha);
/// True where every pixel has full alpha, or there is no alpha.
bool opaque(const Image& image);

}  // namespace pixgraph::image
