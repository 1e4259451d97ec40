// Frames: which are taken, how they are put together, how long they are seen.
#include <gtest/gtest.h>

#include <gif_lib.h>

#include <algorithm>
#include <cstring>

#include "clips.h"
#include "pixels.h"

namespace pixgraph::media {
namespace {

using test::error_of;

/// A GIF written by hand: every frame one colour in its rectangle.
struct Part {
  int left, top, width, height, colour, disposal;
  bool interlaced = false;
  std::vector<int> rows = {};  // a colour for each row instead
};
Bytes gif_of(int width, int height, const std::vector<Part>& parts) {
  Bytes bytes;
  GifFileType* gif = EGifOpen(
      &bytes,
      [](GifFileType* file, const GifByteType* from, int count) {
        auto& out = *static_cast<Bytes*>(file->UserData);
        out.insert(out.end(), from, from + count);
        return count;
      },
      nullptr);
  EGifSetGifVersion(gif, true);
  GifColorType colours[8] = {{0, 0, 0},       {255, 0, 0}, {0, 255, 0}, {0, 0, 255},
                             {255, 255, 255}, {9, 9, 9},   {8, 8, 8},   {7, 7, 7}};
  ColorMapObject* map = GifMakeMapObject(8, colours);
  EGifPutScreenDesc(gif, width, height, 8, 1, map);
  for (const Part& part : parts) {
    GraphicsControlBlock control{};
    control.DelayTime = 20;
    control.DisposalMode = part.disposal;
    control.TransparentColor = NO_TRANSPARENT_COLOR;
    GifByteType block[4];
    EGifGCBToExtension(&control, block);
    EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, block);
    EGifPutImageDesc(gif, part.left, part.top, part.width, part.height, part.interlaced, nullptr);
    const int start[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    for (int pass = 0; pass < (part.interlaced ? 4 : 1); ++pass)
      for (int y = part.interlaced ? start[pass] : 0; y < part.height; y += part.interlaced ? step[pass] : 1) {
        const int colour = part.rows.empty() ? part.colour : part.rows[static_cast<std::size_t>(y)];
        Bytes line(static_cast<std::size_t>(part.width), static_cast<std::uint8_t>(colour));
        EGifPutLine(gif, line.data(), part.width);
      }
  }
  EGifCloseFile(gif, nullptr);
  GifFreeMapObject(map);
  return bytes;
}

TEST(Frames, GifDisposals) {
  const Bytes gif = gif_of(3, 1,
                           {{0, 0, 3, 1, 1, DISPOSE_DO_NOT},      // red
                            {0, 0, 1, 1, 2, DISPOSE_PREVIOUS},    // green at the left, then red again
                            {1, 0, 1, 1, 3, DISPOSE_BACKGROUND},  // blue in the middle, then a hole
                            {2, 0, 1, 1, 4, DISPOSE_DO_NOT}});    // white at the right
  const Values out = frames_of(gif);
  const U8 r{255, 0, 0, 255}, g{0, 255, 0, 255}, b{0, 0, 255, 255}, w{255, 255, 255, 255}, hole{0, 0, 0, 0};
  const auto row = [](std::initializer_list<U8> pixels) {
    U8 all;
    for (const U8& pixel : pixels) all.insert(all.end(), pixel.begin(), pixel.end());
    return all;
  };
  EXPECT_EQ(samples_of(*frame(out, 0)), row({r, r, r}));
  EXPECT_EQ(samples_of(*frame(out, 1)), row({g, r, r}));
  EXPECT_EQ(samples_of(*frame(out, 2)), row({r, b, r}));
  EXPECT_EQ(samples_of(*frame(out, 3)), row({r, hole, w}));
  expect_durations(out, {0.2, 0.2, 0.2, 0.2});
}

TEST(Frames, GifInterlacedAndBeyondTheEdge) {
  const std::vector<int> rows{0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2};
  const Values out = frames_of(gif_of(2, 9, {{1, 0, 4, 11, 0, DISPOSE_DO_NOT, true, rows}}));
  const std::uint8_t red[] = {0, 255, 0, 0, 255, 9, 8, 7, 0};
  for (int y = 0; y < 9; ++y) {
    EXPECT_EQ(frame(out, 0)->row(y)[4], red[y]) << y;
    EXPECT_EQ(frame(out, 0)->row(y)[3], 0) << "nothing was drawn there";
  }
}

TEST(Frames, TakesWhatWasChosen) {
  std::vector<ImagePtr> frames;
  for (int i = 0; i < 7; ++i) frames.push_back(flat(2, 1, {static_cast<std::uint8_t>(i * 30), 0, 0}));
  const Value seconds = times({0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7});
  for (const char* format : {"gif", "webp", "mp4"}) {
    SCOPED_TRACE(format);
    const Bytes clip = animate(frames, {{"format", format}, {"durations", seconds}, {"quality", 100}}).bytes;
    // Frames 1, 3 and 5; each is seen until the next one taken, the last until the seventh begins or ends.
    const Values out = frames_of(clip, {{"first", 1}, {"every", 2}, {"count", 3}});
    expect_durations(out, {0.5, 0.9, 1.3});
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(frame(out, i)->row(0)[0], 30 + 60 * static_cast<int>(i), 6);
    EXPECT_NEAR(*out.at("fps").number(), 3 / 2.7, 1e-3);
    expect_durations(frames_of(clip, {{"first", 5}}), {0.6, 0.7});
    expect_durations(frames_of(clip, {{"count", 1}}), {0.1});
    EXPECT_EQ(error_of([&] {
                frames_of(clip, {{"first", 7}}, "seven.clip");
              }),
              "E331: `first: 7` lies behind the last frame of `seven.clip` (frames are counted from 0)");
  }
}

TEST(Frames, StillsAreOneFrameAndOpaqueOnesHaveNoAlpha) {
  for (const char* format : {"gif", "webp"}) {
    const Values out = frames_of(
        animate({flat(1, 1, {4, 5, 6, 255})}, {{"format", format}, {"lossless", std::string(format) == "webp"}}).bytes);
    EXPECT_EQ(*out.at("count").integer(), 1);
    EXPECT_EQ(samples_of(*frame(out, 0)), (U8{4, 5, 6})) << format;
  }
}

TEST(Frames, AreUprightByTheFilesRotation) {
  // Left half red, right half blue.
  auto image = flat(32, 16, {220, 0, 0});
  for (int y = 0; y < 16; ++y)
    for (int x = 16; x < 32; ++x) image->row(y)[x * 3] = 0, image->row(y)[x * 3 + 2] = 220;
  Bytes clip = animate({image}, {{"format", "mp4"}, {"quality", 95}}).bytes;
  const std::string box = "tkhd";
  auto matrix = std::search(clip.begin(), clip.end(), box.begin(), box.end());
  ASSERT_NE(matrix, clip.end());
  matrix += 4 + 40;
  const auto put = [&](int index, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) matrix[index * 4 + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  };
  // ISO 14496-12: a quarter turn clockwise, as phones write it when held upright.
  put(0, 0), put(1, 0x10000), put(3, 0xffff0000), put(4, 0);
  const Values out = frames_of(clip);
  EXPECT_EQ(*out.at("width").integer(), 16);
  EXPECT_EQ(*out.at("height").integer(), 32);
  EXPECT_GT(frame(out, 0)->row(2)[8 * 3], 180) << "what was left is above";
  EXPECT_GT(frame(out, 0)->row(29)[8 * 3 + 2], 180);
}

TEST(Pixels, Turn) {
  auto image = std::make_shared<Image>(2, 1, 3);
  for (int i = 0; i < 6; ++i) image->row(0)[i] = static_cast<std::uint8_t>(i);
  const U8 swapped{3, 4, 5, 0, 1, 2};
  EXPECT_EQ(samples_of(*turned(image, 0)), samples_of(*image));
  EXPECT_EQ(samples_of(*turned(image, 90)), samples_of(*image));  // now below one another
  EXPECT_EQ(turned(image, 90)->height(), 2);
  EXPECT_EQ(samples_of(*turned(image, 180)), swapped);
  EXPECT_EQ(samples_of(*turned(image, 270)), swapped);
}

}  // namespace
}  // namespace pixgraph::media
