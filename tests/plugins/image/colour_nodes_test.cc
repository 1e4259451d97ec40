// The nodes that change colours: values worked out by hand, edges, and every refusal with its exact text.
#include <gtest/gtest.h>

#include <lcms2.h>

#include <cmath>

#include "kernels/color_match.h"
#include "kernels/lab.h"
#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

using test::error_of;
using test::Values;
using U8 = std::vector<std::uint8_t>;
using U16 = std::vector<std::uint16_t>;

ImagePtr run(const std::string& type, Values values) {
  return test::run_node(image_nodes(), type, std::move(values)).at("image").image();
}

/// A profile with sRGB's colours whose samples are light itself.
BytesPtr linear_profile() {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
  cmsToneCurve* curve = cmsBuildGamma(nullptr, 1);
  cmsToneCurve* curves[3] = {curve, curve, curve};
  cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  auto bytes = std::make_shared<Bytes>(size);
  cmsSaveProfileToMem(profile, bytes->data(), &size);
  cmsCloseProfile(profile);
  cmsFreeToneCurve(curve);
  return bytes;
}

BytesPtr srgb_bytes() {
  cmsHPROFILE profile = cmsCreate_sRGBProfile();
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  auto bytes = std::make_shared<Bytes>(size);
  cmsSaveProfileToMem(profile, bytes->data(), &size);
  cmsCloseProfile(profile);
  return bytes;
}

TEST(ToSRGB, ConvertsAndDropsTheProfile) {
  // Half of the light is 0.7354 in sRGB: 188 of 255, 48195 of 65535.
  auto light = picture(1, 1, 4, {128, 128, 128, 77});
  light->info.icc = linear_profile();
  light->info.exif = std::make_shared<const Bytes>(Bytes{1, 2, 3});
  const ImagePtr srgb = run("ToSRGB", {{"image", light}});
  EXPECT_EQ(samples_of(*srgb), (U8{188, 188, 188, 77}));
  EXPECT_EQ(srgb->info.icc, nullptr);
  EXPECT_EQ(srgb->info.exif, light->info.exif);

  auto deep = picture<std::uint16_t>(1, 1, 3, {32768, 32768, 32768});
  deep->info.icc = linear_profile();
  for (const std::uint16_t sample : samples_of<std::uint16_t>(*run("ToSRGB", {{"image", deep}})))
    EXPECT_NEAR(sample, 48195, 12);
  for (const char* intent : {"perceptual", "saturation"})
    EXPECT_EQ(samples_of(*run("ToSRGB", {{"image", light}, {"intent", intent}})), (U8{188, 188, 188, 77})) << intent;
}

TEST(ToSRGB, TouchesNoPixelThatIsSrgb) {
  const auto plain = noise(5, 3, 3, 1);
  EXPECT_EQ(run("ToSRGB", {{"image", plain}}).get(), plain.get());
  auto tagged = noise(5, 3, 3, 1);
  tagged->info.icc = srgb_bytes();
  const ImagePtr srgb = run("ToSRGB", {{"image", tagged}});
  EXPECT_EQ(srgb->info.icc, nullptr);
  EXPECT_EQ(bytes_of(*srgb), bytes_of(*tagged));
}

TEST(ToSRGB, RefusesAProfileThatIsNone) {
  auto image = picture(1, 1, 3, {1, 2, 3});
  image->info.icc = std::make_shared<const Bytes>(Bytes(200, 7));
  EXPECT_EQ(error_of([&] {
              run("ToSRGB", {{"image", image}});
            }),
            "E332: the image's colour profile cannot be used (save the image without a profile, or with another one)");
}

TEST(Grade, Exposure) {
  // 100/255 is 0.1274 of light; twice that is 0.5419, which is 138. Black and white stay where they are.
  const auto image = picture(3, 1, 1, {0, 100, 255});
  EXPECT_EQ(samples_of(*run("Grade", {{"image", image}, {"exposure", 1.0}})), (U8{0, 138, 255}));
  const auto bright = picture<float>(1, 1, 1, {1.0f});
  const float doubled = samples_of<float>(*run("Grade", {{"image", bright}, {"exposure", 1.0}}))[0];
  EXPECT_NEAR(doubled, 1.055 * std::pow(2.0, 1 / 2.4) - 0.055, 1e-6) << "float goes beyond white";
}

