#include "codecs/png_chunks.h"

#include <cstring>

#include <pixgraph/error.h>

namespace pixgraph::image {
namespace {

constexpr std::string_view kXmpKeyword("XML:com.adobe.xmp\0\0\0", 20);  // keyword, not compressed

std::uint32_t u32(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0]) << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

}  // namespace

void walk_png_chunks(std::span<const std::uint8_t> file,
                     const std::function<bool(std::string_view, std::span<const std::uint8_t>, std::uint32_t)>& visit) {
  for (std::size_t at = kPngSignature.size(); at + 12 <= file.size();) {
    const std::size_t length = u32(&file[at]);
    if (length > file.size() - at - 12) return;
    const std::string_view type(reinterpret_cast<const char*>(&file[at + 4]), 4);
    if (visit(type, file.subspan(at + 8, length), u32(&file[at + 8 + length]))) return;
    at += length + 12;
  }
}

PngHeader read_png_header(std::span<const std::uint8_t> file) {
  if (file.size() < kPngSignature.size() || std::memcmp(file.data(), kPngSignature.data(), kPngSignature.size()) != 0)
    throw Error("E312", "the file is not a PNG");
  if (file.size() < 33)
    throw Error("E311", "the PNG file is truncated: its header is not whole", "fetch or save it again");
  const std::uint8_t* ihdr = &file[16];
  const PngHeader header{u32(ihdr), u32(ihdr + 4), ihdr[8], ihdr[9], ihdr[12] == 1};
  if (std::memcmp(&file[12], "IHDR", 4) != 0 || header.width == 0 || header.height == 0 || header.width > 0x7fffffff ||
      header.height > 0x7fffffff)
    throw Error("E311", "the PNG file is damaged: its header makes no sense", "fetch or save it again");
  return header;
}

PngChunk find_png_chunk(std::span<const std::uint8_t> file, std::string_view type) {
  PngChunk result;
  walk_png_chunks(file, [&](std::string_view seen, std::span<const std::uint8_t> data, std::uint32_t) {
    if (seen != type) return false;
    result = {true, data};
    return true;
  });
  return result;
}

std::span<const std::uint8_t> find_png_xmp(std::span<const std::uint8_t> file) {
  std::span<const std::uint8_t> packet;
  walk_png_chunks(file, [&](std::string_view type, std::span<const std::uint8_t> data, std::uint32_t) {
    if (type != "iTXt" || data.size() < kXmpKeyword.size() ||
        std::memcmp(data.data(), kXmpKeyword.data(), kXmpKeyword.size()) != 0)
      return false;
    // Language tag and translated keyword, each ended by a zero, come before the text.
    std::size_t at = kXmpKeyword.size();
    for (int zeros = 2; zeros > 0 && at < data.size(); ++at)
      if (data[at] == 0) --zeros;
    packet = data.subspan(at);
    return true;
  });
  return packet;
}

}  // namespace pixgraph::image
