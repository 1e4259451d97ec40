// The nodes that make and change masks and alpha: values worked out by hand, and every refusal with its exact text.
#include <gtest/gtest.h>

#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

using test::error_of;
using test::Values;
using Samples = std::vector<std::uint8_t>;

Values run(const std::string& type, Values values, std::vector<std::string>* warnings = nullptr) {
  return test::run_node(image_nodes(), type, std::move(values), warnings);
}
Samples image_of(const std::string& type, Values values) {
  return samples_of(*run(type, std::move(values)).at("image").image());
}
Samples mask_of(const std::string& type, Values values) {
  return samples_of(*run(type, std::move(values)).at("mask").image());
}

TEST(ApplyMask, MakesTheMaskAlpha) {
  const auto image = picture(2, 1, 3, {1, 2, 3, 4, 5, 6});
  const auto mask = picture(2, 1, 1, {255, 0});
  EXPECT_EQ(image_of("ApplyMask", {{"image", image}, {"mask", mask}}), (Samples{1, 2, 3, 255, 4, 5, 6, 0}));
  const auto cutout = picture(2, 1, 2, {7, 128, 8, 255}), half = picture(2, 1, 1, {128, 200});
  // 128 * 128 / 255 = 64.3
  EXPECT_EQ(image_of("ApplyMask", {{"image", cutout}, {"mask", half}}), (Samples{7, 64, 8, 200}));
  EXPECT_EQ(image_of("ApplyMask", {{"image", cutout}, {"mask", half}, {"alpha", "replace"}}),
            (Samples{7, 128, 8, 200}));
  EXPECT_EQ(samples_of(*cutout), (Samples{7, 128, 8, 255})) << "an input was changed";
  // The picture's depth decides.
  const auto deep = picture<std::uint16_t>(1, 1, 1, {500});
  EXPECT_EQ(samples_of<std::uint16_t>(
                *run("ApplyMask", {{"image", deep}, {"mask", picture(1, 1, 1, {128})}}).at("image").image()),
            (std::vector<std::uint16_t>{500, 32896}));
}

TEST(ApplyMask, RefusesAnotherSize) {
  EXPECT_EQ(error_of([] {
              run("ApplyMask", {{"image", picture(4, 2, 3, {1})}, {"mask", picture(2, 1, 1, {1})}});
            }),
            "E331: `mask` is 2x1 and `image` is 4x2; ApplyMask needs equal sizes (scale the mask with {type: Resize, "
            "image: \"${...}\", width: 4, height: 2, fit: exact} and make it a mask again with {type: MaskThreshold, "
            "image: \"${...}\", soft: 1})");
  // What the hint says does it.
  const ImagePtr scaled =
      run("Resize", {{"image", picture(2, 1, 1, {0, 255})}, {"width", 4}, {"height", 2}, {"fit", "exact"}})
          .at("image")
          .image();
  EXPECT_EQ(mask_of("MaskThreshold", {{"image", scaled}, {"soft", 1.0}}), samples_of(*scaled));
}

TEST(MaskFromColor, SelectsByDistance) {
  // From green: nothing; 30 and 40 of 255 in one channel: 30 / sqrt(3) = 17.3, 23.1 of 255; red; transparent green.
  const auto image = picture(5, 1, 4, {0, 255, 0, 255, 30, 255, 0, 255, 0, 255, 40, 255, 255, 0, 0, 255, 0, 255, 0, 0});
  EXPECT_EQ(mask_of("MaskFromColor", {{"image", image}, {"tolerance", 18 / 255.0}}), (Samples{255, 255, 0, 0, 0}));
  EXPECT_EQ(mask_of("MaskFromColor", {{"image", image}, {"tolerance", 18 / 255.0}, {"invert", true}}),
            (Samples{0, 0, 255, 255, 255}));
  EXPECT_EQ(mask_of("MaskFromColor", {{"image", image}, {"tolerance", 1.0}}), (Samples{255, 255, 255, 255, 0}));
  EXPECT_EQ(mask_of("MaskFromColor", {{"image", picture(3, 1, 1, {0, 20, 255})}, {"colour", "#fff"}}),
            (Samples{0, 0, 255}));
  // Soft: in the middle of the way it is half.
  const Samples soft = mask_of(
      "MaskFromColor", {{"image", picture(1, 1, 1, {51})}, {"colour", "#000"}, {"tolerance", 0.1}, {"soft", 0.2}});
  EXPECT_NEAR(soft[0], 128, 3);
  EXPECT_EQ(error_of([&] {
              run("MaskFromColor", {{"image", image}, {"colour", "green"}});
            }),
            "E333: `colour: green` is not a colour (write it in quotes as \"#rrggbb\")");
}

