// Composite in all modes and places, against formulas on single pixels; and cutouts without fringes.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "kernels/blend.h"
#include "kernels/over.h"
#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

using test::error_of;
using test::Values;
using Samples = std::vector<std::uint8_t>;

Values run(const std::string& type, Values values, std::vector<std::string>* warnings = nullptr) {
  return test::run_node(image_nodes(), type, std::move(values), warnings);
}
Samples composed(Values values) {
  return samples_of(*run("Composite", std::move(values)).at("image").image());
}

constexpr Blend kAll[] = {Blend::over, Blend::in, Blend::out, Blend::atop, Blend::multiply, Blend::screen, Blend::add};

/// The definitions with premultiplied colours: Porter and Duff's factors, and the W3C's mixing.
std::array<double, 2> by_definition(Blend how, double top, double top_alpha, double under, double under_alpha,
                                    double most) {
  const double a = top * top_alpha, b = under * under_alpha;
  double colour = 0, alpha = 0;
  const auto factors = [&](double of_top, double of_under) {
    colour = a * of_top + b * of_under;
    alpha = top_alpha * of_top + under_alpha * of_under;
  };
  switch (how) {
    case Blend::over: factors(1, 1 - top_alpha); break;
    case Blend::in: factors(under_alpha, 0); break;
    case Blend::out: factors(1 - under_alpha, 0); break;
    case Blend::atop: factors(under_alpha, 1 - top_alpha); break;
    case Blend::add: factors(1, 1), alpha = std::min(1.0, alpha), colour = std::min(colour, most * alpha); break;
    case Blend::multiply:
    case Blend::screen: {
      const double mixed = how == Blend::multiply ? top * under : top + under - top * under;
      colour = a * (1 - under_alpha) + b * (1 - top_alpha) + top_alpha * under_alpha * mixed;
      alpha = top_alpha + under_alpha - top_alpha * under_alpha;
    }
  }
  return {alpha == 0 ? 0 : colour / alpha, alpha};
}

TEST(Blend, MatchesTheDefinitionsInEveryDepth) {
  for (const Blend how : kAll)
    for (const int under_channels : {1, 2})
      for (const Sample sample : {Sample::u8, Sample::u16, Sample::f32}) {
        const auto top = noise(40, 20, 2, 1, sample), under = noise(40, 20, under_channels, 2, sample);
        const auto unit_top = convert_depth(*top, Sample::f32), unit_under = convert_depth(*under, Sample::f32);
        for (const double opacity : {1.0, 0.4}) {
          const auto result = convert_depth(*blend(*top, under, how, opacity), Sample::f32);
          ASSERT_EQ(result->has_alpha(), under_channels == 2 || how == Blend::in || how == Blend::out);
          for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 40; ++x) {
              const float* a = unit_top->row<float>(y) + x * 2;
              const float* b = unit_under->row<float>(y) + x * under_channels;
              const auto [colour, alpha] = by_definition(
                  how, a[0], a[1] * opacity, b[0], under_channels == 2 ? b[1] : 1.0, sample == Sample::f32 ? 2.0 : 1.0);
              const float* got = result->row<float>(y) + x * result->channels();
              const double step = sample == Sample::u8 ? 1.01 / 255 : 1e-4;
              if (result->has_alpha()) {
                ASSERT_NEAR(got[1], alpha, step) << static_cast<int>(how);
              }
              // A colour that is hardly seen is hardly known.
              if (alpha > 0.1) {
                ASSERT_NEAR(got[0], colour, step * 4) << static_cast<int>(how) << " alpha " << alpha;
              }
            }
        }
      }
}

TEST(Blend, KeepsTheBitsWhereTopIsTransparent) {
  const auto under = noise(30, 10, 4, 3);
  auto top = noise(30, 10, 4, 4);
  for (int y = 0; y < 10; ++y)
    for (int x = 0; x < 30; ++x) top->row(y)[x * 4 + 3] = 0;
  for (const Blend how : {Blend::over, Blend::atop, Blend::multiply, Blend::screen, Blend::add})
    EXPECT_EQ(samples_of(*blend(*top, under, how)), samples_of(*under)) << static_cast<int>(how);
}

static void expect_same_rows(const Image& a, const Image& b) {
  ASSERT_EQ(a.channels(), b.channels());
  const std::size_t bytes = static_cast<std::size_t>(a.width()) * a.channels() * sample_bytes(a.sample());
  for (int y = 0; y < a.height(); ++y) ASSERT_EQ(std::memcmp(a.row(y), b.row(y), bytes), 0) << y;
}

