#include "thumbnails.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include <pixgraph/error.h>

#include "hash.h"

namespace pixgraph {

static constexpr int kMostSamples = 4;  // across one pixel of the thumbnail
static constexpr std::size_t kLargestProfile = 4 << 10;

template <class T>
static float level(T sample) {
  if constexpr (std::is_same_v<T, float>)
    return sample > 0 ? std::min(sample, 1.0F) * 255 : 0;  // not a number: black
  else
    return static_cast<float>(sample) * (sizeof(T) == 1 ? 1.0F : 255.0F / 65535.0F);
}

/// The sum of what a thumbnail's pixel takes of an opaque picture with 8 bits, which nearly all are.
static void add_up(const Image& image, int top, int bottom, int down, int left, int right, int across,
                   std::array<float, 3>& sum, float& count) {
  const int channels = image.channels();
  std::array<std::uint32_t, 3> whole{};
  std::uint32_t samples = 0;
  for (int y = top; y < bottom; y += down) {
    const std::uint8_t* pixel = image.row(y) + static_cast<std::size_t>(left) * channels;
    for (int x = left; x < right; x += across, pixel += static_cast<std::size_t>(across) * channels, ++samples)
      for (int c = 0; c < channels; ++c) whole[c] += pixel[c];
  }
  for (int c = 0; c < channels; ++c) sum[c] = static_cast<float>(whole[c]);
  count = static_cast<float>(samples);
}

template <class T>
static void shrink_rows(const Image& image, Image& out) {
  const int colours = image.colour_channels(), channels = image.channels();
  const bool straight = image.alpha() == Alpha::straight;
  for (int y = 0; y < out.height(); ++y) {
    const int top = static_cast<int>(static_cast<std::int64_t>(y) * image.height() / out.height());
    const int bottom =
        std::max(top + 1, static_cast<int>(static_cast<std::int64_t>(y + 1) * image.height() / out.height()));
    const int down = std::max(1, (bottom - top) / kMostSamples);
    for (int x = 0; x < out.width(); ++x) {
      const int left = static_cast<int>(static_cast<std::int64_t>(x) * image.width() / out.width());
      const int right =
          std::max(left + 1, static_cast<int>(static_cast<std::int64_t>(x + 1) * image.width() / out.width()));
      const int across = std::max(1, (right - left) / kMostSamples);
      std::array<float, 3> sum{};
      float alpha_sum = 0, count = 0;
      const bool simple = sizeof(T) == 1 && !image.has_alpha();
      if (simple) add_up(image, top, bottom, down, left, right, across, sum, count), alpha_sum = count;
      for (int from_y = top; from_y < bottom && !simple; from_y += down) {
        const T* row = image.row<T>(from_y);
        for (int from_x = left; from_x < right; from_x += across) {
          const T* pixel = row + static_cast<std::size_t>(from_x) * channels;
          const float alpha = image.has_alpha() ? level(pixel[colours]) / 255 : 1;
          for (int c = 0; c < colours; ++c) sum[c] += level(pixel[c]) * (straight ? alpha : 1);
          alpha_sum += alpha;
          count += 1;
        }
      }
      std::uint8_t* to = out.row(y) + static_cast<std::size_t>(x) * out.channels();
      for (int c = 0; c < out.colour_channels(); ++c) {
        const float value = alpha_sum > 0 ? sum[colours == 1 ? 0 : c] / alpha_sum : 0;
        to[c] = static_cast<std::uint8_t>(std::lround(std::min(value, 255.0F)));
      }
      if (out.has_alpha()) to[3] = static_cast<std::uint8_t>(std::lround(alpha_sum / count * 255));
    }
  }
}

std::shared_ptr<Image> shrunk(const Image& image, int side) {
  const int longest = std::max(image.width(), image.height());
  const auto scaled = [&](int size) {
    if (longest <= side) return size;
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(size) * side / longest)));
  };
  const int channels = image.has_alpha() ? 4 : image.channels() == 1 ? 1 : 3;
  auto out = std::make_shared<Image>(scaled(image.width()), scaled(image.height()), channels, Sample::u8,
                                     image.has_alpha() ? Alpha::straight : Alpha::none);
  // A profile of greys does not go with the colours that grey with alpha becomes.
  const bool same_kind = (image.colour_channels() == 1) == (channels == 1);
  if (image.info.icc && same_kind && image.info.icc->size() <= kLargestProfile) out->info.icc = image.info.icc;
  switch (image.sample()) {
    case Sample::u8: shrink_rows<std::uint8_t>(image, *out); break;
    case Sample::u16: shrink_rows<std::uint16_t>(image, *out); break;
    case Sample::f32: shrink_rows<float>(image, *out); break;
  }
  return out;
}

std::string_view shown_by_browsers(std::string_view bytes) {
  if (bytes.starts_with("\xff\xd8\xff")) return "jpg";
  if (bytes.starts_with("\x89PNG\r\n")) return "png";
  if (bytes.starts_with("GIF8")) return "gif";
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return "webp";
  return "";
}

std::string Thumbnails::path_of(const std::string& hash) const {
  return join_path(join_path(folder_, hash.substr(0, 2)), hash.size() > 2 ? hash.substr(2) : "_");
}

std::optional<std::string> Thumbnails::read(const std::string& hash) const {
  auto bytes = disk_.read(path_of(hash));
  // Empty: power was lost before its bytes were on the disk.
  if (!bytes || shown_by_browsers(*bytes).empty()) return std::nullopt;
  return bytes;
}

std::optional<Bytes> Thumbnails::encoded(const Image& image) const {
  try {
    const auto small = shrunk(image, kSide);
    const CodecInfo* codec = nullptr;
    for (const char* extension : {".jpg", ".webp", ".png"})
      if (const CodecInfo* one = codecs_.of_extension(extension); one && (!small->has_alpha() || one->writes_alpha)) {
        codec = one;
        break;
      }
    if (!codec) return std::nullopt;
    return codecs_.encode(*small, *codec, {.quality = 72, .metadata = Metadata::strip});
  } catch (const Error&) {
    return std::nullopt;
  }
}

void Thumbnails::keep(const std::string& hash, std::string_view bytes) {
  try {
    const std::string path = path_of(hash);
    std::filesystem::create_directories(folder_of(path));
    // Not durable: a loss of power costs a thumbnail.
    const std::string temp = path + "." + random_hex(4);
    disk_.write(temp, bytes);
    disk_.rename(temp, path);
  } catch (const std::exception&) {  // the disk is full or shut: whoever keeps what matters says so
  }
}

static std::string_view view_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string Thumbnails::add(const Image& image) {
  const auto bytes = encoded(image);
  if (!bytes) return "";
  const std::string hash = sha256(view_of(*bytes));
  if (!has(hash)) keep(hash, view_of(*bytes));
  return hash;
}

void Thumbnails::add(const std::string& hash, const Image& image) {
  if (hash.empty() || has(hash)) return;
  if (const auto bytes = encoded(image)) keep(hash, view_of(*bytes));
}

bool Thumbnails::add_file(const std::string& hash, const std::string& path) {
  if (hash.empty()) return false;
  if (has(hash)) return true;
  try {
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    if (failure) return false;
    if (size <= kSmallFile) {
      const auto bytes = disk_.read(path);
      if (bytes && !shown_by_browsers(*bytes).empty()) {
        keep(hash, *bytes);
        return true;
      }
    }
    File file;
    file.path = path;
    file.name = path;
    add(hash, *codecs_.decode(file, kSide, kSide));
    return has(hash);
  } catch (const Error&) {
    return false;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace pixgraph
