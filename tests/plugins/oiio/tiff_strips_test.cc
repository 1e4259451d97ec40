// TIFFs with their directory in front, as most programs write them: cut or damaged they are errors, whole they are
// read.
#include <OpenImageIO/filesystem.h>
#include <OpenImageIO/imageio.h>
#include <gtest/gtest.h>

#include "formats.h"
#include "plugins/image/pictures.h"
#include "read.h"
#include "support/fake_call.h"
#include "tiff_strips.h"

namespace pixgraph::oiio {
namespace {

using image::bytes_of;
using image::noise;
using image::samples_of;
using image::scene;
using test::error_of;

constexpr char kTruncated[] =
    "E311: the TIFF file is truncated: its data end before the picture does (fetch or save it again)";

Format tiff_format() {
  for (const Format& format : formats())
    if (format.info.name == "tiff") return format;
  throw Error("TEST", "no TIFF");
}
std::shared_ptr<Image> decoded(const Bytes& file) {
  return read(tiff_format(), {.bytes = file});
}

struct Layout {
  bool high_first = false, big = false;  // the order of bytes; BigTIFF
  bool deflate = false, tiles = false;
  int omit = 0;  // a tag to leave out
};

/// zlib's format (RFC 1950) around blocks that are stored as they are.
Bytes deflated(const Bytes& data) {
  const auto size = static_cast<unsigned>(data.size());
  const auto byte = [](unsigned number) { return static_cast<std::uint8_t>(number); };
  Bytes stream = {0x78, 1, 1, byte(size), byte(size >> 8), byte(~size), byte(~size >> 8)};
  stream.insert(stream.end(), data.begin(), data.end());
  unsigned a = 1, b = 0;
  for (const std::uint8_t sample : data) a = (a + sample) % 65521, b = (b + a) % 65521;
  stream.insert(stream.end(), {byte(b >> 8), byte(b), byte(a >> 8), byte(a)});
  return stream;
}

/// A grey picture of 8 bits as a TIFF: header, directory, offsets, counts, and then strips of 16 rows or tiles of 32
/// x 16.
Bytes tiff_of(const Image& image, const Layout& layout) {
  const int across = layout.tiles ? 32 : image.width(), rows = 16, word = layout.big ? 8 : 4;
  std::vector<Bytes> parts;
  for (int top = 0; top < image.height(); top += rows)
    for (int left = 0; left < image.width(); left += across) {
      Bytes part;
      for (int y = top; y < top + rows && (layout.tiles || y < image.height()); ++y)
        for (int x = left; x < left + across; ++x)
          part.push_back(y < image.height() && x < image.width() ? image.row(y)[x] : 0);
      parts.push_back(layout.deflate ? deflated(part) : part);
    }
  Bytes file;
  const auto put = [&](std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i)
      file.push_back(static_cast<std::uint8_t>(number >> 8 * (layout.high_first ? bytes - 1 - i : i)));
  };
  std::vector<std::pair<int, std::uint64_t>> entries = {
      {256, image.width()}, {257, image.height()}, {258, 8}, {259, layout.deflate ? 8 : 1}, {262, 1}};
  if (!layout.tiles) entries.insert(entries.end(), {{273, 0}, {277, 1}, {278, rows}, {279, 0}});
  if (layout.tiles) entries.insert(entries.end(), {{277, 1}, {322, across}, {323, rows}, {324, 0}, {325, 0}});
  std::erase_if(entries, [&](const auto& entry) { return entry.first == layout.omit; });
  file.assign(2, layout.high_first ? 'M' : 'I');
  put(layout.big ? 43 : 42, 2);
  if (layout.big) put(8, 2), put(0, 2);
  put(layout.big ? 16 : 8, word);
  put(entries.size(), layout.big ? 8 : 2);
  const std::size_t lists = file.size() + entries.size() * (layout.big ? 20 : 12) + static_cast<std::size_t>(word),
                    list_bytes = parts.size() * static_cast<std::size_t>(word);
  for (const auto& [tag, value] : entries) {
    const bool offsets = tag == 273 || tag == 324, counts = tag == 279 || tag == 325, is_short = !offsets && !counts;
    put(static_cast<std::uint64_t>(tag), 2);
    put(is_short ? 3 : layout.big ? 16 : 4, 2);
    put(is_short ? 1 : parts.size(), word);
    const std::size_t first = lists + 2 * list_bytes;
    if (is_short)
      put(value, 2), put(0, word - 2);
    else if (parts.size() == 1)
      put(offsets ? first : parts[0].size(), word);
    else
      put(offsets ? lists : lists + list_bytes, word);
  }
  put(0, word);
  std::size_t at = lists + 2 * list_bytes;
  for (const Bytes& part : parts) put(at, word), at += part.size();
  for (const Bytes& part : parts) put(part.size(), word);
  for (const Bytes& part : parts) file.insert(file.end(), part.begin(), part.end());
  return file;
}

/// Where the value of a tag is, in what tiff_of() made with neither BigTIFF nor `high_first`.
std::size_t value_at(const Bytes& file, int tag) {
  for (std::size_t at = 10; at + 12 <= file.size(); at += 12)
    if (file[at] + file[at + 1] * 256 == tag) return at + 8;
  throw Error("TEST", "no such tag");
}
void put_32(Bytes& file, std::size_t at, unsigned number) {
  for (int i = 0; i < 4; ++i) file.at(at + static_cast<std::size_t>(i)) = static_cast<std::uint8_t>(number >> 8 * i);
}

TEST(TiffStrips, WholeFilesAreReadAndCutOnesAreNot) {
  const auto image = noise(100, 75, 1, 7);
  for (int kind = 0; kind < 16; ++kind) {
    const Layout layout{(kind & 1) != 0, (kind & 2) != 0, (kind & 4) != 0, (kind & 8) != 0};
    const Bytes whole = tiff_of(*image, layout);
    ASSERT_TRUE(bytes_of(*decoded(whole)) == bytes_of(*image)) << kind;
    for (std::size_t tenth = 0; tenth < 10; ++tenth) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() * tenth / 10));
      EXPECT_EQ(error_of([&] { decoded(cut); }), kTruncated) << kind << " at " << tenth;
    }
    EXPECT_FALSE(wrong_with_tiff_data(std::span(whole).first(whole.size() - 1)).empty()) << kind;
  }
}

