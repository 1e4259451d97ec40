#include "rows_under.h"

#include <gtest/gtest.h>

#include "kernels/over.h"
#include "plugins/image/pictures.h"
#include "profiles.h"

namespace pixgraph::image {
namespace {

void give(const Image& photo, RowSink& rows) {
  rows.begin(photo.width(), photo.height(), photo.channels(), photo.info);
  for (int y = 0; y < photo.height(); ++y) rows.row(photo.row(y));
}

TEST(RowsUnder, MakesWhatOverMakesInTheCutoutsMemory) {
  for (const int colours : {1, 3})
    for (const auto& [width, height] : {std::pair(1, 1), std::pair(9, 7), std::pair(64, 3), std::pair(133, 50)})
      for (const double opacity : {1.0, 0.3}) {
        auto photo = noise(width, height, colours, 2);
        photo->info.exif = std::make_shared<const Bytes>(Bytes{1, 2, 3});
        ImagePtr cutout = noise(width, height, colours + 1, 1);
        const auto expected = over(*cutout, photo, opacity);
        const std::uint8_t* memory = cutout->row(0);
        RowsUnder rows(cutout, opacity, false);
        give(*photo, rows);
        const auto laid = rows.laid();
        ASSERT_TRUE(laid) << width;
        EXPECT_EQ(cutout, nullptr);
        EXPECT_EQ(laid->row(0), memory);
        EXPECT_EQ(laid->channels(), colours);
        EXPECT_FALSE(laid->has_alpha());
        EXPECT_EQ(laid->row_bytes(), expected->row_bytes());
        EXPECT_EQ(laid->info.exif, photo->info.exif);
        EXPECT_EQ(samples_of(*laid), samples_of(*expected)) << width << " opacity " << opacity;
      }
}

TEST(RowsUnder, GathersWhatDoesNotFit) {
  const auto photo = noise(40, 30, 3, 2);
  const auto gathers = [&](ImagePtr cutout, bool whole = false) {
    RowsUnder rows(cutout, 1, whole);
    give(*photo, rows);
    if (rows.laid()) return false;
    EXPECT_TRUE(cutout);
    const ImagePtr gathered = rows.gathered();
    EXPECT_EQ(samples_of(*gathered), samples_of(*photo));
    return true;
  };
  EXPECT_FALSE(gathers(noise(40, 30, 4, 1)));
  EXPECT_TRUE(gathers(noise(40, 30, 4, 1), true));
  EXPECT_TRUE(gathers(noise(40, 30, 3, 1)));
  EXPECT_TRUE(gathers(noise(40, 30, 2, 1)));
  EXPECT_TRUE(gathers(noise(40, 29, 4, 1)));
  EXPECT_TRUE(gathers(noise(40, 30, 4, 1, Sample::u16)));
  auto wide = noise(40, 30, 4, 1);
  wide->info.icc = wide_profile();
  EXPECT_TRUE(gathers(wide));
  const ImagePtr held = noise(40, 30, 4, 1);
  EXPECT_TRUE(gathers(held));
}

}  // namespace
}  // namespace pixgraph::image
