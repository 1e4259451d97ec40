#include "codecs/png_rows.h"

#include <libdeflate.h>

#include <memory>
#include <vector>

#include "kernels/png_unfilter.h"

namespace pixgraph::image {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
};

/// A large block for as long as it is needed.
class Buffer {
 public:
  explicit Buffer(std::size_t bytes) : block_(large_blocks().take(bytes)) {}
  ~Buffer() {
    if (block_.address) large_blocks().give_back(block_);
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  std::uint8_t* get() const { return static_cast<std::uint8_t*>(block_.address); }

 private:
  LargeBlocks::Block block_;
};

/// The data of all IDAT chunks, one after the other; empty where there is anything that only libpng should judge.
Bytes image_data(std::span<const std::uint8_t> file) {
  Bytes data;
  bool begun = false, over = false, ended = false;
  walk_png_chunks(file, [&](std::string_view type, std::span<const std::uint8_t> chunk, std::uint32_t check) {
    const bool critical = (type[0] & 0x20) == 0;
    if (critical && libdeflate_crc32(0, chunk.data() - 4, chunk.size() + 4) != check) return true;
    if (type == "IDAT") {
      if (over) return true;
      if (!begun) data.reserve(file.size());
      begun = true;
      data.insert(data.end(), chunk.begin(), chunk.end());
      return false;
    }
    over = begun;
    ended = type == "IEND";
    return ended || (critical && type != "IHDR" && type != "PLTE");
  });
  if (!ended) data.clear();
  return data;
}

}  // namespace

bool read_png_rows(std::span<const std::uint8_t> file, const PngHeader& header, Image& image) {
  if (header.interlaced || header.bit_depth != 8 || image.sample() != Sample::u8) return false;
  const Bytes data = image_data(file);
  if (data.empty()) return false;
  const std::size_t row = static_cast<std::size_t>(header.width) * image.channels(), all = (row + 1) * header.height;
  const Buffer raw(all + 64);  // the rows are read a little past their ends
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(libdeflate_alloc_decompressor());
  std::size_t used = 0;
  if (!raw.get() || !decompressor ||
      libdeflate_zlib_decompress_ex(decompressor.get(), data.data(), data.size(), raw.get(), all, &used, nullptr) !=
          LIBDEFLATE_SUCCESS)
    return false;
  const std::vector<std::uint8_t> nothing(row + 64);
  const std::uint8_t* above = nothing.data();
  for (int y = 0; y < image.height(); ++y) {
    const std::uint8_t* from = raw.get() + static_cast<std::size_t>(y) * (row + 1);
    if (*from > 4) return false;
    unfilter_png_row(*from, from + 1, above, image.row(y), row, image.channels());
    above = image.row(y);
  }
  return true;
}

}  // namespace pixgraph::image
