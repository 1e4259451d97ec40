#include "colour_text.h"

#include <pixgraph/colour.h>

namespace pixgraph::image {

Colour colour_named(std::string_view text, std::string_view param) {
  const auto colour = parse_colour(text);
  if (!colour) throw no_colour(text, param);
  const auto unit = [&](std::size_t i) { return (*colour)[i] / 255.0; };
  return {unit(0), unit(1), unit(2), unit(3)};
}

Colour opaque_colour_named(std::string_view text, std::string_view param) {
  constexpr const char* kHint = "write it in quotes as \"#rrggbb\"";
  const auto colour = parse_colour(text);
  if (!colour) throw Error("E333", no_colour(text, param).message(), kHint);
  if (text.size() > std::string_view("#rrggbb").size())
    throw Error("E333", "`" + std::string(param) + ": " + std::string(text) + "` has alpha, which has no effect here",
                kHint);
  return colour_named(text, param);
}

}  // namespace pixgraph::image
