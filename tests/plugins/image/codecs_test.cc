// JPEG, PNG and WebP: round trips, what must be refused, and what must be kept.
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>

#include <jpeglib.h>
#include <png.h>
#include <webp/mux.h>

#include "codecs/codecs.h"
#include "codecs/png_chunks.h"
#include "plugins/image/exif_block.h"
#include "plugins/image/pictures.h"
#include "plugins/image/png_by_library.h"
#include "profile.h"
#include "profiles.h"

namespace pixgraph::image {
namespace {

using test::error_of;

DecodeRequest request_of(const Bytes& bytes) {
  return {.bytes = bytes};
}

struct Format {
  const char* name;
  ImageHeader (*header)(const DecodeRequest&);
  std::shared_ptr<Image> (*decode)(const DecodeRequest&);
  Bytes (*encode)(const Image&, const EncodeRequest&);
};
constexpr Format kJpeg{"JPEG", jpeg_header, decode_jpeg, encode_jpeg};
constexpr Format kPng{"PNG", png_header, decode_png, encode_png};
constexpr Format kWebp{"WebP", webp_header, decode_webp, encode_webp};

int largest_difference(const Image& a, const Image& b) {
  const auto left = samples_of(a), right = samples_of(b);
  if (left.size() != right.size()) return 999;
  int largest = 0;
  for (std::size_t i = 0; i < left.size(); ++i) largest = std::max(largest, std::abs(left[i] - right[i]));
  return largest;
}

TEST(Codecs, RoundTrips) {
  for (auto [width, height] : {std::pair{1, 1}, {3, 2}, {17, 33}, {100, 75}})
    for (int channels = 1; channels <= 4; ++channels) {
      const auto image = scene(width, height, channels);
      const auto from_png = decode_png(request_of(encode_png(*image, {})));
      EXPECT_EQ(from_png->channels(), channels);
      EXPECT_EQ(from_png->alpha(), image->alpha());
      EXPECT_EQ(largest_difference(*from_png, *image), 0);
      const auto from_webp = decode_webp(request_of(encode_webp(*image, {.lossless = true})));
      EXPECT_EQ(largest_difference(*from_webp, channels < 3 ? *grey_to_rgb(*image) : *image), 0) << channels;
      if (channels % 2 == 0) continue;
      const auto from_jpeg = decode_jpeg(request_of(encode_jpeg(*image, {.quality = 98, .subsampling = "4:4:4"})));
      EXPECT_EQ(from_jpeg->channels(), channels);
      EXPECT_LE(largest_difference(*from_jpeg, *image), 24);
    }
}

TEST(Codecs, HeadersSayTheSame) {
  const auto image = scene(40, 30, 4);
  for (const Format& format : {kPng, kWebp}) {
    const Bytes file = format.encode(*image, {});
    const ImageHeader header = format.header(request_of(file));
    EXPECT_EQ(header.width, 40);
    EXPECT_EQ(header.height, 30);
    EXPECT_EQ(header.channels, 4);
    EXPECT_TRUE(header.alpha);
  }
  const ImageHeader jpeg = jpeg_header(request_of(encode_jpeg(*scene(40, 30, 1), {})));
  EXPECT_EQ(jpeg.channels, 1);
}

TEST(Codecs, EveryTruncationIsAnError) {
  const auto image = scene(90, 70, 3), cutout = scene(90, 70, 4);
  Bytes progressive;
  {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* buffer = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &buffer, &size);
    info.image_width = 90, info.image_height = 70, info.input_components = 3, info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    for (int y = 0; y < 70; ++y) {
      JSAMPROW row = image->row(y);
      jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    progressive.assign(buffer, buffer + size);
    jpeg_destroy_compress(&info);
    std::free(buffer);
  }
  ASSERT_NO_THROW(decode_jpeg(request_of(progressive)));
  const std::pair<Format, Bytes> files[] = {{kJpeg, encode_jpeg(*image, {})},
                                            {kJpeg, progressive},
                                            {kPng, encode_png(*cutout, {})},
                                            {kWebp, encode_webp(*cutout, {})},
                                            {kWebp, encode_webp(*image, {.lossless = true})}};
  for (const auto& [format, whole] : files)
    for (std::size_t length = 0; length < whole.size(); length += 1 + whole.size() / 400) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      const std::string error = error_of([&] { format.decode(request_of(cut)); });
      ASSERT_TRUE(error.starts_with("E311") || error.starts_with("E312"))
          << format.name << " " << length << ": " << error;
    }
  const Bytes half(files[0].second.begin(),
                   files[0].second.begin() + static_cast<std::ptrdiff_t>(files[0].second.size() / 2));
  EXPECT_EQ(error_of([&] { decode_jpeg(request_of(half)); }),
            "E311: the JPEG file is truncated: its data end before the picture does (fetch or save it again)");
  const Bytes png_half(files[2].second.begin(),
                       files[2].second.begin() + static_cast<std::ptrdiff_t>(files[2].second.size() / 2));
  EXPECT_EQ(error_of([&] { decode_png(request_of(png_half)); }),
            "E311: the PNG file is truncated: its data end before the picture does (fetch or save it again)");
  const Bytes webp_half(files[3].second.begin(),
                        files[3].second.begin() + static_cast<std::ptrdiff_t>(files[3].second.size() / 2));
  EXPECT_EQ(error_of([&] { decode_webp(request_of(webp_half)); }),
            "E311: the WebP file is truncated: its data end before the picture does (fetch or save it again)");
}

TEST(Codecs, DamageEndsInAnErrorOrAPicture) {
  const auto image = scene(60, 50, 3);
  std::mt19937 random(11);
  for (const Format& format : {kJpeg, kPng, kWebp}) {
    const Bytes whole = format.encode(*image, {});
    for (int round = 0; round < 400; ++round) {
      Bytes damaged = whole;
      for (int i = 0; i < 4; ++i) damaged[random() % damaged.size()] = static_cast<std::uint8_t>(random());
      const std::string error = error_of([&] { format.decode({.bytes = damaged, .max_pixels = 1'000'000}); });
      ASSERT_TRUE(error.empty() || error.starts_with("E31")) << format.name << ": " << error;
    }
  }
}

TEST(Codecs, BombsAreRefusedBeforeMemoryIsTaken) {
  // Headers that claim 50,000 x 50,000 and have no data: taking memory first would be 7.5 GB.
  Bytes png = encode_png(*scene(2, 2, 3), {});
  for (int side : {16, 20})
    png[static_cast<std::size_t>(side) + 2] = 0xc3, png[static_cast<std::size_t>(side) + 3] = 0x50;
  Bytes jpeg = encode_jpeg(*scene(2, 2, 3), {});
  for (std::size_t i = 0; i + 9 < jpeg.size(); ++i)
    if (jpeg[i] == 0xff && jpeg[i + 1] == 0xc0) {
      jpeg[i + 5] = jpeg[i + 7] = 0xc3, jpeg[i + 6] = jpeg[i + 8] = 0x50;
      break;
    }
  const std::string expected =
      "E313: the image has 50000x50000 pixels, which is over the limit of 500 million (if it is meant to be that "
      "large, `--max-pixels` raises the limit; a small file of that size is often a decompression bomb)";
  EXPECT_EQ(error_of([&] { png_header(request_of(png)); }), expected);
  EXPECT_EQ(error_of([&] { decode_png(request_of(png)); }), expected);
  EXPECT_EQ(error_of([&] { jpeg_header(request_of(jpeg)); }), expected);
  EXPECT_EQ(error_of([&] { decode_jpeg(request_of(jpeg)); }), expected);
  const Bytes webp = encode_webp(*scene(200, 200, 3), {});
  EXPECT_TRUE(error_of([&] { decode_webp({.bytes = webp, .max_pixels = 10'000}); }).starts_with("E313"));
}

TEST(Codecs, EveryOrientationComesUpright) {
  // What the eight tags mean, worked out by hand for a picture of 3 x 2: stored rows that show 1 2 3 / 4 5 6.
  const std::vector<std::uint8_t> stored[8] = {{1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1},
                                               {4, 5, 6, 1, 2, 3}, {1, 4, 2, 5, 3, 6}, {3, 6, 2, 5, 1, 4},
                                               {6, 3, 5, 2, 4, 1}, {4, 1, 5, 2, 6, 3}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const bool swapped = orientation >= 5;
    auto image = picture(swapped ? 2 : 3, swapped ? 3 : 2, 1, stored[orientation - 1]);
    image->info.exif = std::make_shared<const Bytes>(exif_block({.orientation = orientation}));
    const Bytes file = encode_png(*image, {.metadata = Metadata::keep});
    const ImageHeader header = png_header(request_of(file));
    EXPECT_EQ(std::pair(header.width, header.height), std::pair(3, 2));
    const auto upright = decode_png(request_of(file));
    EXPECT_EQ(samples_of(*upright), (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6})) << orientation;
    EXPECT_EQ(upright->encoded != nullptr, orientation == 1);
    EXPECT_NE(std::string(upright->info.exif->begin(), upright->info.exif->end()).find("CameraMaker"),
              std::string::npos);
    // Written again and read again it must not turn once more.
    EXPECT_EQ(samples_of(*decode_png(request_of(encode_png(*upright, {})))), samples_of(*upright));

    // The other two read the same tag: a large picture, because they are lossy or have three channels.
    auto large = scene(48, 32, 3);
    large->info.exif = image->info.exif;
    for (const Format& format : {kJpeg, kWebp}) {
      const Bytes turned = format.encode(*large, {.quality = 95, .metadata = Metadata::keep});
      const auto seen = format.decode(request_of(turned));
      EXPECT_EQ(seen->width(), swapped ? 32 : 48) << format.name;
      EXPECT_EQ(format.header(request_of(turned)).width, seen->width()) << format.name;
      EXPECT_EQ(seen->encoded != nullptr, orientation == 1) << format.name;
    }
  }
}

TEST(Codecs, OnlyThePlainFileIsKeptForSending) {
  auto image = scene(30, 20, 3);
  for (const Format& format : {kJpeg, kPng, kWebp}) {
    const Bytes plain = format.encode(*image, {});
    const auto seen = format.decode(request_of(plain));
    ASSERT_TRUE(seen->encoded) << format.name;
    EXPECT_EQ(*seen->encoded, plain);
  }
  EXPECT_EQ(decode_jpeg(request_of(encode_jpeg(*image, {})))->encoded_media_type, "image/jpeg");
  image->info.icc = profile_bytes(cmsCreate_sRGBProfile());
  EXPECT_TRUE(decode_png(request_of(encode_png(*image, {})))->encoded);
  image->info.icc = wide_profile();
  for (const Format& format : {kJpeg, kPng, kWebp}) {
    const auto seen = format.decode(request_of(format.encode(*image, {})));
    ASSERT_TRUE(seen->info.icc) << format.name;
    EXPECT_EQ(*seen->info.icc, *image->info.icc) << format.name;
    EXPECT_FALSE(seen->encoded) << format.name;
  }
}

TEST(Codecs, GpsIsStrippedByDefault) {
  auto image = scene(8, 8, 3);
  image->info.exif = std::make_shared<const Bytes>(exif_block({.gps = true}));
  for (const Format& format : {kJpeg, kPng, kWebp}) {
    auto contains = [&](Metadata choice, const char* words) {
      const Bytes file = format.encode(*image, {.metadata = choice});
      return std::string(file.begin(), file.end()).find(words) != std::string::npos;
    };
    EXPECT_TRUE(contains(Metadata::keep, "HERE-I-LIVE")) << format.name;
    EXPECT_FALSE(contains(Metadata::strip_gps, "HERE-I-LIVE")) << format.name;
    EXPECT_TRUE(contains(Metadata::strip_gps, "CameraMaker")) << format.name;
    EXPECT_FALSE(contains(Metadata::strip, "CameraMaker")) << format.name;
  }
}

TEST(Codecs, XmpTravels) {
  auto image = scene(8, 8, 3);
  const std::string xmp = "<x:xmpmeta>words</x:xmpmeta>";
  image->info.xmp = std::make_shared<const Bytes>(xmp.begin(), xmp.end());
  for (const Format& format : {kJpeg, kPng, kWebp}) {
    const auto seen = format.decode(request_of(format.encode(*image, {})));
    ASSERT_TRUE(seen->info.xmp) << format.name;
    EXPECT_EQ(*seen->info.xmp, *image->info.xmp) << format.name;
  }
}

TEST(Codecs, ColourUnderAlphaStaysExact) {
  const auto image = picture(4, 1, 4, {255, 0, 0, 128, 255, 128, 7, 3, 1, 2, 3, 0, 9, 8, 7, 255});
  EXPECT_EQ(samples_of(*decode_png(request_of(encode_png(*image, {})))), samples_of(*image));
  EXPECT_EQ(samples_of(*decode_webp(request_of(encode_webp(*image, {.lossless = true})))), samples_of(*image));
  const auto flat = picture(32, 32, 4, {255, 0, 0, 128});
  const auto lossy = decode_webp(request_of(encode_webp(*flat, {})));
  EXPECT_NEAR(lossy->row(9)[4 * 9], 255, 3);
  EXPECT_NEAR(lossy->row(9)[4 * 9 + 3], 128, 1);
}

TEST(Codecs, PremultipliedIsWrittenStraight) {
  Image image(1, 1, 4, Sample::u8, Alpha::premultiplied);
  const std::uint8_t pixel[4] = {128, 64, 0, 128};
  std::memcpy(image.row(0), pixel, 4);
  EXPECT_EQ(samples_of(*decode_png(request_of(encode_png(image, {})))), (std::vector<std::uint8_t>{255, 128, 0, 128}));
  EXPECT_EQ(samples_of(*decode_webp(request_of(encode_webp(image, {.lossless = true})))),
            (std::vector<std::uint8_t>{255, 128, 0, 128}));
}

TEST(Codecs, WhatAFormatCannotHold) {
  EXPECT_EQ(error_of([] { encode_jpeg(*scene(2, 2, 4), {}); }),
            "E321: JPEG cannot keep alpha, and the image has it (write PNG or WebP, or put a Convert with `alpha: "
            "remove` before)");
  EXPECT_EQ(error_of([] { encode_jpeg(*noise(2, 2, 3, 1, Sample::u16), {}); }),
            "E321: JPEG holds 8 bits per channel, and the image has more (put a Convert with `depth: 8` before)");
  EXPECT_EQ(error_of([] { encode_png(*noise(2, 2, 3, 1, Sample::f32), {}); }),
            "E321: PNG holds 8 or 16 bits per channel, and the image has floating-point samples (put a Convert with "
            "`depth: 16` before)");
  EXPECT_EQ(error_of([] { encode_webp(*noise(2, 2, 3, 1, Sample::u16), {}); }),
            "E321: WebP holds 8 bits per channel, and the image has more (put a Convert with `depth: 8` before)");
  EXPECT_EQ(
      error_of([] { encode_webp(Image(16384, 1, 3), {}); }),
      "E321: WebP holds at most 16383 pixels a side, and the image is 16384x1 (write PNG, or put a Resize before)");
  EXPECT_EQ(error_of([] { encode_jpeg(*scene(2, 2, 3), {.subsampling = "4:1:1"}); }),
            "E321: `4:1:1` is not a subsampling of JPEG (use 4:4:4, 4:2:2 or 4:2:0)");
  for (const Format& format : {kJpeg, kPng, kWebp})
    EXPECT_EQ(error_of([&] { format.decode(request_of(Bytes(100, 'x'))); }),
              std::string("E312: the file is not a ") + format.name);
}

TEST(Jpeg, DecodesNoLargerThanNeeded) {
  const Bytes file = encode_jpeg(*scene(400, 300, 3), {});
  auto size = [&](int enough_width, int enough_height) {
    const auto image = decode_jpeg({.bytes = file, .enough_width = enough_width, .enough_height = enough_height});
    EXPECT_EQ(image->encoded != nullptr, image->width() == 400);
    return std::pair(image->width(), image->height());
  };
  EXPECT_EQ(size(0, 0), std::pair(400, 300));
  EXPECT_EQ(size(201, 0), std::pair(400, 300));
  EXPECT_EQ(size(200, 150), std::pair(200, 150));
  EXPECT_EQ(size(100, 0), std::pair(100, 75));
  EXPECT_EQ(size(100, 76), std::pair(200, 150));
  EXPECT_EQ(size(1, 1), std::pair(50, 38));
}

TEST(Jpeg, GoesByInRows) {
  for (const int channels : {1, 3})
    for (const auto& [width, height] : {std::pair(1, 1), std::pair(17, 33), std::pair(400, 303)}) {
      auto image = scene(width, height, channels);
      image->info.icc = channels == 3 ? wide_profile() : nullptr;
      const Bytes file = encode_jpeg(*image, {.subsampling = "4:2:0"});
      GatheredRows rows;
      DecodeRequest request = request_of(file);
      request.rows = &rows;
      EXPECT_EQ(decode_jpeg(request), nullptr);
      const auto whole = decode_jpeg(request_of(file));
      EXPECT_EQ(samples_of(*rows.image), samples_of(*whole)) << width;
      EXPECT_EQ(rows.image->info.icc != nullptr, channels == 3);
      EXPECT_EQ(rows.rows, height);

      const Bytes half(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() - 2));
      GatheredRows none;
      request = request_of(half);
      request.rows = &none;
      EXPECT_EQ(error_of([&] { decode_jpeg(request); }),
                "E311: the JPEG file is truncated: its data end before the picture does (fetch or save it again)");
    }
  // Turned upright it needs all of its rows first.
  auto turned = scene(48, 32, 3);
  turned->info.exif = std::make_shared<const Bytes>(exif_block({.orientation = 6}));
  const Bytes file = encode_jpeg(*turned, {.metadata = Metadata::keep});
  GatheredRows rows;
  DecodeRequest request = request_of(file);
  request.rows = &rows;
  const auto upright = decode_jpeg(request);
  ASSERT_TRUE(upright);
  EXPECT_EQ(upright->width(), 32);
  EXPECT_EQ(rows.image, nullptr);
}

TEST(Jpeg, CmykBecomesRgb) {
  // Four channels as Adobe writes them: 255 is no ink. Cyan without black, then half black.
  const int width = 16, height = 16;
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_width = width, info.image_height = height, info.input_components = 4, info.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, JCS_YCCK);
  jpeg_set_quality(&info, 100, TRUE);
  jpeg_start_compress(&info, TRUE);
  std::vector<std::uint8_t> line;
  for (int x = 0; x < width; ++x) line.insert(line.end(), {0, 255, 255, static_cast<std::uint8_t>(x < 8 ? 255 : 128)});
  for (int y = 0; y < height; ++y) {
    JSAMPROW row = line.data();
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  const Bytes file(buffer, buffer + size);
  jpeg_destroy_compress(&info);
  std::free(buffer);

  const auto image = decode_jpeg(request_of(file));
  ASSERT_EQ(image->channels(), 3);
  EXPECT_FALSE(image->info.icc);
  EXPECT_FALSE(image->encoded);
  const int bright[3] = {0, 255, 255}, dark[3] = {0, 128, 128};
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(image->row(8)[3 * 2 + c], bright[c], 4);
    EXPECT_NEAR(image->row(8)[3 * 13 + c], dark[c], 4);
  }
}

TEST(Png, PaletteBecomesColourAndItsTransparencyAlpha) {
  png_color colours[3] = {{255, 0, 0}, {0, 255, 0}, {1, 2, 3}};
  const Bytes plain = png_by_library(3, 1, 8, PNG_COLOR_TYPE_PALETTE, {2, 1, 0}, false,
                                     [&](png_structp png, png_infop info) { png_set_PLTE(png, info, colours, 3); });
  EXPECT_EQ(samples_of(*decode_png(request_of(plain))), (std::vector<std::uint8_t>{1, 2, 3, 0, 255, 0, 255, 0, 0}));
  const Bytes clear =
      png_by_library(3, 1, 8, PNG_COLOR_TYPE_PALETTE, {2, 1, 0}, false, [&](png_structp png, png_infop info) {
        png_set_PLTE(png, info, colours, 3);
        png_byte alpha[2] = {0, 77};
        png_set_tRNS(png, info, alpha, 2, nullptr);
      });
  EXPECT_EQ(samples_of(*decode_png(request_of(clear))),
            (std::vector<std::uint8_t>{1, 2, 3, 255, 0, 255, 0, 77, 255, 0, 0, 0}));
  EXPECT_EQ(png_header(request_of(clear)).channels, 4);
  EXPECT_TRUE(png_header(request_of(clear)).alpha);
}

TEST(Png, OneBitAndTransparentGrey) {
  const Bytes bits =
      png_by_library(9, 1, 1, PNG_COLOR_TYPE_GRAY, {0b10100000, 0b10000000}, false, [](png_structp, png_infop) {});
  EXPECT_EQ(samples_of(*decode_png(request_of(bits))), (std::vector<std::uint8_t>{255, 0, 255, 0, 0, 0, 0, 0, 255}));
  const Bytes clear =
      png_by_library(2, 1, 8, PNG_COLOR_TYPE_GRAY, {10, 20}, false, [](png_structp png, png_infop info) {
        png_color_16 colour{};
        colour.gray = 20;
        png_set_tRNS(png, info, nullptr, 0, &colour);
      });
  EXPECT_EQ(samples_of(*decode_png(request_of(clear))), (std::vector<std::uint8_t>{10, 255, 20, 0}));
}

TEST(Png, SixteenBitsStay) {
  for (int channels = 1; channels <= 4; ++channels) {
    const auto deep = noise(13, 7, channels, 3, Sample::u16);
    const auto seen = decode_png(request_of(encode_png(*deep, {})));
    EXPECT_EQ(seen->sample(), Sample::u16);
    EXPECT_EQ(samples_of<std::uint16_t>(*seen), samples_of<std::uint16_t>(*deep));
  }
}

TEST(Png, GammaIsNotApplied) {
  const Bytes file = png_by_library(1, 1, 8, PNG_COLOR_TYPE_RGBA, {255, 100, 0, 128}, false,
                                    [](png_structp png, png_infop info) { png_set_gAMA(png, info, 0.45455); });
  EXPECT_EQ(samples_of(*decode_png(request_of(file))), (std::vector<std::uint8_t>{255, 100, 0, 128}));
}

TEST(Png, Interlaced) {
  const auto image = scene(13, 11, 3);
  const Bytes file =
      png_by_library(13, 11, 8, PNG_COLOR_TYPE_RGB, bytes_of(*image), true, [](png_structp, png_infop) {});
  EXPECT_EQ(samples_of(*decode_png(request_of(file))), samples_of(*image));
}

TEST(Png, EveryLevelIsTheSamePicture) {
  const auto image = scene(64, 48, 4);
  std::size_t before = SIZE_MAX;
  for (int level : {0, 1, 6, 9}) {
    const Bytes file = encode_png(*image, {.compression = level});
    EXPECT_EQ(largest_difference(*decode_png(request_of(file)), *image), 0);
    EXPECT_LE(file.size(), before) << level;
    before = file.size();
  }
}

Bytes webp_animation(const std::vector<ImagePtr>& images) {
  WebPMux* mux = WebPMuxNew();
  for (const auto& image : images) {
    const Bytes still = encode_webp(*image, {.lossless = true});
    WebPMuxFrameInfo frame{};
    frame.bitstream = {still.data(), still.size()};
    frame.duration = 100;
    frame.id = WEBP_CHUNK_ANMF;
    frame.dispose_method = WEBP_MUX_DISPOSE_NONE;
    frame.blend_method = WEBP_MUX_NO_BLEND;
    WebPMuxPushFrame(mux, &frame, 1);
  }
  const WebPMuxAnimParams loop{0, 0};
  WebPMuxSetAnimationParams(mux, &loop);
  WebPData data{};
  EXPECT_EQ(WebPMuxAssemble(mux, &data), WEBP_MUX_OK);
  Bytes file(data.bytes, data.bytes + data.size);
  WebPDataClear(&data);
  WebPMuxDelete(mux);
  return file;
}

TEST(Webp, AnAnimationGivesItsFirstFrame) {
  const auto first = scene(24, 18, 4);
  const Bytes file = webp_animation({first, noise(24, 18, 4, 9)});
  const auto seen = decode_webp(request_of(file));
  EXPECT_EQ(largest_difference(*seen, *first), 0);
  EXPECT_FALSE(seen->encoded);
  EXPECT_EQ(webp_header(request_of(file)).channels, 4);
  // Where nothing is transparent there is no alpha: such a picture may become a JPEG.
  const auto opaque_first = scene(24, 18, 3);
  const auto opaque_seen = decode_webp(request_of(webp_animation({opaque_first, noise(24, 18, 3, 9)})));
  EXPECT_FALSE(opaque_seen->has_alpha());
  EXPECT_EQ(largest_difference(*opaque_seen, *opaque_first), 0);
}

}  // namespace
}  // namespace pixgraph::image
