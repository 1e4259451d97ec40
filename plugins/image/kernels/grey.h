// grey: one channel made of three, in the ways people mean by it. (Luma, the usual one, is rgb_to_grey of samples.h.)
#pragma once

#include <string_view>

#include <pixgraph/image.h>

namespace pixgraph::image {

enum class Grey : std::uint8_t { luma, luminance, average, red, green, blue };

/// Names as in the enum; REQUIRES one of them (the Spec checks it).
Grey grey_named(std::string_view name);

/// luminance: Rec. 709 weights on light instead of samples, by sRGB's tone curve. Alpha and depth stay; the profile is
/// dropped: convert it before. REQUIRES: three colour channels, straight alpha.
std::shared_ptr<Image> to_grey(const Image& image, Grey method);

}  // namespace pixgraph::image
