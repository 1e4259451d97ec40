// Tile and Untile: cut and joined is the same picture; seams fade; every refusal with its exact text.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "kernels/seams.h"
#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

using nlohmann::json;
using test::error_of;
using test::Values;

Values tiled(const ImagePtr& image, int size, int overlap) {
  return test::run_node(image_nodes(), "Tile", {{"image", image}, {"size", size}, {"overlap", overlap}});
}
ImagePtr untiled(List tiles, const Value& layout) {
  return test::run_node(image_nodes(), "Untile", {{"tiles", std::move(tiles)}, {"layout", layout}}).at("image").image();
}

TEST(Tile, CutsEvenlyIntoWholeTiles) {
  const Values out = tiled(scene(100, 40, 3), 40, 8);
  // 100 px by tiles of 40 that share at least 8: three, from 0, 30 and 60.
  EXPECT_EQ(*out.at("layout").json(), json::parse(R"({"tile_width":40,"tile_height":40,"overlap":8,
      "lefts":[0,30,60],"tops":[0]})"));
  ASSERT_EQ(out.at("tiles").list()->size(), 3u);
  for (const Value& tile : *out.at("tiles").list()) EXPECT_EQ(tile.image()->width(), 40);
  EXPECT_EQ(out.at("tiles").list()->at(1).image()->row(5)[0], scene(100, 40, 3)->row(5)[90]);
  // A smaller picture is one tile of its own size.
  EXPECT_EQ(*tiled(scene(30, 20, 1), 64, 16).at("layout").json(),
            json::parse(R"({"tile_width":30,"tile_height":20,"overlap":16,"lefts":[0],"tops":[0]})"));
}

TEST(Untile, GivesTheSamePictureAgain) {
  for (const auto& [width, height] : {std::pair{1, 1}, {16, 16}, {17, 40}, {131, 97}, {200, 33}})
    for (const int overlap : {0, 5, 8})
      for (const Sample sample : {Sample::u8, Sample::u16})
        for (const int channels : {1, 3, 4}) {
          auto image = noise(width, height, channels, 7, sample);
          const Values out = tiled(image, 16, overlap);
          const ImagePtr whole = untiled(*out.at("tiles").list(), out.at("layout"));
          ASSERT_EQ(whole->width(), width);
          ASSERT_EQ(whole->height(), height);
          with_sample_type(sample, [&]<class T>(T) {
            for (int y = 0; y < height; ++y)
              for (int i = 0; i < width * channels; ++i) {
                // Colours under alpha 0 mean nothing, and mixing weights by alpha.
                if (channels == 4 && image->row<T>(y)[i / 4 * 4 + 3] == T(0)) continue;
                ASSERT_EQ(whole->row<T>(y)[i], image->row<T>(y)[i])
                    << width << "x" << height << " overlap " << overlap << " at " << i << "," << y;
              }
          });
        }
}

TEST(Untile, TakesLargerTiles) {
  const auto image = scene(100, 70, 3);
  const Values out = tiled(image, 40, 10);
  List doubled;
  for (const Value& tile : *out.at("tiles").list())
    doubled.push_back(
        test::run_node(image_nodes(), "Resize", {{"image", tile}, {"scale", 2.0}, {"filter", "nearest"}}).at("image"));
  const ImagePtr whole = untiled(doubled, out.at("layout"));
  EXPECT_EQ(samples_of(*whole), samples_of(*test::run_node(image_nodes(), "Resize",
                                                           {{"image", image}, {"scale", 2.0}, {"filter", "nearest"}})
                                                .at("image")
                                                .image()));
  // 1.5 times: sizes that do not divide evenly leave no gap.
  List larger;
  for (const Value& tile : *out.at("tiles").list())
    larger.push_back(test::run_node(image_nodes(), "Resize", {{"image", tile}, {"scale", 1.5}}).at("image"));
  const ImagePtr odd = untiled(larger, out.at("layout"));
  EXPECT_NEAR(odd->width(), 150, 1);
  EXPECT_NEAR(odd->height(), 105, 1);
}

TEST(Untile, SeamsFade) {
  // Two tiles of 16 that share 8: 100 on the left, 200 on the right, and a straight line over what they share.
  const ImagePtr joined = join({picture(16, 1, 1, {100}), picture(16, 1, 1, {200})}, {{0, 8}, {0}, 8, 0});
  ASSERT_EQ(joined->width(), 24);
  for (int x = 0; x < 8; ++x) {
    EXPECT_EQ(joined->row(0)[x], 100);
    EXPECT_NEAR(joined->row(0)[8 + x], 100 + 100 * (x + 0.5) / 8, 0.51);
    EXPECT_EQ(joined->row(0)[16 + x], 200);
  }
  // What is transparent in one of them lends no colour.
  const ImagePtr glass = join({picture(4, 1, 2, {100, 0}), picture(4, 1, 2, {200, 255})}, {{0, 0}, {0}, 0, 0});
  EXPECT_EQ(samples_of(*glass), (std::vector<std::uint8_t>{200, 128, 200, 128, 200, 128, 200, 128}));
}

TEST(Untile, BringsTilesToOneKind) {
  const Value layout = tiled(picture(32, 16, 1, {0}), 16, 0).at("layout");
  const ImagePtr whole = untiled({picture(16, 16, 1, {7}), picture(16, 16, 4, {1, 2, 3, 255})}, layout);
  ASSERT_EQ(whole->channels(), 4);
  EXPECT_EQ(std::vector<std::uint8_t>(whole->row(0), whole->row(0) + 4), (std::vector<std::uint8_t>{7, 7, 7, 255}));
}

TEST(Untile, RefusesInASentence) {
  const Value layout = tiled(picture(32, 16, 1, {0}), 16, 0).at("layout");
  const auto tile = picture(16, 16, 1, {0});
  EXPECT_EQ(error_of([&] { untiled({tile}, layout); }),
            "E331: there are 1 tiles, and the layout has places for 2 (give it the tiles of the same Tile, in their "
            "order)");
  EXPECT_EQ(error_of([&] {
              untiled({tile, picture(16, 8, 1, {0})}, layout);
            }),
            "E331: one tile is 16x16 and another 16x8 (all tiles must be of one size: bring them to it with a Resize)");
  const auto refused = [&](const char* key, json value) {
    json changed = *layout.json();
    changed[key] = std::move(value);
    return error_of([&] { untiled({tile, tile}, Value(std::make_shared<const json>(changed))); });
  };
  const std::string hint = " (give it the `layout` output of the Tile that cut the tiles: \"${tiles.layout}\")";
  EXPECT_EQ(refused("overlap", 0), "");
  for (const json& lefts : {json::array({0, 17}), json::array({0, 0}), json::array({1, 8}), json::array(), json(5)})
    EXPECT_EQ(refused("lefts", lefts), "E330: the layout's `lefts` is not what Tile makes" + hint) << lefts;
  EXPECT_EQ(refused("tile_width", 0), "E330: the layout's `tile_width` is not what Tile makes" + hint);
  EXPECT_EQ(error_of([&] { untiled({tile}, Value(std::make_shared<const json>(5))); }),
            "E330: the layout's `tile_width` is not what Tile makes" + hint);
}

}  // namespace
}  // namespace pixgraph::image
