#include "thumbnails.h"

#include <gtest/gtest.h>

#include "hash.h"
#include "support/temp_folder.h"
#include "support/test_codec.h"

namespace pixgraph {
namespace {

using test::filled;

TEST(Shrunk, KeepsItsShapeAndNeverGrows) {
  EXPECT_EQ(shrunk(*filled(400, 200, 3, 9), 160)->width(), 160);
  EXPECT_EQ(shrunk(*filled(400, 200, 3, 9), 160)->height(), 80);
  EXPECT_EQ(shrunk(*filled(3, 3000, 3, 9), 160)->width(), 1);
  EXPECT_EQ(shrunk(*filled(20, 10, 3, 9), 160)->width(), 20);
}

TEST(Shrunk, AveragesWhatFallsOnAPixel) {
  auto image = std::make_shared<Image>(4, 2, 1);
  for (int x = 0; x < 4; ++x) {
    image->row(0)[x] = static_cast<std::uint8_t>(x * 10);
    image->row(1)[x] = static_cast<std::uint8_t>(x * 10 + 40);
  }
  const auto small = shrunk(*image, 2);
  ASSERT_EQ(small->channels(), 1);
  EXPECT_EQ(small->row(0)[0], 25);  // 0 10 40 50
  EXPECT_EQ(small->row(0)[1], 45);
}

TEST(Shrunk, ColourUnderTransparencyDoesNotShow) {
  for (const Alpha alpha : {Alpha::straight, Alpha::premultiplied}) {
    auto image = std::make_shared<Image>(2, 1, 4, Sample::u8, alpha);
    const std::uint8_t pixels[] = {200, 100, 50, 255, 0, 0, 0, 0};
    std::memcpy(image->row(0), pixels, 8);
    if (alpha == Alpha::straight) std::memset(image->row(0) + 4, 255, 3);  // white that is not to be seen
    const auto small = shrunk(*image, 1);
    ASSERT_EQ(small->alpha(), Alpha::straight);
    EXPECT_EQ(small->row(0)[0], 200);
    EXPECT_EQ(small->row(0)[1], 100);
    EXPECT_EQ(small->row(0)[2], 50);
    EXPECT_EQ(small->row(0)[3], 128);
  }
}

TEST(Shrunk, EveryDepthBecomesEightBits) {
  Image deep(1, 1, 2, Sample::u16, Alpha::straight);
  deep.row<std::uint16_t>(0)[0] = 0x8080;
  deep.row<std::uint16_t>(0)[1] = 0xffff;
  const auto small = shrunk(deep, 160);
  ASSERT_EQ(small->channels(), 4);  // grey with alpha, as browsers take it
  EXPECT_EQ(small->row(0)[0], 128);
  EXPECT_EQ(small->row(0)[2], 128);
  EXPECT_EQ(small->row(0)[3], 255);
  Image bright(2, 1, 1, Sample::f32);
  bright.row<float>(0)[0] = 4.0F;
  bright.row<float>(0)[1] = std::nanf("");
  EXPECT_EQ(shrunk(bright, 160)->row(0)[0], 255);
  EXPECT_EQ(shrunk(bright, 160)->row(0)[1], 0);
}

TEST(Shrunk, ASmallProfileIsKept) {
  auto image = filled(4, 4, 3, 9);
  image->info.icc = std::make_shared<Bytes>(600);
  EXPECT_EQ(shrunk(*image, 2)->info.icc, image->info.icc);
  image->info.icc = std::make_shared<Bytes>(600'000);
  EXPECT_EQ(shrunk(*image, 2)->info.icc, nullptr);
  auto grey = std::make_shared<Image>(4, 4, 2, Sample::u8, Alpha::straight);
  grey->info.icc = std::make_shared<Bytes>(600);
  EXPECT_EQ(shrunk(*grey, 2)->info.icc, nullptr);
}

TEST(Thumbnails, TheFirstBytesSayWhatBrowsersShow) {
  EXPECT_EQ(shown_by_browsers("\xff\xd8\xff\xe0"), "jpg");
  EXPECT_EQ(shown_by_browsers("\x89PNG\r\n\x1a\n"), "png");
  EXPECT_EQ(shown_by_browsers("RIFF1234WEBPVP8 "), "webp");
  EXPECT_EQ(shown_by_browsers("RIFF1234WAVE"), "");
  EXPECT_EQ(shown_by_browsers("GIF89a"), "gif");
  EXPECT_EQ(shown_by_browsers("<svg"), "");
  EXPECT_EQ(shown_by_browsers(""), "");
}

/// Codecs that write what browsers would take, by their first bytes.
struct Formats {
  Formats() {
    Codec jpeg = test::test_codec("jpeg", ".jpg", false), webp = test::test_codec("webp", ".webp");
    jpeg.encode = [](const Image& image, const EncodeRequest&) { return Bytes{0xff, 0xd8, 0xff, image.row(0)[0]}; };
    webp.encode = [](const Image&, const EncodeRequest&) {
      const std::string_view bytes = "RIFF1234WEBP";
      return Bytes(bytes.begin(), bytes.end());
    };
    test::add_codecs(registry, {jpeg, webp, test::test_codec("timg", ".timg")});
  }
  Registry registry;
};

struct Shelf : Formats {
  test::TempFolder folder;
  Codecs codecs{registry};
  Thumbnails thumbnails{real_disk(), codecs, folder.path("thumbnails")};
};

TEST(Thumbnails, PixelsAreNamedByTheirThumbnail) {
  Shelf shelf;
  const std::string name = shelf.thumbnails.add(*filled(4, 4, 3, 7));
  EXPECT_EQ(name, sha256("\xff\xd8\xff\x07"));
  EXPECT_EQ(shelf.thumbnails.path_of(name),
            shelf.folder.path("thumbnails/" + name.substr(0, 2) + "/" + name.substr(2)));
  EXPECT_EQ(shelf.thumbnails.read(name), "\xff\xd8\xff\x07");
  EXPECT_EQ(shelf.thumbnails.read(shelf.thumbnails.add(*filled(4, 4, 4, 7, Alpha::straight))), "RIFF1234WEBP");
}

TEST(Thumbnails, AFileIsMadeSmallOnce) {
  Shelf shelf;
  const std::string hash = sha256("a"),
                    path = shelf.folder.write("a.timg", std::string("TIMG\x02\x01\x01\x00\x05\x05", 10));
  EXPECT_FALSE(shelf.thumbnails.has(hash));
  EXPECT_TRUE(shelf.thumbnails.add_file(hash, path));
  EXPECT_EQ(shelf.thumbnails.read(hash), "\xff\xd8\xff\x05");
  EXPECT_TRUE(shelf.thumbnails.add_file(hash, "/nowhere"));  // it is there
  shelf.thumbnails.add(hash, *filled(4, 4, 3, 9));
  EXPECT_EQ(shelf.thumbnails.read(hash), "\xff\xd8\xff\x05");
}

TEST(Thumbnails, ASmallFileThatBrowsersShowIsItsOwn) {
  Shelf shelf;
  const std::string path = shelf.folder.write("a.gif", "GIF89a and so on");
  EXPECT_TRUE(shelf.thumbnails.add_file(sha256("b"), path));
  EXPECT_EQ(shelf.thumbnails.read(sha256("b")), "GIF89a and so on");
}

TEST(Thumbnails, WhatCannotBeMadeSmallHasNone) {
  Shelf shelf;
  EXPECT_FALSE(shelf.thumbnails.add_file(sha256("c"), shelf.folder.write("c", "no picture")));
  EXPECT_FALSE(shelf.thumbnails.add_file(sha256("d"), "/nowhere"));
  EXPECT_FALSE(shelf.thumbnails.add_file("", "/nowhere"));
  EXPECT_EQ(shelf.thumbnails.read(sha256("c")), std::nullopt);
  shelf.folder.write("thumbnails/" + sha256("e").substr(0, 2) + "/" + sha256("e").substr(2), "");  // power was lost
  EXPECT_EQ(shelf.thumbnails.read(sha256("e")), std::nullopt);
}

TEST(Thumbnails, AFolderThatCannotBeWrittenIsNoError) {
  Shelf shelf;
  shelf.folder.write("thumbnails", "a file in the way");
  shelf.thumbnails.add(sha256("f"), *filled(4, 4, 3, 9));
  EXPECT_FALSE(shelf.thumbnails.has(sha256("f")));
}

}  // namespace
}  // namespace pixgraph
