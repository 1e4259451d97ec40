// gif_frame: whether a GIF's first frame is all there; the library shows what came before the end and says nothing.
#pragma once

#include <cstdint>
#include <span>

namespace pixgraph::oiio {

/// Walks the blocks (GIF89a specification, 15 to 26) up to the end of the first picture's data.
inline bool first_gif_frame_is_whole(std::span<const std::uint8_t> file) {
  auto colour_table_bytes = [](std::uint8_t flags) -> std::size_t {
    return flags & 0x80 ? 3u << ((flags & 7) + 1) : 0;
  };
  if (file.size() < 13) return false;
  std::size_t at = 13 + colour_table_bytes(file[10]);
  while (at < file.size()) {
    bool picture = false;
    if (file[at] == 0x21) {
      at += 2;  // an extension and its label
    } else if (file[at] == 0x2c) {
      if (at + 10 > file.size()) return false;
      at += 10 + colour_table_bytes(file[at + 9]) + 1;  // a picture, its colours, the code size
      picture = true;
    } else {
      return false;  // the end without a picture, or nonsense
    }
    while (at < file.size() && file[at] != 0) at += file[at] + 1u;  // sub-blocks
    if (at >= file.size()) return false;
    ++at;
    if (picture) return true;
  }
  return false;
}

}  // namespace pixgraph::oiio
