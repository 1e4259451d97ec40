// png_unfilter: takes a PNG row's filter back. Source: PNG specification (ISO 15948), 9.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pixgraph::image {

/// `filter` 0..4, `pixel` bytes per pixel, 1..4. `above` is the row before as it came out, of zeros for the first.
/// `from` and `out` must not overlap. Reads up to 3 bytes past the end of `from` and `above`, and may write as many
/// past that of `out`.
void unfilter_png_row(int filter, const std::uint8_t* from, const std::uint8_t* above, std::uint8_t* out,
                      std::size_t bytes, int pixel);

/// The same for any processor, whatever this one has: for tests.
void unfilter_png_row_portable(int filter, const std::uint8_t* from, const std::uint8_t* above, std::uint8_t* out,
                               std::size_t bytes, int pixel);

}  // namespace pixgraph::image
