// The general codec: what is written comes back, what is damaged is an error, and alpha and light mean the same.
#include <OpenImageIO/filesystem.h>
#include <OpenImageIO/imageio.h>
#include <gtest/gtest.h>

#include <cmath>

#include "formats.h"
#include "gif_frame.h"
#include "plugins/image/exif_block.h"
#include "plugins/image/pictures.h"
#include "plugins/image/profiles.h"
#include "profile.h"
#include "read.h"
#include "support/fake_call.h"
#include "write.h"

namespace pixgraph::oiio {
namespace {

using image::bytes_of;
using image::convert_depth;
using image::noise;
using image::picture;
using image::samples_of;
using image::scene;
using test::error_of;

Format format_named(const std::string& name) {
  for (const Format& format : formats())
    if (format.info.name == name) return format;
  throw Error("TEST", "no format " + name);
}

std::shared_ptr<Image> decoded(const std::string& name, const Bytes& bytes) {
  return read(format_named(name), {.bytes = bytes});
}
Bytes encoded(const std::string& name, const Image& image, const EncodeRequest& request = {}) {
  return write(format_named(name), image, request);
}

/// A file of a format that pixgraph reads and the library can write.
Bytes by_library(
    const char* library_name, const Image& image, const char* file_name,
    const std::function<void(OIIO::ImageSpec&)>& more = [](OIIO::ImageSpec&) {}) {
  set_up_library();
  const auto output = OIIO::ImageOutput::create(library_name);
  OIIO::ImageSpec spec(image.width(), image.height(), image.channels(),
                       image.sample() == Sample::u8    ? OIIO::TypeDesc::UINT8
                       : image.sample() == Sample::u16 ? OIIO::TypeDesc::UINT16
                                                       : OIIO::TypeDesc::FLOAT);
  more(spec);
  Bytes bytes;
  OIIO::Filesystem::IOVecOutput memory(bytes);
  output->set_ioproxy(&memory);
  if (!output->open(file_name, spec) ||
      !output->write_image(spec.format, image.row(0), OIIO::AutoStride,
                           static_cast<OIIO::stride_t>(image.row_bytes())) ||
      !output->close())
    throw Error("TEST", output->geterror());
  return bytes;
}

TEST(Oiio, AProfileWithoutAWayBackIsConvertedFrom) {
  auto image = std::make_shared<Image>(2, 1, 3, Sample::u16);
  for (int i = 0; i < 6; ++i)
    image->row<std::uint16_t>(0)[i] = static_cast<std::uint16_t>(i % 3 == 0 ? 0x8000 : 0x4000);
  image->info.icc = image::table_profile(image::WayBack::empty);
  const auto wanted = image::convert_profile(*image, nullptr);
  const auto seen = decoded("tiff", encoded("tiff", *image, {}));
  EXPECT_FALSE(seen->info.icc);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(seen->row<std::uint16_t>(0)[i], wanted->row<std::uint16_t>(0)[i]);
  image->info.icc = image::table_profile(image::WayBack::whole);
  EXPECT_TRUE(decoded("tiff", encoded("tiff", *image, {}))->info.icc);
}

TEST(Oiio, ColoursOfAProfileThatCannotBeWrittenAreConverted) {
  auto image = picture(1, 1, 3, {200, 100, 50});
  image->info.icc = image::wide_profile();
  const auto srgb = image::convert_profile(*image, nullptr);
  EXPECT_EQ(samples_of(*decoded("bmp", encoded("bmp", *image))), samples_of(*srgb));
  EXPECT_EQ(samples_of(*decoded("tiff", encoded("tiff", *image))), samples_of(*image));
  const auto asked = decoded("tiff", encoded("tiff", *image, {.profile = Profile::srgb}));
  EXPECT_EQ(samples_of(*asked), samples_of(*srgb));
  EXPECT_FALSE(asked->info.icc);
  auto premultiplied = std::make_shared<Image>(1, 1, 4, Sample::u8, Alpha::premultiplied);
  const std::uint8_t half[] = {100, 50, 25, 128};
  std::copy(std::begin(half), std::end(half), premultiplied->row(0));
  premultiplied->info.icc = image->info.icc;
  const auto seen = decoded("tiff", encoded("tiff", *premultiplied, {.profile = Profile::srgb}));
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(seen->row(0)[c], srgb->row(0)[c], 4) << c;
  EXPECT_EQ(seen->row(0)[3], 128);
}

TEST(Oiio, WhatIsWrittenComesBack) {
  for (const Format& format : formats()) {
    if (!format.info.writes) continue;
    for (int channels : {1, 2, 3, 4})
      for (Sample sample : {Sample::u8, Sample::u16, Sample::f32}) {
        const CodecInfo& info = format.info;
        if ((channels % 2 == 0 && !info.writes_alpha) || (sample == Sample::u16 && !info.writes_16bit) ||
            (sample == Sample::f32 && !info.writes_float))
          continue;
        const std::string what =
            info.name + " channels " + std::to_string(channels) + " bytes " + std::to_string(sample_bytes(sample));
        const auto image = convert_depth(*scene(21, 13, channels), sample);
        const Bytes file = write(format, *image, {});
        const ImageHeader header = read_header(format, {.bytes = file});
        EXPECT_EQ(std::pair(header.width, header.height), std::pair(21, 13)) << what;
        const auto seen = read(format, {.bytes = file});
        EXPECT_EQ(seen->alpha(), image->alpha()) << what;
        EXPECT_EQ(header.channels, seen->channels()) << what;
        if (info.name == "tga" && channels == 2) {
          // Written as RGB and alpha, for readers that take 16 bits for colours.
          ASSERT_EQ(seen->channels(), 4) << what;
          for (int c = 0; c < 4; ++c) EXPECT_EQ(seen->row(7)[9 * 4 + c], image->row(7)[9 * 2 + (c == 3)]) << c;
          continue;
        }
        ASSERT_EQ(seen->channels(), channels) << what;
        if (info.name != "exr") {
          EXPECT_TRUE(bytes_of(*seen) == bytes_of(*image)) << what;
          continue;
        }
        // Half floats in light: within one 8-bit step.
        const auto a = samples_of(*convert_depth(*seen, Sample::u8)),
                   b = samples_of(*convert_depth(*image, Sample::u8));
        for (std::size_t i = 0; i < a.size(); ++i) {
          const std::size_t pixel = static_cast<std::size_t>(channels);
          if (channels % 2 == 0 && b[i / pixel * pixel + pixel - 1] == 0)
            continue;  // premultiplied: colour under alpha 0 is gone
          ASSERT_NEAR(a[i], b[i], 1) << what << " at " << i;
        }
      }
  }
}

TEST(Oiio, ExrSaysWhichOfTwoChannelsIsAlpha) {
  const Bytes file = encoded("exr", *picture(1, 1, 2, {127, 128}));
  // Attribute "channels" of type chlist: each name ends with a 0.
  const std::string head(file.begin(), file.begin() + 120);
  EXPECT_NE(head.find(std::string("A\0", 2)), std::string::npos);
  EXPECT_NE(head.find(std::string("Y\0", 2)), std::string::npos);
  EXPECT_EQ(samples_of(*convert_depth(*decoded("exr", file), Sample::u8)), (std::vector<std::uint8_t>{127, 128}));
}

TEST(Oiio, ExrLiesOnItsCanvas) {
  // 2 x 2 samples on a canvas of 4 x 3; then shifted so that only the last lies on it.
  const auto part = picture<float>(2, 2, 1, {0.1f, 0.2f, 0.3f, 1});
  const auto placed = [&](int x, int y) {
    const Bytes file = by_library("openexr", *part, "a.exr", [&](OIIO::ImageSpec& spec) {
      spec.x = x, spec.y = y;
      spec.full_width = 4, spec.full_height = 3;
    });
    const ImageHeader header = read_header(format_named("exr"), {.bytes = file});
    EXPECT_EQ(std::pair(header.width, header.height), std::pair(4, 3));
    const auto seen = decoded("exr", file);
    EXPECT_EQ(std::pair(seen->width(), seen->height()), std::pair(4, 3));
    std::string lit;
    for (const float sample : samples_of<float>(*seen)) lit += sample == 0 ? '.' : sample < 0.99f ? 'o' : 'W';
    return lit;
  };
  EXPECT_EQ(placed(1, 1), ".....oo..oW.");
  EXPECT_EQ(placed(-1, -1), "W...........");
  EXPECT_EQ(placed(3, 0), "...o...o....");
  EXPECT_EQ(placed(9, 9), "............");
  const Bytes huge = by_library("openexr", *part, "a.exr",
                                [](OIIO::ImageSpec& spec) { spec.full_width = 100000, spec.full_height = 100000; });
  EXPECT_TRUE(error_of([&] { decoded("exr", huge); }).starts_with("E313: the image has 100000x100000 pixels"));
}

TEST(Oiio, AlphaIsStraightWhateverTheFileHas) {
  const auto red = picture(1, 1, 4, {255, 0, 0, 128});
  for (const char* name : {"tiff", "tga", "exr"})
    EXPECT_EQ(samples_of(*convert_depth(*decoded(name, encoded(name, *red)), Sample::u8)), samples_of(*red)) << name;
  // A TIFF with premultiplied alpha: 128 of red at half alpha is full red.
  const auto weighted = picture(1, 1, 4, {128, 0, 0, 128});
  EXPECT_EQ(samples_of(*decoded("tiff", by_library("tiff", *weighted, "a.tif"))), samples_of(*red));
  // JPEG 2000 needs a few more pixels.
  const auto large = picture(64, 64, 4, {255, 0, 0, 128});
  const Bytes file = by_library("jpeg2000", *large, "a.jp2",
                                [](OIIO::ImageSpec& spec) { spec.attribute("oiio:UnassociatedAlpha", 1); });
  const auto seen = decoded("jpeg2000", file);
  EXPECT_NEAR(seen->row(32)[4 * 32], 255, 2);
  EXPECT_NEAR(seen->row(32)[4 * 32 + 3], 128, 2);
}

TEST(Oiio, LightBecomesSrgb) {
  // 0.2140 of light is sRGB 0.5; twice the white's light stays above white, and comes back.
  const auto light = picture<float>(3, 1, 3, {0.21404f, 0.21404f, 0.21404f, 1.f, 1.f, 1.f, 2.f, 2.f, 2.f});
  for (const char* name : {"exr", "hdr"}) {
    const Bytes file =
        by_library(format_named(name).library_name, *light, name == std::string("exr") ? "a.exr" : "a.hdr");
    const auto seen = samples_of<float>(*decoded(name, file));
    EXPECT_NEAR(seen[0], 0.5, 0.003) << name;
    EXPECT_NEAR(seen[3], 1, 0.003) << name;
    EXPECT_NEAR(seen[6], 1.353, 0.005) << name;
  }
  const auto again = decoded("exr", encoded("exr", *decoded("exr", encoded("exr", *light))));
  for (int i = 0; i < 9; ++i) EXPECT_NEAR(again->row<float>(0)[i], light->row<float>(0)[i], 1e-5);
}

TEST(Oiio, EverySampleIsANumber) {
  const float infinite = std::numeric_limits<float>::infinity();
  const auto rendered = picture<float>(4, 1, 1, {std::nanf(""), infinite, -infinite, 0.5f});
  EXPECT_EQ(samples_of<float>(*decoded("tiff", by_library("tiff", *rendered, "a.tif"))),
            (std::vector<float>{0, 65504, -65504, 0.5f}));
  for (const float sample : samples_of<float>(*decoded("exr", by_library("openexr", *rendered, "a.exr"))))
    EXPECT_TRUE(std::isfinite(sample));
}

TEST(Oiio, TruncatedFilesAreErrors) {
  std::map<std::string, Bytes> files;
  for (const char* name : {"tiff", "exr", "bmp", "tga", "pnm"}) files[name] = encoded(name, *scene(61, 47, 3));
  files["gif"] = by_library("gif", *scene(61, 47, 3), "a.gif");
  files["jpeg2000"] = by_library("jpeg2000", *scene(61, 47, 3), "a.jp2");
  files["hdr"] = by_library("hdr", *convert_depth(*scene(61, 47, 3), Sample::f32), "a.hdr");
  for (const auto& [name, whole] : files) {
    ASSERT_EQ(error_of([&] { decoded(name, whole); }), "") << name;
    // The last bytes may be a trailer without meaning for the picture.
    for (double part : {0.0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9}) {
      const Bytes cut(whole.begin(),
                      whole.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(whole.size())));
      const std::string error = error_of([&] { decoded(name, cut); });
      EXPECT_TRUE(error.starts_with("E311") || error.starts_with("E312")) << name << " " << part << ": " << error;
    }
  }
}

// The library would take memory for what these say, 17 GB, 2 GB and 2 GB, and read past the rows of the BMP.
TEST(Oiio, SizesThatCannotBeAreRefusedBeforeMemoryIsTaken) {
  Bytes gif = by_library("gif", *scene(20, 10, 3), "a.gif");
  gif[6] = gif[7] = gif[8] = gif[9] = 0xff;  // the screen
  EXPECT_EQ(error_of([&] { decoded("gif", gif); }),
            "E313: the image has 65535x65535 pixels, which is over the limit of 500 million (if it is meant to be that "
            "large, `--max-pixels` raises the limit; a small file of that size is often a decompression bomb)");
  Bytes exr = encoded("exr", *scene(20, 10, 3));
  // After the name and the type of the first attribute comes its length.
  auto at = std::find(exr.begin() + 8, exr.end(), 0);
  at = std::find(at + 1, exr.end(), 0);
  const Bytes much = {0xff, 0xff, 0xff, 0x7f};
  std::copy(much.begin(), much.end(), at + 1);
  EXPECT_EQ(error_of([&] { decoded("exr", exr); }),
            "E311: the exr file is damaged or truncated (its header makes no sense) (fetch or save it again)");
  Bytes bmp = encoded("bmp", *scene(20, 10, 3));
  bmp[30] = 2;  // packed by 4 bits, and its pixels have 24
  EXPECT_EQ(error_of([&] { decoded("bmp", bmp); }),
            "E311: the bmp file is damaged or truncated (its header makes no sense) (fetch or save it again)");
  Bytes psd = {'8', 'B', 'P', 'S', 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 10, 0, 0, 0, 20, 0, 8, 0, 3};
  psd.insert(psd.end(), {0x7f, 0xff, 0xff, 0xff});  // the colour mode's data
  psd.resize(2000);
  EXPECT_EQ(error_of([&] { decoded("psd", psd); }),
            "E311: the psd file is damaged or truncated (its header makes no sense) (fetch or save it again)");
  psd[14] = psd[18] = 0x7f;
  EXPECT_TRUE(error_of([&] { decoded("psd", psd); }).starts_with("E313: the image has 2130706452x2130706442 pixels"));
}

TEST(Oiio, DamageEndsInAnErrorOrAPicture) {
  std::mt19937 random(5);
  for (const char* name : {"tiff", "exr", "bmp", "tga", "pnm", "gif", "jpeg2000"}) {
    const bool ours = format_named(name).info.writes;
    const Bytes whole = ours ? encoded(name, *scene(30, 20, 3))
                             : by_library(format_named(name).library_name, *scene(30, 20, 3),
                                          ("a" + format_named(name).info.extensions[0]).c_str());
    for (int round = 0; round < 60; ++round) {
      Bytes damaged = whole;
      for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<std::uint8_t>(random());
      const std::string error =
          error_of([&] { read(format_named(name), {.bytes = damaged, .max_pixels = 1'000'000}); });
      ASSERT_TRUE(error.empty() || error.starts_with("E31") || error.starts_with("E302")) << name << ": " << error;
    }
  }
}

TEST(Oiio, BombsAreRefusedBeforeMemoryIsTaken) {
  Bytes bmp = encoded("bmp", *scene(4, 4, 3));
  for (std::size_t at : {18u, 22u}) bmp[at] = 0x50, bmp[at + 1] = 0xc3;  // 50,000 x 50,000
  EXPECT_TRUE(error_of([&] {
                decoded("bmp", bmp);
              }).starts_with("E313: the image has 50000x50000 pixels, which is over the limit of 500 million"));
  const std::string pgm = "P5\n60000 60000\n255\n";
  EXPECT_TRUE(error_of([&] {
                read_header(format_named("pnm"),
                            {.bytes = std::span(reinterpret_cast<const std::uint8_t*>(pgm.data()), pgm.size())});
              }).starts_with("E313"));
}

TEST(Oiio, OrientationIsApplied) {
  const auto stored = picture(2, 3, 1, {4, 1, 5, 2, 6, 3});  // to be turned by 90 degrees to the left: 1 2 3 / 4 5 6
  const Bytes file =
      by_library("tiff", *stored, "a.tif", [](OIIO::ImageSpec& spec) { spec.attribute("Orientation", 8); });
  EXPECT_EQ(read_header(format_named("tiff"), {.bytes = file}).width, 3);
  EXPECT_EQ(samples_of(*decoded("tiff", file)), (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6}));
}