TEST(MaskThreshold, MakesMasksOfPictures) {
  EXPECT_EQ(mask_of("MaskThreshold", {{"image", picture(4, 1, 1, {0, 127, 128, 255})}}), (Samples{0, 0, 255, 255}));
  EXPECT_EQ(mask_of("MaskThreshold", {{"image", picture(4, 1, 1, {0, 127, 128, 255})}, {"soft", 1.0}}),
            (Samples{0, 127, 128, 255}));
  // From 0.25 to 0.75: 63.75 .. 191.25; 100 is (100 - 63.75) / 127.5 of the way
  EXPECT_EQ(mask_of("MaskThreshold", {{"image", picture(3, 1, 1, {60, 100, 200})}, {"soft", 0.5}}),
            (Samples{0, 73, 255}));
  EXPECT_EQ(mask_of("MaskThreshold", {{"image", picture(2, 1, 3, {255, 255, 255, 0, 0, 255})}}), (Samples{255, 0}));
  // Transparent white is not selected.
  EXPECT_EQ(mask_of("MaskThreshold", {{"image", picture(2, 1, 2, {255, 255, 255, 0})}}), (Samples{255, 0}));
  EXPECT_EQ(mask_of("MaskThreshold", {{"image", picture(1, 1, 1, {0})}, {"threshold", 0.0}}), Samples{255});
}

TEST(MaskInvert, IsWhiteMinusBlack) {
  EXPECT_EQ(mask_of("MaskInvert", {{"mask", picture(3, 1, 1, {0, 100, 255})}}), (Samples{255, 155, 0}));
  const auto real = picture<float>(1, 1, 1, {0.25f});
  EXPECT_EQ(samples_of<float>(*run("MaskInvert", {{"mask", real}}).at("mask").image()), std::vector<float>{0.75f});
}

TEST(MaskGrow, WidensAndNarrows) {
  const auto mask = picture(5, 1, 1, {0, 0, 255, 200, 90});
  EXPECT_EQ(mask_of("MaskGrow", {{"mask", mask}, {"radius", 1}}), (Samples{0, 255, 255, 255, 200}));
  EXPECT_EQ(mask_of("MaskGrow", {{"mask", mask}, {"radius", -1}}), (Samples{0, 0, 0, 90, 90}));
  EXPECT_EQ(run("MaskGrow", {{"mask", mask}, {"radius", 0}}).at("mask").image().get(), mask.get());
}

TEST(MaskFeather, FadesOverAboutThatManyPixels) {
  auto half = picture(80, 3, 1, {0});
  for (int y = 0; y < 3; ++y)
    for (int x = 40; x < 80; ++x) half->row(y)[x] = 255;
  const ImagePtr mask = run("MaskFeather", {{"mask", half}, {"radius", 10.0}}).at("mask").image();
  EXPECT_LE(mask->row(1)[30], 8);
  EXPECT_GE(mask->row(1)[49], 247);
  EXPECT_NEAR(mask->row(1)[39] + mask->row(1)[40], 255, 2);
  EXPECT_EQ(run("MaskFeather", {{"mask", half}, {"radius", 0.0}}).at("mask").image().get(), half.get());
}

TEST(MaskCombine, UnitesIntersectsSubtracts) {
  const auto a = picture(4, 1, 1, {255, 255, 0, 100}), b = picture(4, 1, 1, {255, 0, 255, 200});
  EXPECT_EQ(mask_of("MaskCombine", {{"a", a}, {"b", b}}), (Samples{255, 255, 255, 200}));
  EXPECT_EQ(mask_of("MaskCombine", {{"a", a}, {"b", b}, {"mode", "intersect"}}), (Samples{255, 0, 0, 100}));
  EXPECT_EQ(mask_of("MaskCombine", {{"a", a}, {"b", b}, {"mode", "subtract"}}), (Samples{0, 255, 0, 55}));
  // The deeper one decides.
  const auto deep = picture<std::uint16_t>(1, 1, 1, {300});
  EXPECT_EQ(
      samples_of<std::uint16_t>(*run("MaskCombine", {{"a", deep}, {"b", picture(1, 1, 1, {1})}}).at("mask").image()),
      std::vector<std::uint16_t>{300});
  EXPECT_EQ(error_of([&] {
              run("MaskCombine", {{"a", a}, {"b", deep}});
            }),
            "E331: `b` is 1x1 and `a` is 4x1; MaskCombine needs equal sizes (scale the mask with {type: Resize, image: "
            "\"${...}\", width: 4, height: 1, fit: exact} and make it a mask again with {type: MaskThreshold, image: "
            "\"${...}\", soft: 1})");
}

