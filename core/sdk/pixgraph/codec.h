// Codec: how a plugin teaches pixgraph a file format.
//
// CodecInfo is data that core keeps in the registry cache, so telling a format by its content loads no plugin. The
// functions may run on many threads at once and throw Error (E31x for what is wrong with the file); core adds the name.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <pixgraph/image.h>

namespace pixgraph {

/// Bytes that a file of the format has at an offset. Several magics with one `group` must all match; groups are
/// alternatives.
struct Magic {
  std::size_t offset = 0;
  std::string bytes;
  int group = 0;
};

struct CodecInfo {
  std::string name;                     // "jpeg": what `format:` says
  std::string media_type;               // "image/jpeg"
  std::vector<std::string> extensions;  // lower case, with the dot: ".jpg"
  std::vector<Magic> magics;            // empty: cannot be told by content
  bool reads = true, writes = true;
  bool writes_alpha = false, writes_16bit = false, writes_float = false;
  int rank =
      0;  // where two codecs claim a file the higher rank reads and writes it (a dedicated one over a general one)
};

/// What a file says about itself before any pixel is decoded. Sizes are of the upright picture.
struct ImageHeader {
  int width = 0, height = 0, channels = 0;
  Sample sample = Sample::u8;
  bool alpha = false;
};

/// Takes a picture row by row, the upper ones first, while it is decoded: so that the whole of it need never be in
/// memory. What it throws ends the decoding. A damaged file is found out at its end, so nothing may come of the rows
/// before decode() has returned.
class RowSink {
 public:
  virtual ~RowSink() = default;
  /// Once, before the first row; 8 bits, no alpha.
  virtual void begin(int width, int height, int channels, const ImageInfo& info) = 0;
  /// At least 64 readable bytes follow the samples.
  virtual void row(const std::uint8_t* samples) = 0;
};

struct DecodeRequest {
  std::span<const std::uint8_t> bytes;     // the whole file, at least `jpeg` etc. never read past it
  BytesPtr owner;                          // of `bytes`, where somebody may keep them; null: only for this call
  std::string path;                        // the same file on disk, for libraries that only take a path
  std::uint64_t max_pixels = 500'000'000;  // of width x height; more is refused (E313) before memory is taken
  // The picture is only needed at this size or smaller: a decoder may return it smaller (JPEG: 1/2, 1/4, 1/8), never
  // smaller than this. 0 = full size.
  int enough_width = 0, enough_height = 0;
  // Where the decoder can, the picture goes there and decode() returns null. Null: to memory.
  RowSink* rows = nullptr;
};

enum class Metadata : std::uint8_t { keep, strip_gps, strip };

/// srgb: the pixels are converted from the picture's own profile, and none is written.
enum class Profile : std::uint8_t { keep, srgb };

struct EncodeRequest {
  int quality = 90;                   // 1..100, lossy formats
  bool lossless = false;              // webp
  std::string subsampling = "4:2:0";  // jpeg: 4:4:4, 4:2:2 or 4:2:0
  int compression = 1;                // png, tiff: 0 none .. 9 smallest; 1 is fast and nearly as small
  Metadata metadata = Metadata::strip_gps;
  Profile profile = Profile::keep;
};

/// Throws E313 for a picture over the limit. Every header() and decode() calls it before it takes memory for pixels.
/// `raise`: what raises the limit.
inline void refuse_too_large(std::uint64_t width, std::uint64_t height, std::uint64_t max_pixels,
                             const char* raise = "--max-pixels") {
  if (width == 0 || height <= max_pixels / width) return;
  const bool millions = max_pixels >= 1'000'000 && max_pixels % 1'000'000 == 0;
  throw Error("E313",
              "the image has " + std::to_string(width) + "x" + std::to_string(height) +
                  " pixels, which is over the limit of " +
                  (millions ? std::to_string(max_pixels / 1'000'000) + " million" : std::to_string(max_pixels)),
              "if it is meant to be that large, `" + std::string(raise) +
                  "` raises the limit; a small file of that size is often a decompression bomb");
}

struct Codec {
  CodecInfo info;
  std::function<ImageHeader(const DecodeRequest&)> header;  // cheap; reads no pixels
  /// Upright, alpha straight, 16 bit and float as they are, palette expanded, ICC/EXIF/XMP in info. A truncated or
  /// damaged file is an Error (E311), never a partly grey picture.
  std::function<std::shared_ptr<Image>(const DecodeRequest&)> decode;
  /// Takes what the abilities above say, else throws E321 (core converts before). Alpha premultiplied or straight.
  std::function<Bytes(const Image&, const EncodeRequest&)> encode;
};

}  // namespace pixgraph
