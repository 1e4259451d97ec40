#include "codec.h"

#include <gtest/gtest.h>

#include "support/fake_call.h"
#include "support/temp_folder.h"
#include "support/test_codec.h"

namespace pixgraph {
namespace {

using test::error_of;

std::span<const std::uint8_t> span_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

File file_at(const std::string& path) {
  File file;
  file.path = path;
  file.name = path.substr(path.rfind('/') + 1);
  return file;
}

struct Shelf {
  explicit Shelf(std::vector<Codec> all) { test::add_codecs(registry, std::move(all)); }
  Registry registry;
};

TEST(Codecs, TheContentSaysWhatAFileIs) {
  Codec riff = test::test_codec("riff", ".riff");
  riff.info.magics = {{0, "RIFF", 0}, {8, "WEBP", 0}, {0, "ALT", 1}};
  const Shelf shelf({test::test_codec(), riff});
  const Codecs codecs(shelf.registry);
  EXPECT_EQ(codecs.of_content(span_of("TIMG...."))->name, "timg");
  EXPECT_EQ(codecs.of_content(span_of("RIFF1234WEBP"))->name, "riff");
  EXPECT_EQ(codecs.of_content(span_of("RIFF1234WAVE")), nullptr);  // both magics of a group
  EXPECT_EQ(codecs.of_content(span_of("ALT"))->name, "riff");      // or another group
  EXPECT_EQ(codecs.of_content(span_of("RIFF")), nullptr);          // shorter than the magic
  EXPECT_EQ(codecs.of_content(span_of("")), nullptr);
  const test::TempFolder folder;
  EXPECT_EQ(codecs.media_type(file_at(folder.write("a.jpg", "TIMG"))), "image/x-timg");
  EXPECT_EQ(codecs.media_type(file_at(folder.write("b.jpg", "?"))), "application/octet-stream");
  EXPECT_EQ(codecs.media_type(file_at(folder.path("none.jpg"))), "application/octet-stream");
}

TEST(Codecs, TheHigherRankWins) {
  Codec better = test::test_codec("better", ".timg");
  better.info.rank = 5;
  const Shelf shelf({test::test_codec(), better});
  const Codecs codecs(shelf.registry);
  EXPECT_EQ(codecs.of_content(span_of("TIMG"))->name, "better");
  EXPECT_EQ(codecs.of_extension(".TIMG")->name, "better");
  EXPECT_EQ(codecs.by_name("timg")->name, "timg");
  EXPECT_EQ(codecs.by_name("none"), nullptr);
  EXPECT_EQ(codecs.of_extension(".none"), nullptr);
  EXPECT_EQ(codecs.writable_extensions(), std::vector<std::string>{".timg"});
}

TEST(Codecs, ErrorsNameTheFile) {
  const test::TempFolder folder;
  const Shelf shelf({test::test_codec()});
  const Codecs codecs(shelf.registry);
  auto said = [&](const char* name, std::string_view content) -> std::string {
    try {
      codecs.decode(file_at(folder.write(name, content)));
    } catch (const Error& error) {
      return error.code() + " " + error.message() + " @" + error.where();
    }
    return "";
  };
  EXPECT_EQ(said("empty.jpg", ""), "E312 `empty.jpg` is empty @empty.jpg");
  EXPECT_EQ(said("text.jpg", "hello"), "E312 `text.jpg` is not an image that can be read @text.jpg");
  EXPECT_EQ(said("cut.timg", "TIMG"), "E311 the picture is cut off @cut.timg");
  EXPECT_EQ(error_of([&] { codecs.decode(file_at(folder.path("none"))); }),
            "E601: `none` cannot be read: it is not there");
  EXPECT_EQ(codecs
                .header(file_at(folder.write("good", std::string("TIMG\x02\x01\x01\x00"
                                                                 "ab",
                                                                 10))))
                .width,
            2);
}

TEST(Codecs, WritesWhatTheFormatCanKeep) {
  Codec deep = test::test_codec("deep", ".deep");
  deep.info.writes_16bit = true;
  Sample seen = Sample::u8;
  deep.encode = [&](const Image& image, const EncodeRequest&) {
    seen = image.sample();
    return Bytes{};
  };
  const Shelf shelf({test::test_codec("flat", ".flat", false), deep});
  const Codecs codecs(shelf.registry);
  EXPECT_EQ(error_of([&] { codecs.encode(*test::filled(1, 1, 4, 0, Alpha::straight), *codecs.by_name("flat"), {}); }),
            "E322: the image has alpha, which flat cannot keep (say `flatten: \"#ffffff\"` (or another colour) to put "
            "a colour behind it, or write a .png or .webp)");
  codecs.encode(Image(1, 1, 3, Sample::f32), *codecs.by_name("deep"), {});
  EXPECT_EQ(seen, Sample::u16);
  codecs.encode(Image(1, 1, 3, Sample::u8), *codecs.by_name("deep"), {});
  EXPECT_EQ(seen, Sample::u8);
}

TEST(Codecs, WhoWatchesSeesWhatIsDecoded) {
  const test::TempFolder folder;
  Codec codec = test::test_codec();
  std::vector<int> wanted;
  codec.decode = [&](const DecodeRequest& request) {
    wanted.push_back(request.enough_width);
    wanted.push_back(request.enough_height);
    return test::filled(1, 1, 1, 9);
  };
  const Shelf shelf({codec});
  Codecs codecs(shelf.registry);
  std::vector<std::string> seen;
  codecs.watch(
      [&](const File& file, const Image& image) { seen.push_back(file.name + " " + std::to_string(image.row(0)[0])); });
  const File file = file_at(folder.write("a.timg", "TIMG"));
  codecs.decode(file);
  codecs.decode(file, 700, 20);  // it may be smaller than the file, but not than a thumbnail
  EXPECT_EQ(seen, (std::vector<std::string>{"a.timg 9", "a.timg 9"}));
  EXPECT_EQ(wanted, (std::vector<int>{0, 0, 700, 160}));
}

TEST(Codecs, RowsAreHandedOnAndSomeOfThemWatched) {
  constexpr int kWidth = 2000, kHeight = 1300;  // kept: every third of both
  struct Sink : RowSink {
    void begin(int width, int height, int channels, const ImageInfo&) override { begun = {width, height, channels}; }
    void row(const std::uint8_t* samples) override { firsts.push_back(samples[0]); }
    std::vector<int> begun;
    std::vector<std::uint8_t> firsts;
  } sink;
  const test::TempFolder folder;
  Codec codec = test::test_codec();
  bool by_rows = true;
  codec.decode = [&](const DecodeRequest& request) {
    if (!by_rows) return test::filled(3, 2, 1, 7);
    std::vector<std::uint8_t> row(kWidth + 64);
    request.rows->begin(kWidth, kHeight, 1, {});
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) row[x] = static_cast<std::uint8_t>(x + y);
      request.rows->row(row.data());
    }
    return std::shared_ptr<Image>();
  };
  const Shelf shelf({codec});
  Codecs codecs(shelf.registry);
  const File file = file_at(folder.write("a.timg", "TIMG"));
  EXPECT_EQ(codecs.decode_rows(file, sink), nullptr);
  EXPECT_EQ(sink.begun, (std::vector<int>{kWidth, kHeight, 1}));
  ASSERT_EQ(sink.firsts.size(), kHeight);
  EXPECT_EQ(sink.firsts[1299], 1299 % 256);

