#include "pixels.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/fake_call.h"
#include "support/test_codec.h"

namespace pixgraph {
namespace {

using test::filled;

TEST(Pixels, DepthGoesUpAndBackWithoutLoss) {
  for (int value : {0, 1, 127, 128, 254, 255}) {
    const auto image = filled(2, 2, 1, static_cast<std::uint8_t>(value));
    EXPECT_EQ(with_depth(*image, Sample::u16)->row<std::uint16_t>(1)[1], value * 257);
    EXPECT_EQ(with_depth(*with_depth(*image, Sample::f32), Sample::u8)->row(0)[0], value);
  }
}

TEST(Pixels, FloatIsClampedOnTheWayDown) {
  Image image(4, 1, 1, Sample::f32);
  const float values[] = {-1, 2, std::nanf(""), 0.5F};
  for (int i = 0; i < 4; ++i) image.row<float>(0)[i] = values[i];
  const auto out = with_depth(image, Sample::u8);
  EXPECT_EQ(out->row(0)[0], 0);
  EXPECT_EQ(out->row(0)[1], 255);
  EXPECT_EQ(out->row(0)[2], 0);
  EXPECT_EQ(out->row(0)[3], 128);
}

TEST(Pixels, FlattenPutsAColourBehind) {
  Image image(2, 1, 4, Sample::u8, Alpha::straight);
  const std::uint8_t samples[] = {200, 100, 0, 255, 200, 100, 0, 0};
  std::memcpy(image.row(0), samples, 8);
  const auto out = flattened(image, "#0080ff");
  EXPECT_FALSE(out->has_alpha());
  EXPECT_EQ(out->channels(), 3);
  EXPECT_EQ(std::vector<int>(out->row(0), out->row(0) + 6), (std::vector<int>{200, 100, 0, 0, 128, 255}));
  EXPECT_EQ(flattened(image, "#fff")->row(0)[3], 255);
}

TEST(Pixels, APremultipliedPictureIsNotMultipliedAgain) {
  Image image(1, 1, 2, Sample::u8, Alpha::premultiplied);
  image.row(0)[0] = 100, image.row(0)[1] = 128;
  EXPECT_EQ(flattened(image, "#000")->row(0)[0], 100);
}

TEST(Pixels, AWrongColourIsRefused) {
  for (const char* colour : {"", "white", "#ff", "#ffff", "#gggggg", "ffffff", "#ffffff0"})
    EXPECT_EQ(test::error_of([&] { flattened(*filled(1, 1, 3, 0), colour); }),
              "E333: `flatten: " + std::string(colour) + "` is not a colour (write it in quotes as \"#rrggbb\")");
  EXPECT_EQ(test::error_of([&] { flattened(*filled(1, 1, 3, 0), "#ffffff00"); }),
            "E333: `flatten: #ffffff00` has alpha, which has no effect here (write it in quotes as \"#rrggbb\")");
}

TEST(Pixels, TheHashIsOfTheWholePictureAndOfNothingElse) {
  const std::string hash = pixel_hash(*filled(4, 2, 3, 9));
  EXPECT_EQ(pixel_hash(*filled(4, 2, 3, 9)), hash);  // whatever stands between the rows
  EXPECT_NE(pixel_hash(*filled(2, 4, 3, 9)), hash);
  EXPECT_NE(pixel_hash(*filled(4, 2, 3, 8)), hash);
  EXPECT_NE(pixel_hash(*filled(3, 2, 4, 9)), hash);
  EXPECT_NE(pixel_hash(*filled(4, 2, 4, 9, Alpha::straight)), pixel_hash(*filled(4, 2, 4, 9, Alpha::premultiplied)));
  auto profiled = filled(4, 2, 3, 9);
  profiled->info.icc = std::make_shared<const Bytes>(Bytes{1, 2, 3});
  EXPECT_NE(pixel_hash(*profiled), hash);
  auto exif = filled(4, 2, 3, 9);
  exif->info.exif = std::make_shared<const Bytes>(Bytes{1, 2, 3});
  EXPECT_EQ(pixel_hash(*exif), hash);
}

}  // namespace
}  // namespace pixgraph
