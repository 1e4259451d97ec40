// The node types on tiny pictures: values worked out by hand, edges, and every refusal with its exact text.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "placement.h"
#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

using test::error_of;
using test::Values;

Values run(const std::string& type, Values values, std::vector<std::string>* warnings = nullptr) {
  return test::run_node(image_nodes(), type, std::move(values), warnings);
}

std::string size_of(const Values& outputs) {
  const ImagePtr image = outputs.at("image").image();
  return std::to_string(image->width()) + "x" + std::to_string(image->height());
}

std::string fitted(int width, int height, Values values) {
  values["image"] = scene(width, height, 3);
  return size_of(run("Fit", std::move(values)));
}

TEST(Fit, KeepsTheShapeInTheMainPipeline) {
  const Values box{{"width", 768}, {"height", 768}, {"multiple_of", 64}};
  EXPECT_EQ(fitted(1800, 1200, box), "768x512");
  EXPECT_EQ(fitted(1200, 1800, box), "512x768");
  EXPECT_EQ(fitted(1440, 1079, box), "768x576");
  EXPECT_EQ(fitted(1000, 667, box), "768x512");
  EXPECT_EQ(fitted(718, 478, box), "768x512");  // 511.3 goes up to 512: 0.5 px at the sides go
  EXPECT_EQ(fitted(640, 359, box), "768x448");  // 430.8 goes up to 448
  EXPECT_EQ(fitted(480, 360, box), "768x576");  // enlarged
  EXPECT_EQ(fitted(900, 900, box), "768x768");
  EXPECT_EQ(fitted(5000, 100, box), "768x64");  // 15.4 goes up to one multiple
}

TEST(Fit, SaysHowToFindAPlaceAgain) {
  const Values out = run("Fit", {{"image", scene(718, 478, 3)}, {"width", 768}, {"height", 768}, {"multiple_of", 64}});
  const nlohmann::json& transform = *out.at("transform").json();
  EXPECT_EQ(transform["source_width"], 718);
  EXPECT_EQ(transform["source_height"], 478);
  EXPECT_EQ(transform["mode"], "inside");
  const double scale = 512.0 / 478;
  EXPECT_NEAR(transform["scale_x"], scale, 1e-9);
  EXPECT_NEAR(transform["scale_y"], scale, 1e-9);
  EXPECT_NEAR(transform["offset_x"], (768 - 718 * scale) / 2, 1e-9);
  EXPECT_NEAR(transform["offset_y"], 0, 1e-9);
  EXPECT_EQ(*out.at("width").integer(), 768);
  EXPECT_EQ(*out.at("height").integer(), 512);
}

TEST(Fit, WithoutEnlarging) {
  const Values box{{"width", 768}, {"height", 768}, {"multiple_of", 64}, {"enlarge", false}};
  EXPECT_EQ(fitted(480, 360, box), "448x320");  // cropped, not scaled up
  EXPECT_EQ(fitted(480, 360, {{"width", 768}, {"height", 768}, {"enlarge", false}}), "480x360");
  EXPECT_EQ(fitted(480, 360, {{"width", 400}, {"height", 768}, {"mode", "crop"}, {"enlarge", false}}), "400x360");
  EXPECT_EQ(fitted(480, 360, {{"width", 768}, {"height", 512}, {"mode", "pad"}, {"enlarge", false}}), "768x512");
}

TEST(Fit, PadAndCropFillTheBox) {
  EXPECT_EQ(fitted(1800, 1200, {{"width", 700}, {"height", 700}, {"multiple_of", 64}, {"mode", "pad"}}), "640x640");
  EXPECT_EQ(fitted(1800, 1200, {{"width", 768}, {"height", 768}, {"mode", "crop"}}), "768x768");
  EXPECT_EQ(fitted(1800, 1200, {{"width", 300}, {"height", 0}}), "300x200");
  EXPECT_EQ(fitted(1800, 1200, {{"width", 0}, {"height", 300}}), "450x300");
}

TEST(Fit, HandsOnAPictureThatFits) {
  const auto image = scene(128, 64, 3);
  const Values out = run("Fit", {{"image", image}, {"width", 128}, {"height", 128}, {"multiple_of", 64}});
  EXPECT_EQ(out.at("image").image().get(), image.get());
}

