// EXIF and XMP: orientation, thumbnail and GPS taken out, and garbage of every length.
#include <gtest/gtest.h>

#include <string>

#include "codecs/exif.h"
#include "codecs/metadata.h"
#include "plugins/image/exif_block.h"
#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

std::string text_of(const BytesPtr& bytes) {
  return bytes ? std::string(bytes->begin(), bytes->end()) : "(none)";
}

TEST(Exif, ReadsOrientationInBothByteOrders) {
  for (bool little : {true, false})
    for (int orientation = 1; orientation <= 8; ++orientation)
      EXPECT_EQ(exif_orientation(exif_block({.orientation = orientation, .little_endian = little})), orientation);
  EXPECT_EQ(exif_orientation(exif_block({.orientation = 9})), 1);
  EXPECT_EQ(exif_orientation({}), 1);
}

TEST(Exif, UprightHasOrientationOneAndNoThumbnail) {
  for (const auto& [little, first] : {std::pair(true, false), {false, false}, {true, true}, {false, true}}) {
    const Bytes block =
        exif_block({.orientation = 6, .little_endian = little, .thumbnail = true, .thumbnail_first = first});
    ASSERT_NE(text_of(std::make_shared<Bytes>(block)).find("THUMBNAIL"), std::string::npos);
    const BytesPtr upright = exif_for_upright(block);
    ASSERT_TRUE(upright);
    EXPECT_EQ(exif_orientation(*upright), 1);
    EXPECT_EQ(text_of(upright).find("THUMBNAIL"), std::string::npos);
    EXPECT_NE(text_of(upright).find("CameraMaker"), std::string::npos);
  }
}

TEST(Exif, GpsIsGoneWithAllItHeld) {
  for (bool little : {true, false}) {
    const Bytes block = exif_block({.little_endian = little, .gps = true});
    ASSERT_NE(text_of(std::make_shared<Bytes>(block)).find("HERE-I-LIVE"), std::string::npos);
    const BytesPtr clean = exif_without_gps(block);
    EXPECT_EQ(text_of(clean).find("HERE-I-LIVE"), std::string::npos);
    EXPECT_NE(text_of(clean).find("CameraMaker"), std::string::npos);
    EXPECT_EQ(exif_orientation(*clean), 1);
    // Once more changes nothing: the pointer has gone too.
    EXPECT_EQ(*exif_without_gps(*clean), *clean);
  }
}

TEST(Exif, TakesAnyBytes) {
  EXPECT_FALSE(exif_for_upright(Bytes{1, 2, 3}));
  EXPECT_FALSE(exif_without_gps(Bytes(100, 'x')));
  const Bytes block = exif_block({.orientation = 6, .thumbnail = true, .gps = true});
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    Bytes damaged = block;
    for (int i = 0; i < 6; ++i) damaged[8 + random() % (damaged.size() - 8)] = static_cast<std::uint8_t>(random());
    damaged.resize(random() % (damaged.size() + 1));
    // A copy of its exact size, so that a sanitizer sees any step outside.
    const Bytes exact(damaged.begin(), damaged.end());
    EXPECT_GE(exif_orientation(exact), 1);
    exif_for_upright(exact);
    exif_without_gps(exact);
  }
}

TEST(Xmp, GpsPropertiesGo) {
  auto cleaned = [](const std::string& text) { return text_of(xmp_without_gps(Bytes(text.begin(), text.end()))); };
  EXPECT_EQ(cleaned("<rdf:Description exif:GPSLatitude=\"48,8N\" dc:title='a' exif:GPSLongitude='11,5E'/>"),
            "<rdf:Description  dc:title='a' />");
  EXPECT_EQ(cleaned("<a><exif:GPSLatitude>48,8N</exif:GPSLatitude><b/><exif:GPSMapDatum/></a>"), "<a><b/></a>");
  EXPECT_EQ(cleaned("<a>nothing</a>"), "<a>nothing</a>");
  // Whatever the prefix stands for: other programs call the namespace otherwise, and drones have their own.
  EXPECT_EQ(cleaned("<r xmlns:ex=\"http://ns.adobe.com/exif/1.0/\" ex:GPSLongitude=\"2,21.7E\" ex:ISO='1'/>"),
            "<r xmlns:ex=\"http://ns.adobe.com/exif/1.0/\"  ex:ISO='1'/>");
  EXPECT_EQ(cleaned("<a><drone-dji:GpsLatitude>48.8</drone-dji:GpsLatitude><b/></a>"), "<a><b/></a>");
  EXPECT_EQ(cleaned("<r xmlns:gps='x' dc:title='GPS: none'/>"), "<r xmlns:gps='x' dc:title='GPS: none'/>");
  EXPECT_EQ(cleaned(std::string("<\0e\0x\0", 6)), "(none)");  // UTF-16
  EXPECT_EQ(cleaned("<exif:GPSLatitude>48,8N"), "(none)");
  EXPECT_EQ(cleaned("see exif:GPSLatitude"), "(none)");
}

TEST(Metadata, ChoicesOnWriting) {
  Image image(1, 1, 3);
  image.info.exif = std::make_shared<const Bytes>(exif_block({.gps = true}));
  const std::string xmp = "<x exif:GPSLatitude='1'/>";
  image.info.xmp = std::make_shared<const Bytes>(xmp.begin(), xmp.end());
  EXPECT_EQ(metadata_to_write(image, Metadata::keep).exif, image.info.exif);
  EXPECT_EQ(metadata_to_write(image, Metadata::keep).xmp, image.info.xmp);
  EXPECT_EQ(text_of(metadata_to_write(image, Metadata::strip_gps).xmp), "<x />");
  EXPECT_EQ(text_of(metadata_to_write(image, Metadata::strip_gps).exif).find("HERE"), std::string::npos);
  EXPECT_FALSE(metadata_to_write(image, Metadata::strip).exif);
  EXPECT_FALSE(metadata_to_write(image, Metadata::strip).xmp);
}

}  // namespace
}  // namespace pixgraph::image
