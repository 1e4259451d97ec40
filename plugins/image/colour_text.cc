#include "colour_text.h"

#include <pixgraph/colour.h>

namespace pixgraph::image {

Colour colour_named(std::string_view text, std::string_view param) {
  const auto colour = parse_colour(text);
  if (!colour) throw no_colour(text, param);
  const auto unit = [&](std::size_t i) { return (*colour)[i] / 255.0; };
  return {unit(0), unit(1), unit(2), unit(3)};
}

}  // namespace pixgraph::image
