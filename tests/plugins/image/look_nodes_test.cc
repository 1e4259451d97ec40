// The nodes that look: Stats, Compare, ContactSheet, Load and Encode.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "codecs/codecs.h"
#include "kernels/compare.h"
#include "kernels/text.h"
#include "plugins/image/pictures.h"
#include "profiles.h"
#include "support/scripted_host.h"

namespace pixgraph::image {
namespace {

using test::error_of;
using test::Values;
using U8 = std::vector<std::uint8_t>;

Values run(const std::string& type, Values values) {
  return test::run_node(image_nodes(), type, std::move(values));
}
double number(const Values& outputs, const std::string& name) {
  return *outputs.at(name).number();
}
bool boolean(const Values& outputs, const std::string& name) {
  return *outputs.at(name).boolean();
}

TEST(Stats, OfAMask) {
  const Values out = run("Stats", {{"image", picture(4, 1, 1, {0, 0, 255, 51})}});
  EXPECT_DOUBLE_EQ(number(out, "coverage"), 0.3);  // (1 + 0.2) / 4
  EXPECT_DOUBLE_EQ(number(out, "mean"), 0.3);
  EXPECT_DOUBLE_EQ(number(out, "min"), 0);
  EXPECT_DOUBLE_EQ(number(out, "max"), 1);
  // Squares: 1.04 / 4 - 0.09 = 0.17
  EXPECT_NEAR(number(out, "deviation"), std::sqrt(0.17), 1e-12);
  EXPECT_FALSE(boolean(out, "uniform"));
}

TEST(Stats, OfACutoutCountsWhatIsSeen) {
  // White at full alpha, black at 51/255, and a hidden green.
  const Values out = run("Stats", {{"image", picture(3, 1, 4, {255, 255, 255, 255, 0, 0, 0, 51, 0, 255, 0, 0})}});
  EXPECT_NEAR(number(out, "coverage"), 0.4, 1e-12);
  EXPECT_NEAR(number(out, "mean"), 1 / 1.2, 1e-12);
  EXPECT_DOUBLE_EQ(number(out, "min"), 0);
  EXPECT_DOUBLE_EQ(number(out, "max"), 1);
  const nlohmann::json& all = *out.at("stats").json();
  EXPECT_EQ(all["channels"].size(), 3u);
  EXPECT_NEAR(all["channels"][1]["mean"].get<double>(), 1 / 1.2, 1e-12);
  EXPECT_EQ(all["uniform"], false);
}

TEST(Stats, OneColourOrNot) {
  const auto uniform = [](const ImagePtr& image, double tolerance = 0) {
    return boolean(run("Stats", {{"image", image}, {"tolerance", tolerance}}), "uniform");
  };
  EXPECT_TRUE(uniform(picture(3, 2, 3, {7, 8, 9})));
  EXPECT_TRUE(uniform(picture(1, 1, 1, {3})));
  EXPECT_FALSE(uniform(picture(2, 1, 1, {3, 4})));
  EXPECT_TRUE(uniform(picture(2, 1, 1, {3, 4}), 1 / 255.0));
  EXPECT_TRUE(uniform(picture(2, 1, 4, {1, 2, 3, 0, 4, 5, 6, 0}))) << "nothing is to be seen";
  EXPECT_FALSE(uniform(picture(2, 1, 4, {1, 2, 3, 255, 1, 2, 3, 0}))) << "alpha differs";
  const Values empty = run("Stats", {{"image", picture(2, 2, 4, {9, 9, 9, 0})}});
  for (const char* name : {"mean", "min", "max", "deviation", "coverage", "sharpness"})
    EXPECT_EQ(number(empty, name), 0) << name;
  const Values white = run("Stats", {{"image", picture<std::uint16_t>(3, 3, 3, {65535})}});
  EXPECT_EQ(number(white, "max"), 1);
  EXPECT_EQ(number(white, "mean"), 1);
  EXPECT_EQ(number(white, "deviation"), 0);
  EXPECT_EQ(number(white, "coverage"), 1);
}

TEST(Stats, SharpnessIsTheVarianceOfTheLaplacian) {
  // A white dot in 3 x 3. With edges reflected the Laplacian is -4 * 255 at the dot, 2 * 255 beside it (the dot is seen
  // from both sides) and 0 in the corners: mean 4/9 of 255, mean square (16 + 16) / 9.
  const auto dot = picture(3, 3, 1, {0, 0, 0, 0, 255, 0, 0, 0, 0});
  const double mean = 4 / 9.0, squares = 32 / 9.0;
  EXPECT_NEAR(number(run("Stats", {{"image", dot}}), "sharpness"), 255 * 255 * (squares - mean * mean), 1e-6);
  EXPECT_EQ(number(run("Stats", {{"image", picture(1, 1, 1, {9})}}), "sharpness"), 0);
  EXPECT_EQ(number(run("Stats", {{"image", picture(1, 5, 1, {9})}}), "sharpness"), 0);
  // The same edge, hidden.
  EXPECT_EQ(number(run("Stats", {{"image", picture(4, 1, 2, {0, 0, 255, 0, 0, 0, 9, 0})}}), "sharpness"), 0);
  const auto sharp = scene(60, 40, 3);
  const ImagePtr soft = run("Blur", {{"image", sharp}, {"sigma", 3.0}}).at("image").image();
  EXPECT_GT(number(run("Stats", {{"image", sharp}}), "sharpness"),
            5 * number(run("Stats", {{"image", soft}}), "sharpness"));
}

TEST(Compare, ByHand) {
  const Values out = run("Compare", {{"image", picture(2, 2, 1, {10, 20, 30, 40})},
                                     {"reference", picture(2, 2, 1, {10, 20, 30, 91})},
                                     {"amplify", 2.0}});
  // One sample of four is 0.2 off: mean square 0.01, 20 dB.
  EXPECT_NEAR(number(out, "psnr"), 20, 1e-9);
  EXPECT_NEAR(number(out, "mean_difference"), 0.05, 1e-12);
  EXPECT_NEAR(number(out, "max_difference"), 0.2, 1e-12);
  EXPECT_FALSE(boolean(out, "equal"));
  EXPECT_EQ(samples_of(*out.at("difference").image()), (U8{0, 0, 0, 102}));
}

TEST(Compare, EqualIsEqualWhateverLiesUnderAlphaNull) {
  const Values out = run("Compare", {{"image", picture(2, 1, 4, {1, 2, 3, 255, 9, 9, 9, 0})},
                                     {"reference", picture(2, 1, 4, {1, 2, 3, 255, 0, 200, 0, 0})}});
  EXPECT_EQ(number(out, "psnr"), 150);
  EXPECT_EQ(number(out, "ssim"), 1);
  EXPECT_TRUE(boolean(out, "equal"));
  EXPECT_EQ(samples_of(*out.at("difference").image()), U8(6, 0));
}

TEST(Compare, BringsKindsTogether) {
  // 8-bit grey against 16-bit RGBA of the same looks.
  const Values same = run("Compare", {{"image", picture(1, 1, 1, {200})},
                                      {"reference", picture<std::uint16_t>(1, 1, 4, {51400, 51400, 51400, 65535})}});
  EXPECT_TRUE(boolean(same, "equal"));
  EXPECT_EQ(same.at("difference").image()->sample(), Sample::u16);
  EXPECT_EQ(same.at("difference").image()->channels(), 3);
  // Black at half alpha differs from black by alpha alone, and that is seen.
  const Values glass = run("Compare", {{"image", picture(1, 1, 2, {0, 102})}, {"reference", picture(1, 1, 1, {0})}});
  EXPECT_NEAR(number(glass, "max_difference"), 0.6, 1e-12);
  EXPECT_EQ(samples_of(*glass.at("difference").image()), U8{153});
}

/// SSIM by its formula, one window after the other.
double naive_ssim(const Image& a, const Image& b) {
  double weights[11][11], all = 0, sum = 0;
  for (int y = 0; y < 11; ++y)
    for (int x = 0; x < 11; ++x) all += weights[y][x] = std::exp(-((x - 5) * (x - 5) + (y - 5) * (y - 5)) / 4.5);
  for (int top = 0; top + 11 <= a.height(); ++top)
    for (int left = 0; left + 11 <= a.width(); ++left) {
      double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
      for (int y = 0; y < 11; ++y)
        for (int x = 0; x < 11; ++x) {
          const double weight = weights[y][x] / all, va = a.row(top + y)[left + x] / 255.0,
                       vb = b.row(top + y)[left + x] / 255.0;
          ma += weight * va, mb += weight * vb, aa += weight * va * va, bb += weight * vb * vb, ab += weight * va * vb;
        }
      sum += (2 * ma * mb + 1e-4) * (2 * (ab - ma * mb) + 9e-4) /
             ((ma * ma + mb * mb + 1e-4) * (aa - ma * ma + bb - mb * mb + 9e-4));
    }
  return sum / ((a.width() - 10) * (a.height() - 10));
}

TEST(Compare, SsimIsThatOfItsFormula) {
  const auto a = scene(33, 25, 1);
  for (const unsigned seed : {1u, 2u}) {
    const auto b = noise(33, 25, 1, seed);
    EXPECT_NEAR(compare(*a, *b).ssim, naive_ssim(*a, *b), 1e-4);
  }
  auto lighter = scene(33, 25, 1);
  for (int y = 0; y < 25; ++y)
    for (int x = 0; x < 33; ++x) lighter->row(y)[x] = static_cast<std::uint8_t>(a->row(y)[x] / 2 + 60);
  EXPECT_NEAR(compare(*a, *lighter).ssim, naive_ssim(*a, *lighter), 1e-4);
  // Smaller than the window: black against white, 1e-4 / (1 + 1e-4).
  EXPECT_NEAR(compare(*picture(1, 1, 1, {0}), *picture(1, 1, 1, {255})).ssim, 1e-4 / 1.0001, 1e-7);
}

TEST(Compare, RefusesUnequalSizes) {
  EXPECT_EQ(
      error_of([] {
        run("Compare", {{"image", scene(4, 2, 3)}, {"reference", scene(4, 3, 3)}});
      }),
      "E331: `image` is 4x2 and `reference` is 4x3; Compare needs equal sizes (put a Resize before one of them, for "
      "example {type: Resize, image: \"${...}\", width: 4, height: 2, fit: exact})");
}

Values sheet_values(int count, Values more = {}) {
  List images;
  for (int i = 0; i < count; ++i) images.emplace_back(picture(2, 2, 3, {static_cast<std::uint8_t>(i * 10)}));
  Values values{{"images", Value(images)}, {"width", 4}, {"height", 3}, {"gap", 1}};
  more.merge(values);  // what is there stays
  return more;
}

TEST(ContactSheet, PutsPicturesInTheMiddleOfTheirCells) {
  // Five in a square of three columns and two rows: 1 + 3 * 5 wide; rows are as high as their pictures, 1 + 2 * 3.
  const ImagePtr sheet = run("ContactSheet", sheet_values(5)).at("image").image();
  EXPECT_EQ(sheet->width(), 16);
  EXPECT_EQ(sheet->height(), 7);
  EXPECT_EQ(sheet->channels(), 3);
  EXPECT_EQ(sheet->row(0)[0], 255);
  EXPECT_EQ(sheet->row(1)[(1 + 1) * 3], 0) << "the first, one pixel from the left of its cell";
  EXPECT_EQ(sheet->row(1)[(1 + 0) * 3], 255);
  EXPECT_EQ(sheet->row(2)[(1 + 5 + 1) * 3], 10) << "the second";
  EXPECT_EQ(sheet->row(4)[(1 + 5 + 2) * 3], 40) << "the fifth";
  EXPECT_EQ(sheet->row(4)[(1 + 10 + 2) * 3], 255) << "no sixth";
  const ImagePtr row = run("ContactSheet", sheet_values(3, {{"columns", 7}})).at("image").image();
  EXPECT_EQ(row->width(), 16);
  EXPECT_EQ(row->height(), 4);
}

TEST(ContactSheet, ShowsEveryKindOfPicture) {
  const List images{Value(picture(1, 1, 1, {100})), Value(picture<std::uint16_t>(1, 1, 4, {65535, 0, 0, 32768})),
                    Value(picture<float>(1, 1, 3, {0.0f, 1.0f, 7.0f})), Value(picture(40, 20, 3, {1, 2, 3}))};
  const ImagePtr sheet = run("ContactSheet", {{"images", Value(images)},
                                              {"width", 1},
                                              {"height", 1},
                                              {"gap", 0},
                                              {"columns", 4},
                                              {"background", "#0000ff"}})
                             .at("image")
                             .image();
  EXPECT_EQ(samples_of(*sheet), (U8{100, 100, 100, 128, 0, 127, 0, 255, 255, 1, 2, 3}));
}

TEST(ContactSheet, WritesLabels) {
  const ImagePtr sheet =
      run("ContactSheet", sheet_values(1, {{"labels", Value(List{"|"})}, {"width", 6}, {"label_scale", 1}, {"gap", 2}}))
          .at("image")
          .image();
  // 2 + 2 (picture) + 1, then the letter: a stroke of seven dots in the third column of its cell.
  EXPECT_EQ(sheet->height(), 2 + 2 + 2 + kGlyphHeight + 1);
  for (int y = 0; y < sheet->height(); ++y) {
    const bool stroke = y >= 5 && y < 12;
    EXPECT_EQ(sheet->row(y)[(2 + 2) * 3], stroke ? 0 : y == 2 || y == 3 ? 0 : 255) << y;
    if (y >= 5) {
      EXPECT_EQ(sheet->row(y)[(2 + 1) * 3], 255) << y;
      EXPECT_EQ(sheet->row(y)[(2 + 3) * 3], 255) << y;
    }
  }
}

TEST(ContactSheet, Refuses) {
  EXPECT_EQ(error_of([] { run("ContactSheet", sheet_values(0)); }),
            "E331: `images` is empty, so there is nothing to show");
  EXPECT_EQ(error_of([] {
              run("ContactSheet", sheet_values(3, {{"labels", Value(List{"a", "b"})}}));
            }),
            "E331: ContactSheet has 3 images and 2 labels (give one label for each image, in the same order, or none)");
  Values huge = sheet_values(9);
  huge["width"] = 10000;
  huge["height"] = 10000;
  EXPECT_EQ(
      error_of([&] { run("ContactSheet", huge); }),
      "E330: a sheet of 9 pictures of 10000x10000 would have more than 500 million pixels (give a smaller `width` "
      "and `height`, or fewer pictures)");
  EXPECT_EQ(error_of([] {
              run("ContactSheet", sheet_values(1, {{"background", "grey"}}));
            }),
            "E333: `background: grey` is not a colour (write it in quotes as \"#rrggbb\")");
}

TEST(Text, ShowsWhatTheFontHas) {
  EXPECT_EQ(drawable("Ab~ 9"), "Ab~ 9");
  EXPECT_EQ(drawable("\xc3\xa4\xc3\x96\xc3\x9f\xc3\xa9"), "aOse");  // a with dots, O with dots, sharp s, e with accent
  EXPECT_EQ(drawable("1\xe2\x82\xac\n\xf0\x9f\x98\x80\xc3"), "1????");  // the euro, a line's end, a face, half a letter
  EXPECT_EQ(shortened("photo-0001.jpg", 14), "photo-0001.jpg");
  EXPECT_EQ(shortened("photo-0001.jpg", 10), "phot...jpg");
  EXPECT_EQ(shortened("photo", 3), "pho");
  EXPECT_EQ(shortened("photo", 0), "");
  Image tiny(3, 2, 3);
  std::memset(tiny.row(0), 0, tiny.byte_size());
  draw_text(tiny, -2, -1, 1, "##", Colour{1, 1, 1, 1});  // partly outside on every side
  EXPECT_EQ(tiny.row(1)[0], 255);
}

TEST(Text, EveryCharacterHasItsOwnShape) {
  std::vector<U8> shapes;
  for (char c = ' '; c <= '~'; ++c) {
    Image cell(kGlyphWidth, kGlyphHeight, 3);
    std::memset(cell.row(0), 0, cell.byte_size());
    draw_text(cell, 0, 0, 1, std::string(1, c), Colour{1, 1, 1, 1});
    shapes.push_back(samples_of(cell));
    EXPECT_EQ(c == ' ', std::count(shapes.back().begin(), shapes.back().end(), 255) == 0) << c;
  }
  std::sort(shapes.begin(), shapes.end());
  EXPECT_EQ(std::unique(shapes.begin(), shapes.end()), shapes.end());
}

/// A host that encodes and decodes with this plugin's PNG codec.
class PngHost : public test::ScriptedHost {
 public:
  Bytes encode(const Image& image, std::string_view format, const EncodeRequest& asked) override {
    request = asked;
    encoded = std::make_shared<Image>(image.width(), image.height(), image.channels(), image.sample(), image.alpha());
    std::memcpy(encoded->row(0), image.row(0), image.byte_size());
    encoded->info = image.info;
    return format == "png" ? encode_png(image, asked) : ScriptedHost::encode(image, format, asked);
  }
  EncodeRequest request;
  std::shared_ptr<Image> encoded;
};

Values run_with(PngHost& host, const std::string& type, Values values) {
  const auto& node = image_nodes().nodes.at(type);
  test::FakeCall call(node.spec, std::move(values), &host);
  node.run(call);
  return call.outputs;
}

TEST(Encode, HandsEveryOptionOn) {
  PngHost host;
  const Values out = run_with(host, "Encode",
                              {{"image", picture(2, 1, 4, {255, 0, 0, 0, 1, 2, 3, 255})},
                               {"format", "png"},
                               {"quality", 7},
                               {"subsampling", "4:4:4"},
                               {"compression", 9},
                               {"metadata", "keep"}});
  EXPECT_EQ(host.request.quality, 7);
  EXPECT_EQ(host.request.subsampling, "4:4:4");
  EXPECT_EQ(host.request.compression, 9);
  EXPECT_EQ(host.request.metadata, Metadata::keep);
  EXPECT_EQ(out.at("file").file()->name, "image.png");
  EXPECT_EQ(out.at("file").file()->media_type, "image/png");
  EXPECT_EQ(static_cast<std::uint64_t>(*out.at("size").integer()), out.at("file").file()->size);
  EXPECT_EQ(samples_of(*host.encoded), (U8{255, 0, 0, 0, 1, 2, 3, 255}));
  for (const auto& [format, name, type] :
       {std::tuple("jpeg", "image.jpg", "image/jpeg"), std::tuple("tiff", "image.tif", "image/tiff"),
        std::tuple("exr", "image.exr", "image/x-exr"), std::tuple("webp", "image.webp", "image/webp")}) {
    const FilePtr file = run_with(host, "Encode", {{"image", scene(3, 3, 3)}, {"format", format}}).at("file").file();
    EXPECT_EQ(file->name, name);
    EXPECT_EQ(file->media_type, type);
  }
}

TEST(Encode, Flattens) {
  PngHost host;
  run_with(host, "Encode", {{"image", picture(1, 1, 2, {255, 51})}, {"flatten", "#ff0000"}});
  // One fifth white over red.
  EXPECT_EQ(samples_of(*host.encoded), (U8{255, 51, 51}));
  // The colour is sRGB's, whatever the file's profile; see profile_test.cc for the numbers.
  auto photo = picture(1, 1, 4, {9, 9, 9, 0});
  photo->info.icc = adobe_rgb_profile();
  run_with(host, "Encode", {{"image", photo}, {"flatten", "#e08040"}});
  EXPECT_EQ(samples_of(*host.encoded), (U8{201, 127, 70}));
  run_with(host, "Encode", {{"image", photo}, {"flatten", "#e08040"}, {"profile", "srgb"}});
  EXPECT_EQ(samples_of(*host.encoded), (U8{224, 128, 64}));
  EXPECT_EQ(error_of([&] {
              run_with(host, "Encode", {{"image", picture(1, 1, 2, {255, 51})}, {"flatten", "red"}});
            }),
            "E333: `flatten: red` is not a colour (write it in quotes as \"#rrggbb\")");
}

TEST(Load, TellsWhatTheFileHolds) {
  PngHost host;
  host.picture = picture<std::uint16_t>(3, 2, 4, {1, 2, 3, 4});
  auto file = std::make_shared<File>();
  file->name = "deep.jpg";
  file->media_type = "image/png";
  const Values out = run_with(host, "Load", {{"file", Value(FilePtr(file))}});
  EXPECT_EQ(out.at("image").image(), host.picture);
  EXPECT_EQ(*out.at("width").integer(), 3);
  EXPECT_EQ(*out.at("height").integer(), 2);
  EXPECT_EQ(*out.at("channels").integer(), 4);
  EXPECT_TRUE(boolean(out, "alpha"));
  EXPECT_EQ(*out.at("depth").text(), "16");
  EXPECT_FALSE(boolean(out, "profile"));
  EXPECT_EQ(*out.at("media_type").text(), "image/png");
  host.picture = nullptr;
  EXPECT_EQ(error_of([&] {
              run_with(host, "Load", {{"file", Value(FilePtr(file))}});
            }),
            "E311: `deep.jpg` is no picture");
}

}  // namespace
}  // namespace pixgraph::image