TEST(Fit, PadsWithEdgeColourOrTransparency) {
  const auto grey = picture(1, 2, 1, {10, 20});
  EXPECT_EQ(
      samples_of(*run("Fit", {{"image", grey}, {"width", 3}, {"height", 2}, {"mode", "pad"}}).at("image").image()),
      (std::vector<std::uint8_t>{10, 10, 10, 20, 20, 20}));
  const Values red{{"image", grey}, {"width", 2}, {"height", 2}, {"mode", "pad"}, {"background", "#f00"}};
  EXPECT_EQ(samples_of(*run("Fit", red).at("image").image()),
            (std::vector<std::uint8_t>{10, 10, 10, 255, 0, 0, 20, 20, 20, 255, 0, 0}));
  const Values glass{{"image", grey}, {"width", 2}, {"height", 2}, {"mode", "pad"}, {"background", "#00000080"}};
  EXPECT_EQ(samples_of(*run("Fit", glass).at("image").image()),
            (std::vector<std::uint8_t>{10, 255, 0, 128, 20, 255, 0, 128}));
  // Colour under alpha 0 stays where nothing is scaled.
  const auto cutout = picture(1, 1, 4, {7, 8, 9, 0});
  EXPECT_EQ(
      samples_of(*run("Fit", {{"image", cutout}, {"width", 1}, {"height", 2}, {"mode", "pad"}}).at("image").image()),
      (std::vector<std::uint8_t>{7, 8, 9, 0, 0, 0, 0, 0}));
}

TEST(Fit, CroppingAloneKeepsEveryBit) {
  const auto image = noise(7, 4, 3, 3);
  const ImagePtr cropped =
      run("Fit", {{"image", image}, {"width", 4}, {"height", 4}, {"mode", "crop"}}).at("image").image();
  for (int y = 0; y < 4; ++y) EXPECT_EQ(0, std::memcmp(cropped->row(y), image->row(y) + 1 * 3, 12)) << y;
}

TEST(Fit, RefusesInASentence) {
  const auto image = scene(40, 40, 3);
  EXPECT_EQ(
      error_of([&] {
        run("Fit", {{"image", image}, {"width", 32}, {"height", 32}, {"multiple_of", 64}});
      }),
      "E330: a box of 32x32 is smaller than one multiple of 64 (raise `width` and `height` or lower `multiple_of`)");
  EXPECT_EQ(error_of([&] {
              run("Fit", {{"image", image}, {"width", 128}, {"height", 128}, {"multiple_of", 64}, {"enlarge", false}});
            }),
            "E330: an image of 40x40 is smaller than one multiple of 64 (set `enlarge: true` or lower `multiple_of`)");
  EXPECT_EQ(
      error_of([&] {
        run("Fit", {{"image", image}, {"width", 90}, {"height", 50}, {"mode", "pad"}, {"background", "grey"}});
      }),
      "E333: `background: grey` is not a colour (write it in quotes as \"#rrggbb\" or, with alpha, \"#rrggbbaa\")");
  EXPECT_EQ(
      error_of([&] {
        run("Fit", {{"image", image}, {"width", 90000}, {"height", 90000}});
      }),
      "E330: a result of 90000x90000 would have more than 500 million pixels (give a smaller `width` or `height`)");
}

TEST(Resize, Sizes) {
  const auto image = scene(300, 200, 3);
  auto sized = [&](Values values) {
    values["image"] = image;
    return size_of(run("Resize", std::move(values)));
  };
  EXPECT_EQ(sized({{"width", 150}}), "150x100");
  EXPECT_EQ(sized({{"height", 50}}), "75x50");
  EXPECT_EQ(sized({{"scale", 0.5}}), "150x100");
  EXPECT_EQ(sized({{"scale", 0.0001}}), "1x1");
  EXPECT_EQ(sized({{"width", 100}, {"height", 100}}), "100x67");
  EXPECT_EQ(sized({{"width", 100}, {"height", 100}, {"fit", "cover"}}), "100x100");
  EXPECT_EQ(sized({{"width", 100}, {"height", 100}, {"fit", "exact"}}), "100x100");
  EXPECT_EQ(sized({{"width", 100}, {"height", 100}, {"fit", "pad"}}), "100x100");
  EXPECT_EQ(sized({{"width", 600}, {"enlarge", false}}), "300x200");
  EXPECT_EQ(sized({{"multiple_of", 64}}), "256x192");
  EXPECT_EQ(sized({}), "300x200");
}

