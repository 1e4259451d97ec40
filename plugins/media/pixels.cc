#include "pixels.h"

#include <lcms2.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <type_traits>

#include <pixgraph/colour.h>

namespace pixgraph::media {
namespace {

struct CloseProfile {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
struct DeleteTransform {
  void operator()(void* transform) const { cmsDeleteTransform(transform); }
};

template <class T>
std::uint8_t eight_bits(T value) {
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<std::uint8_t>((value > 0 ? std::min(value, T(1)) : T(0)) * 255 + T(0.5));  // not a number: 0
  else if constexpr (sizeof(T) == 2)
    return static_cast<std::uint8_t>((value * 255u + 32767u) / 65535u);
  else
    return value;
}

template <class T>
void to_rgba(const Image& image, Image& out) {
  const int channels = image.channels(), colours = image.colour_channels();
  const bool divide = image.alpha() == Alpha::premultiplied;
  for (int y = 0; y < image.height(); ++y) {
    const T* from = image.row<T>(y);
    std::uint8_t* to = out.row(y);
    for (int x = 0; x < image.width(); ++x, from += channels, to += 4) {
      to[3] = image.has_alpha() ? eight_bits(from[colours]) : 255;
      for (int c = 0; c < 3; ++c) {
        to[c] = eight_bits(from[colours == 3 ? c : 0]);
        if (divide && to[3] > 0) to[c] = static_cast<std::uint8_t>(std::min(255, (to[c] * 255 + to[3] / 2) / to[3]));
      }
    }
  }
}

/// The RGBA pixels from a profile to sRGB. A grey profile's channel has been repeated already.
void convert_to_srgb(Image& rgba, const Bytes& icc) {
  const std::unique_ptr<void, CloseProfile> from(
      cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size()))),
      to(cmsCreate_sRGBProfile());
  std::unique_ptr<void, DeleteTransform> transform;
  const bool grey = from && cmsGetColorSpace(from.get()) == cmsSigGrayData;
  // Of a grey pixel's three equal channels the first is taken.
  const cmsUInt32Number format =
      grey ? COLORSPACE_SH(PT_GRAY) | CHANNELS_SH(1) | EXTRA_SH(3) | BYTES_SH(1) : TYPE_RGBA_8;
  if (from && to)
    transform.reset(cmsCreateTransform(from.get(), format, to.get(), TYPE_RGBA_8, INTENT_RELATIVE_COLORIMETRIC,
                                       cmsFLAGS_BLACKPOINTCOMPENSATION));
  if (!transform)
    throw Error("E332", "the image's colour profile cannot be used",
                "save the image without a profile, or with another one");
  Bytes row(static_cast<std::size_t>(rgba.width()) * 4);
  for (int y = 0; y < rgba.height(); ++y) {
    std::uint8_t* pixels = rgba.row(y);
    cmsDoTransform(transform.get(), pixels, row.data(), static_cast<cmsUInt32Number>(rgba.width()));
    for (std::size_t i = 0; i < row.size(); ++i)
      if (i % 4 != 3) pixels[i] = row[i];
  }
}

}  // namespace

std::shared_ptr<Image> as_rgba(const Image& image) {
  auto out = std::make_shared<Image>(image.width(), image.height(), 4, Sample::u8, Alpha::straight);
  switch (image.sample()) {
    case Sample::u8: to_rgba<std::uint8_t>(image, *out); break;
    case Sample::u16: to_rgba<std::uint16_t>(image, *out); break;
    case Sample::f32: to_rgba<float>(image, *out); break;
  }
  if (image.info.icc) convert_to_srgb(*out, *image.info.icc);
  return out;
}

bool opaque(const Image& rgba) {
  for (int y = 0; y < rgba.height(); ++y)
    for (int x = 0; x < rgba.width(); ++x)
      if (rgba.row(y)[x * 4 + 3] < 255) return false;
  return true;
}

std::shared_ptr<Image> without_alpha(const Image& rgba) {
  auto out = std::make_shared<Image>(rgba.width(), rgba.height(), 3);
  for (int y = 0; y < rgba.height(); ++y)
    for (int x = 0; x < rgba.width(); ++x) std::copy_n(rgba.row(y) + x * 4, 3, out->row(y) + x * 3);
  return out;
}

std::shared_ptr<Image> laid_over(const Image& rgba, std::string_view colour) {
  constexpr const char* kHint = "write it in quotes as \"#rrggbb\"";
  const auto behind = parse_colour(colour);
  if (!behind) throw Error("E333", no_colour(colour, "background").message(), kHint);
  if (colour.size() > std::string_view("#rrggbb").size())
    throw Error("E333", "`background: " + std::string(colour) + "` has alpha, which has no effect here", kHint);
  auto out = std::make_shared<Image>(rgba.width(), rgba.height(), 3);
  for (int y = 0; y < rgba.height(); ++y) {
    const std::uint8_t* from = rgba.row(y);
    std::uint8_t* to = out->row(y);
    for (int x = 0; x < rgba.width(); ++x, from += 4, to += 3)
      for (int c = 0; c < 3; ++c)
        to[c] = static_cast<std::uint8_t>((from[c] * from[3] + (*behind)[c] * (255 - from[3]) + 127) / 255);
  }
  return out;
}

std::shared_ptr<Image> turned(std::shared_ptr<Image> image, int degrees) {
  if (degrees == 0) return image;
  const int width = image->width(), height = image->height(), channels = image->channels();
  const bool swapped = degrees != 180;
  auto out =
      std::make_shared<Image>(swapped ? height : width, swapped ? width : height, channels, Sample::u8, image->alpha());
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const int to_x = degrees == 90 ? height - 1 - y : degrees == 180 ? width - 1 - x : y;
      const int to_y = degrees == 90 ? x : degrees == 180 ? height - 1 - y : width - 1 - x;
      std::copy_n(image->row(y) + x * channels, channels, out->row(to_y) + to_x * channels);
    }
  return out;
}

}  // namespace pixgraph::media
