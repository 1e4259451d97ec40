// png_by_library: PNG files as libpng writes them, for the kinds that the plugin only reads.
#pragma once

#include <functional>
#include <vector>

#include <png.h>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// `more` is called before anything is written: for filters, palettes and other chunks.
inline Bytes png_by_library(int width, int height, int depth, int type, const std::vector<std::uint8_t>& packed_rows,
                            bool interlaced, const std::function<void(png_structp, png_infop)>& more) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  Bytes out;
  png_set_write_fn(
      png, &out,
      [](png_structp writer, png_bytep data, std::size_t count) {
        auto* bytes = static_cast<Bytes*>(png_get_io_ptr(writer));
        bytes->insert(bytes->end(), data, data + count);
      },
      [](png_structp) {});
  png_set_IHDR(png, info, static_cast<unsigned>(width), static_cast<unsigned>(height), depth, type,
               interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  more(png, info);
  png_write_info(png, info);
  const std::size_t row_bytes = png_get_rowbytes(png, info);
  std::vector<std::uint8_t> copy = packed_rows;
  std::vector<png_bytep> rows;
  for (int y = 0; y < height; ++y) rows.push_back(copy.data() + row_bytes * static_cast<std::size_t>(y));
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return out;
}

}  // namespace pixgraph::image
