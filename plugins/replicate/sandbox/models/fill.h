// Fills a hole in a picture: smoothly from its edge, with texture found elsewhere in the picture. Pure.
#pragma once

#include <cstdint>

#include "../pixels.h"

namespace sandbox {

// hole: 1 = replace, 0 = keep; values between count as hole for the search. Returns colours for the whole picture, of
// which only those inside the hole are new. The same seed gives the same fill.
Floats fill_hole(const Floats& colours, const Floats& hole, std::uint64_t seed);

}  // namespace sandbox
