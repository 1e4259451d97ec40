#include "gravity.h"

namespace pixgraph::image {

const std::vector<std::string>& gravity_words() {
  static const std::vector<std::string> words = {"north_west", "north",      "north_east", "west",      "centre",
                                                 "east",       "south_west", "south",      "south_east"};
  return words;
}

/// `rest` is what the outer side has more than the inner one.
static int along(int rest, bool to_begin, bool to_end, int margin) {
  if (to_begin) return margin;
  if (to_end) return rest - margin;
  return rest / 2;
}

Rect place_by_gravity(std::string_view gravity, int outer_width, int outer_height, int width, int height, int margin) {
  return {along(outer_width - width, gravity.ends_with("west"), gravity.ends_with("east"), margin),
          along(outer_height - height, gravity.starts_with("north"), gravity.starts_with("south"), margin), width,
          height};
}

}  // namespace pixgraph::image
