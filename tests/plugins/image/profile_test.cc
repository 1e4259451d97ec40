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

}  // namespace
}  // namespace pixgraph::image
