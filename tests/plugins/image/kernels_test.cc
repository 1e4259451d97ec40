// The kernels against plain formulas, and their AVX2 variants against the portable ones bit for bit.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "kernels/alpha.h"
#include "kernels/box_blur.h"
#include "kernels/dilate.h"
#include "kernels/instructions.h"
#include "kernels/over.h"
#include "kernels/resample.h"
#include "kernels/resample_weights.h"
#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

/// Runs `work` with and without AVX2 and expects the same bytes.
void expect_same_bits(const std::string& what, const std::function<std::shared_ptr<Image>()>& work) {
  use_portable_only(true);
  const auto portable = bytes_of(*work());
  use_portable_only(false);
  EXPECT_TRUE(bytes_of(*work()) == portable) << what;
}

TEST(Kernels, Avx2AndPortableGiveTheSameBits) {
#if PIXGRAPH_HAS_AVX2
  ASSERT_TRUE(use_avx2()) << "this machine has no AVX2: the comparison would compare nothing";
#endif
  std::mt19937 random(7);
  const Filter filters[] = {Filter::lanczos3, Filter::cubic, Filter::triangle, Filter::box, Filter::nearest};
  for (unsigned round = 0; round < 150; ++round) {
    const int width = 1 + static_cast<int>(random() % 90), height = 1 + static_cast<int>(random() % 60);
    const int to_width = 1 + static_cast<int>(random() % 120), to_height = 1 + static_cast<int>(random() % 80);
    const std::string size = std::to_string(width) + "x" + std::to_string(height) + " to " + std::to_string(to_width) +
                             "x" + std::to_string(to_height);
    for (int channels = 1; channels <= 4; ++channels) {
      const auto image = noise(width, height, channels, round * 4 + static_cast<unsigned>(channels));
      const Region whole{0, 0, static_cast<double>(width), static_cast<double>(height)};
      expect_same_bits("resample " + size + " channels " + std::to_string(channels),
                       [&] { return resample(*image, whole, to_width, to_height, filters[round % 5]); });
    }
    const auto top = noise(width, height, 4, round), under = noise(width, height, 3, round + 1);
    expect_same_bits("over " + size, [&] { return over(*top, under); });
    for (Sample sample : {Sample::u8, Sample::u16, Sample::f32}) {
      const auto mask = noise(width, height, 1, round, sample);
      const int radius = static_cast<int>(random() % 12);
      expect_same_bits("dilate " + size, [&] { return dilate(*mask, radius); });
      expect_same_bits("erode " + size, [&] { return erode(*mask, radius); });
      expect_same_bits("blur " + size, [&] { return blur(*mask, radius / 2.0); });
    }
  }
}

TEST(Resample, FlatAreasStayFlat) {
  for (Filter filter : {Filter::lanczos3, Filter::cubic, Filter::triangle, Filter::box, Filter::nearest})
    for (int value : {0, 1, 127, 254, 255})
      for (int size : {1, 3, 7, 40, 200}) {
        const auto flat = picture(37, 23, 3, {static_cast<std::uint8_t>(value)});
        const auto scaled = resample(*flat, {0, 0, 37, 23}, size, size, filter);
        EXPECT_EQ(samples_of(*scaled), std::vector<std::uint8_t>(static_cast<std::size_t>(size * size * 3), value));
      }
}

TEST(Resample, BoxByTwoIsTheMean) {
  const auto image = picture(4, 2, 1,
                             {10, 20, 0, 255,  //
                              30, 40, 0, 255});
  EXPECT_EQ(samples_of(*resample(*image, {0, 0, 4, 2}, 2, 1, Filter::box)), (std::vector<std::uint8_t>{25, 128}));
}

TEST(Resample, TriangleDoublesByQuarters) {
  // Centres of the result lie at 0.25 and 0.75 between the source's: 0, 1/4, 3/4, 1 of the way, ends held.
  const auto image = picture(2, 1, 1, {0, 200});
  EXPECT_EQ(samples_of(*resample(*image, {0, 0, 2, 1}, 4, 1, Filter::triangle)),
            (std::vector<std::uint8_t>{0, 50, 150, 200}));
}

