// colour_text: colours as people write them (pixgraph/colour.h), as the kernels take them.
#pragma once

#include <string_view>

#include "kernels/samples.h"

namespace pixgraph::image {

/// Error E333, which names `param`, for a text that is none.
Colour colour_named(std::string_view text, std::string_view param);
/// The same where alpha would have no effect: for a text with alpha too.
Colour opaque_colour_named(std::string_view text, std::string_view param);

}  // namespace pixgraph::image
