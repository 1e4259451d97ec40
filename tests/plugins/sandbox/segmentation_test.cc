// The cut-out on pictures whose right answer is known.
#include "models/segmentation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/matting.h"
#include "support.h"

namespace sandbox {

static double overlap(const Picture& cut, double radius) {
  int both = 0, either = 0;
  for (int y = 0; y < cut.height; ++y) {
    for (int x = 0; x < cut.width; ++x) {
      const bool truth = std::hypot(x + 0.5 - cut.width / 2.0, y + 0.5 - cut.height / 2.0) < radius;
      const bool found = cut.at(x, y)[3] > 128;
      both += truth && found;
      either += truth || found;
    }
  }
  return static_cast<double>(both) / either;
}

TEST(Segmentation, DiscOnPlainGround) {
  const Picture picture = disc_picture(320, 240);
  const Picture cut = cut_out(picture, find_subject(picture));
  EXPECT_GT(overlap(cut, 72), 0.9);
  for (std::size_t i = 0; i < cut.rgba.size(); i += 4) {
    if (cut.rgba[i + 3] == 255) {
      for (std::size_t c = 0; c < 3; ++c) ASSERT_EQ(cut.rgba[i + c], picture.rgba[i + c]);  // the photo's own colours
    } else if (cut.rgba[i + 3] > 0) {
      ASSERT_GT(cut.rgba[i], 150) << "the ground's blue shows at a soft edge";
    }
  }
}

TEST(Segmentation, BlackBarsAreNoBackground) {
  const Picture inner = disc_picture(320, 180);
  Picture barred(320, 240);
  for (std::size_t i = 3; i < barred.rgba.size(); i += 4) barred.rgba[i] = 255;
  for (int y = 0; y < 180; ++y) std::copy_n(inner.at(0, y), 320 * 4, barred.at(0, y + 30));
  EXPECT_GT(overlap(cut_out(barred, find_subject(barred)), 54), 0.85);
}

TEST(Segmentation, OddSizesAndEmptyPicturesDoNotBreakIt) {
  for (const auto& [w, h] : {std::pair{1, 1}, {2, 300}, {300, 2}, {7, 5}}) {
    const Picture picture = disc_picture(w, h);
    const Picture cut = cut_out(picture, find_subject(picture));
    EXPECT_EQ(cut.width, w);
    EXPECT_EQ(cut.height, h);
  }
  Picture plain(50, 40);
  const Picture cut = cut_out(plain, find_subject(plain));
  EXPECT_EQ(cut.width, 50);
}

}  // namespace sandbox
