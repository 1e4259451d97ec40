// png_chunks: walks the chunks of a PNG file without decoding anything. Source: PNG specification (ISO 15948), 5.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace pixgraph::image {

inline constexpr std::string_view kPngSignature("\x89PNG\r\n\x1a\n", 8);

struct PngHeader {
  std::uint32_t width = 0, height = 0;
  int bit_depth = 0, colour_type = 0;
  bool interlaced = false;
};

/// The signature and the IHDR chunk; throws E312 where it is no PNG, E311 where the header is cut or senseless.
PngHeader read_png_header(std::span<const std::uint8_t> file);

/// Contents of the first chunk of that type; `found` is false where there is none. Reads only inside of the bytes.
struct PngChunk {
  bool found = false;
  std::span<const std::uint8_t> data;
};
PngChunk find_png_chunk(std::span<const std::uint8_t> file, std::string_view type);

/// Calls visit(type, data, check) for each whole chunk, in order, until it returns true; `check` is the CRC that the
/// file has for it. The type's four bytes lie before the data.
void walk_png_chunks(
    std::span<const std::uint8_t> file,
    const std::function<bool(std::string_view type, std::span<const std::uint8_t> data, std::uint32_t check)>& visit);

/// The XMP packet of an uncompressed iTXt chunk; empty where there is none.
std::span<const std::uint8_t> find_png_xmp(std::span<const std::uint8_t> file);

}  // namespace pixgraph::image
