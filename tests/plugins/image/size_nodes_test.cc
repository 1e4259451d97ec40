// The nodes that change a picture's size and place: values worked out by hand, and every refusal with its exact text.
#include <gtest/gtest.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

using test::error_of;
using test::Values;
using Samples = std::vector<std::uint8_t>;

Values run(const std::string& type, Values values, std::vector<std::string>* warnings = nullptr) {
  return test::run_node(image_nodes(), type, std::move(values), warnings);
}
ImagePtr image_of(const std::string& type, Values values) {
  return run(type, std::move(values)).at("image").image();
}
std::string size_of(const Image& image) {
  return std::to_string(image.width()) + "x" + std::to_string(image.height());
}
std::string numbers(const Values& outputs, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + std::to_string(*outputs.at(name).integer());
  return text;
}

/// 1 2 3 / 4 5 6
std::shared_ptr<Image> six() {
  return picture(3, 2, 1, {1, 2, 3, 4, 5, 6});
}

TEST(Resize, Megapixels) {
  const auto sized = [](Values values) {
    values["image"] = scene(300, 200, 3);
    return size_of(*image_of("Resize", std::move(values)));
  };
  EXPECT_EQ(sized({{"megapixels", 0.015}}), "150x100");
  EXPECT_EQ(sized({{"megapixels", 0.24}}), "600x400");
  EXPECT_EQ(sized({{"megapixels", 0.24}, {"enlarge", false}}), "300x200");
  EXPECT_EQ(sized({{"megapixels", 0.24}, {"multiple_of", 64}}), "576x384");
  EXPECT_EQ(sized({{"megapixels", 0.000001}}), "1x1");
  EXPECT_EQ(error_of([] {
              run("Resize", {{"image", scene(3000, 3000, 1)}, {"scale", 100.0}});
            }),
            "E330: a result of 300000x300000 would have more than 500 million pixels (give a smaller `scale`)");
  EXPECT_EQ(error_of([] {
              run("Resize", {{"image", scene(3000, 3000, 1)}, {"megapixels", 500.0}});
            }),
            "E330: a result of 22361x22361 would have more than 500 million pixels (give less `megapixels`)");
}

/// A call whose picture is a JPEG that was not decoded yet, as core gives it.
class FileCall : public test::FakeCall {
 public:
  FakeCall& read(Bytes file) {
    file_ = std::move(file);
    return *this;
  }
  using FakeCall::FakeCall;
  ImageSize size(std::string_view) const override {
    const ImageHeader header = jpeg().header({.bytes = file_});
    return {header.width, header.height};
  }
  ImagePtr image_at_least(std::string_view, int width, int height) const override {
    ImagePtr image = jpeg().decode({.bytes = file_, .enough_width = width, .enough_height = height});
    decoded = size_of(*image);
    return image;
  }
  static const Codec& jpeg() { return image_nodes().codecs.at("jpeg"); }
  mutable std::string decoded;

 private:
  Bytes file_;
};

TEST(Resize, AFileIsReadNoLargerThanNeeded) {
  struct Case {
    const char* type;
    int width, height;
    Values values;
    const char* decoded;
    const char* result;
  };
  const std::vector<Case> cases = {
      {"Resize", 800, 600, {{"width", 256}}, "400x300", "256x192"},
      {"Resize", 800, 600, {{"width", 270}}, "800x600", "270x203"},  // 400 is less than half as much again
      {"Resize", 801, 601, {{"width", 200}}, "401x301", "200x150"},
      {"Resize", 1600, 1203, {{"scale", 0.08}}, "200x151", "128x96"},
      {"Resize", 800, 600, {{"width", 200}, {"height", 200}, {"fit", "cover"}}, "400x300", "200x200"},
      {"Resize", 800, 600, {{"width", 100}, {"height", 500}, {"fit", "exact"}}, "800x600", "100x500"},
      {"Resize", 800, 600, {{"width", 200}, {"height", 200}, {"fit", "pad"}}, "400x300", "200x200"},
      {"Fit", 801, 601, {{"width", 256}, {"height", 256}, {"multiple_of", 64}}, "401x301", "256x192"},
      {"Fit", 800, 601, {{"width", 190}, {"height", 190}, {"mode", "crop"}}, "400x301", "190x190"},
  };
  for (const Case& one : cases) {
    const ImagePtr photo = scene(one.width, one.height, 3);
    const auto& node = image_nodes().nodes.at(one.type);
    FileCall call(node.spec, one.values);
    const Bytes file = FileCall::jpeg().encode(*photo, {.quality = 95, .subsampling = "4:4:4"});
    call.read(file);
    node.run(call);
    EXPECT_EQ(call.decoded, one.decoded) << one.type << " " << one.result;
    Values whole = one.values;
    whole["image"] = Value(FileCall::jpeg().decode({.bytes = file}));
    const Values expected = run(one.type, whole);
    const ImagePtr made = call.outputs.at("image").image();
    EXPECT_EQ(size_of(*made), one.result);
    if (one.type == std::string("Fit")) {
      EXPECT_TRUE(*call.outputs.at("transform").json() == *expected.at("transform").json());
    }
    const Values compared = run("Compare", {{"image", made}, {"reference", expected.at("image")}});
    EXPECT_GT(*compared.at("psnr").number(), 40) << one.type << " " << one.result;
  }
}

