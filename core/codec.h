// Codecs: chooses among the codecs that plugins register. A format is told by a file's content, never by its name; only
// writing goes by extension. Telling a format loads no plugin.
//
// Made once from the registry; safe from many threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <pixgraph/codec.h>
#include <pixgraph/value.h>

namespace pixgraph {

class Registry;

/// Of a picture, unless `--max-pixels` says otherwise: more is refused before memory is taken.
inline constexpr std::uint64_t kMaxPixels = 500'000'000;

class Codecs {
 public:
  static constexpr int kSmallest = 160;  // no side of a picture that is decoded smaller than its file is below that

  explicit Codecs(const Registry& registry, std::uint64_t max_pixels = kMaxPixels);

  /// The codec that reads these bytes (the first 4 kB are enough); null where none does.
  const CodecInfo* of_content(std::span<const std::uint8_t> bytes) const;
  /// "image/png" by what the file begins with; "application/octet-stream" where that says nothing.
  std::string media_type(const File& file) const;
  /// The codec that writes files of that extension (".jpg", any case); null where none does.
  const CodecInfo* of_extension(std::string_view extension) const;
  const CodecInfo* by_name(std::string_view name) const;
  /// Extensions that can be written, sorted: for messages.
  std::vector<std::string> writable_extensions() const;

  /// Throws Error E31x whose `where` is the file's name; E601 where it cannot be read.
  ImageHeader header(const File& file) const;
  /// `enough`: the picture is only wanted that large or smaller; what comes may be smaller than the file, never than
  /// that nor than a thumbnail. 0: all of it.
  ImagePtr decode(const File& file, int enough_width = 0, int enough_height = 0) const;
  /// The whole picture to `rows` and null, or, where its codec cannot do that, the picture.
  ImagePtr decode_rows(const File& file, RowSink& rows) const;
  /// Told of every picture that is decoded, on the thread that decodes; of one that went by in rows, a part of them.
  /// Before any other thread uses this.
  void watch(std::function<void(const File&, const Image&)> watcher) { watcher_ = std::move(watcher); }
  /// Depth is converted where the format cannot keep it; alpha that it cannot keep is Error E322.
  Bytes encode(const Image& image, const CodecInfo& codec, const EncodeRequest& request) const;

 private:
  const Codec& loaded(const std::string& name) const;
  ImagePtr decode(const File& file, DecodeRequest request) const;

  const Registry& registry_;
  const std::uint64_t max_pixels_;
  std::function<void(const File&, const Image&)> watcher_;
  std::vector<CodecInfo> infos_;  // highest rank first
  mutable std::mutex mutex_;
  mutable std::map<std::string, Codec> loaded_;
};

/// Lower-case extension with its dot; "" where there is none.
std::string extension_of(std::string_view path);

/// "24000000", "500M" or "500MP" (millions), "2G" or "2GP" (thousands of them); nullopt for anything else.
std::optional<std::uint64_t> parse_pixels(std::string_view text);

}  // namespace pixgraph
