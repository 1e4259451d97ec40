// exif_block: EXIF blocks made by hand: maker, orientation, and on request a GPS IFD and a thumbnail.
#pragma once

#include <cstring>
#include <string>

#include <pixgraph/image.h>

namespace pixgraph::image {

struct ExifContents {
  int orientation = 1;
  bool little_endian = true;
  bool thumbnail = false;
  bool gps = false;
  bool thumbnail_first = false;  // its bytes lie before the IFD that points to them
};

inline Bytes exif_block(ExifContents contents) {
  Bytes out;
  auto u16 = [&](unsigned value) {
    const std::uint8_t low = value & 0xff, high = value >> 8 & 0xff;
    out.insert(out.end(), {contents.little_endian ? low : high, contents.little_endian ? high : low});
  };
  auto u32 = [&](unsigned value) {
    if (contents.little_endian)
      u16(value & 0xffff), u16(value >> 16);
    else
      u16(value >> 16), u16(value & 0xffff);
  };
  auto entry = [&](unsigned tag, unsigned type, unsigned count, unsigned value) {
    u16(tag), u16(type), u32(count);
    if (type == 3)
      u16(value), u16(0);
    else
      u32(value);
  };
  auto text = [&](const char* words) { out.insert(out.end(), words, words + std::strlen(words) + 1); };

  const unsigned entries = contents.gps ? 3 : 2, after_first = 8 + 2 + entries * 12 + 4;
  const unsigned maker = after_first, gps_ifd = maker + 12, gps_value = gps_ifd + 2 + 12 + 4;
  const unsigned after = contents.gps ? gps_value + 12 : gps_ifd;
  const unsigned second = contents.thumbnail_first ? after + 10 : after;
  const unsigned thumbnail = contents.thumbnail_first ? after : second + 2 + 24 + 4;
  out.insert(out.end(), 2, contents.little_endian ? 'I' : 'M');
  u16(42), u32(8);
  u16(entries);
  entry(0x010f, 2, 12, maker);
  entry(0x0112, 3, 1, static_cast<unsigned>(contents.orientation));
  if (contents.gps) entry(0x8825, 4, 1, gps_ifd);
  u32(contents.thumbnail ? second : 0);
  text("CameraMaker");
  if (contents.gps) {
    u16(1), entry(0x001d, 2, 12, gps_value), u32(0);
    text("HERE-I-LIVE");
  }
  if (contents.thumbnail_first) text("THUMBNAIL");
  if (contents.thumbnail) {
    u16(2), entry(0x0201, 4, 1, thumbnail), entry(0x0202, 4, 1, 10), u32(0);
    if (!contents.thumbnail_first) text("THUMBNAIL");
  }
  return out;
}

}  // namespace pixgraph::image