TEST(Resample, SameSizeIsTheSameInEveryDepth) {
  for (Sample sample : {Sample::u8, Sample::u16, Sample::f32})
    for (int channels : {1, 3}) {
      const auto image = noise(31, 17, channels, 5, sample);
      const auto same = resample(*image, {0, 0, 31, 17}, 31, 17, Filter::lanczos3);
      EXPECT_EQ(bytes_of(*same), bytes_of(*image));
    }
}

TEST(Resample, SixteenBitAndFloatAgreeWithEightBit) {
  const auto image = scene(120, 90, 4);
  const auto small = resample(*image, {0, 0, 120, 90}, 41, 33, Filter::lanczos3);
  for (Sample sample : {Sample::u16, Sample::f32}) {
    const auto deep = resample(*convert_depth(*image, sample), {0, 0, 120, 90}, 41, 33, Filter::lanczos3);
    const auto a = samples_of(*small), b = samples_of(*convert_depth(*deep, Sample::u8));
    for (std::size_t i = 0; i < a.size(); ++i) {
      // With next to no alpha the colour's last bits mean nothing.
      if (i % 4 < 3 && a[i / 4 * 4 + 3] < 16) continue;
      ASSERT_NEAR(a[i], b[i], 1) << i;
    }
  }
}

TEST(Resample, NoColourComesOutOfTransparency) {
  // A red disc on transparent black, scaled and laid over white: red stays full everywhere, or there is a dark fringe.
  for (Sample sample : {Sample::u8, Sample::u16}) {
    auto cutout = std::make_shared<Image>(101, 101, 4, Sample::u8, Alpha::straight);
    for (int y = 0; y < 101; ++y)
      for (int x = 0; x < 101; ++x) {
        const double distance = std::hypot(x - 50, y - 50);
        const double alpha = std::clamp(40.5 - distance, 0.0, 1.0);
        const std::uint8_t pixel[4] = {static_cast<std::uint8_t>(alpha > 0 ? 255 : 0), 0, 0,
                                       from_unit<std::uint8_t>(alpha)};
        std::memcpy(cutout->row(y) + x * 4, pixel, 4);
      }
    const auto source = convert_depth(*cutout, sample);
    for (int size : {13, 50, 100, 203}) {
      const auto scaled = convert_depth(*resample(*source, {0, 0, 101, 101}, size, size, Filter::lanczos3), Sample::u8);
      const auto flat = flatten(*scaled, {1, 1, 1, 1});
      for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x) ASSERT_GE(flat->row(y)[x * 3], 254) << size << " at " << x << "," << y;
    }
  }
}

TEST(Resample, WeightsAreExactAndInside) {
  for (int from : {1, 2, 5, 100, 4000})
    for (int to : {1, 3, 64, 1024}) {
      const Weights weights = make_weights(from, 0, from, to, Filter::lanczos3);
      const auto fixed = fixed_weights(weights, weights.taps);
      for (int i = 0; i < to; ++i) {
        int sum = 0;
        for (int t = 0; t < weights.taps; ++t) sum += fixed[static_cast<std::size_t>(i * weights.taps + t)];
        ASSERT_EQ(sum, 1 << kWeightBits);
        ASSERT_GE(weights.first[static_cast<std::size_t>(i)], 0);
        ASSERT_LE(weights.first[static_cast<std::size_t>(i)] + weights.taps, from);
      }
    }
}

TEST(Alpha, PremultipliesAndBack) {
  const auto image = picture(3, 1, 4, {200, 100, 50, 128, 255, 128, 7, 255, 9, 8, 7, 0});
  const auto weighted = premultiplied(*image);
  // 200 * 128 / 255 = 100.39, 100 * 128 / 255 = 50.2, 50 * 128 / 255 = 25.1
  EXPECT_EQ(samples_of(*weighted), (std::vector<std::uint8_t>{100, 50, 25, 128, 255, 128, 7, 255, 0, 0, 0, 0}));
  EXPECT_EQ(weighted->alpha(), Alpha::premultiplied);
  // 100 * 255 / 128 = 199.2, 50 * 255 / 128 = 99.6, 25 * 255 / 128 = 49.8
  EXPECT_EQ(samples_of(*unpremultiplied(*weighted)),
            (std::vector<std::uint8_t>{199, 100, 50, 128, 255, 128, 7, 255, 0, 0, 0, 0}));
}

