#include "write.h"

#include <OpenImageIO/filesystem.h>
#include <OpenImageIO/imagebuf.h>
#include <OpenImageIO/imagebufalgo.h>
#include <OpenImageIO/imageio.h>

#include <algorithm>
#include <vector>

#include "exif_functions.h"
#include "read.h"
#include "tone_curve.h"
#include "../image/profile.h"

namespace pixgraph::oiio {
namespace {

void refuse_what_the_format_cannot_hold(const Format& format, const Image& image) {
  const CodecInfo& info = format.info;
  if (!info.writes)
    throw Error(
        "E321", "`" + info.name + "` is read, not written",
        info.name == "gif" ? "write PNG or WebP: a GIF would lose its transparency" : "write PNG, TIFF or WebP");
  if (image.has_alpha() && !info.writes_alpha)
    throw Error("E321", "`" + info.name + "` cannot keep alpha, and the image has it",
                "write PNG or TIFF, or put a Convert with `alpha: remove` before");
  if (image.sample() == Sample::f32 && !info.writes_float)
    throw Error("E321", "`" + info.name + "` holds no floating-point samples", "put a Convert with `depth: 8` before");
  if (image.sample() == Sample::u16 && !info.writes_16bit)
    throw Error("E321", "`" + info.name + "` holds 8 bits per channel, and the image has 16",
                "put a Convert with `depth: 8` before");
}

/// Samples 0..1 as float.
float unit_sample(const Image& image, int y, int i) {
  switch (image.sample()) {
    case Sample::u8: return static_cast<float>(image.row(y)[i]) / 255.0f;
    case Sample::u16: return static_cast<float>(image.row<std::uint16_t>(y)[i]) / 65535.0f;
    case Sample::f32: break;
  }
  return image.row<float>(y)[i];
}

/// Rows without gaps, in light and premultiplied.
std::vector<float> as_light(const Image& image) {
  const int channels = image.channels(), colours = image.colour_channels();
  std::vector<float> light(static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.height()) *
                           static_cast<std::size_t>(channels));
  float* out = light.data();
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x, out += channels) {
      const float alpha = image.has_alpha() ? unit_sample(image, y, x * channels + colours) : 1;
      for (int c = 0; c < colours; ++c) {
        float value = unit_sample(image, y, x * channels + c);
        if (image.alpha() == Alpha::premultiplied) value = alpha == 0 ? 0 : value / alpha;
        out[c] = srgb_to_light(value) * alpha;
      }
      if (image.has_alpha()) out[colours] = alpha;
    }
  return light;
}

void add_metadata(OIIO::ImageSpec& spec, const Image& image, Metadata choice) {
  if (image.info.icc)
    spec.attribute("ICCProfile", OIIO::TypeDesc(OIIO::TypeDesc::UINT8, static_cast<int>(image.info.icc->size())),
                   image.info.icc->data());
  if (choice == Metadata::strip || !image.info.exif) return;
  OIIO::decode_exif(OIIO::cspan<std::uint8_t>(image.info.exif->data(),
                                              static_cast<OIIO::oiio_span_size_type>(image.info.exif->size())),
                    spec);
  if (choice == Metadata::strip_gps) spec.erase_attribute("GPS:.*", OIIO::TypeDesc::UNKNOWN);
  spec.attribute("Orientation", 1);
}

OIIO::TypeDesc type_of(Sample sample) {
  return sample == Sample::u8    ? OIIO::TypeDesc::UINT8
         : sample == Sample::u16 ? OIIO::TypeDesc::UINT16
                                 : OIIO::TypeDesc::FLOAT;
}