TEST(Oiio, GifGivesItsFirstFrameWithTransparency) {
  // 2 x 1, palette black and white, colour 1 transparent: written by hand, because the library loses transparency.
  const Bytes gif = {'G', 'I', 'F', '8', '9', 'a',  2, 0, 1, 0, 0x80, 0, 0, 10, 20, 30, 255, 255,  255,  0x21, 0xf9, 4,
                     1,   0,   0,   1,   0,   0x2c, 0, 0, 0, 0, 2,    0, 1, 0,  0,  2,  2,   0x44, 0x0a, 0,    0x3b};
  ASSERT_TRUE(first_gif_frame_is_whole(gif));
  const auto seen = decoded("gif", gif);
  EXPECT_EQ(samples_of(*seen)[3], 255);
  EXPECT_EQ(samples_of(*seen)[0], 10);
  EXPECT_EQ(samples_of(*seen)[7], 0);
  Bytes opaque = gif;
  opaque[22] = 0;  // no colour is transparent
  const auto whole = decoded("gif", opaque);
  EXPECT_EQ(samples_of(*whole), (std::vector<std::uint8_t>{10, 20, 30, 255, 255, 255}));
  EXPECT_FALSE(whole->has_alpha());
  EXPECT_EQ(error_of([&] { encoded("gif", *seen); }),
            "E321: `gif` is read, not written (write PNG or WebP: a GIF would lose its transparency)");
}