TEST(Resize, SmallestAndDeepPictures) {
  EXPECT_EQ(samples_of(*run("Resize", {{"image", picture(1, 1, 1, {99})}, {"width", 5}}).at("image").image()),
            std::vector<std::uint8_t>(25, 99));
  const auto deep = picture<std::uint16_t>(2, 1, 1, {1000, 3000});
  const ImagePtr one =
      run("Resize", {{"image", deep}, {"width", 1}, {"height", 1}, {"fit", "exact"}, {"filter", "box"}})
          .at("image")
          .image();
  EXPECT_EQ(samples_of<std::uint16_t>(*one), std::vector<std::uint16_t>{2000});
  // Half of a transparent green and a solid red pixel: red at half alpha, no green.
  const auto edge = picture(2, 1, 4, {0, 255, 0, 0, 255, 0, 0, 255});
  const ImagePtr mixed =
      run("Resize", {{"image", edge}, {"width", 1}, {"height", 1}, {"fit", "exact"}, {"filter", "box"}})
          .at("image")
          .image();
  EXPECT_EQ(samples_of(*mixed), (std::vector<std::uint8_t>{255, 0, 0, 128}));
}

TEST(AlphaToMask, OrderIsThresholdInvertGrowFeather) {
  const auto row = picture(5, 1, 2, {1, 0, 1, 0, 1, 255, 1, 200, 1, 90});
  auto mask = [&](Values values) {
    values["image"] = row;
    return samples_of(*run("AlphaToMask", std::move(values)).at("mask").image());
  };
  EXPECT_EQ(mask({}), (std::vector<std::uint8_t>{0, 0, 255, 200, 90}));
  EXPECT_EQ(mask({{"invert", true}}), (std::vector<std::uint8_t>{255, 255, 0, 55, 165}));
  EXPECT_EQ(mask({{"threshold", 0.5}}), (std::vector<std::uint8_t>{0, 0, 255, 255, 0}));
  EXPECT_EQ(mask({{"grow", 1}}), (std::vector<std::uint8_t>{0, 255, 255, 255, 200}));
  EXPECT_EQ(mask({{"grow", -1}}), (std::vector<std::uint8_t>{0, 0, 0, 90, 90}));
  EXPECT_EQ(mask({{"invert", true}, {"threshold", 0.5}, {"grow", 1}}),
            (std::vector<std::uint8_t>{255, 255, 255, 255, 255}));
  EXPECT_EQ(mask({{"threshold", 0.5}, {"feather", 2.0}}).size(), 5u);
}

TEST(AlphaToMask, FeatherFadesOverAboutThatManyPixels) {
  auto half = std::make_shared<Image>(80, 3, 2, Sample::u8, Alpha::straight);
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 80; ++x) half->row(y)[2 * x] = 0, half->row(y)[2 * x + 1] = x < 40 ? 0 : 255;
  const ImagePtr mask = run("AlphaToMask", {{"image", half}, {"feather", 10.0}}).at("mask").image();
  EXPECT_LE(mask->row(1)[30], 8);
  EXPECT_GE(mask->row(1)[49], 247);
  EXPECT_NEAR(mask->row(1)[39] + mask->row(1)[40], 255, 2);
}

TEST(AlphaToMask, KeepsDepthAndPixelsWithoutInfo) {
  const auto deep = picture<std::uint16_t>(1, 1, 4, {1, 2, 3, 40000});
  const ImagePtr mask = run("AlphaToMask", {{"image", deep}, {"invert", true}}).at("mask").image();
  EXPECT_EQ(samples_of<std::uint16_t>(*mask), std::vector<std::uint16_t>{25535});
  EXPECT_EQ(mask->channels(), 1);
  EXPECT_FALSE(mask->has_alpha());
}

TEST(AlphaToMask, RefusesWithoutAlphaAndWarnsWhereNothingWasCut) {
  EXPECT_EQ(error_of([] {
              run("AlphaToMask", {{"image", scene(4, 4, 3)}});
            }),
            "E331: the image has no alpha, so nothing says what is to be selected (give it a cutout: the output of a "
            "background remover, saved as PNG or WebP)");
  std::vector<std::string> warnings;
  run("AlphaToMask", {{"image", picture(1, 1, 2, {5, 255})}}, &warnings);
  EXPECT_EQ(warnings,
            std::vector<std::string>{"alpha is full everywhere: nothing was cut out, the mask has only one value"});
}

TEST(Composite, MixesKinds) {
  // Colour over grey gives colour; 16 bit under 8 bit gives 16 bit.
  const auto over = picture(1, 1, 4, {255, 0, 0, 255}), half = picture(1, 1, 2, {0, 128});
  const auto grey = picture(1, 1, 1, {100});
  EXPECT_EQ(samples_of(*run("Composite", {{"over", over}, {"under", grey}}).at("image").image()),
            (std::vector<std::uint8_t>{255, 0, 0}));
  const auto deep = picture<std::uint16_t>(1, 1, 3, {65535, 0, 257});
  const ImagePtr mixed = run("Composite", {{"over", half}, {"under", deep}}).at("image").image();
  // 127 / 255 of what is under: 65535 * 127 / 255 = 32639
  EXPECT_EQ(samples_of<std::uint16_t>(*mixed), (std::vector<std::uint16_t>{32639, 0, 128}));
}