// Run with the address sanitizer: nothing beyond the span is read.
TEST(TiffStrips, EveryLengthAndEveryByteOfTheHeadIsTaken) {
  const auto image = scene(40, 40, 1);
  for (int kind = 0; kind < 8; ++kind) {
    const Bytes whole = tiff_of(*image, {(kind & 1) != 0, (kind & 2) != 0, false, (kind & 4) != 0});
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_FALSE(wrong_with_tiff_data(cut).empty()) << kind << " at " << size;
    }
    for (std::size_t at = 0; at < whole.size() - 1600; ++at)
      for (const int value : {0, 1, 0x7f, 0xff}) {
        Bytes changed = whole;
        changed[at] = static_cast<std::uint8_t>(value);
        wrong_with_tiff_data(changed);
      }
  }
}

TEST(TiffStrips, TooFewOrTooShortStripsAreRefused) {
  const auto image = noise(100, 75, 1, 7);
  const auto changed = [&](const Layout& layout, const auto& change) {
    Bytes file = tiff_of(*image, layout);
    change(file);
    return error_of([&] { decoded(file); });
  };
  for (const bool deflate : {false, true}) {
    // Of the five offsets, and then of the five counts, the directory has only four.
    EXPECT_EQ(changed({.deflate = deflate}, [](Bytes& file) { put_32(file, value_at(file, 273) - 4, 4); }), kTruncated);
    EXPECT_EQ(changed({.deflate = deflate}, [](Bytes& file) { put_32(file, value_at(file, 279) - 4, 4); }), kTruncated);
    const auto third_count = [](Bytes& file, unsigned count) {
      const std::size_t list = file[value_at(file, 279)] + file[value_at(file, 279) + 1] * 256u;
      put_32(file, list + 8, count);
    };
    EXPECT_EQ(changed({.deflate = deflate}, [&](Bytes& file) { third_count(file, 0); }), kTruncated);
    EXPECT_EQ(changed({.deflate = deflate}, [&](Bytes& file) { third_count(file, 1); }), kTruncated);
  }
  EXPECT_EQ(changed({.tiles = true}, [](Bytes& file) { put_32(file, value_at(file, 325) - 4, 3); }), kTruncated);
}

TEST(TiffStrips, OneStripNeedsNoCount) {
  const auto image = scene(40, 16, 1);
  EXPECT_TRUE(bytes_of(*decoded(tiff_of(*image, {.omit = 279}))) == bytes_of(*image));
  for (const bool deflate : {false, true}) {
    Bytes file = tiff_of(*image, {.deflate = deflate});
    put_32(file, value_at(file, 279), 0);
    EXPECT_TRUE(bytes_of(*decoded(file)) == bytes_of(*image)) << deflate;
    file.resize(file.size() - 300);
    EXPECT_TRUE(error_of([&] { decoded(file); }).starts_with("E311")) << deflate;
  }
}