TEST(Grade, ContrastGammaAndSaturation) {
  const auto grey = picture(3, 1, 2, {77, 9, 128, 9, 255, 0});
  // 127.5 + 1.5 * (77 - 127.5) = 51.75 and 128.25; white would be 318.75.
  EXPECT_EQ(samples_of(*run("Grade", {{"image", grey}, {"contrast", 1.5}})), (U8{52, 9, 128, 9, 255, 0}));
  EXPECT_EQ(samples_of(*run("Grade", {{"image", grey}, {"contrast", 0.0}})), (U8{128, 9, 128, 9, 128, 0}));
  // Root of 0.25.
  EXPECT_EQ(
      samples_of<std::uint16_t>(*run("Grade", {{"image", picture<std::uint16_t>(1, 1, 1, {16384})}, {"gamma", 2.0}})),
      (U16{32768}));
  const auto red = picture(1, 1, 4, {255, 0, 0, 100});
  // Luma of red is 54.2.
  EXPECT_EQ(samples_of(*run("Grade", {{"image", red}, {"saturation", 0.0}})), (U8{54, 54, 54, 100}));
  EXPECT_EQ(samples_of(*run("Grade", {{"image", red}, {"saturation", 0.5}})), (U8{155, 27, 27, 100}));
  EXPECT_EQ(samples_of(*run("Grade", {{"image", grey}, {"saturation", 0.0}})), samples_of(*grey));
}

TEST(Grade, TemperatureMakesThatLightNeutral) {
  // A black body of 4000 K in sRGB, from the tables of the CIE: 255 209 163 and 255 206 166 by the two observers; a
  // quarter of that light is 137 110 86. It becomes the tint of 6500 K, a few steps from grey.
  const U8 lamp = samples_of(*run("Grade", {{"image", picture(1, 1, 3, {137, 110, 86})}, {"temperature", 4000.0}}));
  EXPECT_NEAR(lamp[0], lamp[1], 7);
  EXPECT_NEAR(lamp[2], lamp[1], 7);
  // Other light, other tints; grey keeps its luminance.
  const U8 warm = samples_of(*run("Grade", {{"image", picture(1, 1, 3, {128, 128, 128})}, {"temperature", 10000.0}}));
  EXPECT_GT(warm[0], 135);
  EXPECT_LT(warm[2], 118);
  EXPECT_NEAR(warm[1], 128, 4);
}

TEST(Grade, HandsOnWhatItDoesNotChangeAndRefusesGrey) {
  const auto grey = picture(1, 1, 1, {9});
  EXPECT_EQ(run("Grade", {{"image", grey}}).get(), grey.get());
  EXPECT_EQ(error_of([&] {
              run("Grade", {{"image", grey}, {"temperature", 3000.0}});
            }),
            "E331: the picture is grey, so it has no colours that `temperature` could shift (put a Convert with "
            "`colour: rgb` before, or leave `temperature` out)");
}

TEST(Levels, SpreadsWhatLiesBetween) {
  const auto image = picture(5, 1, 1, {0, 51, 128, 204, 255});
  // (128 / 255 - 0.2) / 0.6 = 0.5033: 128.3
  EXPECT_EQ(samples_of(*run("Levels", {{"image", image}, {"black", 0.2}, {"white", 0.8}})), (U8{0, 0, 128, 255, 255}));
  EXPECT_EQ(samples_of(*run("Levels", {{"image", image}, {"out_black", 1.0}, {"out_white", 0.0}})),
            (U8{255, 204, 127, 51, 0}));
  const auto cutout = picture(1, 1, 4, {51, 102, 153, 3});
  EXPECT_EQ(samples_of(*run("Levels", {{"image", cutout}, {"white", 0.6}})), (U8{85, 170, 255, 3}));
  const auto deep = picture<std::uint16_t>(1, 1, 1, {16384});
  EXPECT_EQ(samples_of<std::uint16_t>(*run("Levels", {{"image", deep}, {"gamma", 2.0}})), (U16{32768}));
  EXPECT_EQ(run("Levels", {{"image", deep}}).get(), deep.get());
}

