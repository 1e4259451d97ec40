// exif: the few things that must be read from or changed in an EXIF block (TIFF structure, without "Exif\0\0").
//
// Blocks come from strangers' files: every function takes any bytes, reads only inside of them and never throws.
// Source: Exif 2.32, sections 4.5.2 (structure) and 4.6.3 (pointers to IFDs).
#pragma once

#include <cstdint>
#include <span>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// 1..8 as the EXIF tag; 1 (upright) where the block says nothing or nothing sensible.
int exif_orientation(std::span<const std::uint8_t> exif);

/// The block as it travels with pixels that have been turned upright: orientation 1, and without its thumbnail, which
/// shows the picture as it was. Null where the bytes are no EXIF block.
BytesPtr exif_for_upright(std::span<const std::uint8_t> exif);

/// The block without its GPS entries; what they held is overwritten with zeros. Null where the bytes are no EXIF block.
BytesPtr exif_without_gps(std::span<const std::uint8_t> exif);

}  // namespace pixgraph::image
