#include "codecs/png_rows.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "kernels/png_unfilter.h"

namespace pixgraph::image {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
};

/// The data of all IDAT chunks, one after the other: where there is one only, where it stands, else in `joined`. Empty
/// where there is anything that only libpng should judge.
std::span<const std::uint8_t> image_data(std::span<const std::uint8_t> file, Bytes& joined) {
  std::span<const std::uint8_t> only;
  bool begun = false, over = false, ended = false;
  walk_png_chunks(file, [&](std::string_view type, std::span<const std::uint8_t> chunk, std::uint32_t check) {
    const bool critical = (type[0] & 0x20) == 0;
    if (critical && libdeflate_crc32(0, chunk.data() - 4, chunk.size() + 4) != check) return true;
    if (type == "IDAT") {
      if (over) return true;
      if (begun && joined.empty()) {
        joined.reserve(file.size());
        joined.assign(only.begin(), only.end());
      }
      if (begun)
        joined.insert(joined.end(), chunk.begin(), chunk.end());
      else
        only = chunk;
      begun = true;
      return false;
    }
    over = begun;
    ended = type == "IEND";
    return ended || (critical && type != "IHDR" && type != "PLTE");
  });
  if (!ended) return {};
  return joined.empty() ? only : std::span<const std::uint8_t>(joined);
}

}  // namespace

bool read_png_rows(std::span<const std::uint8_t> file, const PngHeader& header, Image& image) {
  if (header.interlaced || header.bit_depth != 8 || image.sample() != Sample::u8) return false;
  Bytes joined;
  const std::span<const std::uint8_t> data = image_data(file, joined);
  if (data.empty()) return false;
  const std::size_t row = static_cast<std::size_t>(header.width) * image.channels(), all = (row + 1) * header.height;
  // At its very end: a row that is done then never reaches into one that is not, for each begins no later in the
  // picture than in the data, where a byte for its filter comes before it.
  constexpr std::size_t kPast = 64;
  const std::size_t rows = image.row_bytes() * header.height;
  const bool fits = image.capacity() >= std::max(all, rows) + 2 * kPast;
  Bytes beside(fits ? 0 : all);
  std::uint8_t* raw = fits ? image.row(0) + image.capacity() - kPast - all : beside.data();
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(libdeflate_alloc_decompressor());
  std::size_t used = 0;
  if (!decompressor || libdeflate_zlib_decompress_ex(decompressor.get(), data.data(), data.size(), raw, all, &used,
                                                     nullptr) != LIBDEFLATE_SUCCESS)
    return false;
  const std::vector<std::uint8_t> nothing(row + kPast);
  std::vector<std::uint8_t> from(row + kPast);
  const std::uint8_t* above = nothing.data();
  for (int y = 0; y < image.height(); ++y) {
    const std::uint8_t* filtered = raw + static_cast<std::size_t>(y) * (row + 1);
    const int filter = *filtered;
    if (filter > 4) return false;
    std::memcpy(from.data(), filtered + 1, row);
    unfilter_png_row(filter, from.data(), above, image.row(y), row, image.channels());
    above = image.row(y);
  }
  return true;
}

}  // namespace pixgraph::image
