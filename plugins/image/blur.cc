// Blur - a Gaussian blur. Colours are weighted by alpha, so cutouts get no dark or bright fringes.
#include "kernels/alpha.h"
#include "kernels/sharpness.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  const double sigma = call.number("sigma");
  call.set("image", sigma == 0 ? image : ImagePtr(blur_picture(*image, sigma)));
}

void add_blur(Registrar& registrar) {
  registrar.add(Spec("Blur", "Blurs a picture")
                    .in("image", Type::image, "the picture")
                    .param("sigma", 2.0, {0, 500}, "px",
                           "standard deviation of the Gaussian; an edge is spread over about two of it to each side")
                    .out("image", Type::image, "same size and depth; alpha is blurred with the colours")
                    .example("soft: {type: Blur, image: \"${photo}\", sigma: 8}"),
                run);
}

}  // namespace pixgraph::image
