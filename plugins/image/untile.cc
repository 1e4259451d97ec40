// Untile - joins the tiles that Tile cut, after a model worked on each: at their old size or any other.
#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "alike.h"
#include "kernels/samples.h"
#include "kernels/seams.h"
#include "nodes.h"
#include "placement.h"

namespace pixgraph::image {
namespace {

struct Layout {
  int tile_width, tile_height, overlap;
  std::vector<int> lefts, tops;
};

Layout layout_of(const nlohmann::json& json) {
  const auto refuse = [](const std::string& key) {
    throw Error("E330", "the layout's `" + key + "` is not what Tile makes",
                "give it the `layout` output of the Tile that cut the tiles: \"${tiles.layout}\"");
  };
  const auto number = [&](const char* key, int least) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_number_integer() || json[key] < least ||
        json[key] > 1'000'000)
      refuse(key);
    return json[key].get<int>();
  };
  const auto starts = [&](const char* key, int size) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_array() || json[key].empty()) refuse(key);
    std::vector<int> result;
    for (const nlohmann::json& start : json[key]) {
      // From 0 on, each beyond the one before it and without a gap.
      const bool first = result.empty();
      if (!start.is_number_integer() ||
          (first ? start != 0 : start <= result.back() || start > result.back() + size || start > 1'000'000))
        refuse(key);
      result.push_back(start.get<int>());
    }
    return result;
  };
  const int width = number("tile_width", 1), height = number("tile_height", 1), overlap = number("overlap", 0);
  return {width, height, overlap, starts("lefts", width), starts("tops", height)};
}

/// All of one kind: that of the tile with the most channels.
std::vector<ImagePtr> tiles_of(const Call& call) {
  std::vector<ImagePtr> tiles;
  for (const Value& value : call.list("tiles")) tiles.push_back(value.image());
  if (tiles.empty()) return tiles;
  const ImagePtr model = *std::max_element(tiles.begin(), tiles.end(), [](const ImagePtr& a, const ImagePtr& b) {
    return std::pair(a->colour_channels(), a->sample()) < std::pair(b->colour_channels(), b->sample());
  });
  const bool alpha = std::any_of(tiles.begin(), tiles.end(), [](const ImagePtr& tile) { return tile->has_alpha(); });
  for (ImagePtr& tile : tiles) {
    tile = in_the_manner_of(tile, *model);
    if (alpha && !tile->has_alpha()) tile = add_alpha(*tile);
  }
  return tiles;
}

}  // namespace

static void run(Call& call) {
  const Layout layout = layout_of(*call.value("layout").json());
  const std::vector<ImagePtr> tiles = tiles_of(call);
  const std::size_t wanted = layout.lefts.size() * layout.tops.size();
  if (tiles.size() != wanted)
    throw Error(
        "E331",
        "there are " + std::to_string(tiles.size()) + " tiles, and the layout has places for " + std::to_string(wanted),
        "give it the tiles of the same Tile, in their order");
  for (const ImagePtr& tile : tiles)
    if (tile->width() != tiles[0]->width() || tile->height() != tiles[0]->height())
      throw Error("E331", "one tile is " + size_text(*tiles[0]) + " and another " + size_text(*tile),
                  "all tiles must be of one size: bring them to it with a Resize");
  const double scale_x = static_cast<double>(tiles[0]->width()) / layout.tile_width;
  const double scale_y = static_cast<double>(tiles[0]->height()) / layout.tile_height;
  refuse_huge(layout.lefts.back() * scale_x + tiles[0]->width(), layout.tops.back() * scale_y + tiles[0]->height(),
              "tile a smaller picture, or shrink the tiles before");
  Grid grid{layout.lefts, layout.tops, layout.overlap * scale_x, layout.overlap * scale_y};
  for (int& left : grid.lefts) left = static_cast<int>(std::floor(left * scale_x));
  for (int& top : grid.tops) top = static_cast<int>(std::floor(top * scale_y));
  call.set("image", join(tiles, grid));
}

void add_untile(Registrar& registrar) {
  registrar.add(
      Spec("Untile", "Joins the tiles that Tile cut, without seams")
          .in("tiles", list_of(Type::image), "in their order; all of one size, which may be another than before")
          .in("layout", Type::json, "the `layout` of that Tile")
          .out("image", Type::image, "the whole picture, larger or smaller as the tiles are; overlaps are faded")
          .example("whole: {type: Untile, tiles: \"${upscaled}\", layout: \"${tiles.layout}\"}"),
      run);
}

}  // namespace pixgraph::image
