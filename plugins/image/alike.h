// alike: pictures that a node works on together are brought to one kind, or refused.
#pragma once

#include <string>
#include <string_view>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// "768x512"
std::string size_text(int width, int height);
std::string size_text(const Image& image);

/// Whether colours mean the same in both; none means sRGB.
bool same_profile(const BytesPtr& a, const BytesPtr& b);

struct Pair {
  ImagePtr top, under;
};
/// Both in straight alpha, the same colour channels, profile and depth. The richer of the two decides: colour with grey
/// gives colour, 16 bit with 8 bit gives 16 bit. The profile is that of `under`. Alpha channels stay as they are.
Pair alike(ImagePtr top, ImagePtr under);

/// `image` in straight alpha with the model's depth and profile, and colour where the model has it.
ImagePtr in_the_manner_of(ImagePtr image, const Image& model);

/// Another depth where it has one.
ImagePtr in_depth(ImagePtr image, Sample sample);

/// Error E331 where they differ: "`mask` is 10x10 and `image` is 20x20; ApplyMask needs equal sizes".
void refuse_mask_of_another_size(const Image& mask, const Image& image, std::string_view node,
                                 std::string_view mask_name = "mask", std::string_view image_name = "image");

}  // namespace pixgraph::image
