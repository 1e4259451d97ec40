#include "codecs/orientation.h"

#include <algorithm>
#include <cstring>

namespace pixgraph::image {
namespace {

// Tiles keep both the rows that are read and the columns that are written in the first-level cache.
constexpr int kTile = 32;

/// Destination (x, y) takes the stored pixel whose offset is origin + x * step_x + y * step_y bytes.
template <int kPixelBytes>
void turn(const Image& stored, Image& turned, std::ptrdiff_t origin, std::ptrdiff_t step_x, std::ptrdiff_t step_y) {
  const std::uint8_t* source = stored.row(0) + origin;
  for (int tile_y = 0; tile_y < turned.height(); tile_y += kTile)
    for (int tile_x = 0; tile_x < turned.width(); tile_x += kTile) {
      const int end_y = std::min(tile_y + kTile, turned.height()), end_x = std::min(tile_x + kTile, turned.width());
      for (int y = tile_y; y < end_y; ++y) {
        std::uint8_t* out = turned.row(y) + static_cast<std::size_t>(tile_x) * kPixelBytes;
        for (int x = tile_x; x < end_x; ++x, out += kPixelBytes)
          std::memcpy(out, source + x * step_x + y * step_y, kPixelBytes);
      }
    }
}

}  // namespace

std::shared_ptr<Image> upright(std::shared_ptr<Image> stored, int orientation) {
  if (orientation <= 1 || orientation > 8) return stored;
  return turned(*stored, orientation);
}

std::shared_ptr<Image> turned(const Image& stored, int orientation) {
  const bool swapped = swaps_sides(orientation);
  auto result =
      std::make_shared<Image>(swapped ? stored.height() : stored.width(), swapped ? stored.width() : stored.height(),
                              stored.channels(), stored.sample(), stored.alpha());
  result->info = stored.info;

  const std::ptrdiff_t pixel = stored.channels() * static_cast<std::ptrdiff_t>(sample_bytes(stored.sample()));
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(stored.row_bytes());
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const std::ptrdiff_t origin =
      (from_right ? (stored.width() - 1) * pixel : 0) + (from_bottom ? (stored.height() - 1) * row : 0);
  const std::ptrdiff_t along_row = from_right ? -pixel : pixel, along_column = from_bottom ? -row : row;
  const std::ptrdiff_t step_x = swapped ? along_column : along_row, step_y = swapped ? along_row : along_column;

  switch (pixel) {
    case 1: turn<1>(stored, *result, origin, step_x, step_y); break;
    case 2: turn<2>(stored, *result, origin, step_x, step_y); break;
    case 3: turn<3>(stored, *result, origin, step_x, step_y); break;
    case 4: turn<4>(stored, *result, origin, step_x, step_y); break;
    case 6: turn<6>(stored, *result, origin, step_x, step_y); break;
    case 8: turn<8>(stored, *result, origin, step_x, step_y); break;
    case 12: turn<12>(stored, *result, origin, step_x, step_y); break;
    case 16: turn<16>(stored, *result, origin, step_x, step_y); break;
    default: throw Error("E302", "pixels of " + std::to_string(pixel) + " bytes cannot be turned");
  }
  return result;
}

}  // namespace pixgraph::image
