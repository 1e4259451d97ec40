// The one function of sandbox-video.so, in C so that it can be found by its name.
#pragma once

#include <cstddef>
#include <cstdint>

struct SandboxFrames {
  const std::uint8_t* const* rgba;  // straight RGBA, rows without padding; alpha is not looked at
  int count, width, height;         // even sides
  int frames_per_second;
};

// H.264 in MP4; `take` gets the whole file, once. Null, or what went wrong.
extern "C" __attribute__((visibility("default"))) const char* sandbox_encode_mp4(
    SandboxFrames frames, void* sink, void (*take)(void* sink, const unsigned char* bytes, std::size_t count));
