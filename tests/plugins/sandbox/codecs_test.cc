#include "codecs.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support.h"

namespace sandbox {

TEST(Codecs, PngKeepsEveryByteAndStraightAlpha) {
  Picture picture(5, 3);
  for (std::size_t i = 0; i < picture.rgba.size(); ++i) picture.rgba[i] = static_cast<std::uint8_t>(i * 37);
  EXPECT_EQ(decode_picture(encode_png(picture, true)).rgba, picture.rgba);
}

TEST(Codecs, JpegAndWebpComeBackClose) {
  const Picture picture = disc_picture(64, 48);
  for (const char* format : {"jpg", "webp", "png"}) {
    const Picture back = decode_picture(encode_picture(picture, format, 95));
    ASSERT_EQ(back.width, 64);
    ASSERT_EQ(back.height, 48);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(back.at(32, 24)[c], picture.at(32, 24)[c], 30) << format;
  }
  EXPECT_LT(encode_jpeg(picture, 30).size(), encode_jpeg(picture, 95).size());
}

// A JPEG with an APP1 marker that says how to turn it.
static std::string with_orientation(const std::string& jpeg, char orientation) {
  const std::string tiff("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18);
  std::string exif = std::string("Exif\0\0", 6) + tiff + orientation + std::string("\0\0\0\0\0\0\0", 7);
  const auto size = static_cast<char>(exif.size() + 2);
  return jpeg.substr(0, 2) + "\xff\xe1" + std::string(1, '\0') + size + exif + jpeg.substr(2);
}

TEST(Codecs, ExifOrientationIsApplied) {
  Picture picture(32, 16);  // left half red, right half blue
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 32; ++x) {
      picture.at(x, y)[x < 16 ? 0 : 2] = 255;
      picture.at(x, y)[3] = 255;
    }
  }
  const std::string jpeg = encode_jpeg(picture, 95);
  struct Case {
    char orientation;
    int width, red_x, red_y;
  };
  for (const Case& c : {Case{1, 32, 2, 8}, Case{2, 32, 29, 8}, Case{3, 32, 29, 8}, Case{4, 32, 2, 8}, Case{5, 16, 8, 2},
                        Case{6, 16, 8, 2}, Case{7, 16, 8, 29}, Case{8, 16, 8, 29}}) {
    const Picture back = decode_picture(with_orientation(jpeg, c.orientation));
    ASSERT_EQ(back.width, c.width) << int{c.orientation};
    EXPECT_GT(back.at(c.red_x, c.red_y)[0], 200) << int{c.orientation};
    EXPECT_LT(back.at(c.red_x, c.red_y)[2], 60) << int{c.orientation};
  }
}

TEST(Codecs, BrokenBytesAreRefused) {
  const Picture picture = disc_picture(64, 64);
  const std::string jpeg = encode_jpeg(picture, 90), png = encode_png(picture, false), webp = encode_webp(picture, 90);
  EXPECT_THROW(decode_picture(""), std::runtime_error);
  EXPECT_THROW(decode_picture("GIF89a"), std::runtime_error);
  for (const std::string& bytes : {jpeg, png, webp})
    EXPECT_THROW(decode_picture(bytes.substr(0, bytes.size() / 2)), std::runtime_error);
  // A header that claims 60000 x 60000 is refused before memory is taken.
  std::string bomb = jpeg;
  const std::size_t frame = bomb.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  bomb.replace(frame + 5, 4, "\xea\x60\xea\x60");
  EXPECT_THROW(decode_picture(bomb), std::runtime_error);
}

}  // namespace sandbox