TEST(Blend, WritesIntoWhatNobodyElseHolds) {
  for (const Blend how : kAll)
    for (const int under_channels : {1, 2, 3, 4})
      for (const Sample sample : {Sample::u8, Sample::u16, Sample::f32})
        for (const int width : {1, 9, 10, 11, 67}) {
          const int colours = under_channels < 3 ? 1 : 3;
          const auto top = noise(width, 5, colours + 1, 1, sample), kept = noise(width, 5, under_channels, 2, sample);
          const auto expected = blend(*top, kept, how, 0.9);
          expect_same_rows(*kept, *noise(width, 5, under_channels, 2, sample));
          ImagePtr given = noise(width, 5, under_channels, 2, sample);
          const Image* memory = given.get();
          const auto result = blend(*top, std::move(given), how, 0.9);
          expect_same_rows(*result, *expected);
          const bool same_shape = result->channels() == under_channels;
          EXPECT_EQ(result.get() == memory, same_shape) << static_cast<int>(how);
          expect_same_rows(*blend(*top, noise(width, 5, under_channels, 2, sample), how), *blend(*top, kept, how));
        }
}

/// A call whose `under` is a file that is decoded row by row, and whose pictures are its own.
struct StreamingCall : test::FakeCall {
  StreamingCall(const Spec& spec, Values values) : FakeCall(spec, std::move(values)) {}
  ImagePtr take_image(std::string_view name) override { return name == "over" ? std::move(over) : image(name); }
  ImagePtr take_rows(std::string_view name, RowSink& rows) override {
    const ImagePtr photo = image(name);
    rows.begin(photo->width(), photo->height(), photo->channels(), photo->info);
    for (int y = 0; y < photo->height(); ++y) rows.row(photo->row(y));
    return nullptr;
  }
  ImagePtr over;
};

TEST(Composite, LaysRowsIntoTheCutout) {
  const ImagePtr photo = noise(50, 20, 3, 1);
  for (const bool placed : {false, true}) {
    ImagePtr cutout = noise(50, 20, 4, 2);
    const Samples expected = composed({{"over", Value(cutout)}, {"under", Value(photo)}});
    const std::uint8_t* memory = cutout->row(0);
    const auto& node = image_nodes().nodes.at("Composite");
    Values values = {{"under", Value(photo)}};
    if (placed) values["gravity"] = Value("centre");
    StreamingCall call(node.spec, values);
    call.over = std::move(cutout);
    node.run(call);
    const ImagePtr result = call.outputs.at("image").image();
    EXPECT_EQ(samples_of(*result), expected);
    EXPECT_EQ(result->row(0) == memory, !placed);
  }
}

TEST(Composite, Modes) {
  const auto over = picture(1, 1, 4, {255, 128, 0, 255}), under = picture(1, 1, 3, {100, 100, 100});
  const auto mode = [&](const char* name) { return composed({{"over", over}, {"under", under}, {"mode", name}}); };
  EXPECT_EQ(mode("over"), (Samples{255, 128, 0}));
  EXPECT_EQ(mode("multiply"), (Samples{100, 50, 0}));   // 128/255 * 100 = 50.2
  EXPECT_EQ(mode("screen"), (Samples{255, 178, 100}));  // 128 + 100 - 50.2
  EXPECT_EQ(mode("add"), (Samples{255, 228, 100}));
  EXPECT_EQ(mode("atop"), (Samples{255, 128, 0}));
  EXPECT_EQ(mode("in"), (Samples{255, 128, 0, 255}));
  EXPECT_EQ(mode("out"), (Samples{255, 128, 0, 0}));
  const auto half = picture(1, 1, 2, {0, 128});
  EXPECT_EQ(composed({{"over", over}, {"under", half}, {"mode", "in"}}), (Samples{255, 128, 0, 128}));
  EXPECT_EQ(composed({{"over", over}, {"under", half}, {"mode", "atop"}}), (Samples{255, 128, 0, 128}));
}

