// Holes, mixing and rotation against plain second implementations.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "codecs/orientation.h"
#include "kernels/fill_holes.h"
#include "kernels/mix.h"
#include "kernels/rotate.h"
#include "kernels/window.h"
#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

/// The definition: from above, each pixel sinks to what its lowest neighbour lets it, until nothing moves.
std::vector<std::uint8_t> filled(const Image& mask) {
  const int width = mask.width(), height = mask.height();
  const std::vector<std::uint8_t> own = samples_of(mask);
  std::vector<std::uint8_t> level(own.size(), 255);
  for (bool moved = true; moved;) {
    moved = false;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const auto at = [&](int column, int row) -> std::uint8_t {
          if (column < 0 || row < 0 || column >= width || row >= height) return 0;  // all around is outside
          return level[static_cast<std::size_t>(row * width + column)];
        };
        const std::size_t here = static_cast<std::size_t>(y * width + x);
        const std::uint8_t low =
            std::max(own[here], std::min({at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1)}));
        if (low < level[here]) level[here] = low, moved = true;
      }
  }
  return level;
}

TEST(FillHoles, MatchesTheDefinition) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const int width = 1 + static_cast<int>(seed * 7 % 30), height = 1 + static_cast<int>(seed * 5 % 23);
    const auto mask = noise(width, height, 1, seed);
    EXPECT_EQ(samples_of(*fill_holes(*mask, 0)), filled(*mask)) << width << "x" << height;
    EXPECT_EQ(samples_of(*convert_depth(*fill_holes(*convert_depth(*mask, Sample::u16), 0), Sample::u8)),
              filled(*mask));
    EXPECT_EQ(samples_of(*convert_depth(*fill_holes(*convert_depth(*mask, Sample::f32), 0), Sample::u8)),
              filled(*mask));
    // No hole is larger than the picture, and none smaller than a pixel.
    EXPECT_EQ(samples_of(*fill_holes(*mask, width * height)), filled(*mask));
  }
}

TEST(Mix, MatchesTheFormula) {
  for (const int channels : {1, 2, 3, 4}) {
    const auto under = noise(40, 30, channels, 1), top = noise(40, 30, channels, 2), mask = noise(40, 30, 1, 3);
    const auto result = mix(*under, *top, *mask);
    const int colours = under->colour_channels();
    for (int y = 0; y < 30; ++y)
      for (int x = 0; x < 40; ++x) {
        const std::uint8_t *a = under->row(y) + x * channels, *b = top->row(y) + x * channels;
        const std::uint8_t* got = result->row(y) + x * channels;
        const double share = mask->row(y)[x] / 255.0;
        const double a_weight = (1 - share) * (channels % 2 == 0 ? a[colours] / 255.0 : 1);
        const double b_weight = share * (channels % 2 == 0 ? b[colours] / 255.0 : 1);
        if (channels % 2 == 0) {
          ASSERT_NEAR(got[colours], (a_weight + b_weight) * 255, 0.51);
        }
        if (a_weight + b_weight < 0.01) continue;
        for (int c = 0; c < colours; ++c)
          ASSERT_NEAR(got[c], (a[c] * a_weight + b[c] * b_weight) / (a_weight + b_weight), 0.51);
      }
  }
}

TEST(Mix, KeepsBitsAtBothEnds) {
  for (const Sample sample : {Sample::u8, Sample::u16, Sample::f32}) {
    const auto under = noise(9, 5, 4, 1, sample), top = noise(9, 5, 4, 2, sample);
    EXPECT_EQ(bytes_of(*mix(*under, *top, *convert_depth(*picture(9, 5, 1, {0}), sample))), bytes_of(*under));
    EXPECT_EQ(bytes_of(*mix(*under, *top, *convert_depth(*picture(9, 5, 1, {255}), sample))), bytes_of(*top));
  }
}

/// Triangle filter by its definition: the four pixels around, or nothing beyond the picture; colours by alpha.
std::array<double, 2> turned_pixel(const Image& image, double x, double y) {
  double alpha = 0, colour = 0;
  for (int row = static_cast<int>(std::floor(y - 0.5)); row <= std::floor(y - 0.5) + 1; ++row)
    for (int column = static_cast<int>(std::floor(x - 0.5)); column <= std::floor(x - 0.5) + 1; ++column) {
      if (row < 0 || column < 0 || row >= image.height() || column >= image.width()) continue;
      const double weight = (1 - std::abs(column + 0.5 - x)) * (1 - std::abs(row + 0.5 - y));
      const std::uint8_t* pixel = image.row(row) + column * 2;
      alpha += weight * pixel[1];
      colour += weight * pixel[1] * pixel[0];
    }
  return {alpha == 0 ? 0 : colour / alpha, alpha};
}

TEST(Rotate, MatchesTheDefinition) {
  const auto image = scene(23, 14, 2);
  for (const double degrees : {3.0, 45.0, 123.4, 271.0}) {
    const auto result = rotate(*image, degrees, 31, 28, Filter::triangle);
    const double angle = degrees * std::numbers::pi / 180;
    for (int y = 0; y < 28; ++y)
      for (int x = 0; x < 31; ++x) {
        // Back by the angle, about both middles.
        const double from_x = x + 0.5 - 15.5, from_y = y + 0.5 - 14;
        const auto [colour, alpha] = turned_pixel(*image, std::cos(angle) * from_x + std::sin(angle) * from_y + 11.5,
                                                  -std::sin(angle) * from_x + std::cos(angle) * from_y + 7);
        ASSERT_NEAR(result->row(y)[x * 2 + 1], alpha, 2);
        if (alpha > 20) {
          ASSERT_NEAR(result->row(y)[x * 2], colour, 2) << x << "," << y << " by " << degrees;
        }
      }
  }
}

TEST(Rotate, AgreesWithQuarters) {
  const auto image = noise(17, 12, 4, 6);
  const std::pair<int, int> quarters[] = {{90, 6}, {180, 3}, {270, 8}};
  for (const auto& [degrees, orientation] : quarters) {
    const auto exact = turned(*image, orientation);
    const auto result = rotate(*image, degrees, exact->width(), exact->height(), Filter::nearest);
    for (int y = 0; y < exact->height(); ++y)
      for (int i = 0; i < exact->width() * 4; ++i)
        if (exact->row(y)[i / 4 * 4 + 3] > 0) {
          ASSERT_EQ(result->row(y)[i], exact->row(y)[i]) << degrees;
        }
  }
}

TEST(Window, CropsAndInsertsWhatIsInside) {
  const auto image = noise(9, 7, 3, 1, Sample::u16);
  const auto part = crop(*image, {2, 1, 4, 3});
  for (int y = 0; y < 3; ++y) EXPECT_EQ(0, std::memcmp(part->row(y), image->row<std::uint16_t>(y + 1) + 6, 24));
  for (const int left : {-20, -3, 0, 7, 9, 30}) {
    auto canvas = picture<std::uint16_t>(9, 7, 3, {1});
    insert(*canvas, *part, left, 5);
    for (int y = 0; y < 7; ++y)
      for (int x = 0; x < 9; ++x) {
        const bool covered = x >= left && x < left + 4 && y >= 5 && y < 8;
        ASSERT_EQ(canvas->row<std::uint16_t>(y)[x * 3], covered ? part->row<std::uint16_t>(y - 5)[(x - left) * 3] : 1);
      }
  }
}

}  // namespace
}  // namespace pixgraph::image
