// placement: whatever the shapes, the side that was asked for comes out and the whole picture remains.
#include "placement.h"

#include <gtest/gtest.h>

#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

using test::Values;

Values run(const std::string& type, Values values) {
  return test::run_node(image_nodes(), type, std::move(values));
}

std::string size_of(const Values& outputs) {
  const ImagePtr image = outputs.at("image").image();
  return std::to_string(image->width()) + "x" + std::to_string(image->height());
}

std::string text_of(const Placement& placement) {
  return std::to_string(placement.width) + "x" + std::to_string(placement.height);
}

bool takes_all(const Placement& placement, int width, int height) {
  const Region& region = placement.region;
  return region.left == 0 && region.top == 0 && region.width == width && region.height == height;
}

/// Of the result's pixels, on the side that loses more.
double cropped(const Placement& placement, int width, int height) {
  return std::max((width - placement.region.width) * placement.scale_x(),
                  (height - placement.region.height) * placement.scale_y());
}

constexpr std::pair<int, int> kShapes[] = {{1920, 1080}, {8000, 1000}, {3000, 7},  {17, 1700}, {1, 1},
                                           {37, 23},     {1, 2000},    {5000, 99}, {768, 512}, {1439, 1079}};

TEST(Placement, OneGivenSideComesOutAndNothingIsCropped) {
  for (const auto& [width, height] : kShapes)
    for (const Fitting fitting : {Fitting::inside, Fitting::cover, Fitting::pad, Fitting::exact})
      for (int side = 1; side < 1300; side += 3) {
        if (static_cast<double>(height) / width * side * side > 500e6) continue;
        const Placement wide = place(width, height, {.width = side}, fitting);
        ASSERT_EQ(wide.width, side) << width << "x" << height;
        ASSERT_EQ(wide.height, std::max(1l, std::lround(static_cast<double>(height) / width * side)));
        ASSERT_TRUE(takes_all(wide, width, height));
        ASSERT_EQ(wide.placed_height, wide.height);
      }
  for (const auto& [width, height] : kShapes)
    for (const Fitting fitting : {Fitting::inside, Fitting::cover, Fitting::pad, Fitting::exact})
      for (int side = 1; side < 1300; side += 3) {
        if (static_cast<double>(width) / height * side * side > 500e6) continue;
        const Placement high = place(width, height, {.height = side}, fitting);
        ASSERT_EQ(high.height, side) << width << "x" << height;
        ASSERT_TRUE(takes_all(high, width, height));
        ASSERT_EQ(high.placed_width, high.width);
      }
}

TEST(Placement, OneGivenSideIsBroughtDownToAMultiple) {
  const auto placed = [](int width, int height, Box box) { return place(width, height, box, Fitting::inside); };
  EXPECT_EQ(text_of(placed(1920, 1080, {.width = 768, .multiple_of = 64})), "768x448");  // 432 goes up
  EXPECT_EQ(text_of(placed(1920, 1080, {.width = 800, .multiple_of = 64})), "768x448");
  EXPECT_EQ(text_of(placed(8000, 1000, {.width = 1027, .multiple_of = 8})), "1024x128");
  EXPECT_EQ(text_of(placed(3000, 7, {.width = 768, .multiple_of = 64})), "768x64");
  EXPECT_EQ(text_of(placed(17, 1700, {.height = 768, .multiple_of = 64})), "64x768");
  EXPECT_EQ(text_of(placed(1000, 500, {.width = 3000, .multiple_of = 64, .enlarge = false})), "960x448");
  EXPECT_EQ(text_of(placed(1000, 500, {.width = 3000, .enlarge = false})), "1000x500");
}