  int watched = 0;
  codecs.watch([&](const File&, const Image& image) {
    ++watched;
    if (!by_rows) return;
    EXPECT_EQ(image.width(), 667);
    EXPECT_EQ(image.height(), 434);
    EXPECT_EQ(image.row(433)[666], (666 * 3 + 433 * 3) % 256);
  });
  EXPECT_EQ(codecs.decode_rows(file, sink), nullptr);
  by_rows = false;
  EXPECT_EQ(codecs.decode_rows(file, sink)->width(), 3);
  EXPECT_EQ(watched, 2);
}

TEST(Codecs, PixelsAreReadWithTheirUnit) {
  EXPECT_EQ(parse_pixels("24000000"), 24'000'000u);
  EXPECT_EQ(parse_pixels("800M"), 800'000'000u);
  EXPECT_EQ(parse_pixels("800MP"), 800'000'000u);
  EXPECT_EQ(parse_pixels("2G"), 2'000'000'000u);
  EXPECT_EQ(parse_pixels("1GP"), 1'000'000'000u);
  for (const char* wrong :
       {"", "0", "0M", "-5", "M", "5k", "1.5M", "800 M", "800mp", "99999999999999999999", "9999999999G"})
    EXPECT_EQ(parse_pixels(wrong), std::nullopt) << wrong;
}

TEST(Codecs, AnImageOverTheLimitIsRefusedWithTheLimit) {
  EXPECT_EQ(error_of([] { refuse_too_large(5, 4, 19); }),
            "E313: the image has 5x4 pixels, which is over the limit of 19 (if it is meant to be that large, "
            "`--max-pixels` raises the limit; a small file of that size is often a decompression bomb)");
  EXPECT_EQ(error_of([] { refuse_too_large(5, 4, 20); }), "");
  EXPECT_EQ(error_of([] { refuse_too_large(2000, 1001, 2'000'000); }),
            "E313: the image has 2000x1001 pixels, which is over the limit of 2 million (if it is meant to be that "
            "large, `--max-pixels` raises the limit; a small file of that size is often a decompression bomb)");
}

TEST(Codecs, ExtensionsAreTheLastPart) {
  EXPECT_EQ(extension_of("a/b.JPG"), ".jpg");
  EXPECT_EQ(extension_of("a.tar.gz"), ".gz");
  EXPECT_EQ(extension_of("a.b/c"), "");
  EXPECT_EQ(extension_of(".hidden"), "");
  EXPECT_EQ(extension_of("a/.hidden"), "");
  EXPECT_EQ(extension_of(""), "");
}

}  // namespace
}  // namespace pixgraph