TEST(Composite, Places) {
  const auto dot = picture(1, 1, 1, {9}), under = picture(3, 2, 1, {0});
  const auto at = [&](Values values, const ImagePtr& over) {
    values["over"] = over, values["under"] = under;
    return composed(std::move(values));
  };
  EXPECT_EQ(at({{"left", 2}, {"top", 1}}, dot), (Samples{0, 0, 0, 0, 0, 9}));
  EXPECT_EQ(at({{"left", 1}}, dot), (Samples{0, 9, 0, 0, 0, 0}));
  EXPECT_EQ(at({{"gravity", "south_west"}}, dot), (Samples{0, 0, 0, 9, 0, 0}));
  EXPECT_EQ(at({{"gravity", "north"}}, dot), (Samples{0, 9, 0, 0, 0, 0}));
  EXPECT_EQ(at({{"gravity", "north_east"}, {"margin", 1}}, dot), (Samples{0, 0, 0, 0, 9, 0}));
  // What sticks out is cut off, on all sides.
  const auto large = picture(5, 4, 1, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
  EXPECT_EQ(at({{"gravity", "centre"}}, large), (Samples{7, 8, 9, 12, 13, 14}));
  EXPECT_EQ(at({{"left", -4}, {"top", -3}}, large), (Samples{20, 0, 0, 0, 0, 0}));
  // Where the upper one is not, nothing of it counts.
  EXPECT_EQ(at({{"left", 2}, {"mode", "in"}}, dot), (Samples{0, 0, 0, 0, 9, 255, 0, 0, 0, 0, 0, 0}));
}

TEST(Composite, WarnsOfAPlaceOutside) {
  const auto dot = picture(1, 1, 1, {9}), under = picture(3, 2, 1, {0});
  std::vector<std::string> warnings;
  EXPECT_EQ(
      samples_of(*run("Composite", {{"over", dot}, {"under", under}, {"left", 3}}, &warnings).at("image").image()),
      Samples(6, 0));
  EXPECT_EQ(warnings, std::vector<std::string>{"`over` lies wholly outside of `under`, so nothing of it can be seen"});
}

/// A red disc with a soft edge; under alpha 0 there is black, as cutouts have it.
std::shared_ptr<Image> red_subject(int size, Sample sample) {
  auto image = std::make_shared<Image>(size, size, 4, Sample::f32, Alpha::straight);
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x) {
      const float away = std::hypot(x + 0.5f - size / 2.0f, y + 0.5f - size / 2.0f) - size / 3.0f;
      float* pixel = image->row<float>(y) + x * 4;
      pixel[3] = std::clamp(0.5f - away / 2, 0.0f, 1.0f);
      pixel[0] = pixel[3] > 0 ? 1.0f : 0.0f;
      pixel[1] = pixel[2] = 0;
    }
  return convert_depth(*image, sample);
}

/// Over white nothing but mixtures of red and white may be seen: red is full everywhere, and green equals blue.
void expect_no_fringe(const ImagePtr& cutout, const std::string& what) {
  const ImagePtr flat = convert_depth(*run("Flatten", {{"image", cutout}}).at("image").image(), Sample::u8);
  for (int y = 0; y < flat->height(); ++y)
    for (int x = 0; x < flat->width(); ++x) {
      const std::uint8_t* pixel = flat->row(y) + x * 3;
      ASSERT_GE(pixel[0], 254) << what << " at " << x << "," << y;
      ASSERT_NEAR(pixel[1], pixel[2], 1) << what << " at " << x << "," << y;
    }
}

TEST(NoFringe, WhateverIsDoneToACutout) {
  for (const Sample sample : {Sample::u8, Sample::u16, Sample::f32}) {
    const auto cutout = red_subject(90, sample);
    const auto done = [&](const char* type, Values values) {
      values["image"] = cutout;
      expect_no_fringe(run(type, values).at("image").image(), std::string(type));
    };
    for (const char* filter : {"lanczos3", "cubic", "triangle", "box", "nearest"})
      for (const int width : {7, 40, 200}) done("Resize", {{"width", width}, {"filter", filter}});
    done("Fit", {{"width", 64}, {"height", 128}, {"mode", "pad"}});
    done("Crop", {{"to", "alpha"}, {"margin", 3}});
    done("Pad", {{"left", 5}, {"top", 9}});
    for (const char* filter : {"lanczos3", "cubic", "triangle", "nearest"})
      done("Rotate", {{"angle", 33.0}, {"filter", filter}});
    done("Flip", {});
    done("Trim", {});
    const auto canvas = picture(90, 90, 3, {255});
    const ImagePtr placed =
        run("Composite", {{"over", run("Resize", {{"image", cutout}, {"width", 40}}).at("image").image()},
                          {"under", canvas},
                          {"gravity", "centre"}})
            .at("image")
            .image();
    expect_no_fringe(placed, "Composite");
  }
}

TEST(NoFringe, OfACutoutWithMultipliedColours) {
  // As cjwbw/rembg writes them: what is half transparent is half as bright, too.
  const auto cutout = run("Premultiply", {{"image", red_subject(90, Sample::u8)}}).at("image").image();
  const ImagePtr dark = run("Flatten", {{"image", cutout}}).at("image").image();
  int darkest = 255;
  for (int x = 0; x < 90; ++x) darkest = std::min<int>(darkest, dark->row(45)[x * 3]);
  EXPECT_LT(darkest, 230) << "such a cutout has a fringe of its own";
  expect_no_fringe(run("Unpremultiply", {{"image", cutout}}).at("image").image(), "Unpremultiply");
  // The other way, of the main pipeline: only the outline is taken from it, and the photo is pasted within.
  const auto photo = picture(90, 90, 3, {255, 0, 0}), white_ground = picture(90, 90, 3, {255});
  expect_no_fringe(
      run("PasteBack",
          {{"original", white_ground}, {"result", photo}, {"mask", run("AlphaToMask", {{"image", cutout}}).at("mask")}})
          .at("image")
          .image(),
      "PasteBack");
}

}  // namespace
}  // namespace pixgraph::image