TEST(TiffStrips, WrongCountsOfPlainStripsAreWorkedOutAsLibtiffDoes) {
  const auto image = scene(40, 16, 1), tall = scene(40, 48, 1);
  for (const unsigned wrong : {100u, 1'000'000u}) {
    Bytes file = tiff_of(*image, {});
    put_32(file, value_at(file, 279), wrong);
    EXPECT_TRUE(bytes_of(*decoded(file)) == bytes_of(*image)) << wrong;
  }
  Bytes file = tiff_of(*tall, {});
  put_32(file, file[value_at(file, 279)] + file[value_at(file, 279) + 1] * 256u, 100);  // the first of three
  EXPECT_TRUE(bytes_of(*decoded(file)) == bytes_of(*tall));
}

// 100,000 x 100,000 in 1700 bytes: 10 GB and a minute, were it believed.
TEST(TiffStrips, DataThatCannotBeSoManyPixelsAreRefusedBeforeMemoryIsTaken) {
  for (const int compression : {1, 5, 8, 32773}) {
    Bytes file = tiff_of(*scene(100, 16, 1), {});
    for (const int tag : {256, 257, 278}) {
      file[value_at(file, tag) - 6] = 4;
      put_32(file, value_at(file, tag), 100'000);
    }
    file[value_at(file, 259)] = static_cast<std::uint8_t>(compression);
    file[value_at(file, 259) + 1] = static_cast<std::uint8_t>(compression >> 8);
    EXPECT_EQ(error_of([&] { read(tiff_format(), {.bytes = file, .max_pixels = 20'000'000'000}); }), kTruncated)
        << compression;
  }
}

Bytes by_library(const Image& image, const std::string& compression, bool tiles, bool separate) {
  set_up_library();
  const auto output = OIIO::ImageOutput::create("tiff");
  OIIO::ImageSpec spec(image.width(), image.height(), image.channels(), OIIO::TypeDesc::UINT8);
  spec.attribute("compression", compression);
  spec.attribute("tiff:RowsPerStrip", 32);
  if (separate) spec.attribute("planarconfig", "separate");
  if (tiles) spec.tile_width = spec.tile_height = 64;
  Bytes bytes;
  OIIO::Filesystem::IOVecOutput memory(bytes);
  output->set_ioproxy(&memory);
  if (!output->open("a.tif", spec) ||
      !output->write_image(spec.format, image.row(0), OIIO::AutoStride,
                           static_cast<OIIO::stride_t>(image.row_bytes())) ||
      !output->close())
    throw Error("TEST", output->geterror());
  return bytes;
}

TEST(TiffStrips, DamageWithinCompressedDataIsAnError) {
  const auto image = noise(200, 150, 3, 9);
  for (const char* compression : {"zip", "lzw", "packbits"})
    for (const bool tiles : {false, true})
      for (const bool separate : {false, true}) {
        const std::string what =
            compression + std::string(tiles ? " tiles" : " strips") + (separate ? " separate" : "");
        const Bytes whole = by_library(*image, compression, tiles, separate);
        ASSERT_TRUE(bytes_of(*decoded(whole)) == bytes_of(*image)) << what;
        Bytes damaged = whole;
        const auto third = static_cast<std::ptrdiff_t>(whole.size() / 3);
        std::fill(damaged.begin() + third, damaged.begin() + 2 * third, 0);
        const std::string error = error_of([&] { decoded(damaged); });
        EXPECT_TRUE(error.starts_with("E311: the tiff file is damaged or truncated (")) << what << ": " << error;
      }
}

TEST(TiffStrips, JpegThatIsNoneIsAnError) {
  const auto image = scene(200, 300, 3);
  Bytes file = by_library(*image, "jpeg", false, false);
  EXPECT_NEAR(decoded(file)->row(75)[3 * 100], image->row(75)[3 * 100], 12);
  const auto third = static_cast<std::ptrdiff_t>(file.size() / 3);
  std::fill(file.begin() + third, file.begin() + 2 * third, 0);
  EXPECT_EQ(error_of([&] { decoded(file); }),
            "E311: the TIFF file is damaged: a part of it that should be JPEG is not (fetch or save it again)");
}

}  // namespace
}  // namespace pixgraph::oiio