TEST(Resize, KeepsDepthProfileAndMetadata) {
  auto deep = noise(40, 30, 3, 5, Sample::u16);
  deep->info.xmp = std::make_shared<const Bytes>(Bytes{1, 2, 3});
  const ImagePtr small = image_of("Resize", {{"image", deep}, {"width", 13}});
  EXPECT_EQ(small->sample(), Sample::u16);
  EXPECT_EQ(small->info.xmp, deep->info.xmp);
}

TEST(Crop, TakesBoxes) {
  const auto cropped = [](Values values) {
    values["image"] = six();
    return samples_of(*image_of("Crop", std::move(values)));
  };
  EXPECT_EQ(cropped({{"width", 2}, {"height", 1}, {"left", 1}, {"top", 1}}), (Samples{5, 6}));
  EXPECT_EQ(cropped({{"left", 1}}), (Samples{2, 3, 5, 6}));
  EXPECT_EQ(cropped({{"top", 1}}), (Samples{4, 5, 6}));
  EXPECT_EQ(cropped({{"width", 1}, {"height", 2}}), (Samples{2, 5}));
  EXPECT_EQ(cropped({{"width", 1}, {"height", 1}, {"gravity", "south_east"}}), (Samples{6}));
  EXPECT_EQ(cropped({{"width", 2}, {"height", 1}, {"gravity", "north_west"}}), (Samples{1, 2}));
  EXPECT_EQ(cropped({}), samples_of(*six()));
  const auto whole = six();
  EXPECT_EQ(image_of("Crop", {{"image", whole}}).get(), whole.get());
}

TEST(Crop, FindsTheSubject) {
  // Alpha in one row: nothing, a hair, full, nothing, nothing.
  const auto cutout = picture(5, 1, 2, {9, 0, 8, 1, 7, 255, 6, 0, 5, 0});
  const Values tight = run("Crop", {{"image", cutout}, {"to", "alpha"}});
  EXPECT_EQ(samples_of(*tight.at("image").image()), (Samples{8, 1, 7, 255}));
  EXPECT_EQ(numbers(tight, {"left", "top", "width", "height"}), "1 0 2 1");
  // The margin stays within the picture.
  EXPECT_EQ(numbers(run("Crop", {{"image", cutout}, {"to", "alpha"}, {"margin", 2}}), {"left", "width"}), "0 5");
  const auto mask = picture(3, 2, 1, {0, 0, 0, 0, 5, 255});
  EXPECT_EQ(samples_of(*image_of("Crop", {{"image", six()}, {"mask", mask}})), (Samples{5, 6}));
}

TEST(Crop, RefusesInASentence) {
  const auto refused = [](Values values) {
    if (!values.contains("image")) values["image"] = six();
    return error_of([&] { run("Crop", values); });
  };
  EXPECT_EQ(refused({{"width", 4}, {"height", 1}}),
            "E330: a box of 4x1 at 0,0 is not within the image of 3x2 (give a smaller `width` or `height`, or make the "
            "image larger before with Pad or Resize)");
  EXPECT_EQ(refused({{"width", 2}, {"height", 1}, {"left", 2}}),
            "E330: a box of 2x1 at 2,0 is not within the image of 3x2 (give a smaller `width` or `height`, or make the "
            "image larger before with Pad or Resize)");
  EXPECT_EQ(refused({{"left", 3}}),
            "E330: a box of 0x2 at 3,0 is not within the image of 3x2 (give a smaller `width` or `height`, or make the "
            "image larger before with Pad or Resize)");
  EXPECT_EQ(refused({{"to", "alpha"}}),
            "E331: the image has no alpha, so nothing says what to crop to (give it a cutout, or take `to: box`; Trim "
            "cuts borders of one colour)");
  EXPECT_EQ(
      refused({{"image", picture(2, 1, 2, {1, 0})}, {"to", "alpha"}}),
      "E330: the image is wholly transparent, so there is nothing to crop to (skip such items, or crop by `width` "
      "and `height`)");
  EXPECT_EQ(refused({{"mask", picture(3, 2, 1, {0})}}),
            "E330: the mask selects nothing, so there is nothing to crop to (skip such items, or crop by `width` and "
            "`height`)");
  EXPECT_EQ(refused({{"mask", picture(2, 2, 1, {0})}}),
            "E331: `mask` is 2x2 and `image` is 3x2; Crop needs equal sizes (scale the mask with {type: Resize, image: "
            "\"${...}\", width: 3, height: 2, fit: exact} and make it a mask again with {type: MaskThreshold, image: "
            "\"${...}\", soft: 1})");
}

