// Tile - cuts a picture into overlapping tiles of one size, so that a model can work on each. Untile joins them again.
#include <cmath>

#include <nlohmann/json.hpp>

#include "kernels/window.h"
#include "nodes.h"

namespace pixgraph::image {

/// Where tiles begin along one side: as few as will do, evenly spread, so that all are whole.
static std::vector<int> starts(int length, int size, int overlap) {
  if (length <= size) return {0};
  const int count = (length - overlap + (size - overlap) - 1) / (size - overlap);
  std::vector<int> result;
  for (int i = 0; i < count; ++i)
    result.push_back(static_cast<int>(std::lround(static_cast<double>(i) * (length - size) / (count - 1))));
  return result;
}

static void run(Call& call) {
  const ImagePtr image = call.image("image");
  const int size = static_cast<int>(call.integer("size")), overlap = static_cast<int>(call.integer("overlap"));
  const std::vector<int> lefts = starts(image->width(), size, overlap), tops = starts(image->height(), size, overlap);
  const int width = std::min(size, image->width()), height = std::min(size, image->height());
  List tiles;
  for (const int top : tops)
    for (const int left : lefts) tiles.emplace_back(crop(*image, {left, top, width, height}));
  call.set("tiles", std::move(tiles));
  call.set(
      "layout",
      std::make_shared<const nlohmann::json>(nlohmann::json{
          {"tile_width", width}, {"tile_height", height}, {"overlap", overlap}, {"lefts", lefts}, {"tops", tops}}));
}

void add_tile(Registrar& registrar) {
  registrar.add(
      Spec("Tile", "Cuts a picture into overlapping tiles of one size")
          .in("image", Type::image, "the picture")
          .param("size", 512, {16, 8192}, "px", "sides of a tile; a smaller picture is one tile")
          .param("overlap", 64, {0, 4096}, "px", "two neighbours share at least this; at most half of the size")
          .rule({.kind = Rule::Kind::ordered,
                 .groups = {{"overlap", "size"}},
                 .factor = 2,
                 .message = "an overlap of {overlap} is more than half of a tile of {size}",
                 .hint = "lower `overlap` or raise `size`"})
          .out("tiles", list_of(Type::image), "row by row, all of one size")
          .out("layout", Type::json, "where they were (tile_width, tile_height, overlap, lefts, tops); Untile takes it")
          .example("tiles: {type: Tile, image: \"${photo}\", size: 512, overlap: 64}"),
      run);
}

}  // namespace pixgraph::image