TEST(Grayscale, Methods) {
  const auto image = picture(1, 1, 4, {255, 0, 3, 40});
  const auto grey = [&](const char* method) {
    return samples_of(*run("Grayscale", {{"image", image}, {"method", method}}));
  };
  EXPECT_EQ(grey("luma"), (U8{54, 40}));        // 54.2 + 0.2
  EXPECT_EQ(grey("luminance"), (U8{127, 40}));  // 0.2126 of the light
  EXPECT_EQ(grey("average"), (U8{86, 40}));
  EXPECT_EQ(grey("red"), (U8{255, 40}));
  EXPECT_EQ(grey("green"), (U8{0, 40}));
  EXPECT_EQ(grey("blue"), (U8{3, 40}));
  const auto deep = picture<std::uint16_t>(1, 1, 3, {60000, 60000, 60000});
  EXPECT_EQ(samples_of<std::uint16_t>(*run("Grayscale", {{"image", deep}, {"method", "luminance"}})), (U16{60000}));
  const auto already = picture(1, 1, 1, {7});
  EXPECT_EQ(run("Grayscale", {{"image", already}}).get(), already.get());
  auto broken = picture(1, 1, 3, {1, 2, 3});
  broken->info.icc = std::make_shared<const Bytes>(Bytes(200, 7));
  EXPECT_EQ(error_of([&] {
              run("Grayscale", {{"image", broken}});
            }),
            "E332: the image's colour profile cannot be used (save the image without a profile, or with another one)");
}

TEST(Invert, KeepsAlphaDepthAndProfile) {
  auto image = picture(2, 1, 4, {0, 100, 255, 0, 1, 2, 3, 128});
  image->info.icc = linear_profile();
  const ImagePtr negative = run("Invert", {{"image", image}});
  EXPECT_EQ(samples_of(*negative), (U8{255, 155, 0, 0, 254, 253, 252, 128}));
  EXPECT_EQ(negative->info.icc, image->info.icc);
  EXPECT_EQ(samples_of<std::uint16_t>(*run("Invert", {{"image", picture<std::uint16_t>(1, 1, 1, {1})}})), (U16{65534}));
  EXPECT_EQ(samples_of<float>(*run("Invert", {{"image", picture<float>(1, 1, 1, {1.5f})}})),
            (std::vector<float>{-0.5f}));
}

TEST(Depth, RoundsOrDithers) {
  const auto deep = picture<std::uint16_t>(8, 8, 1, {257 * 100 + 64});  // 100.25
  EXPECT_EQ(samples_of(*run("Depth", {{"image", deep}})), U8(64, 100));
  const U8 dithered = samples_of(*run("Depth", {{"image", deep}, {"dither", true}}));
  // 64 / 257 of 64 pixels are 15.9: 16 of them go up.
  EXPECT_EQ(std::count(dithered.begin(), dithered.end(), 101), 16);
  EXPECT_EQ(std::count(dithered.begin(), dithered.end(), 100), 48);
  // What 8 bit has stays, black and white too.
  const auto exact = picture<std::uint16_t>(3, 1, 2, {0, 0, 65535, 65535, 257 * 9, 257 * 8});
  EXPECT_EQ(samples_of(*run("Depth", {{"image", exact}, {"dither", true}})), (U8{0, 0, 255, 255, 9, 8}));
  const auto eight = picture(1, 1, 1, {200});
  EXPECT_EQ(samples_of<std::uint16_t>(*run("Depth", {{"image", eight}, {"bits", "16"}})), (U16{51400}));
  EXPECT_EQ(samples_of<float>(*run("Depth", {{"image", eight}, {"bits", "float"}, {"dither", true}})),
            (std::vector<float>{200.0f / 255}));
  EXPECT_EQ(run("Depth", {{"image", eight}}).get(), eight.get());
  const auto beyond = picture<float>(2, 1, 1, {-1, 2});
  EXPECT_EQ(samples_of(*run("Depth", {{"image", beyond}, {"dither", true}})), (U8{0, 255}));
}

TEST(Lab, KnowsSrgbsCorners) {
  // L*, a* and b* of sRGB's red and blue, as CIE calculators give them.
  const auto red = srgb_to_lab({1, 0, 0}), blue = srgb_to_lab({0, 0, 1}), grey = srgb_to_lab({0.5, 0.5, 0.5});
  const double wanted[2][3] = {{53.24, 80.09, 67.20}, {32.30, 79.19, -107.86}};
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(red[c], wanted[0][c], 0.02);
    EXPECT_NEAR(blue[c], wanted[1][c], 0.02);
  }
  EXPECT_NEAR(grey[0], 53.39, 0.01);
  EXPECT_NEAR(grey[1], 0, 1e-3);
  EXPECT_NEAR(grey[2], 0, 1e-3);
  for (const auto& rgb :
       {std::array<double, 3>{0.2, 0.9, 0.01}, std::array<double, 3>{0, 0, 0}, std::array<double, 3>{1, 1, 1}})
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(lab_to_srgb(srgb_to_lab(rgb))[c], rgb[c], 1e-5);
}

