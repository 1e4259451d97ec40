// Fit and back: whatever the shapes, a thing comes out at the place where it was.
#include <gtest/gtest.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

using test::error_of;
using test::Values;

Values run(const std::string& type, Values values, std::vector<std::string>* warnings = nullptr) {
  return test::run_node(image_nodes(), type, std::move(values), warnings);
}

constexpr int kCell = 16;

bool white_cell(int x, int y) {
  return (x / kCell + y / kCell) % 2 == 0;
}

std::shared_ptr<Image> checker(int width, int height) {
  auto image = std::make_shared<Image>(width, height, 1, Sample::u8);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) image->row(y)[x] = white_cell(x, y) ? 255 : 0;
  return image;
}

/// Where the vertical edge at `edge` really is in a row: as if all that is as white as the left were on the left.
/// `step` 1 measures along a row, the row's bytes along a column.
double edge_place(const std::uint8_t* middle, std::ptrdiff_t step, bool white_before) {
  double sum = 0;
  for (int i = -kCell / 2; i < kCell / 2; ++i) sum += middle[i * step] / 255.0;
  return (white_before ? sum : kCell - sum) - kCell / 2.0;
}

/// The farthest that an edge between two cells lies beside its place, in pixels of the original.
double farthest_edge(const Image& image) {
  double farthest = 0;
  for (int y = kCell / 2; y + kCell / 2 <= image.height(); y += kCell)
    for (int x = kCell / 2; x + kCell / 2 <= image.width(); x += kCell) {
      if (x + kCell <= image.width())
        farthest = std::max(farthest, std::abs(edge_place(image.row(y) + x + kCell / 2, 1, white_cell(x, y))));
      if (y + kCell <= image.height())
        farthest =
            std::max(farthest, std::abs(edge_place(image.row(y + kCell / 2) + x,
                                                   static_cast<std::ptrdiff_t>(image.row_bytes()), white_cell(x, y))));
    }
  return farthest;
}

TEST(Unfit, FindsTheSamePixelWhateverTheShape) {
  const std::pair<int, int> shapes[] = {{160, 160}, {240, 160}, {161, 243}, {320, 181},
                                        {97, 333},  {256, 144}, {187, 93}};
  for (const auto& [width, height] : shapes)
    for (const int multiple : {8, 16, 64})
      for (const char* mode : {"inside", "pad", "crop"})
        for (const int box : {192, 256, 512}) {
          const auto image = checker(width, height);
          const Values fitted = run(
              "Fit", {{"image", image}, {"width", box}, {"height", box}, {"multiple_of", multiple}, {"mode", mode}});
          const Values back =
              run("Unfit",
                  {{"image", fitted.at("image").image()}, {"transform", fitted.at("transform")}, {"original", image}});
          const Image& result = *back.at("image").image();
          ASSERT_EQ(result.width(), width);
          ASSERT_EQ(result.height(), height);
          // Half of what shrinking and enlarging spreads an edge over, and far from the one pixel of a wrong place.
          ASSERT_LT(farthest_edge(result), 0.3)
              << width << "x" << height << " " << mode << " in " << box << " by " << multiple;
        }
}

TEST(Unfit, AShiftOfOnePixelWouldBeSeen) {
  const auto image = checker(160, 160);
  auto shifted = std::make_shared<Image>(160, 160, 1, Sample::u8);
  for (int y = 0; y < 160; ++y)
    for (int x = 0; x < 160; ++x) shifted->row(y)[x] = image->row(y)[std::max(0, x - 1)];
  EXPECT_EQ(farthest_edge(*image), 0);
  EXPECT_GE(farthest_edge(*shifted), 0.99);
}

TEST(Unfit, IsExactWhereNothingWasScaled) {
  const auto image = noise(37, 23, 3, 8);
  const Values padded =
      run("Fit", {{"image", image}, {"width", 64}, {"height", 64}, {"mode", "pad"}, {"enlarge", false}});
  const Values back = run("Unfit", {{"image", padded.at("image").image()}, {"transform", padded.at("transform")}});
  EXPECT_EQ(samples_of(*back.at("image").image()), samples_of(*image));
  // Cropped: the middle comes from the model, what is around it from the original.
  const Values cropped =
      run("Fit", {{"image", image}, {"width", 23}, {"height", 23}, {"mode", "crop"}, {"enlarge", false}});
  const auto black = picture(23, 23, 3, {0});
  const Values pasted = run("Unfit", {{"image", black}, {"transform", cropped.at("transform")}, {"original", image}});
  const Image& result = *pasted.at("image").image();
  for (int x = 0; x < 37; ++x) EXPECT_EQ(result.row(11)[x * 3], x >= 7 && x < 30 ? 0 : image->row(11)[x * 3]) << x;
}

TEST(Unfit, BarsDoNotBleedIntoTheEdge) {
  for (const auto& [width, height] : {std::pair(100, 67), std::pair(67, 100), std::pair(333, 200), std::pair(31, 7)})
    for (const char* background : {"#ffffff", "#000000", "#00000000"})
      for (const int box : {51, 64, 200})
        for (const double factor : {1.0, 2.0, 0.5, 1.3}) {
          const auto flat = picture(width, height, 3, {100});
          const Values fitted = run(
              "Fit", {{"image", flat}, {"width", box}, {"height", box}, {"mode", "pad"}, {"background", background}});
          ImagePtr answer = fitted.at("image").image();
          if (factor != 1)
            answer = run("Resize", {{"image", answer}, {"scale", factor}, {"filter", "nearest"}}).at("image").image();
          const Values back = run("Unfit", {{"image", answer}, {"transform", fitted.at("transform")}});
          const Image& result = *back.at("image").image();
          ASSERT_EQ(result.width(), width);
          ASSERT_EQ(result.height(), height);
          const std::string what = std::to_string(width) + " in " + std::to_string(box) + " by " +
                                   std::to_string(factor) + " on " + background;
          for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
              const std::uint8_t* pixel = result.row(y) + x * result.channels();
              ASSERT_EQ(pixel[0], 100) << what << " at " << x << "," << y;
              ASSERT_EQ(result.has_alpha() ? pixel[3] : 255, 255) << what << " at " << x << "," << y;
            }
        }
}

