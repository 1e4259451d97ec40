// sharpness: blur and unsharp mask on pictures of any kind. Colours are weighted by alpha, so what hides under alpha 0
// never bleeds out.
#pragma once

#include <pixgraph/image.h>

namespace pixgraph::image {

/// Up to this deviation a Gaussian is summed up exactly, to three deviations; above three boxes (box_blur.h) are as
/// good.
inline constexpr double kExactSigma = 2;

/// Alpha is blurred too. Where nothing is left of alpha the colour is black. Info is handed on. REQUIRES: no
/// premultiplied alpha.
std::shared_ptr<Image> blur_picture(const Image& image, double sigma);

/// Unsharp mask: every colour moves `amount` times as far from its blurred surroundings as it lies from them, unless
/// that is less than `threshold` (0..1). Alpha, and colours under alpha 0, stay. REQUIRES: no premultiplied alpha.
std::shared_ptr<Image> sharpen(const Image& image, double sigma, double amount, double threshold);

}  // namespace pixgraph::image
