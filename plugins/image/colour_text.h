// colour_text: colours as people write them.
#pragma once

#include <string_view>

#include "kernels/samples.h"

namespace pixgraph::image {

/// "#rgb", "#rrggbb" or "#rrggbbaa" (hexadecimal); anything else is Error E333. `param` is named in the error.
Colour parse_colour(std::string_view text, std::string_view param);

}  // namespace pixgraph::image
