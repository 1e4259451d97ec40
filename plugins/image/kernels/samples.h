// samples: from one depth or number of channels to another. Every function makes a new image of the same size; info is
// handed on unless something else is said.
#pragma once

#include <cstdint>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// The value of a sample that means white, or full alpha.
template <class T>
constexpr T white() {
  if constexpr (std::is_same_v<T, std::uint8_t>)
    return 255;
  else if constexpr (std::is_same_v<T, std::uint16_t>)
    return 65535;
  else
    return T(1);
}

/// Calls work(T()) with the C++ type of the samples, and returns what it returns.
template <class Work>
auto with_sample_type(Sample sample, Work&& work) {
  switch (sample) {
    case Sample::u8: return work(std::uint8_t());
    case Sample::u16: return work(std::uint16_t());
    case Sample::f32: break;
  }
  return work(float());
}

/// 0..1 to a sample: rounded to the nearest and held within black and white (float: as it is).
template <class T>
T from_unit(double unit) {
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(unit);
  else
    return static_cast<T>((unit > 0 ? (unit < 1 ? unit : 1) : 0) * white<T>() + 0.5);
}

/// A colour as people write it, in the image's own colour space; 0..1, alpha straight.
struct Colour {
  double red = 0, green = 0, blue = 0, alpha = 1;
  bool grey() const { return red == green && green == blue; }
  /// Channel c of an image with that many colour channels; the one after them is alpha.
  double channel(int c, int colour_channels) const {
    if (c == colour_channels) return alpha;
    return c == 0 ? red : c == 1 ? green : blue;
  }
};

/// Rounded to the nearest; float to integer is held within black and white.
std::shared_ptr<Image> convert_depth(const Image& image, Sample sample);
/// Grey repeated on three channels; RGB images are copied. A grey profile does not fit and is dropped: convert it
/// before.
std::shared_ptr<Image> grey_to_rgb(const Image& image);
/// Luma of Rec. 709 (0.2126, 0.7152, 0.0722) on the samples as they are. The profile is dropped: convert it before.
std::shared_ptr<Image> rgb_to_grey(const Image& image);
/// Full alpha added; REQUIRES: no alpha yet.
std::shared_ptr<Image> add_alpha(const Image& image);
/// Alpha gone, mixed with the background. REQUIRES: straight alpha; a grey colour where the image is grey.
std::shared_ptr<Image> flatten(const Image& image, const Colour& background);
/// The alpha channel as a mask. REQUIRES: the image has alpha. Info is not handed on.
std::shared_ptr<Image> alpha_channel(const Image& image);

}  // namespace pixgraph::image
