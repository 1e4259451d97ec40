#include "picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

#include "bare_picture.h"

namespace pixgraph::replicate {
namespace {

/// One sample as 0..1. Values outside are cut off.
float unit(const Image& image, int x, int y, int channel) {
  const std::size_t at = static_cast<std::size_t>(x) * image.channels() + channel;
  if (image.sample() == Sample::u16) return image.row<std::uint16_t>(y)[at] / 65535.0f;
  const float value = image.row<float>(y)[at];
  return value > 0 ? std::min(value, 1.0f) : 0.0f;  // NaN becomes 0
}

/// 16-bit and float samples as 8-bit ones, alpha straight.
ImagePtr to_8bit(const ImagePtr& image) {
  if (image->sample() == Sample::u8) return image;
  const int channels = image->channels(), colours = image->colour_channels();
  auto result = std::make_shared<Image>(image->width(), image->height(), channels, Sample::u8,
                                        image->has_alpha() ? Alpha::straight : Alpha::none);
  for (int y = 0; y < image->height(); ++y) {
    std::uint8_t* out = result->row(y);
    for (int x = 0; x < image->width(); ++x) {
      const float alpha = image->has_alpha() ? unit(*image, x, y, channels - 1) : 1.0f;
      const float scale = image->alpha() == Alpha::premultiplied && alpha > 0 ? 1.0f / alpha : 1.0f;
      for (int c = 0; c < channels; ++c) {
        const float value = c < colours ? std::min(1.0f, unit(*image, x, y, c) * scale) : alpha;
        *out++ = static_cast<std::uint8_t>(std::lround(value * 255.0f));
      }
    }
  }
  result->info.icc = image->info.icc;
  return result;
}

bool is_photo(std::string_view media_type) {
  static constexpr std::array<std::string_view, 8> kPhotos = {"image/jpeg", "image/png",  "image/webp", "image/tiff",
                                                              "image/heic", "image/heif", "image/avif", "image/bmp"};
  return std::find(kPhotos.begin(), kPhotos.end(), media_type) != kPhotos.end();
}

/// The same by the first bytes, for a file whose type nobody has said: one that the user gave.
bool begins_as_photo(const File& file) {
  std::array<char, 12> head{};
  std::ifstream(file.path, std::ios::binary).read(head.data(), head.size());
  const std::string_view bytes(head.data(), head.size());
  using namespace std::string_view_literals;
  for (const std::string_view mark : {"\xff\xd8\xff"sv, "\x89PNG"sv, "II*\0"sv, "MM\0*"sv})
    if (bytes.starts_with(mark)) return true;
  if (bytes.starts_with("BM")) return bytes.substr(6, 4) == "\0\0\0\0"sv;
  if (bytes.starts_with("RIFF")) return bytes.substr(8) == "WEBP";
  const std::string_view brand = bytes.substr(8);
  return bytes.substr(4, 4) == "ftyp" && (brand == "heic" || brand == "heix" || brand == "mif1" || brand == "avif");
}

}  // namespace

RequestFile::Encoded encode_picture(const ImagePtr& image, Host& host) {
  if (image->encoded)
    if (auto bare = bare_picture(*image->encoded, image->encoded_media_type))
      return {std::make_shared<const Bytes>(std::move(*bare)), image->encoded_media_type};
  const ImagePtr picture = to_8bit(image);
  const bool png = picture->has_alpha() || picture->channels() < 3;
  EncodeRequest request;
  request.quality = 95;
  request.subsampling = "4:4:4";
  request.metadata = Metadata::strip;
  request.profile = Profile::srgb;  // models look at numbers, not at profiles
  auto bytes = std::make_shared<const Bytes>(host.encode(*picture, png ? "png" : "jpeg", request));
  return {std::move(bytes), png ? "image/png" : "image/jpeg"};
}

bool is_sent_as_picture(const File& file) {
  return file.origin.empty() && (file.media_type.empty() ? begins_as_photo(file) : is_photo(file.media_type));
}

RequestFile::Encoded encode_file(const FilePtr& file, Host& host) {
  if (is_sent_as_picture(*file)) return encode_picture(host.decode(*file), host);
  return {read_bytes(*file), file->media_type.empty() ? "application/octet-stream" : file->media_type};
}

BytesPtr read_bytes(const File& file) {
  std::ifstream stream(file.path, std::ios::binary | std::ios::ate);
  const auto size = stream ? static_cast<std::streamoff>(stream.tellg()) : -1;
  auto bytes = std::make_shared<Bytes>(static_cast<std::size_t>(std::max<std::streamoff>(size, 0)));
  if (size > 0) stream.seekg(0).read(reinterpret_cast<char*>(bytes->data()), size);
  if (size < 0 || !stream)
    throw Error("E408",
                "`" + (file.name.empty() ? file.path : file.name) + "` cannot be read, so it cannot be sent to a model",
                "see whether " + file.path + " is there and readable");
  return bytes;
}

}  // namespace pixgraph::replicate
