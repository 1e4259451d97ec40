// Levels - sets what is black, what is white and where the middle lies.
// out = out_black + ((in - black) / (white - black)) ^ (1 / gamma) * (out_white - out_black)
#include <algorithm>
#include <cmath>

#include "kernels/alpha.h"
#include "kernels/curves.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  const double black = call.number("black"), white = call.number("white"), gamma = call.number("gamma"),
               out_black = call.number("out_black"), out_white = call.number("out_white");
  if (black == 0 && white == 1 && gamma == 1 && out_black == 0 && out_white == 1) return call.set("image", image);
  const Curve curve = [=](double value) {
    const double place = std::clamp((value - black) / (white - black), 0.0, 1.0);
    return out_black + std::pow(place, 1 / gamma) * (out_white - out_black);
  };
  call.set("image", ImagePtr(apply_curves(*image, {&curve, 1})));
}

void add_levels(Registrar& registrar) {
  registrar.add(Spec("Levels", "Sets what is black, what is white and where the middle lies")
                    .in("image", Type::image, "the picture")
                    .param("black", 0.0, {0, 1}, "", "what is at or below it becomes `out_black` (0 black, 1 white)")
                    .param("white", 1.0, {0, 1}, "", "what is at or above it becomes `out_white`")
                    .param("gamma", 1.0, {0.1, 10}, "", "above 1 the middle tones get lighter")
                    .param("out_black", 0.0, {0, 1}, "", "the darkest there is in the result")
                    .param("out_white", 1.0, {0, 1}, "", "the lightest; below `out_black` the result is a negative")
                    .rule({.kind = Rule::Kind::below,
                           .groups = {{"black", "white"}},
                           .message = {},
                           .hint = "everything at or below `black` becomes black; Invert makes a negative"})
                    .out("image", Type::image, "same size and depth; alpha, profile and metadata stay")
                    .example("clear: {type: Levels, image: \"${photo}\", black: 0.05, white: 0.95}"),
                run);
}

}  // namespace pixgraph::image
