#include "picture.h"

#include <gtest/gtest.h>

#include "support/scripted_host.h"
#include "support/temp_folder.h"

namespace pixgraph::replicate {
namespace {

using test::ScriptedHost;
using test::thrown;

std::string sent(const ImagePtr& image) {
  ScriptedHost host;
  const auto encoded = encode_picture(image, host);
  return encoded.media_type + ": " + std::string(encoded.bytes->begin(), encoded.bytes->end());
}

std::shared_ptr<Image> picture(int channels, Sample sample = Sample::u8, Alpha alpha = Alpha::none) {
  auto image = std::make_shared<Image>(3, 2, channels, sample, alpha);
  for (int y = 0; y < 2; ++y) std::memset(image->row(y), 0, image->row_bytes());
  return image;
}

TEST(Picture, OriginalBytesWhereTheyAreKnownWithoutWhatTheyTellBesideThePicture) {
  const std::string start = "\xFF\xD8", exif("\xFF\xE1\0\5GPS", 7), end = "\xFF\xD9", file = start + exif + end;
  auto image = picture(3);
  image->encoded = std::make_shared<const Bytes>(file.begin(), file.end());
  image->encoded_media_type = "image/jpeg";
  EXPECT_EQ(sent(image), "image/jpeg: " + start + end);
  image->encoded_media_type = "image/png";  // is none: better encoded again than sent as it is
  EXPECT_EQ(sent(image), "image/jpeg: jpeg 3x2x3 u8 q95 4:4:4");
}

TEST(Picture, JpegForOpaqueColour) {
  EXPECT_EQ(sent(picture(3)), "image/jpeg: jpeg 3x2x3 u8 q95 4:4:4");
}
TEST(Picture, PngForAlphaAndMasks) {
  EXPECT_EQ(sent(picture(4, Sample::u8, Alpha::straight)), "image/png: png 3x2x4 u8 q95 4:4:4");
  EXPECT_EQ(sent(picture(1)), "image/png: png 3x2x1 u8 q95 4:4:4");
  EXPECT_EQ(sent(picture(2, Sample::u8, Alpha::straight)), "image/png: png 3x2x2 u8 q95 4:4:4");
}

TEST(Picture, DeepSamplesBecomeBytes) {
  EXPECT_EQ(sent(picture(1, Sample::u16)), "image/png: png 3x2x1 u8 q95 4:4:4");
  EXPECT_EQ(sent(picture(3, Sample::f32)), "image/jpeg: jpeg 3x2x3 u8 q95 4:4:4");
}

/// Keeps the picture that it is asked to encode.
class KeepingHost : public ScriptedHost {
 public:
  Bytes encode(const Image& image, std::string_view, const EncodeRequest& request) override {
    metadata = request.metadata;
    pixels.assign(image.row(0), image.row(0) + image.channels());
    alpha = image.alpha();
    return {1};
  }
  Bytes pixels;
  Alpha alpha = Alpha::none;
  Metadata metadata = Metadata::keep;
};

TEST(Picture, DeepSamplesAreRoundedAndAlphaIsMadeStraight) {
  KeepingHost host;
  auto image = picture(4, Sample::f32, Alpha::premultiplied);
  auto* row = image->row<float>(0);
  row[0] = 0.25f, row[1] = 0.5f, row[2] = 2.0f, row[3] = 0.5f;
  encode_picture(image, host);
  EXPECT_EQ(host.pixels, (Bytes{128, 255, 255, 128}));
  EXPECT_EQ(host.alpha, Alpha::straight);
  EXPECT_EQ(host.metadata, Metadata::strip);
  auto deep = picture(1, Sample::u16);
  deep->row<std::uint16_t>(0)[0] = 65535;
  encode_picture(deep, host);
  EXPECT_EQ(host.pixels, (Bytes{255}));
  deep->row<std::uint16_t>(0)[0] = 32896;
  encode_picture(deep, host);
  EXPECT_EQ(host.pixels, (Bytes{128}));
}

TEST(Picture, PhotosAreLookedAtBeforeTheyAreSent) {
  ScriptedHost host;
  host.picture = picture(3);
  auto file = std::make_shared<File>();
  file->name = "photo.heic";
  file->media_type = "image/heic";
  EXPECT_EQ(encode_file(file, host).media_type, "image/jpeg");
  EXPECT_EQ(host.decoded, std::vector<std::string>{"photo.heic"});
  host.picture = nullptr;
  EXPECT_EQ(thrown([&] { encode_file(file, host); }), "E311: `photo.heic` is no picture");
}

TEST(Picture, AFileThatTheUserGaveIsToldByItsContent) {
  using namespace std::string_view_literals;
  const test::TempFolder folder;
  auto is_picture = [&](std::string_view content) {
    File file;
    file.path = folder.write("file", std::string(content));
    return is_sent_as_picture(file);
  };
  EXPECT_TRUE(is_picture("\xff\xd8\xff\xe1 and so on"));
  EXPECT_TRUE(is_picture("\x89PNG\r\n\x1a\n"));
  EXPECT_TRUE(is_picture("II*\0\x08\0\0\0"sv));
  EXPECT_TRUE(is_picture("MM\0*\0\0\0\x08"sv));
  EXPECT_TRUE(is_picture("RIFF\x10\0\0\0WEBP"sv));
  EXPECT_TRUE(
      is_picture("\0\0\0\x18"
                 "ftypheic"sv));
  EXPECT_TRUE(is_picture("BM\x36\x00\x0c\x00\0\0\0\0\x36\0"sv));
  EXPECT_FALSE(is_picture("BMW sells cars"));
  EXPECT_FALSE(is_picture("RIFF\x10\0\0\0WAVE"sv));
  EXPECT_FALSE(
      is_picture("\0\0\0\x18"
                 "ftypisom"sv));
  EXPECT_FALSE(is_picture("GIF89a"));
  EXPECT_FALSE(is_picture(""));
}

TEST(Picture, OtherFilesGoAsTheyAre) {
  ScriptedHost host;
  auto file = std::make_shared<File>();
  file->name = "clip.mp4";
  file->path = "/nowhere/clip.mp4";
  file->media_type = "video/mp4";
  EXPECT_EQ(thrown([&] { encode_file(file, host); }),
            "E408: `clip.mp4` cannot be read, so it cannot be sent to a model (see whether /nowhere/clip.mp4 is there "
            "and readable)");
  EXPECT_TRUE(host.decoded.empty());
  file->path = "/proc/self/exe";  // some file that is there
  file->media_type = "";
  const auto encoded = encode_file(file, host);
  EXPECT_EQ(encoded.media_type, "application/octet-stream");
  EXPECT_GT(encoded.bytes->size(), 1000u);
  file->media_type = "image/png";
  file->origin = "key#0";  // made by a prediction: nothing to mend
  EXPECT_EQ(encode_file(file, host).bytes->size(), encoded.bytes->size());
  EXPECT_TRUE(host.decoded.empty());
}

}  // namespace
}  // namespace pixgraph::replicate