TEST(Unfit, ScalesWhatTheModelReturnedAtAnotherSize) {
  const auto image = checker(160, 96);
  const Values fitted = run("Fit", {{"image", image}, {"width", 320}, {"height", 320}, {"mode", "pad"}});
  for (const double factor : {0.5, 2.0, 1.6}) {
    const Values model = run("Resize", {{"image", fitted.at("image").image()}, {"scale", factor}});
    std::vector<std::string> warnings;
    const Values back =
        run("Unfit", {{"image", model.at("image").image()}, {"transform", fitted.at("transform")}}, &warnings);
    EXPECT_LT(farthest_edge(*back.at("image").image()), 0.3) << factor;
    EXPECT_TRUE(warnings.empty());
  }
}

TEST(Unfit, WarnsOfAnotherShape) {
  const Values fitted = run("Fit", {{"image", checker(300, 200)}, {"width", 768}, {"height", 512}});
  std::vector<std::string> warnings;
  run("Unfit", {{"image", picture(512, 512, 1, {7})}, {"transform", fitted.at("transform")}}, &warnings);
  EXPECT_EQ(warnings, std::vector<std::string>{
                          "the result is 512x512 where Fit made 768x512: it has another shape and is stretched back"});
}

TEST(Unfit, FillsTheCroppedBorders) {
  const auto image = picture(4, 2, 1, {1, 2, 3, 4, 5, 6, 7, 8});
  const Values fitted = run("Fit", {{"image", image}, {"width", 2}, {"height", 2}, {"mode", "crop"}});
  const auto back = [&](Values values, const ImagePtr& result) {
    values["image"] = result;
    values["transform"] = fitted.at("transform");
    return samples_of(*run("Unfit", std::move(values)).at("image").image());
  };
  using Samples = std::vector<std::uint8_t>;
  EXPECT_EQ(back({}, fitted.at("image").image()), (Samples{2, 2, 3, 3, 6, 6, 7, 7}));
  EXPECT_EQ(back({{"background", "#fff"}}, fitted.at("image").image()), (Samples{255, 2, 3, 255, 255, 6, 7, 255}));
  EXPECT_EQ(back({{"original", image}}, picture(2, 2, 1, {0})), (Samples{1, 0, 0, 4, 5, 0, 0, 8}));
  EXPECT_EQ(back({}, picture(2, 2, 2, {9, 255})), (Samples{0, 0, 9, 255, 9, 255, 0, 0, 0, 0, 9, 255, 9, 255, 0, 0}));
  // One with alpha, one without: the result has it.
  EXPECT_EQ(back({{"original", image}}, picture(2, 2, 2, {9, 128})),
            (Samples{1, 255, 9, 128, 9, 128, 4, 255, 5, 255, 9, 128, 9, 128, 8, 255}));
}

TEST(Unfit, RefusesInASentence) {
  const auto refused = [](nlohmann::json transform, Values values = {}) {
    values["image"] = picture(2, 2, 1, {0});
    values["transform"] = Value(std::make_shared<const nlohmann::json>(std::move(transform)));
    return error_of([&] { run("Unfit", values); });
  };
  const std::string hint =
      " (give it the `transform` output of the Fit that made the model's input: \"${fitted.transform}\")";
  EXPECT_EQ(refused(nlohmann::json::array()), "E330: the transform has no number `source_width`" + hint);
  const nlohmann::json good = {{"source_width", 2}, {"source_height", 2}, {"width", 2},    {"height", 2},
                               {"scale_x", 1},      {"scale_y", 1},       {"offset_x", 0}, {"offset_y", 0}};
  EXPECT_EQ(refused(good), "");
  nlohmann::json changed = good;
  changed["scale_x"] = "1";
  EXPECT_EQ(refused(changed), "E330: the transform has no number `scale_x`" + hint);
  changed["scale_x"] = 0;
  EXPECT_EQ(refused(changed), "E330: the transform's `scale_x` is no scale");
  // Numbers that no Fit says would keep the filter at work for ever.
  for (const double huge : {1e300, 1e-300}) {
    changed = good, changed["scale_y"] = huge;
    EXPECT_EQ(refused(changed), "E330: the transform's `scale_y` is no scale");
  }
  for (const double away : {1e300, -1e300, 5000.0, -5000.0}) {
    changed = good, changed["offset_x"] = away;
    EXPECT_EQ(refused(changed), "E330: the transform puts nothing of the original into the picture" + hint);
  }
  changed = good, changed["width"] = 0;
  EXPECT_EQ(refused(changed), "E330: the transform's `width` is no size of a picture");
  changed = good, changed["source_width"] = changed["source_height"] = 100000;
  EXPECT_EQ(
      refused(changed),
      "E330: a result of 100000x100000 would have more than 500 million pixels (shrink the photo before its Fit)");
  EXPECT_EQ(refused(good, {{"original", picture(3, 2, 1, {0})}}),
            "E331: `original` is 3x2 and Fit was given 2x2 (give it the picture that the Fit node had as its `image`)");
}

}  // namespace
}  // namespace pixgraph::image
