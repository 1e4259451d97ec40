#include "bare_picture.h"

#include <gtest/gtest.h>

#include <string>

namespace pixgraph::replicate {
namespace {

using namespace std::string_literals;

std::string bare(const std::string& file, const char* media_type) {
  const auto made = bare_picture(Bytes(file.begin(), file.end()), media_type);
  return made ? std::string(made->begin(), made->end()) : "refused";
}

std::string segment(int marker, const std::string& payload) {
  const std::size_t length = payload.size() + 2;
  return "\xFF"s + static_cast<char>(marker) + static_cast<char>(length >> 8) + static_cast<char>(length & 255) +
         payload;
}

TEST(BarePicture, AJpegKeepsWhatItsPixelsNeed) {
  const std::string start = "\xFF\xD8"s, end = "\xFF\xD9"s, jfif = segment(0xE0, "JFIF\0\1\2"s),
                    exif = segment(0xE1, "Exif\0\0GPS"s), xmp = segment(0xE1, "http://ns.adobe.com/xap/1.0/\0<x/>"s),
                    profile = segment(0xE2, "ICC_PROFILE\0\1\1p"s), previews = segment(0xE2, "MPF\0m"s),
                    iptc = segment(0xED, "Photoshop 3.0\0"s), adobe = segment(0xEE, "Adobe"),
                    comment = segment(0xFE, "hi"), table = segment(0xDB, "\0q"s), frame = segment(0xC2, "f"),
                    scan = segment(0xDA, "s") +
                           "a\xFF\0b\xFF\xD3"
                           "c"s;
  EXPECT_EQ(bare(start + jfif + exif + xmp + profile + previews + iptc + adobe + comment + table + frame + scan +
                     table + scan + end + start + exif + end,
                 "image/jpeg"),
            start + jfif + profile + adobe + table + frame + scan + table + scan + end);
  EXPECT_EQ(bare(start + "\xFF\xFF"s + table.substr(1) + scan + end, "image/jpeg"), start + table + scan + end);
}

std::string chunk(const std::string& type, const std::string& data) {
  return "\0\0\0"s + static_cast<char>(data.size()) + type + data + "crc.";
}

TEST(BarePicture, APngKeepsItsProfileAndItsPixels) {
  const std::string signature = "\x89PNG\r\n\x1a\n"s, head = chunk("IHDR", "h"), profile = chunk("iCCP", "p"),
                    data = chunk("IDAT", "dd"), end = chunk("IEND", "");
  EXPECT_EQ(bare(signature + head + chunk("eXIf", "gps") + profile + chunk("tEXt", "t") + chunk("iTXt", "x") + data +
                     chunk("zTXt", "z") + chunk("tIME", "when") + end + "more",
                 "image/png"),
            signature + head + profile + data + end);
}

std::string riff_chunk(const std::string& type, const std::string& data) {
  return type + static_cast<char>(data.size()) + "\0\0\0"s + data + (data.size() % 2 ? "\0"s : "");
}
std::string riff(const std::string& chunks) {
  return "RIFF"s + static_cast<char>(chunks.size() + 4) + "\0\0\0WEBP"s + chunks;
}

TEST(BarePicture, AWebpSaysThatItHasNone) {
  const std::string profile = riff_chunk("ICCP", "odd"), data = riff_chunk("VP8 ", "data");
  EXPECT_EQ(
      bare(riff(riff_chunk("VP8X", "\x3Crest"s) + profile + data + riff_chunk("EXIF", "gps") + riff_chunk("XMP ", "x")),
           "image/webp"),
      riff(riff_chunk("VP8X", "\x30rest"s) + profile + data));
  EXPECT_EQ(bare(riff(data), "image/webp"), riff(data));
}

TEST(BarePicture, RefusesWhatItDoesNotKnow) {
  for (const char* type : {"image/jpeg", "image/png", "image/webp"}) {
    EXPECT_EQ(bare("", type), "refused");
    EXPECT_EQ(bare("none of these at all", type), "refused");
  }
  EXPECT_EQ(bare("\xFF\xD8"s + segment(0xDB, "q"), "image/jpeg"), "refused");             // no end
  EXPECT_EQ(bare("\xFF\xD8\xFF\xE1\x40\x40"s, "image/jpeg"), "refused");                  // longer than the file
  EXPECT_EQ(bare("\x89PNG\r\n\x1a\n\xFF\xFF\xFF\xFFIDATcrc."s, "image/png"), "refused");  // the same
  EXPECT_EQ(bare("RIFF\x10\0\0\0WEBPVP8 \xFF\xFF\0\0"s, "image/webp"), "refused");        // the same
  EXPECT_EQ(bare("GIF89a", "image/gif"), "refused");
}

}  // namespace
}  // namespace pixgraph::replicate
