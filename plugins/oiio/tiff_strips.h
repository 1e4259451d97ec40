// tiff_strips: whether the data of a TIFF's first picture are all there; the library shows what is there and, for what
// is not, whatever its memory held.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pixgraph::oiio {

/// What is wrong, to follow "the TIFF file is ", where the first directory, or a strip or tile that it names, ends
/// after the file does, is too short for its rows, or is not the JPEG that it should be. Nothing for what libtiff may
/// still make sense of or must itself refuse: this is no second reader.
std::string_view wrong_with_tiff_data(std::span<const std::uint8_t> file);

}  // namespace pixgraph::oiio
