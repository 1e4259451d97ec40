// MaskFill - closes the holes in what a mask selects.
#include "kernels/fill_holes.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  call.set("mask", fill_holes(*call.mask("mask"), call.integer("max_area")));
}

void add_mask_fill(Registrar& registrar) {
  registrar.add(Spec("MaskFill", "Closes the holes in what a mask selects")
                    .in("mask", Type::mask, "the mask")
                    .param("max_area", 0, {0, 500000000}, "px",
                           "larger holes stay, counted in pixels: the handle of a cup; 0: all are closed")
                    .out("mask", Type::mask, "same size, with what it encloses")
                    .example("whole: {type: MaskFill, mask: \"${mask}\", max_area: 400}"),
                run);
}

}  // namespace pixgraph::image
