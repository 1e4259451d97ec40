// Premultiply - multiplies colours by alpha, for programs that want such files.
// Nothing within pixgraph needs it: nodes know how an image's alpha is meant and work as they must.
#include "kernels/alpha.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  if (!image->has_alpha()) {
    call.set("image", image);
    return;
  }
  call.set("image", with_alpha_meant(*premultiplied(*image), Alpha::straight));
}

void add_premultiply(Registrar& registrar) {
  registrar.add(
      Spec("Premultiply", "Multiplies colours by alpha")
          .in("image", Type::image, "a picture with straight alpha; without alpha it is handed on")
          .out("image", Type::image, "the same picture with premultiplied samples; nodes here take it for straight")
          .example("for_game: {type: Premultiply, image: \"${cutout}\"}"),
      run);
}

}  // namespace pixgraph::image