TEST(Composite, TakesPremultipliedAndOpacity) {
  const auto under = picture(1, 1, 3, {0, 0, 0});
  const auto top = picture(1, 1, 4, {200, 100, 0, 255});
  EXPECT_EQ(samples_of(*run("Composite", {{"over", top}, {"under", under}, {"opacity", 0.5}}).at("image").image()),
            (std::vector<std::uint8_t>{100, 50, 0}));
  auto weighted = std::make_shared<Image>(1, 1, 4, Sample::u8, Alpha::premultiplied);
  const std::uint8_t pixel[4] = {100, 50, 0, 128};
  std::memcpy(weighted->row(0), pixel, 4);
  EXPECT_EQ(samples_of(*run("Composite", {{"over", weighted}, {"under", under}}).at("image").image()),
            (std::vector<std::uint8_t>{100, 50, 0}));
}

TEST(Composite, RefusesUnequalSizesAndWarnsOfNoAlpha) {
  EXPECT_EQ(
      error_of([] {
        run("Composite", {{"over", scene(768, 512, 4)}, {"under", scene(1024, 683, 3)}});
      }),
      "E331: `over` is 768x512 and `under` is 1024x683; Composite needs equal sizes (say where it goes with "
      "`gravity` or `left` and `top`, or bring it to the lower picture's size before: {type: Resize, image: \"${...}\", "
      "width: 1024, height: 683, fit: exact})");
  std::vector<std::string> warnings;
  const Values out =
      run("Composite", {{"over", picture(1, 1, 3, {1, 2, 3})}, {"under", picture(1, 1, 3, {4, 5, 6})}}, &warnings);
  EXPECT_EQ(samples_of(*out.at("image").image()), (std::vector<std::uint8_t>{1, 2, 3}));
  EXPECT_EQ(warnings, std::vector<std::string>{"`over` has no alpha, so nothing of `under` can be seen"});
}

TEST(Convert, ChangesOneThingAtATime) {
  const auto cutout = picture(2, 1, 4, {255, 0, 0, 255, 0, 0, 0, 0});
  auto converted = [&](Values values) {
    values["image"] = cutout;
    return run("Convert", std::move(values)).at("image").image();
  };
  EXPECT_EQ(converted({}).get(), cutout.get());
  EXPECT_EQ(samples_of(*converted({{"alpha", "remove"}})), (std::vector<std::uint8_t>{255, 0, 0, 255, 255, 255}));
  EXPECT_EQ(samples_of(*converted({{"alpha", "remove"}, {"background", "#123456"}})),
            (std::vector<std::uint8_t>{255, 0, 0, 0x12, 0x34, 0x56}));
  EXPECT_EQ(samples_of(*converted({{"colour", "grey"}})), (std::vector<std::uint8_t>{54, 255, 0, 0}));  // 255 * 0.2126
  EXPECT_EQ(samples_of<std::uint16_t>(*converted({{"depth", "16"}})),
            (std::vector<std::uint16_t>{65535, 0, 0, 65535, 0, 0, 0, 0}));
  EXPECT_EQ(samples_of<float>(*converted({{"depth", "float"}, {"alpha", "remove"}})),
            (std::vector<float>{1, 0, 0, 1, 1, 1}));
  const auto grey = picture(1, 1, 1, {9});
  EXPECT_EQ(samples_of(*run("Convert", {{"image", grey}, {"alpha", "add"}, {"colour", "rgb"}}).at("image").image()),
            (std::vector<std::uint8_t>{9, 9, 9, 255}));
}

TEST(Nodes, EverySpecIsWhole) {
  EXPECT_GE(image_nodes().nodes.size(), 24u);
  for (const auto& [name, node] : image_nodes().nodes) {
    EXPECT_FALSE(node.spec.doc.empty() || node.spec.doc.back() == '.') << name;
    EXPECT_FALSE(node.spec.examples.empty()) << name;
    for (const Param& param : node.spec.params) EXPECT_FALSE(param.doc.empty()) << name << " " << param.name;
    for (const Port& port : node.spec.inputs) EXPECT_FALSE(port.doc.empty()) << name << " " << port.name;
    for (const Port& port : node.spec.outputs) EXPECT_FALSE(port.doc.empty()) << name << " " << port.name;
  }
}

}  // namespace
}  // namespace pixgraph::image