TEST(Over, KnowsSolidAndTransparentPixelsByTheBit) {
  const auto top = picture(4, 1, 4, {10, 20, 30, 255, 10, 20, 30, 0, 100, 100, 100, 128, 255, 0, 1, 51});
  const auto under = picture(4, 1, 3, {1, 2, 3, 4, 5, 6, 200, 0, 50, 0, 255, 101});
  // 100 * 128/255 + 200 * 127/255 = 149.8; + 0 = 50.2; + 50 * 127/255 = 75.1.  51/255 is a fifth: 51, 204, 81
  EXPECT_EQ(samples_of(*over(*top, under)), (std::vector<std::uint8_t>{10, 20, 30, 4, 5, 6, 150, 50, 75, 51, 204, 81}));
}

TEST(Over, TransparentUnderTransparent) {
  const auto top = picture(3, 1, 2, {100, 128, 100, 0, 100, 255}), under = picture(3, 1, 2, {200, 128, 7, 9, 8, 0});
  // alpha = 128 + 128 * 127 / 255 = 191.7; colour = (100 * 128 + 200 * 63.7) / 191.7 = 133.2
  EXPECT_EQ(samples_of(*over(*top, under)), (std::vector<std::uint8_t>{133, 192, 7, 9, 100, 255}));
}

TEST(Over, MatchesTheFormulaInEveryDepth) {
  for (int under_channels : {3, 4}) {
    const auto top = noise(40, 30, 4, 1), under = noise(40, 30, under_channels, 2);
    for (double opacity : {1.0, 0.3}) {
      const auto expected = convert_depth(
          *over(*convert_depth(*top, Sample::f32), convert_depth(*under, Sample::f32), opacity), Sample::u8);
      const auto eight = over(*top, under, opacity);
      const auto sixteen = convert_depth(
          *over(*convert_depth(*top, Sample::u16), convert_depth(*under, Sample::u16), opacity), Sample::u8);
      for (int y = 0; y < 30; ++y)
        for (int i = 0; i < 40 * under_channels; ++i) {
          // Without any alpha a colour means nothing.
          if (under_channels == 4 && expected->row(y)[i / 4 * 4 + 3] < 8) continue;
          ASSERT_NEAR(eight->row(y)[i], expected->row(y)[i], 1);
          ASSERT_NEAR(sixteen->row(y)[i], expected->row(y)[i], 1);
        }
    }
  }
}

TEST(Over, WithOpacityIsRoundedOnce) {
  // 255 over 0, alpha 128 / 255 * 0.3 = 0.15059: 38.4. 200 over 0, alpha 5 / 255 * 0.3 = 0.0058824: 1.18, where an
  // alpha that was rounded to 2 / 255 gave 1.57.
  EXPECT_EQ(samples_of(*over(*picture(2, 1, 2, {255, 128, 200, 5}), picture(2, 1, 1, {0, 0}), 0.3)),
            (std::vector<std::uint8_t>{38, 1}));
  for (const int under_channels : {3, 4})
    for (const Sample sample : {Sample::u8, Sample::u16})
      for (const double opacity : {0.0, 0.003, 0.3, 0.5, 0.99}) {
        const auto top = noise(40, 30, 4, 1, sample), under = noise(40, 30, under_channels, 2, sample);
        const auto seen = over(*top, under, opacity);
        with_sample_type(sample, [&]<class T>(T) {
          for (int i = 0; i < 40 * 30; ++i) {
            const auto at = [&](const Image& image, int c) {
              return static_cast<double>(image.row<T>(i / 40)[i % 40 * image.channels() + c]);
            };
            const double alpha = at(*top, 3) / white<T>() * opacity;
            const double below = (under_channels == 4 ? at(*under, 3) / white<T>() : 1) * (1 - alpha);
            if (alpha + below == 0) continue;
            for (int c = 0; c < 3; ++c)
              ASSERT_NEAR(at(*seen, c), (at(*top, c) * alpha + at(*under, c) * below) / (alpha + below), 0.5 + 1e-6);
            if (under_channels == 4) {
              ASSERT_NEAR(at(*seen, 3), (alpha + below) * white<T>(), 0.5 + 1e-6);
            }
          }
        });
      }
}