TEST(Pad, PutsBordersAround) {
  const auto grey = picture(1, 1, 1, {9});
  const auto padded = [&](Values values) {
    values["image"] = grey;
    return samples_of(*image_of("Pad", std::move(values)));
  };
  EXPECT_EQ(padded({{"left", 1}, {"right", 2}}), (Samples{9, 9, 9, 9}));
  EXPECT_EQ(padded({{"left", 1}, {"bottom", 1}, {"background", "#000"}}), (Samples{0, 9, 0, 0}));
  EXPECT_EQ(padded({{"top", 1}, {"background", "#ff0000"}}), (Samples{255, 0, 0, 9, 9, 9}));
  EXPECT_EQ(padded({{"width", 3}, {"background", "#fff"}}), (Samples{255, 9, 255}));
  EXPECT_EQ(padded({{"width", 3}, {"gravity", "east"}, {"background", "#fff"}}), (Samples{255, 255, 9}));
  EXPECT_EQ(padded({}), Samples{9});
  const Values placed = run("Pad", {{"image", six()}, {"width", 6}, {"height", 2}});
  EXPECT_EQ(numbers(placed, {"left", "top"}), "1 0");
  // Transparent around a cutout, whose own colours under alpha 0 stay.
  EXPECT_EQ(samples_of(*image_of("Pad", {{"image", picture(1, 1, 4, {1, 2, 3, 0})}, {"right", 1}})),
            (Samples{1, 2, 3, 0, 0, 0, 0, 0}));
}

TEST(Pad, RefusesInASentence) {
  EXPECT_EQ(error_of([] {
              run("Pad", {{"image", six()}, {"width", 2}});
            }),
            "E330: an image of 3x2 does not fit into 2x2 (shrink it before with a Resize, or pad and shrink at once "
            "with {type: Resize, fit: pad})");
  EXPECT_EQ(error_of([] {
              run("Pad", {{"image", six()}, {"width", 90000}, {"height", 90000}});
            }),
            "E330: a result of 90000x90000 would have more than 500 million pixels (give smaller borders)");
}

