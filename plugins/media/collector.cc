#include "collector.h"

#include <string>

#include <pixgraph/codec.h>

namespace pixgraph::media {

void Collector::set_size(std::uint64_t width, std::uint64_t height) {
  refuse_too_large(width, height, choice_.max_pixels, "max_megapixels");
  frame_pixels_ = width * height;
}

bool Collector::begin(double seconds) {
  if (choice_.canceled()) throw Error("E901", "the run is being ended");
  const int index = seen_++;
  if (index < choice_.first || (index - choice_.first) % choice_.every != 0) return false;
  end(seconds);
  if (choice_.count > 0 && chosen_ == choice_.count) {
    full_ = true;
    return false;
  }
  ++chosen_;
  if (static_cast<std::uint64_t>(chosen_) * frame_pixels_ > choice_.max_pixels)
    throw Error("E313",
                "the first " + std::to_string(chosen_) + " frames have more than " +
                    std::to_string(choice_.max_pixels / 1'000'000) + " million pixels together",
                "take fewer with `every` or `count`, or raise `max_megapixels`: a million takes 3 or 4 MB of memory");
  started_ = seconds;
  return true;
}

void Collector::end(double seconds) {
  if (static_cast<int>(durations_.size()) < chosen_) durations_.push_back(seconds - started_);
}

}  // namespace pixgraph::media
