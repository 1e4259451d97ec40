// Files that are cut off, damaged or lie about their size: an error each, never a crash and never memory without end.
#include <gtest/gtest.h>

#include <random>

#include "clips.h"

namespace pixgraph::media {
namespace {

using test::error_of;

Bytes clip_of(const std::string& format) {
  std::vector<ImagePtr> frames;
  for (int i = 0; i < 6; ++i) frames.push_back(slope(48, 32, i * 7));
  return animate(frames, {{"format", format}}).bytes;
}

TEST(Hostile, WhatIsCutOffIsAnError) {
  for (const char* format : {"gif", "webp", "mp4"}) {
    const Bytes whole = clip_of(format);
    EXPECT_EQ(error_of([&] { frames_of(whole); }), "");
    for (int tenth = 0; tenth < 10; ++tenth) {
      const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(
                                                          whole.size() * static_cast<std::size_t>(tenth) / 10));
      const std::string error = error_of([&] { frames_of(part); });
      EXPECT_TRUE(error.starts_with(tenth == 0 ? "E312" : "E311")) << format << " " << tenth << "/10: " << error;
    }
    const Bytes nearly(whole.begin(), whole.end() - 1);
    EXPECT_TRUE(error_of([&] { frames_of(nearly); }).starts_with("E311")) << format;
  }
}

TEST(Hostile, TheWordsOfDamage) {
  const auto error_of_half = [](const std::string& format) {
    Bytes bytes = clip_of(format);
    bytes.resize(bytes.size() * 2 / 3);
    return error_of([&] { frames_of(bytes); });
  };
  EXPECT_EQ(error_of_half("gif"), "E311: the GIF file is damaged or truncated (fetch or save it again)");
  EXPECT_EQ(error_of_half("webp"), "E311: the WebP file is damaged or truncated (fetch or save it again)");
  EXPECT_TRUE(error_of_half("mp4").starts_with("E311: the video file is damaged or truncated ("))
      << error_of_half("mp4");
  const std::string words = "these are words";
  EXPECT_EQ(
      error_of([&] { frames_of(Bytes(words.begin(), words.end()), {}, "words.gif"); }),
      "E312: `words.gif` is no animation that can be read (GIF, WebP, MP4, MOV and WebM are told by their content; a "
      "still picture is one image as it is)");
  const std::string avif = std::string("\0\0\0\x1c", 4) + "ftypavif";
  EXPECT_TRUE(error_of([&] { frames_of(Bytes(avif.begin(), avif.end())); }).starts_with("E312"));
}

TEST(Hostile, SizesAreRefusedBeforeMemoryIsTaken) {
  Bytes gif = clip_of("gif");
  gif[6] = gif[7] = gif[8] = gif[9] = 0xff;  // the canvas
  EXPECT_EQ(error_of([&] { frames_of(gif); }),
            "E313: the image has 65535x65535 pixels, which is over the limit of 500 million (if it is meant to be that "
            "large, `max_megapixels` raises the limit; a small file of that size is often a decompression bomb)");
  Bytes webp = clip_of("webp");
  for (const std::size_t side : {24u, 27u})
    webp[side] = 0x3f, webp[side + 1] = 0x9c, webp[side + 2] = 0;  // VP8X: 39999
  EXPECT_TRUE(error_of([&] { frames_of(webp); }).starts_with("E313")) << error_of([&] { frames_of(webp); });
  // Small frames, but many.
  std::vector<ImagePtr> frames;
  for (int i = 0; i < 12; ++i) frames.push_back(flat(600, 500, {static_cast<std::uint8_t>(20 * i), 2, 3}));
  for (const char* format : {"gif", "webp", "mp4"}) {
    const Bytes clip = animate(frames, {{"format", format}}).bytes;
    EXPECT_EQ(
        error_of([&] {
          frames_of(clip, {{"max_megapixels", 1}});
        }),
        "E313: the first 4 frames have more than 1 million pixels together (take fewer with `every` or `count`, or "
        "raise `max_megapixels`: a million takes 3 or 4 MB of memory)");
    EXPECT_EQ(*frames_of(clip, {{"max_megapixels", 1}, {"every", 4}}).at("count").integer(), 3);
  }
}

TEST(Hostile, MutationsEndInFramesOrAnError) {
  std::mt19937 random(20);
  for (const char* format : {"gif", "webp", "mp4"}) {
    const Bytes whole = clip_of(format);
    int errors = 0;
    for (int round = 0; round < 250; ++round) {
      Bytes bytes = whole;
      const unsigned changes = 1 + random() % 8;
      for (unsigned i = 0; i < changes; ++i) {
        // The headers more often than their share.
        const std::size_t end = random() % 2 ? bytes.size() : std::min<std::size_t>(bytes.size(), 400);
        bytes[random() % end] = static_cast<std::uint8_t>(random() % 3 == 0 ? 255 : random());
      }
      try {
        frames_of(bytes, {{"max_megapixels", 20}});
      } catch (const Error& error) {
        ++errors;
        EXPECT_TRUE(error.code() == "E311" || error.code() == "E312" || error.code() == "E313")
            << error.code() << " " << error.message();
      }
    }
    EXPECT_GT(errors, 20) << format << ": the mutations hit nothing";
  }
}

}  // namespace
}  // namespace pixgraph::media
