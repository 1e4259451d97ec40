// animation: what the writers of animated files take. REQUIRES of all: one frame or more, of one size, and as many
// durations.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <pixgraph/image.h>

#include "quantize.h"

namespace pixgraph::media {

struct Animation {
  std::vector<ImagePtr> frames;
  std::vector<double> seconds;  // how long each is seen
  int loop = 0;                 // how often it is played; 0: for ever (not MP4, which leaves it to the player)
  std::function<bool()> canceled = [] { return false; };
};

struct GifOptions {
  int colours = 256;  // 2..256, a transparent one among them
  Dither dither = Dither::floyd_steinberg;
  bool shared_palette = false;  // one for all frames instead of one for each
};
/// What is less than half seen is transparent. Opaque animations repeat only the rectangle that changed.
Bytes write_gif(const Animation& animation, const GifOptions& options);

struct WebpOptions {
  int quality = 75;
  bool lossless = false;
};
Bytes write_webp(const Animation& animation, const WebpOptions& options);

/// H.264 in 4:2:0 of BT.709, with the index in front. Odd sizes get their last row or column twice; `background` lies
/// under what is transparent.
Bytes write_mp4(const Animation& animation, int quality, const std::string& background);

}  // namespace pixgraph::media
