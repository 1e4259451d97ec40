// Unpremultiply - divides colours by alpha: for files that were written with multiplied colours.
// Nothing within pixgraph makes such pictures, but some background removers do (cjwbw/rembg): laid over white they show
// a dark fringe.
#include "kernels/alpha.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr image = call.image("image");
  if (!image->has_alpha()) {
    call.set("image", image);
    return;
  }
  call.set("image", unpremultiplied(*with_alpha_meant(*image, Alpha::premultiplied)));
}

void add_unpremultiply(Registrar& registrar) {
  registrar.add(
      Spec("Unpremultiply", "Divides colours by alpha: takes the dark fringe off some cutouts")
          .in("image", Type::image, "a picture with alpha, its colours multiplied by it; without alpha it is handed on")
          .out("image", Type::image, "the same picture with straight alpha; colours under alpha 0 are black")
          .example("cutout: {type: Unpremultiply, image: \"${render}\"}"),
      run);
}

}  // namespace pixgraph::image
