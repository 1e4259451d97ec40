// png_rows: the pixels of the usual PNG, of 8 bits and not interlaced, faster than libpng reads them: libdeflate
// inflates in half of zlib's time, for it has all of the data at once.
#pragma once

#include <cstdint>
#include <span>

#include <pixgraph/image.h>

#include "codecs/png_chunks.h"

namespace pixgraph::image {

/// Fills `image`, which has the header's size and its channels, 8 bits each. False where the file is of another kind,
/// or anything in it is not as it should be: libpng then says what, or reads it all the same. REQUIRES: no palette, no
/// tRNS. The data are inflated into the end of the picture's own memory where they fit there, else beside it.
bool read_png_rows(std::span<const std::uint8_t> file, const PngHeader& header, Image& image);

}  // namespace pixgraph::image