TEST(MaskFill, ClosesHolesUpToASize) {
  const auto ring = picture(7, 5, 1, {0, 0,   0,   0,   0,   0,   0,    //
                                      0, 255, 255, 255, 200, 255, 0,    //
                                      0, 255, 0,   255, 0,   0,   255,  // one hole of a pixel, one of two
                                      0, 255, 255, 255, 255, 255, 0,    //
                                      0, 0,   0,   0,   0,   0,   0});
  EXPECT_EQ(mask_of("MaskFill", {{"mask", ring}}), (Samples{0, 0,   0,   0,   0,   0,   0,    //
                                                            0, 255, 255, 255, 200, 255, 0,    //
                                                            0, 255, 255, 255, 200, 200, 255,  // by the rim's lowest
                                                            0, 255, 255, 255, 255, 255, 0,    //
                                                            0, 0,   0,   0,   0,   0,   0}));
  EXPECT_EQ(mask_of("MaskFill", {{"mask", ring}, {"max_area", 1}})[16], 255);
  EXPECT_EQ(mask_of("MaskFill", {{"mask", ring}, {"max_area", 1}})[18], 0);
  EXPECT_EQ(mask_of("MaskFill", {{"mask", ring}, {"max_area", 2}})[18], 200);
}

TEST(MaskBox, SelectsARectangle) {
  const auto image = picture(3, 2, 4, {9});
  EXPECT_EQ(mask_of("MaskBox", {{"image", image}, {"left", 1}, {"top", 1}, {"width", 1}, {"height", 1}}),
            (Samples{0, 0, 0, 0, 255, 0}));
  EXPECT_EQ(mask_of("MaskBox", {{"image", image}, {"left", 1}, {"invert", true}}), (Samples{255, 0, 0, 255, 0, 0}));
  EXPECT_EQ(mask_of("MaskBox", {{"image", image}}), Samples(6, 255));
  EXPECT_EQ(mask_of("MaskBox", {{"image", image}, {"left", -2}, {"width", 3}, {"height", 1}}),
            (Samples{255, 0, 0, 0, 0, 0}));
  std::vector<std::string> warnings;
  EXPECT_EQ(samples_of(*run("MaskBox", {{"image", image}, {"left", 5}}, &warnings).at("mask").image()), Samples(6, 0));
  EXPECT_EQ(warnings, std::vector<std::string>{"the box lies wholly outside of the image: the mask selects nothing"});
}

TEST(Flatten, LaysOverAColour) {
  // 100 * 128/255 + 255 * 127/255 = 177.2
  const auto glass = picture(1, 1, 2, {100, 128});
  EXPECT_EQ(image_of("Flatten", {{"image", glass}}), Samples{177});
  EXPECT_EQ(image_of("Flatten", {{"image", glass}, {"background", "#ff0000"}}), (Samples{177, 50, 50}));
  const auto solid = picture(1, 1, 3, {1, 2, 3});
  EXPECT_EQ(run("Flatten", {{"image", solid}}).at("image").image().get(), solid.get());
  EXPECT_EQ(error_of([&] {
              run("Flatten", {{"image", glass}, {"background", "white"}});
            }),
            "E333: `background: white` is not a colour (write it in quotes as \"#rrggbb\")");
}

TEST(Premultiply, AndBack) {
  const auto cutout = picture(2, 1, 4, {200, 100, 50, 128, 9, 9, 9, 0});
  const ImagePtr weighted = run("Premultiply", {{"image", cutout}}).at("image").image();
  EXPECT_EQ(samples_of(*weighted), (Samples{100, 50, 25, 128, 0, 0, 0, 0}));
  EXPECT_EQ(weighted->alpha(), Alpha::straight) << "a file of it holds these samples";
  const ImagePtr back = run("Unpremultiply", {{"image", weighted}}).at("image").image();
  EXPECT_EQ(samples_of(*back), (Samples{199, 100, 50, 128, 0, 0, 0, 0}));
  EXPECT_EQ(back->alpha(), Alpha::straight);
  for (const char* type : {"Premultiply", "Unpremultiply"}) {
    const auto solid = picture(1, 1, 3, {1, 2, 3});
    EXPECT_EQ(run(type, {{"image", solid}}).at("image").image().get(), solid.get());
  }
}

