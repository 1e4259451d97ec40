#include "codecs/png_rows.h"

#include <gtest/gtest.h>

#include <random>

#include "codecs/codecs.h"
#include "kernels/png_unfilter.h"
#include "plugins/image/pictures.h"
#include "plugins/image/png_by_library.h"

namespace pixgraph::image {
namespace {

/// With one filter, or all of them, in as many IDAT chunks as `chunk` asks for.
Bytes written(const Image& image, int filters, std::size_t chunk = 8192, bool interlaced = false) {
  constexpr int kTypes[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                            PNG_COLOR_TYPE_RGB_ALPHA};
  return png_by_library(image.width(), image.height(), 8, kTypes[image.channels() - 1], samples_of(image), interlaced,
                        [&](png_structp png, png_infop) {
                          png_set_filter(png, 0, filters);
                          png_set_compression_buffer_size(png, chunk);
                        });
}

std::shared_ptr<Image> read(const Bytes& file, const Image& like) {
  auto image = std::make_shared<Image>(like.width(), like.height(), like.channels(), Sample::u8,
                                       like.channels() % 2 == 0 ? Alpha::straight : Alpha::none);
  return read_png_rows(file, read_png_header(file), *image) ? image : nullptr;
}

TEST(PngRows, EveryFilterSizeAndKindIsReadToTheBit) {
  constexpr int kFilters[] = {PNG_FILTER_NONE, PNG_FILTER_SUB,   PNG_FILTER_UP,
                              PNG_FILTER_AVG,  PNG_FILTER_PAETH, PNG_ALL_FILTERS};
  unsigned seed = 1;
  for (const int filters : kFilters)
    for (int channels = 1; channels <= 4; ++channels)
      for (const auto& [width, height] : {std::pair{1, 1}, {2, 3}, {7, 5}, {16, 4}, {64, 9}, {65, 33}, {131, 40}}) {
        const auto image = noise(width, height, channels, seed++);
        const auto got = read(written(*image, filters), *image);
        ASSERT_TRUE(got) << filters << " " << channels << " " << width;
        EXPECT_EQ(samples_of(*got), samples_of(*image)) << filters << " " << channels << " " << width << "x" << height;
      }
}

TEST(PngRows, LargeOnesAreInflatedIntoTheirOwnMemory) {
  // Rows of whole 64 bytes, which have no room for their filters, and others.
  for (const auto& [width, channels] : {std::pair{1024, 4}, {1001, 4}, {2048, 3}, {1999, 3}, {4096, 1}, {4099, 1}}) {
    const auto image = noise(width, 1200, channels, static_cast<unsigned>(width));
    const auto got = read(written(*image, PNG_ALL_FILTERS), *image);
    ASSERT_TRUE(got) << width;
    EXPECT_EQ(samples_of(*got), samples_of(*image)) << width << " " << channels;
  }
}

TEST(PngRows, ManySmallChunksAreOne) {
  const auto image = noise(90, 60, 3, 7);
  const auto got = read(written(*image, PNG_ALL_FILTERS, 6), *image);
  ASSERT_TRUE(got);
  EXPECT_EQ(samples_of(*got), samples_of(*image));
}

TEST(PngRows, WhatIsNotAsItShouldBeIsLeftToLibpng) {
  const auto image = scene(40, 30, 3);
  const Bytes file = written(*image, PNG_ALL_FILTERS);
  EXPECT_TRUE(read(file, *image));
  EXPECT_FALSE(read(written(*image, PNG_ALL_FILTERS, 8192, true), *image));
  EXPECT_FALSE(read(Bytes(file.begin(), file.end() - 12), *image));  // without its end
  EXPECT_FALSE(read(Bytes(file.begin(), file.end() - 40), *image));
  std::mt19937 random(3);
  int told = 0;
  for (int i = 0; i < 300; ++i) {
    // A damaged file must be told by a check, or be what it was: in chunks that do not matter.
    Bytes damaged = file;
    damaged[33 + random() % (damaged.size() - 33)] ^= static_cast<std::uint8_t>(1U << random() % 8);
    if (const auto got = read(damaged, *image)) {
      EXPECT_EQ(samples_of(*got), samples_of(*image)) << i;
    } else {
      ++told;
    }
  }
  EXPECT_GT(told, 250);
}

TEST(PngRows, TheFastVariantGivesThePortableOnesBits) {
  std::mt19937 random(5);
  std::vector<std::uint8_t> from(300), above(300), fast(300), portable(300);
  for (int round = 0; round < 50; ++round)
    for (int filter = 0; filter <= 4; ++filter)
      for (int pixel = 1; pixel <= 4; ++pixel) {
        for (auto* row : {&from, &above})
          for (std::uint8_t& byte : *row) byte = static_cast<std::uint8_t>(random());
        const auto bytes = static_cast<std::size_t>(pixel) * (1 + random() % 60);
        unfilter_png_row(filter, from.data(), above.data(), fast.data(), bytes, pixel);
        unfilter_png_row_portable(filter, from.data(), above.data(), portable.data(), bytes, pixel);
        ASSERT_TRUE(std::equal(fast.begin(), fast.begin() + static_cast<std::ptrdiff_t>(bytes), portable.begin()))
            << filter << " " << pixel << " " << bytes;
      }
}

}  // namespace
}  // namespace pixgraph::image
