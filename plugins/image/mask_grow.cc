// MaskGrow - widens or narrows what a mask selects, by an exact disc. Grey values travel along.
#include "kernels/dilate.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr mask = call.mask("mask");
  const int radius = static_cast<int>(call.integer("radius"));
  if (radius == 0)
    call.set("mask", mask);
  else
    call.set("mask", radius > 0 ? dilate(*mask, radius) : erode(*mask, -radius));
}

void add_mask_grow(Registrar& registrar) {
  registrar.add(Spec("MaskGrow", "Widens what a mask selects")
                    .in("mask", Type::mask, "the mask")
                    .param("radius", 4, {-500, 500}, "px", "of the disc; negative narrows")
                    .out("mask", Type::mask, "same size")
                    .example("wider: {type: MaskGrow, mask: \"${mask}\", radius: 8}"),
                run);
}

}  // namespace pixgraph::image