TEST(ColorMatch, ReinhardTakesOverMeanAndSpread) {
  const auto image = scene(40, 30, 3);
  // The same scene, flatter and tinted: what a model's answer may look like.
  auto tinted = scene(40, 30, 3);
  for (int y = 0; y < 30; ++y)
    for (int i = 0; i < 120; ++i) tinted->row(y)[i] = static_cast<std::uint8_t>(60 + image->row(y)[i] / 3 + i % 3 * 15);
  const ImagePtr matched = run("ColorMatch", {{"image", image}, {"reference", tinted}});
  const LabStatistics wanted = lab_statistics(*tinted), got = lab_statistics(*matched), before = lab_statistics(*image);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(got.mean[c], wanted.mean[c], 0.5) << c;
    EXPECT_NEAR(got.deviation[c], wanted.deviation[c], 0.8) << c;
  }
  EXPECT_GT(std::abs(before.mean[2] - wanted.mean[2]), 5) << "nothing was to be matched";
  EXPECT_EQ(bytes_of(*run("ColorMatch", {{"image", image}, {"reference", tinted}, {"strength", 0.0}})),
            bytes_of(*image));
  // One colour becomes the reference's mean, its own depth and alpha stay; the transparent pixel has no say.
  const auto flat = picture<std::uint16_t>(1, 1, 4, {30000, 30000, 30000, 500});
  const auto reference = picture(2, 1, 4, {200, 100, 50, 255, 0, 255, 0, 0});
  const U16 one = samples_of<std::uint16_t>(*run("ColorMatch", {{"image", flat}, {"reference", reference}}));
  EXPECT_NEAR(one[0], 200 * 257, 30);
  EXPECT_NEAR(one[1], 100 * 257, 30);
  EXPECT_NEAR(one[2], 50 * 257, 30);
  EXPECT_EQ(one[3], 500);
}

TEST(ColorMatch, LargePicturesAreSampledButNothingSeenIsMissed) {
  const auto large = picture(2200, 2100, 4, {200, 100, 50, 255, 0, 0, 255, 255});
  for (int y = 0; y < 2100; ++y) std::memset(large->row(y), 0, large->row_bytes());
  const std::uint8_t lonely[] = {200, 100, 50, 255};
  std::memcpy(large->row(1001) + 1001 * 4, lonely, 4);
  const LabStatistics found = lab_statistics(*large);
  const auto wanted = srgb_to_lab({200 / 255.0, 100 / 255.0, 50 / 255.0});
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(found.mean[c], wanted[c], 1e-6);
}

TEST(ColorMatch, HistogramByHand) {
  // Levels at or below: 10 25 %, 20 75 %, 30 100 %. Of the reference: 100 50 %, 150 75 %, 250 100 %.
  const auto grey = [](const U8& values) {
    U8 rgb;
    for (const std::uint8_t value : values) rgb.insert(rgb.end(), 3, value);
    return picture(static_cast<int>(values.size()), 1, 3, rgb);
  };
  const Values values{
      {"image", grey({10, 20, 20, 30})}, {"reference", grey({100, 100, 150, 250})}, {"method", "histogram"}};
  EXPECT_EQ(samples_of(*run("ColorMatch", values)), samples_of(*grey({100, 150, 150, 250})));
  Values half = values;
  half["strength"] = 0.5;
  EXPECT_EQ(samples_of(*run("ColorMatch", half)), samples_of(*grey({55, 85, 85, 140})));
}

TEST(ColorMatch, RefusesAReferenceWithoutPixels) {
  EXPECT_EQ(
      error_of([] {
        run("ColorMatch", {{"image", picture(1, 1, 3, {1, 2, 3})}, {"reference", picture(2, 2, 4, {1, 2, 3, 0})}});
      }),
      "E331: `reference` is transparent everywhere, so it has no colours to match (give it a picture with "
      "something to see)");
}

}  // namespace
}  // namespace pixgraph::image
