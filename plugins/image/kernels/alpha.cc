#include "kernels/alpha.h"

#include <algorithm>
#include <cstring>

#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

template <class T>
T multiply(T colour, T alpha) {
  if constexpr (std::is_floating_point_v<T>) {
    return colour * alpha;
  } else {
    constexpr std::uint64_t kWhite = white<T>();
    return static_cast<T>((static_cast<std::uint64_t>(colour) * alpha + kWhite / 2) / kWhite);
  }
}

template <class T>
T divide(T colour, T alpha) {
  if (alpha == T(0)) return T(0);
  if constexpr (std::is_floating_point_v<T>) {
    return colour / alpha;
  } else {
    constexpr std::uint64_t kWhite = white<T>();
    return static_cast<T>(std::min(kWhite, (static_cast<std::uint64_t>(colour) * kWhite + alpha / 2) / alpha));
  }
}

template <class T, class Change>
std::shared_ptr<Image> change_colours(const Image& image, Alpha result, Change&& change) {
  auto out = std::make_shared<Image>(image.width(), image.height(), image.channels(), image.sample(), result);
  out->info = image.info;
  const int channels = image.channels(), samples = image.width() * channels;
  for (int y = 0; y < image.height(); ++y) {
    const T* from = image.row<T>(y);
    T* to = out->row<T>(y);
    for (int i = 0; i < samples; i += channels) {
      const T alpha = from[i + channels - 1];
      for (int c = 0; c < channels - 1; ++c) to[i + c] = change(from[i + c], alpha);
      to[i + channels - 1] = alpha;
    }
  }
  return out;
}

}  // namespace

std::shared_ptr<Image> premultiplied(const Image& image) {
  return with_sample_type(image.sample(), [&]<class T>(T) {
    return change_colours<T>(image, Alpha::premultiplied, [](T colour, T alpha) { return multiply(colour, alpha); });
  });
}

std::shared_ptr<Image> unpremultiplied(const Image& image) {
  return with_sample_type(image.sample(), [&]<class T>(T) {
    return change_colours<T>(image, Alpha::straight, [](T colour, T alpha) { return divide(colour, alpha); });
  });
}

ImagePtr straight(ImagePtr image) {
  if (image->alpha() != Alpha::premultiplied) return image;
  return unpremultiplied(*image);
}

std::shared_ptr<Image> with_alpha_meant(const Image& image, Alpha alpha) {
  auto out = std::make_shared<Image>(image.width(), image.height(), image.channels(), image.sample(), alpha);
  out->info = image.info;
  for (int y = 0; y < image.height(); ++y)
    std::memcpy(out->row(y), image.row(y),
                static_cast<std::size_t>(image.width()) * image.channels() * sample_bytes(image.sample()));
  return out;
}

bool opaque(const Image& image) {
  if (!image.has_alpha()) return true;
  return with_sample_type(image.sample(), [&]<class T>(T) {
    const int channels = image.channels(), samples = image.width() * channels;
    for (int y = 0; y < image.height(); ++y)
      for (int i = channels - 1; i < samples; i += channels)
        if (image.row<T>(y)[i] < white<T>()) return false;
    return true;
  });
}

}  // namespace pixgraph::image
