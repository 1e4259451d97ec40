// collector: takes the frames of an animation that were asked for, and minds their times and their number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <pixgraph/image.h>

namespace pixgraph::media {

/// Which frames: `first` (from 0), then every `every`-th, at most `count` (0: to the end).
struct Choice {
  int first = 0, every = 1, count = 0;
  std::uint64_t max_pixels = 500'000'000;                 // of one frame, and of all that are taken together
  std::function<bool()> canceled = [] { return false; };  // asked before every frame; then Error E901
};

/// A reader calls begin() for every frame in the order of time, take() where that said yes, end() after the last, and
/// stops early once full().
class Collector {
 public:
  explicit Collector(Choice choice) : choice_(std::move(choice)) {}

  /// Error E313 where a frame of the animation is too large.
  void set_size(std::uint64_t width, std::uint64_t height);
  /// A frame that begins to be seen at `seconds`. True: its pixels are wanted. Error E313 where there would be too
  /// many.
  bool begin(double seconds);
  void take(std::shared_ptr<Image> frame) { frames_.push_back(std::move(frame)); }
  void end(double seconds);
  bool full() const { return full_; }

  std::vector<std::shared_ptr<Image>> frames() { return std::move(frames_); }
  /// How long each frame is to be seen: up to the next one that was taken.
  const std::vector<double>& durations() const { return durations_; }

 private:
  Choice choice_;
  std::uint64_t frame_pixels_ = 0;
  int seen_ = 0, chosen_ = 0;
  double started_ = 0;
  bool full_ = false;
  std::vector<std::shared_ptr<Image>> frames_;
  std::vector<double> durations_;
};

/// The readers. What is damaged or truncated is Error E311; RGB or RGBA frames, 8 bit.
void read_gif(std::span<const std::uint8_t> file, Collector& collector);
void read_webp(std::span<const std::uint8_t> file, Collector& collector);
/// MP4, MOV, WebM and Matroska, with the video codecs that they mostly hold; upright by the file's rotation.
void read_video(std::span<const std::uint8_t> file, Collector& collector);

}  // namespace pixgraph::media