TEST(PasteBack, KeepsTheOriginalOutsideToTheBit) {
  for (Sample sample : {Sample::u8, Sample::u16, Sample::f32}) {
    const auto original = noise(50, 40, 3, 1, sample);
    auto mask = picture(50, 40, 1, {0});
    for (int y = 10; y < 30; ++y)
      for (int x = 10; x < 35; ++x) mask->row(y)[x] = 255;
    for (const double feather : {0.0, 3.0}) {
      const ImagePtr pasted =
          run("PasteBack",
              {{"original", original}, {"result", noise(50, 40, 3, 2)}, {"mask", mask}, {"feather", feather}})
              .at("image")
              .image();
      ASSERT_EQ(pasted->sample(), sample);
      const std::size_t pixel = 3 * sample_bytes(sample);
      for (int y = 0; y < 40; ++y)
        for (std::size_t x = 0; x < 50; ++x)
          if (mask->row(y)[x] == 0) {
            ASSERT_EQ(0, std::memcmp(pasted->row(y) + x * pixel, original->row(y) + x * pixel, pixel));
          }
      // In the middle it is the result, whatever the feather.
      const auto result = convert_depth(*noise(50, 40, 3, 2), sample);
      EXPECT_EQ(0, std::memcmp(pasted->row(20) + 22 * pixel, result->row(20) + 22 * pixel, pixel));
    }
  }
}

TEST(PasteBack, MixesKinds) {
  const auto original = picture(3, 1, 3, {10, 20, 30}), mask = picture(3, 1, 1, {0, 128, 255});
  // 10 + (110 - 10) * 128/255 = 60.2
  EXPECT_EQ(
      image_of("PasteBack", {{"original", original}, {"result", picture(3, 1, 3, {110, 20, 30})}, {"mask", mask}}),
      (Samples{10, 20, 30, 60, 20, 30, 110, 20, 30}));
  // A result with alpha shows the original through; one without is solid in a cutout.
  EXPECT_EQ(
      image_of("PasteBack", {{"original", original}, {"result", picture(3, 1, 4, {110, 20, 30, 0})}, {"mask", mask}}),
      samples_of(*original));
  EXPECT_EQ(image_of("PasteBack", {{"original", picture(2, 1, 2, {5, 0})},
                                   {"result", picture(2, 1, 1, {9})},
                                   {"mask", picture(2, 1, 1, {0, 128})}}),
            (Samples{5, 0, 9, 128}));
  // Colour into grey: RGB, grey outside.
  EXPECT_EQ(image_of("PasteBack", {{"original", picture(2, 1, 1, {7})},
                                   {"result", picture(2, 1, 3, {1, 2, 3})},
                                   {"mask", picture(2, 1, 1, {0, 255})}}),
            (Samples{7, 7, 7, 1, 2, 3}));
}

TEST(PasteBack, RefusesInASentence) {
  const auto image = picture(4, 2, 3, {1});
  EXPECT_EQ(
      error_of([&] {
        run("PasteBack", {{"original", image}, {"result", image}, {"mask", picture(2, 1, 1, {1})}});
      }),
      "E331: `mask` is 2x1 and `original` is 4x2; PasteBack needs equal sizes (scale the mask with {type: Resize, "
      "image: \"${...}\", width: 4, height: 2, fit: exact} and make it a mask again with {type: MaskThreshold, "
      "image: \"${...}\", soft: 1})");
  EXPECT_EQ(
      error_of([&] {
        run("PasteBack", {{"original", image}, {"result", picture(2, 1, 3, {1})}, {"mask", picture(4, 2, 1, {1})}});
      }),
      "E331: `result` is 2x1 and `original` is 4x2; PasteBack needs equal sizes (put an Unfit before it where a "
      "Fit made the model's input, else {type: Resize, image: \"${...}\", width: 4, height: 2, fit: exact})");
}

TEST(MaskNodes, KeepEverySampleOfSixteenBits) {
  using Deep = std::vector<std::uint16_t>;
  const auto made = [](const char* type, const std::vector<std::uint16_t>& samples, int width, Values values = {}) {
    const auto mask = picture<std::uint16_t>(width, static_cast<int>(samples.size()) / width, 1, samples);
    values["mask"] = mask;
    return samples_of<std::uint16_t>(*run(type, std::move(values)).at("mask").image());
  };
  EXPECT_EQ(made("MaskGrow", {0, 300, 0, 0, 40001}, 5, {{"radius", 1}}), (Deep{300, 300, 300, 40001, 40001}));
  EXPECT_EQ(made("MaskGrow", {65535, 300, 65535, 65535, 40001}, 5, {{"radius", -1}}),
            (Deep{300, 300, 300, 40001, 40001}));
  EXPECT_EQ(made("MaskInvert", {0, 257, 65534}, 3), (Deep{65535, 65278, 1}));
  EXPECT_EQ(made("MaskFill", {65535, 65535, 65535, 65535, 0, 65535, 65535, 65535, 65535}, 3), Deep(9, 65535));
  EXPECT_EQ(made("MaskFeather", {1234}, 1), Deep{1234});
  EXPECT_EQ(made("MaskFeather", Deep(25, 40001), 5), Deep(25, 40001));
}

}  // namespace
}  // namespace pixgraph::image
