#include "alike.h"

#include <algorithm>

#include "kernels/alpha.h"
#include "kernels/samples.h"
#include "profile.h"

namespace pixgraph::image {
namespace {

ImagePtr as_rgb(const ImagePtr& image) {
  if (image->colour_channels() == 3) return image;
  return grey_to_rgb(image->info.icc ? *convert_profile(*image, nullptr) : *image);
}

}  // namespace

bool same_profile(const BytesPtr& a, const BytesPtr& b) {
  if (a == b || (a && b && *a == *b)) return true;
  return is_srgb(a) && is_srgb(b);
}

std::string size_text(int width, int height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

std::string size_text(const Image& image) {
  return size_text(image.width(), image.height());
}

Pair alike(ImagePtr top, ImagePtr under) {
  top = straight(std::move(top));
  under = straight(std::move(under));
  if (top->colour_channels() != under->colour_channels()) {
    top = as_rgb(top);
    under = as_rgb(under);
  }
  if (!same_profile(top->info.icc, under->info.icc)) top = convert_profile(*top, under->info.icc);
  const Sample sample = std::max(top->sample(), under->sample());
  return {in_depth(std::move(top), sample), in_depth(std::move(under), sample)};
}

ImagePtr in_the_manner_of(ImagePtr image, const Image& model) {
  image = straight(std::move(image));
  if (model.colour_channels() == 3) image = as_rgb(image);
  if (image->colour_channels() == model.colour_channels() && !same_profile(image->info.icc, model.info.icc))
    image = convert_profile(*image, model.info.icc);
  return in_depth(std::move(image), model.sample());
}

ImagePtr in_depth(ImagePtr image, Sample sample) {
  if (image->sample() == sample) return image;
  return convert_depth(*image, sample);
}

void refuse_mask_of_another_size(const Image& mask, const Image& image, std::string_view node,
                                 std::string_view mask_name, std::string_view image_name) {
  if (mask.width() == image.width() && mask.height() == image.height()) return;
  throw Error("E331",
              "`" + std::string(mask_name) + "` is " + size_text(mask) + " and `" + std::string(image_name) + "` is " +
                  size_text(image) + "; " + std::string(node) + " needs equal sizes",
              "scale the mask with {type: Resize, image: \"${...}\", width: " + std::to_string(image.width()) +
                  ", height: " + std::to_string(image.height()) +
                  ", fit: exact} and make it a mask again with {type: MaskThreshold, image: \"${...}\", soft: 1}");
}

}  // namespace pixgraph::image
