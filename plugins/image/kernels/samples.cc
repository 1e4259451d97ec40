#include "kernels/samples.h"

#include <cmath>
#include <cstring>

#include "kernels/instructions.h"

namespace pixgraph::image {
namespace {

template <class From, class To>
To convert_sample(From value) {
  if constexpr (std::is_same_v<From, float>) {
    return from_unit<To>(value);
  } else if constexpr (std::is_same_v<To, float>) {
    return static_cast<float>(value) / static_cast<float>(white<From>());
  } else if constexpr (sizeof(From) < sizeof(To)) {
    return static_cast<To>(value * 257);
  } else {
    return static_cast<To>((value * 255u + 32767u) / 65535u);
  }
}

std::shared_ptr<Image> like(const Image& image, int channels, Alpha alpha) {
  auto out = std::make_shared<Image>(image.width(), image.height(), channels, image.sample(), alpha);
  out->info = image.info;
  return out;
}

/// Calls pixel(in, out) for each pixel of a pair of images of one size and depth.
template <class T, class Pixel>
void each_pixel(const Image& image, Image& out, Pixel&& pixel) {
  const int in_step = image.channels(), out_step = out.channels();
  for (int y = 0; y < image.height(); ++y) {
    const T* from = image.row<T>(y);
    T* to = out.row<T>(y);
    for (int x = 0; x < image.width(); ++x, from += in_step, to += out_step) pixel(from, to);
  }
}

template <class T>
T luma(const T* rgb) {
  if constexpr (std::is_floating_point_v<T>) {
    return 0.2126f * rgb[0] + 0.7152f * rgb[1] + 0.0722f * rgb[2];
  } else {
    // Sixteen-bit weights that sum up to 65536, so that white stays white.
    return static_cast<T>((13933ull * rgb[0] + 46871ull * rgb[1] + 4732ull * rgb[2] + 32768) >> 16);
  }
}

}  // namespace

std::shared_ptr<Image> convert_depth(const Image& image, Sample sample) {
  auto out = std::make_shared<Image>(image.width(), image.height(), image.channels(), sample, image.alpha());
  out->info = image.info;
  const int samples = image.width() * image.channels();
  with_sample_type(image.sample(), [&]<class From>(From) {
    with_sample_type(sample, [&]<class To>(To) {
      for (int y = 0; y < image.height(); ++y) {
        const From* from = image.row<From>(y);
        To* to = out->row<To>(y);
        if constexpr (std::is_same_v<From, To>)
          std::memcpy(to, from, static_cast<std::size_t>(samples) * sizeof(To));
        else
          for (int i = 0; i < samples; ++i) to[i] = convert_sample<From, To>(from[i]);
      }
    });
  });
  return out;
}

std::shared_ptr<Image> grey_to_rgb(const Image& image) {
  auto out = like(image, image.has_alpha() ? 4 : 3, image.alpha());
  const bool alpha = image.has_alpha(), grey = image.colour_channels() == 1;
  if (grey) out->info.icc = nullptr;
  with_sample_type(image.sample(), [&]<class T>(T) {
    each_pixel<T>(image, *out, [=](const T* from, T* to) {
      for (int c = 0; c < 3; ++c) to[c] = from[grey ? 0 : c];
      if (alpha) to[3] = from[grey ? 1 : 3];
    });
  });
  return out;
}

std::shared_ptr<Image> rgb_to_grey(const Image& image) {
  auto out = like(image, image.has_alpha() ? 2 : 1, image.alpha());
  out->info.icc = nullptr;
  const bool alpha = image.has_alpha();
  with_sample_type(image.sample(), [&]<class T>(T) {
    each_pixel<T>(image, *out, [=](const T* from, T* to) {
      to[0] = luma(from);
      if (alpha) to[1] = from[3];
    });
  });
  return out;
}

std::shared_ptr<Image> add_alpha(const Image& image) {
  auto out = like(image, image.channels() + 1, Alpha::straight);
  const int channels = image.channels();
  with_sample_type(image.sample(), [&]<class T>(T) {
    each_pixel<T>(image, *out, [=](const T* from, T* to) {
      for (int c = 0; c < channels; ++c) to[c] = from[c];
      to[channels] = white<T>();
    });
  });
  return out;
}

std::shared_ptr<Image> flatten(const Image& image, const Colour& background) {
  auto out = like(image, image.channels() - 1, Alpha::none);
  const int colours = image.colour_channels();
  with_sample_type(image.sample(), [&]<class T>(T) {
    T behind[3];
    for (int c = 0; c < colours; ++c) behind[c] = from_unit<T>(background.channel(c, colours));
    each_pixel<T>(image, *out, [&](const T* from, T* to) {
      const T alpha = from[colours];
      for (int c = 0; c < colours; ++c) {
        if constexpr (std::is_floating_point_v<T>) {
          to[c] = from[c] * alpha + behind[c] * (1 - alpha);
        } else {
          constexpr std::uint64_t kWhite = white<T>();
          to[c] = static_cast<T>(
              (static_cast<std::uint64_t>(from[c]) * alpha + behind[c] * (kWhite - alpha) + kWhite / 2) / kWhite);
        }
      }
    });
  });
  return out;
}

std::shared_ptr<Image> alpha_channel(const Image& image) {
  auto out = std::make_shared<Image>(image.width(), image.height(), 1, image.sample());
  const int last = image.channels() - 1;
  with_sample_type(image.sample(),
                   [&]<class T>(T) { each_pixel<T>(image, *out, [=](const T* from, T* to) { *to = from[last]; }); });
  return out;
}

}  // namespace pixgraph::image
