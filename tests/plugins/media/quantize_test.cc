// Palettes: exact where they can be, close where they cannot, and dithering that keeps the mean.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "clips.h"
#include "pixels.h"
#include "quantize.h"

namespace pixgraph::media {
namespace {

TEST(Palette, IsExactForFewColours) {
  auto picture = flat(3, 1, {10, 20, 30, 255});
  picture->row(0)[4] = 11;                              // another, close by
  picture->row(0)[8] = 200, picture->row(0)[11] = 127;  // not seen
  const std::vector<Rgb> palette = palette_of({picture}, 255);
  EXPECT_EQ(palette, (std::vector<Rgb>{{10, 20, 30}, {11, 20, 30}}));
  for (const Dither dither : {Dither::none, Dither::floyd_steinberg})
    EXPECT_EQ(Quantizer(palette, dither).indices(*picture), (U8{0, 1, 2}));
  EXPECT_EQ(palette_of({flat(2, 2, {5, 6, 7, 0})}, 255), (std::vector<Rgb>{{0, 0, 0}})) << "nothing is seen";
}

TEST(Palette, CutsBetweenClusters) {
  // Dark colours around 20 and light ones around 220, in two pictures: two colours are their means.
  auto dark = flat(3, 1, {10, 10, 10, 255}), light = flat(3, 1, {210, 210, 210, 255});
  for (int c = 0; c < 3; ++c) {
    dark->row(0)[4 + c] = 20, dark->row(0)[8 + c] = 30;
    light->row(0)[4 + c] = 220, light->row(0)[8 + c] = 230;
  }
  std::vector<Rgb> palette = palette_of({dark, light}, 2);
  std::sort(palette.begin(), palette.end());
  EXPECT_EQ(palette, (std::vector<Rgb>{{20, 20, 20}, {220, 220, 220}}));
}

double mean_square(const Image& rgba, const std::vector<Rgb>& palette) {
  double sum = 0;
  for (int y = 0; y < rgba.height(); ++y)
    for (int x = 0; x < rgba.width(); ++x) {
      int best = std::numeric_limits<int>::max();
      for (const Rgb& colour : palette) {
        int distance = 0;
        for (std::size_t c = 0; c < 3; ++c)
          distance += (rgba.row(y)[x * 4 + static_cast<int>(c)] - colour[c]) *
                      (rgba.row(y)[x * 4 + static_cast<int>(c)] - colour[c]);
        best = std::min(best, distance);
      }
      sum += best;
    }
  return sum / (rgba.width() * rgba.height());
}

TEST(Palette, IsFarBetterThanAFixedOne) {
  const auto picture = as_rgba(*slope(120, 90, 3));
  const std::vector<Rgb> palette = palette_of({picture}, 216);
  EXPECT_LE(palette.size(), 216u);
  std::vector<Rgb> web;
  for (int i = 0; i < 216; ++i)
    web.push_back({static_cast<std::uint8_t>(i % 6 * 51), static_cast<std::uint8_t>(i / 6 % 6 * 51),
                   static_cast<std::uint8_t>(i / 36 * 51)});
  EXPECT_LT(mean_square(*picture, palette), mean_square(*picture, web) / 8);
}

TEST(Quantizer, FindsTheNearestColour) {
  std::mt19937 random(3);
  std::vector<Rgb> palette;
  for (int i = 0; i < 200; ++i)
    palette.push_back({static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random()),
                       static_cast<std::uint8_t>(random())});
  auto picture = flat(500, 1, {0, 0, 0, 255});
  for (int i = 0; i < 2000; ++i)
    if (i % 4 != 3) picture->row(0)[i] = static_cast<std::uint8_t>(random());
  const U8 indices = Quantizer(palette, Dither::none).indices(*picture);
  const auto distance = [&](int x, const Rgb& colour) {
    const std::uint8_t* pixel = picture->row(0) + x * 4;
    const int r = pixel[0] - colour[0], g = pixel[1] - colour[1], b = pixel[2] - colour[2];
    return std::sqrt(3.0 * r * r + 4.0 * g * g + 2.0 * b * b);
  };
  for (int x = 0; x < 500; ++x) {
    double best = 1e9;
    for (const Rgb& colour : palette) best = std::min(best, distance(x, colour));
    // The table has steps of four.
    EXPECT_LE(distance(x, palette[indices[static_cast<std::size_t>(x)]]), best + 2 * std::sqrt(9.0 * 4)) << x;
  }
}

TEST(Quantizer, DitherKeepsTheMean) {
  const std::vector<Rgb> black_and_white{{0, 0, 0}, {255, 255, 255}};
  const auto grey = flat(64, 64, {100, 100, 100, 255});
  EXPECT_EQ(Quantizer(black_and_white, Dither::none).indices(*grey), U8(64 * 64, 0));
  const U8 spread = Quantizer(black_and_white, Dither::floyd_steinberg).indices(*grey);
  EXPECT_NEAR(static_cast<double>(std::count(spread.begin(), spread.end(), 1)) / spread.size(), 100 / 255.0, 0.01);
  const U8 pattern = Quantizer(black_and_white, Dither::ordered).indices(*grey);
  // 100 + 202 * (-0.5..0.5) is above 128 for 37 % of the pattern.
  EXPECT_NEAR(static_cast<double>(std::count(pattern.begin(), pattern.end(), 1)) / pattern.size(), 0.37, 0.03);
  EXPECT_EQ(Quantizer(black_and_white, Dither::ordered).indices(*flat(8, 8, {255, 255, 255, 255})).at(0), 1);
}

}  // namespace
}  // namespace pixgraph::media
