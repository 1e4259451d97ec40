// Animate: what it writes is read back, format by format, and every refusal has its exact text.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "clips.h"

namespace pixgraph::media {
namespace {

using test::error_of;

bool holds(const Bytes& bytes, const std::string& words) {
  return std::search(bytes.begin(), bytes.end(), words.begin(), words.end()) != bytes.end();
}

TEST(Animate, GifKeepsFewColoursAndHoles) {
  const auto hole = flat(5, 3, {250, 10, 20, 255});
  std::memset(hole->row(1), 0, 8);  // two transparent pixels
  const std::vector<ImagePtr> frames{hole, flat(5, 3, {0, 0, 255, 255}), hole};
  const Made made = animate(frames, {{"durations", times({0.25, 1, 0.05})}});
  EXPECT_EQ(made.file->name, "animation.gif");
  EXPECT_EQ(made.file->media_type, "image/gif");
  EXPECT_TRUE(holds(made.bytes, "NETSCAPE2.0"));
  const Values back = frames_of(made.bytes);
  ASSERT_EQ(*back.at("count").integer(), 3);
  expect_durations(back, {0.25, 1, 0.05});
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(samples_of(*frame(back, i)), samples_of(*frames[i])) << i;
}

TEST(Animate, GifWithoutHolesRepeatsOnlyWhatChanged) {
  auto first = flat(40, 30, {9, 9, 9});
  auto second = flat(40, 30, {9, 9, 9});
  second->row(7)[5 * 3] = 200;
  const std::vector<ImagePtr> frames{first, second, second, first};
  const Made made = animate(frames, {{"loop", 1}});
  EXPECT_FALSE(holds(made.bytes, "NETSCAPE2.0")) << "once needs no word";
  const Values back = frames_of(made.bytes);
  ASSERT_EQ(*back.at("count").integer(), 4);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(samples_of(*frame(back, i)), samples_of(*frames[i])) << i;
  EXPECT_LT(made.bytes.size(), animate({first, flat(40, 30, {1, 2, 3}), first, second}).bytes.size());
}

TEST(Animate, GifIsCloseWhereColoursDoNotSuffice) {
  for (const char* palette : {"frame", "shared"})
    for (const char* dither : {"none", "ordered", "floyd_steinberg"}) {
      const std::vector<ImagePtr> frames{slope(90, 70, 0), slope(90, 70, 40)};
      const Values back = frames_of(animate(frames, {{"palette", palette}, {"dither", dither}}).bytes);
      for (std::size_t i = 0; i < 2; ++i) {
        const U8 wanted = samples_of(*frames[i]), got = samples_of(*frame(back, i));
        ASSERT_EQ(got.size(), wanted.size());
        double squares = 0;
        for (std::size_t s = 0; s < got.size(); ++s) squares += (got[s] - wanted[s]) * (got[s] - wanted[s]);
        EXPECT_LT(squares / static_cast<double>(got.size()), std::string(dither) == "none" ? 40 : 250)
            << palette << " " << dither;
      }
    }
  const Values two = frames_of(animate({slope(20, 20, 0)}, {{"colors", 2}, {"dither", "none"}}).bytes);
  std::set<U8> colours;
  const U8 samples = samples_of(*frame(two, 0));
  for (std::size_t i = 0; i < samples.size(); i += 3) colours.insert({samples[i], samples[i + 1], samples[i + 2]});
  EXPECT_EQ(colours.size(), 2u);
}

TEST(Animate, GifTimesAddUp) {
  // 30 frames a second are 3.33 hundredths each: 3, 4, 3, ... and after a second 100.
  const std::vector<ImagePtr> frames(30, flat(1, 1, {1, 2, 3}));
  const std::vector<double> got = durations(frames_of(animate(frames, {{"fps", 30.0}}).bytes));
  double total = 0;
  for (const double one : got) {
    EXPECT_TRUE(std::abs(one - 0.03) < 1e-9 || std::abs(one - 0.04) < 1e-9) << one;
    total += one;
  }
  EXPECT_NEAR(total, 1, 1e-9);
  EXPECT_EQ(
      animate({frames[0]}, {{"fps", 100.0}}).warnings,
      std::vector<std::string>{"players show GIF frames of less than 0.02 s for 0.1 s: MP4 and WebP keep such times"});
}

TEST(Animate, WebpKeepsEveryPixelWhenLossless) {
  auto glass = flat(7, 5, {200, 100, 50, 90});
  glass->row(2)[3] = 0;
  const std::vector<ImagePtr> frames{glass, flat(7, 5, {1, 2, 3, 255}), flat(7, 5, {9, 8, 7, 1})};
  const Made made = animate(frames, {{"format", "webp"}, {"lossless", true}, {"durations", times({0.033, 0.5, 2})}});
  EXPECT_EQ(made.file->media_type, "image/webp");
  const Values back = frames_of(made.bytes);
  expect_durations(back, {0.033, 0.5, 2});
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(samples_of(*frame(back, i))[3], samples_of(*frames[i])[3]) << i;
  EXPECT_EQ(samples_of(*frame(back, 1)), samples_of(*frames[1]));
  EXPECT_EQ(samples_of(*frame(back, 2)), samples_of(*frames[2]));
  const U8 small = animate({slope(64, 64, 0), slope(64, 64, 9)}, {{"format", "webp"}, {"quality", 20}}).bytes,
           large = animate({slope(64, 64, 0), slope(64, 64, 9)}, {{"format", "webp"}, {"quality", 100}}).bytes;
  EXPECT_LT(small.size(), large.size());
}

TEST(Animate, Mp4KeepsColoursAndTimes) {
  const std::vector<ImagePtr> frames{flat(33, 17, {200, 40, 40}), flat(33, 17, {30, 180, 60}),
                                     flat(33, 17, {20, 40, 220}), flat(33, 17, {255, 255, 255}),
                                     flat(33, 17, {0, 0, 0})};
  const Made made =
      animate(frames, {{"format", "mp4"}, {"quality", 95}, {"durations", times({0.5, 0.04, 1.25, 0.1, 2})}});
  EXPECT_EQ(made.file->name, "animation.mp4");
  EXPECT_EQ(made.file->media_type, "video/mp4");
  const Values back = frames_of(made.bytes);
  expect_durations(back, {0.5, 0.04, 1.25, 0.1, 2});
  EXPECT_EQ(*back.at("width").integer(), 34) << "even";
  EXPECT_EQ(*back.at("height").integer(), 18);
  for (std::size_t i = 0; i < frames.size(); ++i)
    for (const int at : {0, 8 * 34 + 16, 18 * 34 - 1})
      for (int c = 0; c < 3; ++c)
        EXPECT_NEAR(samples_of(*frame(back, i))[static_cast<std::size_t>(at * 3 + c)], frames[i]->row(0)[c], 4) << i;
  // The index lies in front of the pictures.
  const auto place = [&](const std::string& box) {
    return std::search(made.bytes.begin(), made.bytes.end(), box.begin(), box.end()) - made.bytes.begin();
  };
  EXPECT_LT(place("moov"), place("mdat"));
  EXPECT_EQ(
      made.bytes,
      animate(frames, {{"format", "mp4"}, {"quality", 95}, {"durations", times({0.5, 0.04, 1.25, 0.1, 2})}}).bytes)
      << "the same bytes every time";
}

TEST(Animate, Mp4OfManyFramesAndTransparency) {
  std::vector<ImagePtr> frames;
  for (int i = 0; i < 100; ++i) frames.push_back(slope(64, 48, i));
  const Values back = frames_of(animate(frames, {{"format", "mp4"}, {"fps", 25.0}}).bytes);
  EXPECT_EQ(*back.at("count").integer(), 100);
  EXPECT_NEAR(*back.at("fps").number(), 25, 0.01);
  EXPECT_NEAR(frame(back, 99)->row(20)[30 * 3 + 2], 227, 6) << "in order";
  const Values over = frames_of(
      animate({flat(16, 16, {0, 0, 0, 51})}, {{"format", "mp4"}, {"background", "#f00"}, {"quality", 95}}).bytes);
  EXPECT_NEAR(frame(over, 0)->row(8)[24], 204, 4);  // four fifths of red
  EXPECT_NEAR(frame(over, 0)->row(8)[25], 0, 4);
}

TEST(Animate, TakesEveryKindOfPicture) {
  auto deep = std::make_shared<Image>(1, 1, 2, Sample::u16, Alpha::premultiplied);
  deep->row<std::uint16_t>(0)[0] = 20000;
  deep->row<std::uint16_t>(0)[1] = 40000;  // straight: half of white
  auto light = std::make_shared<Image>(1, 1, 1, Sample::f32);
  light->row<float>(0)[0] = 7.5f;
  const Values back = frames_of(animate({deep, light}, {{"format", "webp"}, {"lossless", true}}).bytes);
  const U8 first = samples_of(*frame(back, 0));
  EXPECT_NEAR(first[0], 128, 1);
  EXPECT_EQ(first[3], 156);
  EXPECT_EQ(samples_of(*frame(back, 1)), (U8{255, 255, 255, 255}));
}

TEST(Animate, EveryFrameIsThereWhereSomeAreEqual) {
  const auto red = flat(20, 16, {255, 0, 0, 255}), blue = flat(20, 16, {0, 0, 255, 255});
  auto hole = flat(20, 16, {0, 0, 0, 0});
  for (int x = 4; x < 9; ++x) {
    const std::uint8_t half[4] = {200, 100, 0, 128};
    std::copy_n(half, 4, hole->row(5) + x * 4);
  }
  const auto part = flat(20, 16, {0, 0, 0, 0});
  const std::vector<std::vector<ImagePtr>> runs = {{red, red, blue},
                                                   {red, red, red},
                                                   {red, blue, blue, blue, red},
                                                   {hole, hole, part, part, hole, hole, red},
                                                   {red}};
  for (const auto& frames : runs)
    for (const bool lossless : {true, false}) {
      std::vector<double> seconds;
      for (std::size_t i = 0; i < frames.size(); ++i) seconds.push_back(0.1 * static_cast<double>(i + 1));
      const Values back =
          frames_of(animate(frames, {{"format", "webp"}, {"lossless", lossless}, {"durations", times(seconds)}}).bytes);
      ASSERT_EQ(*back.at("count").integer(), static_cast<std::int64_t>(frames.size()));
      expect_durations(back, seconds);
      if (!lossless) continue;
      for (std::size_t i = 0; i < frames.size(); ++i) {
        const ImagePtr seen = frame(back, i);
        for (int y = 0; y < 16; ++y)
          for (int x = 0; x < 20; ++x) {
            const std::uint8_t* wanted = frames[i]->row(y) + x * frames[i]->channels();
            const std::uint8_t* got = seen->row(y) + x * seen->channels();
            ASSERT_EQ(seen->has_alpha() ? got[3] : 255, wanted[3]) << i << " at " << x << "," << y;
            if (wanted[3] != 0) {
              ASSERT_TRUE(std::equal(got, got + 3, wanted)) << i << " at " << x << "," << y;
            }
          }
      }
    }
}

TEST(Animate, Mp4SaysWhereItMakesSidesEven) {
  const auto odd = flat(31, 17, {255, 0, 0, 255});
  EXPECT_EQ(animate({odd}, {{"format", "mp4"}}).warnings,
            std::vector<std::string>{"mp4 has even sides only: the last column or row of 31x17 is there twice"});
  EXPECT_TRUE(animate({odd}, {{"format", "webp"}}).warnings.empty());
  EXPECT_TRUE(animate({flat(32, 18, {255, 0, 0, 255})}, {{"format", "mp4"}}).warnings.empty());
}

TEST(Animate, Refuses) {
  const auto a = flat(4, 4, {1, 2, 3}), b = flat(4, 5, {1, 2, 3});
  EXPECT_EQ(error_of([&] { animate({}); }), "E331: `frames` is empty, so there is nothing to animate");
  EXPECT_EQ(
      error_of([&] {
        animate({a, b});
      }),
      "E331: frame 2 is 4x5 and the first is 4x4; Animate needs equal sizes (put a Fit or Resize before, with both "
      "`width` and `height`)");
  EXPECT_EQ(
      error_of([&] {
        animate({a, a}, {{"durations", times({1})}});
      }),
      "E331: Animate has 2 frames and 1 durations (give one duration for each frame, in seconds, or leave them out "
      "and say `fps`)");
  EXPECT_EQ(error_of([&] {
              animate({a, a}, {{"durations", times({1, 0})}});
            }),
            "E335: the duration of frame 2 is no time from 0.001 to 3600 seconds");
  EXPECT_EQ(error_of([&] {
              animate({a}, {{"format", "mp4"}, {"background", "white"}});
            }),
            "E333: `background: white` is not a colour (write it in quotes as \"#rrggbb\")");
  EXPECT_EQ(error_of([&] {
              animate({flat(16384, 1, {1, 2, 3})}, {{"format", "webp"}});
            }),
            "E321: WebP holds at most 16383 pixels a side, and the frames are 16384x1 (put a Resize before)");
  EXPECT_EQ(error_of([&] {
              animate({flat(65536, 1, {1, 2, 3})});
            }),
            "E321: GIF holds at most 65535 pixels a side, and the frames are 65536x1 (put a Resize before)");
  auto broken = flat(1, 1, {1, 2, 3});
  broken->info.icc = std::make_shared<const Bytes>(Bytes(200, 7));
  EXPECT_EQ(error_of([&] { animate({broken}); }),
            "E332: the image's colour profile cannot be used (save the image without a profile, or with another one)");
}

TEST(MediaNodes, EverySpecIsWhole) {
  for (const auto& [name, node] : media_nodes().nodes) {
    EXPECT_FALSE(node.spec.doc.empty() || node.spec.doc.back() == '.') << name;
    EXPECT_FALSE(node.spec.examples.empty()) << name;
    for (const Param& param : node.spec.params) EXPECT_FALSE(param.doc.empty()) << name << " " << param.name;
  }
}

}  // namespace
}  // namespace pixgraph::media
