#include "pixels.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <pixgraph/colour.h>

#include "hash.h"
#include "rules.h"

namespace pixgraph {

// Samples as 0..1.
static float read_sample(const Image& image, int y, std::size_t i) {
  switch (image.sample()) {
    case Sample::u8: return static_cast<float>(image.row<std::uint8_t>(y)[i]) / 255.0F;
    case Sample::u16: return static_cast<float>(image.row<std::uint16_t>(y)[i]) / 65535.0F;
    case Sample::f32: return image.row<float>(y)[i];
  }
  return 0;
}

static void write_sample(Image& image, int y, std::size_t i, float value) {
  const float clamped = value > 0 ? std::min(value, 1.0F) : 0.0F;  // not a number: 0
  switch (image.sample()) {
    case Sample::u8: image.row<std::uint8_t>(y)[i] = static_cast<std::uint8_t>(std::lround(clamped * 255.0F)); break;
    case Sample::u16:
      image.row<std::uint16_t>(y)[i] = static_cast<std::uint16_t>(std::lround(clamped * 65535.0F));
      break;
    case Sample::f32: image.row<float>(y)[i] = value; break;
  }
}

std::shared_ptr<Image> with_depth(const Image& image, Sample sample) {
  auto out = std::make_shared<Image>(image.width(), image.height(), image.channels(), sample, image.alpha());
  out->info = image.info;
  const std::size_t samples = static_cast<std::size_t>(image.width()) * image.channels();
  for (int y = 0; y < image.height(); ++y)
    for (std::size_t i = 0; i < samples; ++i) write_sample(*out, y, i, read_sample(image, y, i));
  return out;
}

std::shared_ptr<Image> flattened(const Image& image, std::string_view colour) {
  static const Param flatten = {.name = "flatten", .form = Form::opaque_colour};
  const auto parsed = parse_colour(colour);
  if (!parsed || !has_form(flatten, colour)) throw no_form(flatten, colour);
  const std::array<float, 3> rgb = {(*parsed)[0] / 255.0F, (*parsed)[1] / 255.0F, (*parsed)[2] / 255.0F};
  const int colours = image.colour_channels();
  auto out = std::make_shared<Image>(image.width(), image.height(), colours, image.sample(), Alpha::none);
  out->info = image.info;
  const float grey = 0.2126F * rgb[0] + 0.7152F * rgb[1] + 0.0722F * rgb[2];
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) {
      const std::size_t from = static_cast<std::size_t>(x) * image.channels();
      const float alpha = image.has_alpha() ? read_sample(image, y, from + colours) : 1.0F;
      for (int c = 0; c < colours; ++c) {
        const float behind = colours == 1 ? grey : rgb[c];
        const float value = read_sample(image, y, from + c);
        const float covered = image.alpha() == Alpha::premultiplied ? value : value * alpha;
        write_sample(*out, y, static_cast<std::size_t>(x) * colours + c, covered + behind * (1 - alpha));
      }
    }
  return out;
}

std::string pixel_hash(const Image& image) {
  Sha256 hash;
  hash.add("pixels 1 " + std::to_string(image.width()) + " " + std::to_string(image.height()) + " " +
           std::to_string(image.channels()) + " " + std::to_string(static_cast<int>(image.sample())) + " " +
           std::to_string(static_cast<int>(image.alpha())) + "\n");
  if (image.info.icc) hash.add(sha256(std::span<const std::uint8_t>(*image.info.icc)));
  const std::size_t row = static_cast<std::size_t>(image.width()) * image.channels() * sample_bytes(image.sample());
  for (int y = 0; y < image.height(); ++y) hash.add({image.row(y), row});
  return hash.hex();
}

}  // namespace pixgraph