TEST(Flip, Mirrors) {
  const auto flipped = [](const char* direction) {
    return samples_of(*image_of("Flip", {{"image", six()}, {"direction", direction}}));
  };
  EXPECT_EQ(flipped("horizontal"), (Samples{3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(flipped("vertical"), (Samples{4, 5, 6, 1, 2, 3}));
  EXPECT_EQ(flipped("both"), (Samples{6, 5, 4, 3, 2, 1}));
}

TEST(Rotate, QuartersKeepEveryBit) {
  const auto turned_by = [](double angle) {
    return samples_of(*image_of("Rotate", {{"image", six()}, {"angle", angle}}));
  };
  EXPECT_EQ(turned_by(90), (Samples{4, 1, 5, 2, 6, 3}));
  EXPECT_EQ(turned_by(-270), turned_by(90));
  EXPECT_EQ(turned_by(180), (Samples{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(turned_by(270), (Samples{3, 6, 2, 5, 1, 4}));
  EXPECT_EQ(turned_by(-90), turned_by(270));
  EXPECT_EQ(turned_by(0), samples_of(*six()));
  EXPECT_EQ(turned_by(360), samples_of(*six()));
}

TEST(Rotate, QuartersKeepTheSizeWhereTheyMust) {
  const auto turned_by = [](double angle, const char* background) {
    return image_of("Rotate", {{"image", six()}, {"angle", angle}, {"expand", false}, {"background", background}});
  };
  // 4 1 / 5 2 / 6 3 by a quarter: of its three rows two remain, and one column of the canvas is empty.
  EXPECT_EQ(samples_of(*turned_by(90, "#000")), (Samples{4, 1, 0, 5, 2, 0}));
  EXPECT_EQ(samples_of(*turned_by(90, "#00000000")), (Samples{4, 255, 1, 255, 0, 0, 5, 255, 2, 255, 0, 0}));
  EXPECT_EQ(samples_of(*turned_by(-90, "#fff")), (Samples{3, 6, 255, 2, 5, 255}));
  EXPECT_EQ(samples_of(*turned_by(180, "#fff")), (Samples{6, 5, 4, 3, 2, 1}));
  for (const double angle : {89.9, 90.0, 270.0})
    EXPECT_EQ(size_of(*image_of("Rotate", {{"image", scene(37, 23, 3)}, {"angle", angle}, {"expand", false}})),
              "37x23");
  EXPECT_EQ(image_of("Rotate", {{"image", scene(5, 5, 3)}, {"expand", false}})->channels(), 3);
}

TEST(Rotate, OtherAnglesTurnAboutTheMiddle) {
  // A white square of 20 in the middle of black, by 45 degrees: its corners point up, down and to the sides.
  auto square = picture(60, 60, 1, {0});
  for (int y = 20; y < 40; ++y)
    for (int x = 20; x < 40; ++x) square->row(y)[x] = 255;
  const ImagePtr turned = image_of("Rotate", {{"image", square}, {"angle", 45.0}, {"expand", false}});
  ASSERT_EQ(turned->channels(), 2);
  const auto at = [&](int x, int y) { return static_cast<int>(turned->row(y)[x * 2]); };
  const int half_diagonal = 14;  // 20 / sqrt(2)
  EXPECT_GT(at(30, 30 - half_diagonal + 2), 250);
  EXPECT_LT(at(30, 30 - half_diagonal - 2), 5);
  EXPECT_GT(at(30 - half_diagonal + 2, 30), 250);
  EXPECT_LT(at(22, 22), 5);
  EXPECT_EQ(turned->row(30)[30 * 2 + 1], 255);
  EXPECT_EQ(turned->row(0)[1], 0);  // the corner is beyond the picture
  // 60 * sqrt(2) = 84.85
  EXPECT_EQ(size_of(*image_of("Rotate", {{"image", square}, {"angle", 45.0}})), "85x85");
  EXPECT_EQ(size_of(*image_of("Rotate", {{"image", picture(100, 50, 1, {7})}, {"angle", 30.0}})), "112x94");
}

TEST(Rotate, ThereAndBackIsTheSamePicture) {
  const auto image = scene(64, 48, 3);
  ImagePtr turned = image_of("Rotate", {{"image", image}, {"angle", 30.0}});
  ASSERT_EQ(size_of(*turned), "80x74");  // so that both borders are whole pixels
  turned = image_of("Rotate", {{"image", turned}, {"angle", -30.0}, {"expand", false}});
  const int left = (turned->width() - 64) / 2, top = (turned->height() - 48) / 2;
  double squares = 0;
  int counted = 0;
  for (int y = 4; y < 44; ++y)
    for (int x = 4; x < 60; ++x) {
      const double apart = turned->row(y + top)[(x + left) * 4] - image->row(y)[x * 3];
      squares += apart * apart, ++counted;
    }
  EXPECT_LT(std::sqrt(squares / counted), 6) << "the disc's edge softens, nothing moves";
}

TEST(Rotate, EdgesOverAColourHaveNoFringe) {
  // Solid red over white, then both: nothing but mixtures of red and white, where green equals blue and red is full.
  const auto red = picture(40, 30, 3, {255, 0, 0});
  const ImagePtr turned = image_of("Rotate", {{"image", red}, {"angle", 20.0}, {"background", "#ffffff"}});
  ASSERT_EQ(turned->channels(), 3);
  for (int y = 0; y < turned->height(); ++y)
    for (int x = 0; x < turned->width(); ++x) {
      ASSERT_GE(turned->row(y)[x * 3], 254);
      ASSERT_EQ(turned->row(y)[x * 3 + 1], turned->row(y)[x * 3 + 2]);
    }
  EXPECT_EQ(turned->row(0)[1], 255);
  // A half transparent background leaves alpha.
  const ImagePtr glass = image_of("Rotate", {{"image", red}, {"angle", 20.0}, {"background", "#0000ff80"}});
  EXPECT_EQ(Samples(glass->row(0), glass->row(0) + 4), (Samples{0, 0, 255, 128}));
  const ImagePtr coloured = image_of("Rotate", {{"image", six()}, {"angle", 20.0}, {"background", "#00f"}});
  EXPECT_EQ(coloured->channels(), 3);
}

TEST(Rotate, RefusesInASentence) {
  EXPECT_EQ(error_of([] {
              run("Rotate", {{"image", six()}, {"background", "black"}});
            }),
            "E333: `background: black` is not a colour (write it in quotes as \"#rrggbb\" or, with alpha, "
            "\"#rrggbbaa\")");
}

TEST(Trim, CutsBorders) {
  const auto framed = picture(4, 3, 1, {10, 10, 10, 10, 10, 10, 99, 10, 10, 10, 10, 10});
  const Values out = run("Trim", {{"image", framed}});
  EXPECT_EQ(samples_of(*out.at("image").image()), Samples{99});
  EXPECT_EQ(numbers(out, {"left", "top"}), "2 1");
  EXPECT_EQ(size_of(*image_of("Trim", {{"image", framed}, {"margin", 1}})), "3x3");
  // 0.02 of 255 is 5.1
  EXPECT_EQ(size_of(*image_of("Trim", {{"image", picture(3, 1, 1, {10, 15, 40})}})), "1x1");
  EXPECT_EQ(size_of(*image_of("Trim", {{"image", picture(3, 1, 1, {10, 16, 40})}})), "2x1");
  EXPECT_EQ(size_of(*image_of("Trim", {{"image", picture(3, 1, 1, {10, 99, 10})}, {"colour", "#fff"}})), "3x1");
  EXPECT_EQ(samples_of(*image_of("Trim", {{"image", picture(2, 1, 3, {255, 0, 0, 1, 2, 3})}, {"colour", "#f00"}})),
            (Samples{1, 2, 3}));
  // A model's cutout has specks of next to no alpha: whatever their colour, they are border. 6 of 255 is seen.
  EXPECT_EQ(samples_of(*image_of("Trim", {{"image", picture(3, 1, 2, {0, 0, 255, 2, 9, 255})}})), (Samples{9, 255}));
  EXPECT_EQ(size_of(*image_of("Trim", {{"image", picture(3, 1, 2, {0, 0, 255, 6, 9, 255})}})), "2x1");
  // Colours under alpha 0 are all the same border.
  EXPECT_EQ(samples_of(*image_of("Trim", {{"image", picture(3, 1, 2, {0, 0, 200, 0, 5, 255})}})), (Samples{5, 255}));
}

TEST(Trim, KeepsWhatIsAllBorderAndSaysSo) {
  std::vector<std::string> warnings;
  const auto flat = picture(3, 3, 1, {7});
  EXPECT_EQ(run("Trim", {{"image", flat}}, &warnings).at("image").image().get(), flat.get());
  EXPECT_EQ(warnings, std::vector<std::string>{"the whole image has the border's colour: nothing is trimmed"});
  EXPECT_EQ(error_of([&] {
              run("Trim", {{"image", flat}, {"colour", "grey"}});
            }),
            "E333: `colour: grey` is not a colour (write it in quotes as \"#rrggbb\" or, with alpha, \"#rrggbbaa\")");
}

TEST(SizeNodes, KeepEverySampleOfSixteenBits) {
  using Deep = std::vector<std::uint16_t>;
  const auto deep = picture<std::uint16_t>(3, 2, 1, {0, 257, 40001, 3, 65535, 6});
  const auto made = [&](const char* type, Values values) {
    values["image"] = deep;
    return samples_of<std::uint16_t>(*image_of(type, std::move(values)));
  };
  EXPECT_EQ(made("Crop", {{"left", 1}}), (Deep{257, 40001, 65535, 6}));
  EXPECT_EQ(made("Pad", {{"left", 1}, {"background", "#fff"}}), (Deep{65535, 0, 257, 40001, 65535, 3, 65535, 6}));
  EXPECT_EQ(made("Flip", {{"direction", "horizontal"}}), (Deep{40001, 257, 0, 6, 65535, 3}));
  EXPECT_EQ(made("Rotate", {}), (Deep{3, 0, 65535, 257, 6, 40001}));
  EXPECT_EQ(made("Trim", {{"tolerance", 0.0}, {"colour", "#000"}}), (Deep{0, 257, 40001, 3, 65535, 6}));
  EXPECT_EQ(made("Resize", {{"width", 6}, {"filter", "nearest"}}),
            (Deep{0, 0, 257,   257,   40001, 40001, 0, 0, 257,   257,   40001, 40001,
                  3, 3, 65535, 65535, 6,     6,     3, 3, 65535, 65535, 6,     6}));
}

}  // namespace
}  // namespace pixgraph::image