Bytes write_guarded(const Format& format, const Image& image, const EncodeRequest& request) {
  set_up_library();
  const auto output = OIIO::ImageOutput::create(format.library_name);
  if (!output) throw Error("E321", "the OpenImageIO of this system cannot write " + format.info.name);

  OIIO::ImageSpec spec(image.width(), image.height(), image.channels(), type_of(image.sample()));
  if (image.has_alpha()) spec.alpha_channel = image.channels() - 1;
  // The library would call two channels R and G, and OpenEXR knows what a channel is by its name alone.
  if (image.channels() == 2) spec.channelnames = {"Y", "A"};
  const bool is_tiff = format.info.name == "tiff";
  if (is_tiff) {
    spec.attribute("compression", request.compression == 0 ? "none" : "zip");
    spec.attribute("tiff:zipquality", std::clamp(request.compression, 1, 9));
    add_metadata(spec, image, request.metadata);
  }
  std::vector<float> light;
  if (format.linear_light) {
    light = as_light(image);
    if (image.sample() != Sample::f32) spec.set_format(OIIO::TypeDesc::HALF);
    spec.attribute("compression", request.compression == 0 ? "none" : "zip");
    spec.attribute("oiio:ColorSpace", "Linear");
  } else if (image.alpha() == Alpha::straight) {
    spec.attribute("oiio:UnassociatedAlpha", 1);
  }

  std::vector<unsigned char> bytes;
  OIIO::Filesystem::IOVecOutput memory(bytes);
  output->set_ioproxy(&memory);
  const bool opened = output->open("picture" + format.info.extensions.front(), spec);
  const bool written =
      opened && (light.empty() ? output->write_image(type_of(image.sample()), image.row(0), OIIO::AutoStride,
                                                     static_cast<OIIO::stride_t>(image.row_bytes()))
                               : output->write_image(OIIO::TypeDesc::FLOAT, light.data()));
  const bool closed = written && output->close();
  if (!closed)
    throw Error("E321", "the image cannot be written as " + format.info.name + " (" + output->geterror() + ")");
  return bytes;
}

/// Its colours as sRGB's, alpha straight; null where they are.
std::shared_ptr<Image> as_srgb(const Image& image) {
  if (!image.info.icc || image::is_srgb(image::fitting_profile(*image.info.icc, image.colour_channels())))
    return nullptr;
  if (image.alpha() != Alpha::premultiplied) return image::convert_profile(image, nullptr);
  Image straight(image.width(), image.height(), image.channels(), image.sample(), Alpha::straight);
  straight.info = image.info;
  OIIO::ImageSpec spec(image.width(), image.height(), image.channels(), type_of(image.sample()));
  spec.alpha_channel = image.channels() - 1;
  for (int y = 0; y < image.height(); ++y) std::copy_n(image.row(y), image.row_bytes(), straight.row(y));
  OIIO::ImageBuf buffer(spec, straight.row(0), OIIO::AutoStride, static_cast<OIIO::stride_t>(straight.row_bytes()));
  OIIO::ImageBufAlgo::unpremult(buffer, buffer, {}, 1);
  return image::convert_profile(straight, nullptr);
}

/// Grey and alpha as RGB and alpha; null where it is something else. Half of the readers of TGA take 16 bits for 5 of
/// each colour.
std::shared_ptr<Image> with_three_colours(const Format& format, const Image& image) {
  if (format.info.name != "tga" || image.channels() != 2) return nullptr;
  auto wide = std::make_shared<Image>(image.width(), image.height(), 4, image.sample(), image.alpha());
  wide->info = image.info;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) {
      const std::uint8_t* from = image.row(y) + x * 2;
      std::uint8_t* to = wide->row(y) + x * 4;
      to[0] = to[1] = to[2] = from[0], to[3] = from[1];
    }
  return wide;
}

}  // namespace

Bytes write(const Format& format, const Image& image, const EncodeRequest& request) {
  refuse_what_the_format_cannot_hold(format, image);
  try {
    // Where no profile can be written, the colours would be others without one.
    const bool converts = request.profile == Profile::srgb || format.info.name != "tiff";
    const auto converted = converts ? as_srgb(image) : nullptr;
    const Image& right = converted ? *converted : image;
    const auto wide = with_three_colours(format, right);
    return write_guarded(format, wide ? *wide : right, request);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error("E321", "the image cannot be written as " + format.info.name + " (" + error.what() + ")");
  } catch (...) {
    throw Error("E321", "the image cannot be written as " + format.info.name);
  }
}

}  // namespace pixgraph::oiio
