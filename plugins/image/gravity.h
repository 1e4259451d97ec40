// gravity: the place that a picture is drawn to within a larger one: the middle, a side or a corner.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernels/window.h"

namespace pixgraph::image {

/// north_west, north, north_east, west, centre, ...: the choices of a `gravity` param.
const std::vector<std::string>& gravity_words();

/// Where an inner picture lies (also a larger one), `margin` pixels away from the sides that it is drawn to. Of an
/// odd rest the larger half is on the right and below. REQUIRES: one of the words.
Rect place_by_gravity(std::string_view gravity, int outer_width, int outer_height, int width, int height,
                      int margin = 0);

}  // namespace pixgraph::image
