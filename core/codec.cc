#include "codec.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>

#include "disk.h"
#include "pixels.h"
#include "registry.h"

namespace pixgraph {

Codecs::Codecs(const Registry& registry, std::uint64_t max_pixels)
    : registry_(registry), max_pixels_(max_pixels), infos_(registry.codecs()) {
  std::stable_sort(infos_.begin(), infos_.end(),
                   [](const CodecInfo& a, const CodecInfo& b) { return a.rank > b.rank; });
}

static bool matches(const CodecInfo& info, std::span<const std::uint8_t> bytes) {
  std::map<int, bool> groups;
  for (const Magic& magic : info.magics) {
    const bool here =
        magic.offset + magic.bytes.size() <= bytes.size() &&
        std::equal(magic.bytes.begin(), magic.bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(magic.offset),
                   [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    const auto [group, is_new] = groups.emplace(magic.group, here);
    if (!is_new) group->second = group->second && here;
  }
  return std::any_of(groups.begin(), groups.end(), [](const auto& group) { return group.second; });
}

const CodecInfo* Codecs::of_content(std::span<const std::uint8_t> bytes) const {
  for (const CodecInfo& info : infos_)
    if (info.reads && matches(info, bytes)) return &info;
  return nullptr;
}

const CodecInfo* Codecs::of_extension(std::string_view extension) const {
  std::string wanted(extension);
  for (char& c : wanted) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const CodecInfo& info : infos_)
    if (info.writes && std::find(info.extensions.begin(), info.extensions.end(), wanted) != info.extensions.end())
      return &info;
  return nullptr;
}

const CodecInfo* Codecs::by_name(std::string_view name) const {
  for (const CodecInfo& info : infos_)
    if (info.name == name) return &info;
  return nullptr;
}

std::vector<std::string> Codecs::writable_extensions() const {
  std::vector<std::string> all;
  for (const CodecInfo& info : infos_)
    if (info.writes) all.insert(all.end(), info.extensions.begin(), info.extensions.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

const Codec& Codecs::loaded(const std::string& name) const {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = loaded_.find(name); found != loaded_.end()) return found->second;
  }
  Codec codec = registry_.codec(name);  // may load a plugin: not under our lock
  std::lock_guard lock(mutex_);
  return loaded_.emplace(name, std::move(codec)).first->second;
}

std::string Codecs::media_type(const File& file) const {
  Bytes first(512);
  std::ifstream stream(file.path, std::ios::binary);
  stream.read(reinterpret_cast<char*>(first.data()), static_cast<std::streamsize>(first.size()));
  first.resize(static_cast<std::size_t>(stream.gcount()));
  const CodecInfo* info = of_content(first);
  return info ? info->media_type : "application/octet-stream";
}

static BytesPtr read_whole(const File& file) {
  std::optional<Bytes> bytes = read_bytes(file.path);
  if (!bytes) throw Error("E601", "`" + file.name + "` cannot be read: it is not there");
  return std::make_shared<const Bytes>(std::move(*bytes));
}

static const CodecInfo& reader_of(const Codecs& codecs, const File& file, const Bytes& bytes) {
  if (bytes.empty()) throw Error("E312", "`" + file.name + "` is empty").at(file.name);
  const CodecInfo* info = codecs.of_content(bytes);
  if (!info)
    throw Error("E312", "`" + file.name + "` is not an image that can be read",
                "JPEG, PNG, WebP, TIFF, GIF and others are told by their content, not by their name")
        .at(file.name);
  return *info;
}

ImageHeader Codecs::header(const File& file) const {
  const BytesPtr bytes = read_whole(file);
  const CodecInfo& info = reader_of(*this, file, *bytes);
  try {
    return loaded(info.name).header({.bytes = *bytes, .owner = bytes, .path = file.path, .max_pixels = max_pixels_});
  } catch (Error& error) {
    throw error.at(file.name);
  }
}

ImagePtr Codecs::decode(const File& file, DecodeRequest request) const {
  const BytesPtr bytes = read_whole(file);
  const CodecInfo& info = reader_of(*this, file, *bytes);
  request.bytes = *bytes;
  request.owner = bytes;
  request.path = file.path;
  request.max_pixels = max_pixels_;
  try {
    ImagePtr image = loaded(info.name).decode(request);
    if (watcher_ && image) watcher_(file, *image);
    return image;
  } catch (Error& error) {
    throw error.at(file.name);
  }
}

ImagePtr Codecs::decode(const File& file, int enough_width, int enough_height) const {
  DecodeRequest request;
  if (enough_width > 0 || enough_height > 0) {
    request.enough_width = std::max(enough_width, kSmallest);
    request.enough_height = std::max(enough_height, kSmallest);
  }
  return decode(file, request);
}

namespace {

/// Hands rows on and keeps some of their pixels, enough of them for a thumbnail.
class SampledRows : public RowSink {
 public:
  explicit SampledRows(RowSink& to) : to_(to) {}
  void begin(int width, int height, int channels, const ImageInfo& info) override {
    step_ = std::max(1, std::max(width, height) / kMost);
    sample_ = std::make_shared<Image>((width + step_ - 1) / step_, (height + step_ - 1) / step_, channels);
    sample_->info = info;
    to_.begin(width, height, channels, info);
  }
  void row(const std::uint8_t* samples) override {
    if (y_ % step_ == 0) {
      const int channels = sample_->channels();
      std::uint8_t* out = sample_->row(y_ / step_);
      const std::size_t stride = static_cast<std::size_t>(step_) * channels;
      for (int x = 0; x < sample_->width(); ++x, out += channels) std::copy_n(samples + x * stride, channels, out);
    }
    ++y_;
    to_.row(samples);
  }
  const Image* sample() const { return sample_.get(); }

 private:
  static constexpr int kMost = 4 * Codecs::kSmallest;  // thumbnails look at no more samples than that

  RowSink& to_;
  std::shared_ptr<Image> sample_;
  int step_ = 1, y_ = 0;
};

}  // namespace

ImagePtr Codecs::decode_rows(const File& file, RowSink& rows) const {
  SampledRows sampled(rows);
  DecodeRequest request;
  request.rows = watcher_ ? &sampled : &rows;
  ImagePtr image = decode(file, request);
  if (!image && watcher_) watcher_(file, *sampled.sample());
  return image;
}

Bytes Codecs::encode(const Image& image, const CodecInfo& codec, const EncodeRequest& request) const {
  if (image.has_alpha() && !codec.writes_alpha)
    throw Error("E322", "the image has alpha, which " + codec.name + " cannot keep",
                "say `flatten: \"#ffffff\"` (or another colour) to put a colour behind it, or write a .png or .webp");
  const Sample best = image.sample() == Sample::f32 && codec.writes_float  ? Sample::f32
                      : image.sample() != Sample::u8 && codec.writes_16bit ? Sample::u16
                                                                           : Sample::u8;
  if (image.sample() == best) return loaded(codec.name).encode(image, request);
  return loaded(codec.name).encode(*with_depth(image, best), request);
}

std::string extension_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  const std::size_t slash = path.rfind('/');
  if (dot == std::string_view::npos || dot == 0 || (slash != std::string_view::npos && dot <= slash + 1)) return "";
  std::string extension(path.substr(dot));
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension;
}

std::optional<std::uint64_t> parse_pixels(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number == 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const std::uint64_t each = unit.empty()                  ? 1
                             : unit == "M" || unit == "MP" ? 1'000'000
                             : unit == "G" || unit == "GP" ? 1'000'000'000
                                                           : 0;
  if (each == 0 || number > INT64_MAX / each) return std::nullopt;
  return number * each;
}

}  // namespace pixgraph
