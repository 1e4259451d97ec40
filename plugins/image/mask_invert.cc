// MaskInvert - selects what was not selected.
#include "kernels/mask_values.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  call.set("mask", inverted(*call.mask("mask")));
}

void add_mask_invert(Registrar& registrar) {
  registrar.add(Spec("MaskInvert", "Selects what was not selected")
                    .in("mask", Type::mask, "the mask")
                    .out("mask", Type::mask, "white where it was black, and the other way round")
                    .example("around: {type: MaskInvert, mask: \"${mask}\"}"),
                run);
}

}  // namespace pixgraph::image