/// As core tells a format.
bool told(const Format& format, const Bytes& bytes) {
  std::map<int, bool> groups;
  for (const Magic& magic : format.info.magics) {
    const bool here =
        magic.offset + magic.bytes.size() <= bytes.size() &&
        std::equal(magic.bytes.begin(), magic.bytes.end(), bytes.begin() + static_cast<long>(magic.offset),
                   [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    groups.emplace(magic.group, true).first->second &= here;
  }
  return std::any_of(groups.begin(), groups.end(), [](const auto& group) { return group.second; });
}

TEST(Oiio, TgaIsToldByItsHeader) {
  const Format tga = format_named("tga");
  for (int channels : {1, 2, 3, 4}) EXPECT_TRUE(told(tga, encoded("tga", *scene(3, 2, channels)))) << channels;
  // Version 1, without the footer: 2 x 1 with a table of two colours, from the bottom left.
  Bytes table = {0, 1, 1, 0, 0, 2, 0, 24, 0, 0, 0, 0, 2, 0, 1, 0, 8, 0, 30, 20, 10, 255, 0, 0, 1, 0};
  EXPECT_TRUE(told(tga, table));
  EXPECT_EQ(samples_of(*decoded("tga", table)), (std::vector<std::uint8_t>{0, 0, 255, 10, 20, 30}));
  table[2] = 4;  // no kind of pixels
  EXPECT_FALSE(told(tga, table));
  for (const Format& other : formats())
    if (other.info.writes && other.info.name != "tga") {
      EXPECT_FALSE(told(tga, encoded(other.info.name, *scene(3, 2, 3)))) << other.info.name;
    }
  EXPECT_FALSE(told(tga, {'\0', 0, 2, 0, 1, 0, 0x10, 0x10, 0, 0, 1, 0, 0, 0, 0, 0, 32, 0})) << "a Windows cursor";
}

TEST(Oiio, TiffKeepsProfileAndDropsPlaces) {
  auto image = scene(5, 4, 3);
  image->info.exif = std::make_shared<const Bytes>(image::exif_block({.gps = true}));
  auto icc = std::make_shared<Bytes>(200, 0);
  std::memcpy(icc->data() + 16, "RGB ", 4);
  std::memcpy(icc->data() + 36, "acsp", 4);
  image->info.icc = icc;
  const auto seen = decoded("tiff", encoded("tiff", *image));
  ASSERT_TRUE(seen->info.icc);
  EXPECT_EQ(*seen->info.icc, *icc);
  const Bytes file = encoded("tiff", *image);
  const std::string text(file.begin(), file.end());
  EXPECT_NE(text.find("CameraMaker"), std::string::npos);
  EXPECT_EQ(text.find("HERE-I-LIVE"), std::string::npos);
}

TEST(Oiio, HeifIsReadFromBytesToo) {
  // The library writes HEIF only to a path; where this system's has no encoder there is nothing to read.
  const std::string path = ::testing::TempDir() + "pixgraph_test.heic";
  const auto output = OIIO::ImageOutput::create("heif");
  const auto image = scene(64, 48, 3);
  OIIO::ImageSpec spec(64, 48, 3, OIIO::TypeDesc::UINT8);
  ASSERT_TRUE(output);
  ASSERT_TRUE(output->open(path, spec));
  ASSERT_TRUE(output->write_image(OIIO::TypeDesc::UINT8, image->row(0), OIIO::AutoStride,
                                  static_cast<OIIO::stride_t>(image->row_bytes())));
  ASSERT_TRUE(output->close());
  std::string text;
  ASSERT_TRUE(OIIO::Filesystem::read_text_file(path, text));
  const Bytes bytes(text.begin(), text.end());
  OIIO::Filesystem::remove(path);
  const auto seen = decoded("heic", bytes);
  EXPECT_EQ(std::pair(seen->width(), seen->height()), std::pair(64, 48));
  EXPECT_NEAR(seen->row(24)[3 * 32], image->row(24)[3 * 32], 12);
}

TEST(Oiio, RefusesInASentence) {
  EXPECT_EQ(error_of([] { encoded("bmp", *scene(2, 2, 4)); }),
            "E321: `bmp` cannot keep alpha, and the image has it (write PNG or TIFF, or put a Convert with `alpha: "
            "remove` before)");
  EXPECT_EQ(error_of([] { encoded("tga", *noise(2, 2, 3, 1, Sample::u16)); }),
            "E321: `tga` holds 8 bits per channel, and the image has 16 (put a Convert with `depth: 8` before)");
  EXPECT_EQ(error_of([] { encoded("pnm", *noise(2, 2, 3, 1, Sample::f32)); }),
            "E321: `pnm` holds no floating-point samples (put a Convert with `depth: 8` before)");
}

}  // namespace
}  // namespace pixgraph::oiio
