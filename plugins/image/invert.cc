// Invert - the negative of a picture: white minus every colour; alpha stays.
#include "kernels/alpha.h"
#include "kernels/curves.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  const Curve negative = [](double value) { return 1 - value; };
  call.set("image", ImagePtr(apply_curves(*image, {&negative, 1})));
}

void add_invert(Registrar& registrar) {
  registrar.add(Spec("Invert", "Makes the negative of a picture")
                    .in("image", Type::image, "the picture")
                    .out("image", Type::image, "same size and depth; alpha, profile and metadata stay")
                    .example("negative: {type: Invert, image: \"${photo}\"}"),
                run);
}

}  // namespace pixgraph::image
