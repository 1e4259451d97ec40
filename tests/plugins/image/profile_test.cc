#include "profile.h"

#include <gtest/gtest.h>

#include "codecs/metadata.h"
#include "pictures.h"
#include "profiles.h"

namespace pixgraph::image {
namespace {

/// Through a file of that format.
std::shared_ptr<Image> decoded(const Image& image, const std::string& format, const EncodeRequest& request) {
  const Codec& codec = image_nodes().codecs.at(format);
  const Bytes bytes = codec.encode(image, request);
  DecodeRequest read;
  read.bytes = bytes;
  return codec.decode(read);
}

TEST(Profile, OfAnotherColourSpaceIsDropped) {
  auto grey = scene(8, 8, 1);
  grey->info.icc = wide_profile();
  EXPECT_FALSE(decoded(*grey, "png", {})->info.icc);
  EXPECT_FALSE(fitting_profile(Bytes(200, 1), 3));
  EXPECT_FALSE(fitting_profile({}, 3));
}

TEST(Profile, Converts) {
  auto image = picture(2, 1, 4, {255, 255, 255, 255, 128, 128, 128, 7});
  image->info.icc = wide_profile();
  const auto srgb = convert_profile(*image, nullptr);
  EXPECT_FALSE(srgb->info.icc);
  const auto samples = samples_of(*srgb);
  EXPECT_NEAR(samples[0], 255, 1);
  // 0.5 ^ 1.8 = 0.2892 of light, which sRGB writes as 0.575 = 146.6
  for (int c = 4; c < 7; ++c) EXPECT_NEAR(samples[static_cast<std::size_t>(c)], 147, 2);
  EXPECT_EQ(samples[7], 7);
  EXPECT_FALSE(is_srgb(image->info.icc));
  EXPECT_TRUE(is_srgb(nullptr));
  const test::Values out = test::run_node(image_nodes(), "Convert", {{"image", image}, {"profile", "srgb"}});
  EXPECT_EQ(samples_of(*out.at("image").image()), samples);
}

TEST(Profile, PremultipliedColoursConvertAsStraightOnes) {
  auto straight = picture(2, 1, 4, {200, 100, 50, 128, 10, 240, 30, 255});
  auto premultiplied = std::make_shared<Image>(2, 1, 4, Sample::u8, Alpha::premultiplied);
  const std::uint8_t samples[] = {100, 50, 25, 128, 10, 240, 30, 255};
  std::copy(std::begin(samples), std::end(samples), premultiplied->row(0));
  straight->info.icc = premultiplied->info.icc = wide_profile();
  const auto expected = samples_of(*as_srgb(*straight)), seen = samples_of(*as_srgb(*premultiplied));
  for (int i = 0; i < 8; ++i) {
    EXPECT_NEAR(seen[i], expected[i], 6) << i;  // half of the steps are left under alpha 128
  }
}

TEST(Profile, IsConvertedOnTheWayIntoAFileWhereThatIsAsked) {
  auto image = scene(32, 24, 3);
  image->info.icc = wide_profile();
  const auto wanted = samples_of(*convert_profile(*image, nullptr));
  EncodeRequest request{.quality = 100, .lossless = true, .subsampling = "4:4:4", .profile = Profile::srgb};
  for (const char* name : {"jpeg", "png", "webp"}) {
    const auto seen = decoded(*image, name, request);
    EXPECT_FALSE(seen->info.icc) << name;
    const auto samples = samples_of(*seen);
    for (std::size_t i = 0; i < samples.size(); ++i)
      ASSERT_NEAR(samples[i], wanted[i], name[0] == 'j' ? 6 : 1) << name << " at " << i;
    request.profile = Profile::keep;
    EXPECT_TRUE(decoded(*image, name, request)->info.icc) << name;
    request.profile = Profile::srgb;
  }
}

TEST(Profile, OneThatIsSrgbAlreadyIsLeftAlone) {
  auto image = scene(8, 8, 3);
  EXPECT_FALSE(as_srgb(*image));
  image->info.icc = profile_bytes(cmsCreate_sRGBProfile());
  EXPECT_FALSE(as_srgb(*image));
}

/// What the node makes of pictures with AdobeRGB's colours, or with `icc`.
ImagePtr made_by(const char* node, std::shared_ptr<Image> image, test::Values values,
                 const BytesPtr& icc = adobe_rgb_profile()) {
  image->info.icc = icc;
  values["image"] = image;
  return test::run_node(image_nodes(), node, std::move(values)).at("image").image();
}

/// One pixel's.
std::vector<int> pixel(const Image& image, int x, int y) {
  const std::uint8_t* first = image.row(y) + x * image.channels();
  return {first, first + image.channels()};
}

// sRGB's (224, 128, 64) is light of (0.745, 0.216, 0.051); by the matrices of both spaces and a gamma of 563/256 that
// is (201.31, 126.99, 69.89) of 255 in AdobeRGB.
TEST(ProfileOfAColour, IsSrgbWhateverThePictureHas) {
  const std::vector<int> wanted = {201, 127, 70};
  const auto nothing = [] { return picture(2, 2, 4, {9, 9, 9, 0}); };
  const auto solid = [] { return picture(2, 2, 3, {9, 9, 9}); };
  const Value colour("#e08040");
  EXPECT_EQ(pixel(*made_by("Flatten", nothing(), {{"background", colour}}), 0, 0), wanted);
  EXPECT_EQ(pixel(*made_by("Convert", nothing(), {{"alpha", "remove"}, {"background", colour}}), 0, 0), wanted);
  EXPECT_EQ(pixel(*made_by("Pad", solid(), {{"left", 1}, {"background", colour}}), 0, 0), wanted);
  EXPECT_EQ(
      pixel(*made_by("Fit", solid(), {{"width", 8}, {"height", 4}, {"mode", "pad"}, {"background", colour}}), 0, 0),
      wanted);
  EXPECT_EQ(
      pixel(*made_by("Resize", solid(), {{"width", 8}, {"height", 4}, {"fit", "pad"}, {"background", colour}}), 0, 0),
      wanted);
  EXPECT_EQ(pixel(*made_by("Rotate", picture(9, 9, 3, {9}), {{"angle", 45.0}, {"background", colour}}), 0, 0), wanted);
  EXPECT_EQ(pixel(*made_by("Rotate", picture(9, 9, 3, {9}), {{"angle", 45.0}, {"background", "#e0804080"}}), 0, 0),
            (std::vector<int>{201, 127, 70, 128}));
  EXPECT_EQ(
      pixel(*made_by("Flatten", picture<std::uint8_t>(1, 1, 2, {9, 0}), {{"background", "#808080"}}, grey_profile(1.8)),
            0, 0),
      std::vector<int>{109});  // 0.2159 of light, by a gamma of 1.8: 108.8
  // The border is found by its colour.
  auto bordered = picture(3, 1, 3, {201, 127, 70, 201, 127, 70, 20, 30, 40});
  const ImagePtr trimmed = made_by("Trim", bordered, {{"colour", colour}, {"tolerance", 0.005}});
  EXPECT_EQ(trimmed->width(), 1);
}

TEST(ProfileOfAColour, LeavesEndsAndSrgbToTheBit) {
  const BytesPtr srgb = profile_bytes(cmsCreate_sRGBProfile());
  const Colour odd{0.1, 0.2, 0.3, 0.4};
  const auto same = [](const Colour& a, const Colour& b) {
    return a.red == b.red && a.green == b.green && a.blue == b.blue && a.alpha == b.alpha;
  };
  const auto with = [](int channels, const BytesPtr& icc) {
    Image image(1, 1, channels);
    image.info.icc = icc;
    return image;
  };
  EXPECT_TRUE(same(in_profile_of(with(3, nullptr), odd), odd));
  EXPECT_TRUE(same(in_profile_of(with(3, srgb), odd), odd));
  EXPECT_TRUE(same(in_profile_of(with(3, std::make_shared<const Bytes>(200, 7)), odd), odd));
  const Colour unseen{0.1, 0.2, 0.3, 0};
  EXPECT_TRUE(same(in_profile_of(with(3, adobe_rgb_profile()), unseen), unseen));
  for (const BytesPtr& icc : {wide_profile(), adobe_rgb_profile()})
    for (const Colour& end : {Colour{0, 0, 0, 1}, Colour{1, 1, 1, 0.5}})
      EXPECT_TRUE(same(in_profile_of(with(3, icc), end), end));
  for (const Colour& end : {Colour{0, 0, 0, 1}, Colour{1, 1, 1, 1}})
    EXPECT_TRUE(same(in_profile_of(with(1, grey_profile(1.8)), end), end));
}

TEST(ProfileWithoutAWayBack, IsToldFromOthers) {
  EXPECT_TRUE(leads_back(nullptr));
  for (const BytesPtr& icc : {wide_profile(), adobe_rgb_profile(), grey_profile(1), grey_profile(2.2),
                              profile_bytes(cmsCreate_sRGBProfile()), table_profile(WayBack::whole)})
    EXPECT_TRUE(leads_back(icc));
  // ROMM's primaries, two of which no eye sees; light itself; and colours much less than sRGB's.
  EXPECT_TRUE(leads_back(gamma_profile({{0.7347, 0.2653, 1}, {0.1596, 0.8404, 1}, {0.0366, 0.0001, 1}}, 1.8)));
  EXPECT_TRUE(leads_back(gamma_profile({{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}}, 1)));
  EXPECT_TRUE(leads_back(gamma_profile({{0.50, 0.34, 1}, {0.31, 0.48, 1}, {0.20, 0.17, 1}}, 2.2)));
  EXPECT_FALSE(leads_back(table_profile(WayBack::empty)));
  EXPECT_FALSE(leads_back(table_profile(WayBack::none)));
  // Bytes that are no profile lead nowhere at all, and are kept as they came.
  EXPECT_TRUE(leads_back(std::make_shared<const Bytes>(200, 7)));
}

TEST(ProfileWithoutAWayBack, IsConvertedFromWhenAFileIsRead) {
  auto image = picture(16, 16, 3, {201, 114, 60});  // of wide_profile()'s colours; sRGB's (224, 128, 64)
  const EncodeRequest exact{.quality = 100, .lossless = true, .subsampling = "4:4:4"};
  for (const WayBack way_back : {WayBack::empty, WayBack::none})
    for (const char* name : {"jpeg", "png", "webp"}) {
      image->info.icc = table_profile(way_back);
      const auto seen = decoded(*image, name, exact);
      EXPECT_FALSE(seen->info.icc) << name;
      EXPECT_FALSE(seen->encoded) << name;
      const std::vector<int> wanted = {224, 128, 64}, samples = pixel(*seen, 5, 5);
      for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(samples[c], wanted[c], 3) << name;
      // What is laid on it keeps its colour.
      const auto top = picture(16, 16, 4, {200, 60, 50, 255});
      const test::Values out = test::run_node(image_nodes(), "Composite", {{"over", top}, {"under", seen}});
      EXPECT_EQ(pixel(*out.begin()->second.image(), 5, 5), (std::vector<int>{200, 60, 50})) << name;
    }
}

TEST(ProfileWithoutAWayBack, KeepsAJpegFromGoingByInRows) {
  auto image = scene(24, 16, 3);
  image->info.icc = table_profile(WayBack::empty);
  const Codec& codec = image_nodes().codecs.at("jpeg");
  const Bytes bytes = codec.encode(*image, {});
  GatheredRows rows;
  DecodeRequest request;
  request.bytes = bytes;
  const auto whole = codec.decode(request);
  request.rows = &rows;
  const auto seen = codec.decode(request);
  ASSERT_TRUE(seen);
  EXPECT_FALSE(rows.image);
  EXPECT_EQ(samples_of(*seen), samples_of(*whole));
}

}  // namespace
}  // namespace pixgraph::image
