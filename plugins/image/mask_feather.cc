// MaskFeather - softens the border of what a mask selects.
#include "kernels/box_blur.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr mask = call.mask("mask");
  const double feather_px = call.number("radius");
  // A blur of half that deviation has faded to 2 % at `radius` pixels from an edge.
  if (feather_px == 0)
    call.set("mask", mask);
  else
    call.set("mask", blur(*mask, feather_px / 2));
}

void add_mask_feather(Registrar& registrar) {
  registrar.add(Spec("MaskFeather", "Softens the border of what a mask selects")
                    .in("mask", Type::mask, "the mask")
                    .param("radius", 4.0, {0, 500}, "px", "about how far the border reaches to each side")
                    .out("mask", Type::mask, "same size")
                    .example("soft: {type: MaskFeather, mask: \"${mask}\", radius: 6}"),
                run);
}

}  // namespace pixgraph::image
