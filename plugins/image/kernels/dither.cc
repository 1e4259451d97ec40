#include "kernels/dither.h"

#include <algorithm>
#include <cmath>

#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

/// Bayer's pattern: 0..63, each once in 8 x 8, by interleaving the bits of x ^ y and y.
int bayer(int x, int y) {
  int value = 0;
  for (int bit = 0; bit < 3; ++bit) value = value << 2 | (((x ^ y) >> bit & 1) << 1) | (y >> bit & 1);
  return value;
}

template <class From, class To>
void dither_rows(const Image& image, Image& out) {
  const int channels = image.channels(), colours = image.colour_channels();
  for (int y = 0; y < image.height(); ++y) {
    const From* from = image.row<From>(y);
    To* to = out.row<To>(y);
    for (int x = 0; x < image.width(); ++x, from += channels, to += channels) {
      const double offset = (bayer(x & 7, y & 7) + 0.5) / 64;
      for (int c = 0; c < colours; ++c) {
        const double unit = std::clamp(static_cast<double>(from[c]) / white<From>(), 0.0, 1.0);
        to[c] = static_cast<To>(std::floor(unit * white<To>() + offset));
      }
      if (channels > colours) to[colours] = from_unit<To>(static_cast<double>(from[colours]) / white<From>());
    }
  }
}

}  // namespace

std::shared_ptr<Image> convert_depth_dithered(const Image& image, Sample sample) {
  auto out = std::make_shared<Image>(image.width(), image.height(), image.channels(), sample, image.alpha());
  out->info = image.info;
  with_sample_type(image.sample(), [&]<class From>(From) {
    if (sample == Sample::u8)
      dither_rows<From, std::uint8_t>(image, *out);
    else
      dither_rows<From, std::uint16_t>(image, *out);
  });
  return out;
}

}  // namespace pixgraph::image