TEST(Placement, InsideCropsNothingWithoutMultiples) {
  for (const auto& [width, height] : kShapes)
    for (const int side : {1, 10, 140, 768}) {
      const Placement placement = place(width, height, {side, side}, Fitting::inside);
      EXPECT_TRUE(takes_all(placement, width, height)) << width << "x" << height << " in " << side;
      EXPECT_EQ(std::max(placement.width, placement.height), side);
      EXPECT_GE(std::min(placement.width, placement.height), 1);
    }
}

TEST(Placement, InsideCropsAtMostHalfAMultiple) {
  for (int width = 100; width < 3000; width += 73)
    for (int height = 100; height < 3000; height += 97)
      for (const bool enlarge : {true, false}) {
        if (!enlarge && std::min(width, height) < 64) continue;
        const Placement placement = place(width, height, {768, 640, 64, enlarge}, Fitting::inside);
        const std::string shape = std::to_string(width) + "x" + std::to_string(height) + " as " + text_of(placement);
        ASSERT_LE(cropped(placement, width, height), 32 + 1e-6) << shape;
        ASSERT_LE(placement.width, 768);
        ASSERT_LE(placement.height, 640);
        ASSERT_EQ(placement.width % 64 + placement.height % 64, 0);
        // Nothing is stretched where the box has room for a multiple of the short side.
        const double scale = std::min(768.0 / width, 640.0 / height);
        const bool room = std::min(width, height) * (enlarge ? scale : std::min(1.0, scale)) >= 128;
        if (room) {
          ASSERT_NEAR(placement.scale_x() / placement.scale_y(), 1, 1e-6) << shape;
        }
      }
  EXPECT_EQ(text_of(place(2400, 1500, {768, 768, 64}, Fitting::inside)), "704x448");  // 480: 512 would crop 51
  EXPECT_EQ(text_of(place(2400, 312, {768, 768, 64}, Fitting::inside)), "512x64");    // 99.8: 128 would crop 28 %
  EXPECT_EQ(text_of(place(3000, 7, {768, 768, 64}, Fitting::inside)), "768x64");
  EXPECT_TRUE(takes_all(place(3000, 7, {768, 768, 64}, Fitting::inside), 3000, 7));
  for (const int side : {64, 128}) EXPECT_TRUE(takes_all(place(100, 37, {side, side, 64}, Fitting::inside), 100, 37));
}

TEST(Placement, ScaleAndMegapixelsGiveTheNearestWholeSides) {
  const auto resized = [](int width, int height, Values values) {
    values["image"] = scene(width, height, 1);
    return size_of(run("Resize", std::move(values)));
  };
  EXPECT_EQ(resized(1920, 1080, {{"scale", 0.32}}), "614x346");  // 614.4, 345.6
  EXPECT_EQ(resized(1920, 1080, {{"megapixels", 0.01}}), "133x75");
  EXPECT_EQ(resized(1, 2000, {{"scale", 0.1}}), "1x200");
  EXPECT_EQ(resized(40, 30, {{"scale", 2.0}, {"enlarge", false}}), "40x30");
  EXPECT_EQ(resized(1920, 1080, {{"scale", 0.32}, {"fit", "pad"}}), "614x346");
}

TEST(Placement, AThinPictureKeepsBothEnds) {
  auto slope = std::make_shared<Image>(9, 900, 1, Sample::u8);
  for (int y = 0; y < 900; ++y) std::fill_n(slope->row(y), 9, static_cast<std::uint8_t>(255 - y * 255 / 899));
  for (const Values& values : {Values{{"width", 10}, {"height", 10}}, Values{{"height", 10}}}) {
    for (const char* type : {"Resize", "Fit"}) {
      Values inputs = values;
      inputs["image"] = slope;
      const Values out = run(type, std::move(inputs));
      ASSERT_EQ(size_of(out), "1x10");
      const ImagePtr thin = out.at("image").image();
      EXPECT_NEAR(thin->row(0)[0], 242, 2);
      EXPECT_NEAR(thin->row(9)[0], 13, 2);
    }
  }
}

}  // namespace
}  // namespace pixgraph::image