/// The definition: the largest value no farther away than the radius.
template <class Pick>
std::vector<std::uint8_t> disc(const Image& mask, int radius, int start, Pick&& pick) {
  std::vector<std::uint8_t> result;
  for (int y = 0; y < mask.height(); ++y)
    for (int x = 0; x < mask.width(); ++x) {
      int best = start;
      for (int other_y = 0; other_y < mask.height(); ++other_y)
        for (int other_x = 0; other_x < mask.width(); ++other_x)
          if ((x - other_x) * (x - other_x) + (y - other_y) * (y - other_y) <= radius * radius)
            best = pick(best, mask.row(other_y)[other_x]);
      result.push_back(static_cast<std::uint8_t>(best));
    }
  return result;
}

TEST(Dilate, IsAnExactDisc) {
  for (auto [width, height] : {std::pair{1, 1}, {1, 9}, {23, 17}, {40, 3}})
    for (int radius : {0, 1, 2, 3, 5, 8, 30}) {
      const auto mask = noise(width, height, 1, static_cast<unsigned>(radius));
      EXPECT_EQ(samples_of(*dilate(*mask, radius)),
                disc(*mask, radius, 0, [](int a, int b) { return std::max(a, b); }));
      EXPECT_EQ(samples_of(*erode(*mask, radius)),
                disc(*mask, radius, 255, [](int a, int b) { return std::min(a, b); }));
    }
}

TEST(BoxBlur, RadiiComeNearTheDeviation) {
  EXPECT_EQ(box_radii(1.5), (std::array<int, 3>{1, 1, 1}));
  for (double sigma : {2.0, 5.0, 17.3, 250.0}) {
    double variance = 0;
    for (int radius : box_radii(sigma)) variance += ((2.0 * radius + 1) * (2.0 * radius + 1) - 1) / 12;
    EXPECT_NEAR(std::sqrt(variance), sigma, 0.06 * sigma + 0.1);
  }
}

TEST(BoxBlur, ThreeBoxesOfOnePoint) {
  // A point of 243 under three boxes of three along both axes: outer product of 1 3 6 7 6 3 1 over 27 squared.
  auto point = picture(7, 7, 1, {0});
  point->row(3)[3] = 243;
  const auto blurred = blur(*point, 1.5);
  const int kernel[7] = {1, 3, 6, 7, 6, 3, 1};
  for (int y = 0; y < 7; ++y)
    for (int x = 0; x < 7; ++x) EXPECT_NEAR(blurred->row(y)[x], kernel[y] * kernel[x] / 3.0, 0.51) << x << "," << y;
}

TEST(BoxBlur, KeepsFlatAreasAndSmallPictures) {
  for (Sample sample : {Sample::u8, Sample::u16, Sample::f32})
    for (double sigma : {0.0, 1.0, 3.0, 40.0}) {
      const auto flat = convert_depth(*picture(5, 3, 1, {255}), sample);
      EXPECT_EQ(samples_of(*convert_depth(*blur(*flat, sigma), Sample::u8)), std::vector<std::uint8_t>(15, 255));
      EXPECT_EQ(samples_of(*convert_depth(*blur(*convert_depth(*picture(1, 1, 1, {77}), sample), sigma), Sample::u8)),
                std::vector<std::uint8_t>{77});
    }
}

TEST(Samples, DepthsConvertToTheNearest) {
  const auto eight = picture(4, 1, 1, {0, 1, 128, 255});
  EXPECT_EQ(samples_of<std::uint16_t>(*convert_depth(*eight, Sample::u16)),
            (std::vector<std::uint16_t>{0, 257, 32896, 65535}));
  const auto sixteen = picture<std::uint16_t>(4, 1, 1, {128, 129, 65406, 65407});
  EXPECT_EQ(samples_of(*convert_depth(*sixteen, Sample::u8)), (std::vector<std::uint8_t>{0, 1, 254, 255}));
  const auto real = picture<float>(4, 1, 1, {-1.f, 0.5f, 1.f, 7.f});
  EXPECT_EQ(samples_of(*convert_depth(*real, Sample::u8)), (std::vector<std::uint8_t>{0, 128, 255, 255}));
}

}  // namespace
}  // namespace pixgraph::image
