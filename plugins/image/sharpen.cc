// Sharpen - unsharp mask: what differs from its surroundings is made to differ more.
// Surroundings are weighted by alpha and alpha itself stays, so a cutout's edge neither glows nor darkens.
#include "kernels/alpha.h"
#include "kernels/sharpness.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  const double amount = call.number("amount");
  if (amount == 0) return call.set("image", image);
  call.set("image", ImagePtr(sharpen(*image, call.number("sigma"), amount, call.number("threshold"))));
}

void add_sharpen(Registrar& registrar) {
  registrar.add(
      Spec("Sharpen", "Sharpens a picture by an unsharp mask")
          .in("image", Type::image, "the picture")
          .param("sigma", 1.0, {0.3, 20}, "px",
                 "how wide the surroundings are: 0.5 to 1 after a Resize, 1 to 3 for soft photos")
          .param("amount", 0.7, {0, 10}, "", "a factor on the difference from the surroundings")
          .param("threshold", 0.0, {0, 1}, "", "smaller differences stay (1 is black to white): 0.02 spares noise")
          .out("image", Type::image, "same size and depth; alpha stays")
          .example("crisp: {type: Sharpen, image: \"${photo}\", sigma: 0.8, amount: 0.6}"),
      run);
}

}  // namespace pixgraph::image
