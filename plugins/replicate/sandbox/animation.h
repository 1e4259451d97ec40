// Pictures one after the other, all of one size, as GIF and MP4 bytes. Safe on any thread.
//
// MP4 is written by a library of its own beside the program (video.cc), loaded when the first one is wanted: what it
// needs takes ten times as long to load as the whole sandbox.
#pragma once

#include <string>
#include <vector>

#include "pixels.h"

namespace sandbox {

// REQUIRES of both: one frame or more, frames_per_second from 1 to 50. Alpha is not written; repeats for ever.
std::string encode_gif(const std::vector<Picture>& frames, int frames_per_second);
// Throws std::runtime_error with a sentence where there is no encoder. Even sides only.
std::string encode_mp4(const std::vector<Picture>& frames, int frames_per_second);

}  // namespace sandbox
