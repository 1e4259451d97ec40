#include "kernels/sharpness.h"

#include <cmath>
#include <vector>

#include "kernels/alpha.h"
#include "kernels/box_blur.h"
#include "kernels/planes.h"
#include "kernels/row_filter.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

/// A row as float, colours multiplied by alpha; in units of samples.
template <class T>
void weigh_row(const Image& image, int y, float* out) {
  const int channels = image.channels(), colours = image.colour_channels();
  const T* row = image.row<T>(y);
  if (!image.has_alpha()) {
    for (int i = 0; i < image.width() * channels; ++i) out[i] = static_cast<float>(row[i]);
    return;
  }
  for (int x = 0; x < image.width(); ++x, row += channels, out += channels) {
    const float alpha = static_cast<float>(row[colours]) / static_cast<float>(white<T>());
    for (int c = 0; c < colours; ++c) out[c] = static_cast<float>(row[c]) * alpha;
    out[colours] = static_cast<float>(row[colours]);
  }
}

/// A filtered sample to the nearest that T has, within black and white.
template <class T>
T rounded(float value) {
  if constexpr (std::is_floating_point_v<T>)
    return value;
  else
    return static_cast<T>((value > 0 ? std::min(value, static_cast<float>(white<T>())) : 0) + 0.5f);
}

/// Calls emit(y, filtered) for every row, filtered by a Gaussian: weighted by alpha, in units of samples.
template <class T, class Emit>
void gaussian_rows(const Image& image, double sigma, Emit&& emit) {
  RowFilter filter(image.width(), image.channels(), gaussian_weights(sigma, static_cast<int>(std::ceil(3 * sigma))));
  std::vector<float> row(static_cast<std::size_t>(image.width()) * image.channels());
  int done = 0;
  const auto next = [&](const float* filtered) { emit(done++, filtered); };
  for (int y = 0; y < image.height(); ++y) {
    weigh_row<T>(image, y, row.data());
    filter.push(row.data(), next);
  }
  filter.finish(next);
}

template <class T>
void blur_exactly(const Image& image, double sigma, Image& out) {
  const int channels = image.channels(), colours = image.colour_channels();
  gaussian_rows<T>(image, sigma, [&](int y, const float* from) {
    T* to = out.row<T>(y);
    for (int x = 0; x < image.width(); ++x, from += channels, to += channels) {
      const float alpha = image.has_alpha() ? from[colours] / static_cast<float>(white<T>()) : 1;
      for (int c = 0; c < colours; ++c) to[c] = alpha > 0 ? rounded<T>(from[c] / alpha) : T(0);
      if (image.has_alpha()) to[colours] = rounded<T>(from[colours]);
    }
  });
}

std::shared_ptr<Image> blur_by_boxes(const Image& image, double sigma) {
  // Weighted by alpha, 8 bits would not hold the colours of what is nearly transparent.
  std::shared_ptr<Image> deep;
  if (image.has_alpha())
    deep = premultiplied(image.sample() == Sample::u8 ? *convert_depth(image, Sample::u16) : image);
  const Image& source = deep ? *deep : image;
  // Each box lets the edges of its own input go on. That these are the picture's, the margin has to be wide enough for
  // all three.
  const std::array<int, 3> radii = box_radii(sigma);
  const int margin = radii[0] + radii[1] + radii[2];
  std::vector<std::shared_ptr<Image>> planes;
  for (int c = 0; c < source.channels(); ++c) planes.push_back(blur(*plane(source, c, margin), sigma));
  std::shared_ptr<Image> out = join(planes, source.alpha(), margin);
  if (out->has_alpha()) out = unpremultiplied(*out);
  return out->sample() == image.sample() ? out : convert_depth(*out, image.sample());
}

}  // namespace

std::shared_ptr<Image> blur_picture(const Image& image, double sigma) {
  std::shared_ptr<Image> out;
  if (sigma > kExactSigma) {
    out = blur_by_boxes(image, sigma);
  } else {
    out = std::make_shared<Image>(image.width(), image.height(), image.channels(), image.sample(), image.alpha());
    with_sample_type(image.sample(), [&]<class T>(T) { blur_exactly<T>(image, sigma, *out); });
  }
  out->info = image.info;
  return out;
}

std::shared_ptr<Image> sharpen(const Image& image, double sigma, double amount, double threshold) {
  auto out = std::make_shared<Image>(image.width(), image.height(), image.channels(), image.sample(), image.alpha());
  out->info = image.info;
  const int channels = image.channels(), colours = image.colour_channels();
  with_sample_type(image.sample(), [&]<class T>(T) {
    const float least = static_cast<float>(threshold * white<T>()), strength = static_cast<float>(amount);
    gaussian_rows<T>(image, sigma, [&](int y, const float* soft) {
      const T* from = image.row<T>(y);
      T* to = out->row<T>(y);
      for (int x = 0; x < image.width(); ++x, soft += channels, from += channels, to += channels) {
        const float alpha = image.has_alpha() ? soft[colours] / static_cast<float>(white<T>()) : 1;
        const bool hidden = image.has_alpha() && from[colours] == T(0);
        for (int c = 0; c < colours; ++c) {
          const float value = static_cast<float>(from[c]), away = value - (alpha > 0 ? soft[c] / alpha : value);
          to[c] = hidden || std::abs(away) < least ? from[c] : rounded<T>(value + strength * away);
        }
        if (image.has_alpha()) to[colours] = from[colours];
      }
    });
  });
  return out;
}

}  // namespace pixgraph::image
