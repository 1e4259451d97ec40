// Flatten - lays a picture over a colour, so that it has no alpha any more.
#include "colour_text.h"
#include "kernels/alpha.h"
#include "kernels/samples.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

static void run(Call& call) {
  const Colour background = opaque_colour_named(call.text("background"), "background");
  ImagePtr image = call.image("image");
  if (!image->has_alpha()) {
    call.set("image", image);
    return;
  }
  image = straight(image);
  if (image->colour_channels() == 1 && !background.grey())
    image = grey_to_rgb(image->info.icc ? *convert_profile(*image, nullptr) : *image);
  call.set("image", flatten(*image, in_profile_of(*image, background)));
}

void add_flatten(Registrar& registrar) {
  registrar.add(Spec("Flatten", "Lays a picture over a colour")
                    .in("image", Type::image, "a picture with alpha; others are handed on as they are")
                    .param("background", "#ffffff", "what shows through: \"#rrggbb\"")
                    .colour("background", {}, Form::opaque_colour)
                    .out("image", Type::image, "same size, without alpha")
                    .since(2)
                    .example("flat: {type: Flatten, image: \"${cutout}\", background: \"#ffffff\"}"),
                run);
}

}  // namespace pixgraph::image
