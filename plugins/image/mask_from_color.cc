// MaskFromColor - selects all pixels of a colour: a green screen, a white ground.
// The distance is that of two colours in RGB, as a share of the distance between black and white.
#include "colour_text.h"
#include "kernels/alpha.h"
#include "kernels/mask_values.h"
#include "kernels/samples.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

static void run(Call& call) {
  ImagePtr image = straight(call.image("image"));
  // The colour is written as sRGB.
  if (!is_srgb(image->info.icc)) image = convert_profile(*image, nullptr);
  const double tolerance = call.number("tolerance"), soft = call.number("soft");
  const ImagePtr near = nearness(*image, opaque_colour_named(call.text("colour"), "colour"));
  // Half a step of 8 bits, so that the tolerance itself still counts as inside.
  ImagePtr mask = ramp(*near, 1 - tolerance - soft / 2 - 0.5 / 255, soft);
  if (image->has_alpha()) mask = multiplied(*mask, *alpha_channel(*image));
  if (call.boolean("invert")) mask = inverted(*mask);
  call.set("mask", mask);
}

void add_mask_from_color(Registrar& registrar) {
  registrar.add(
      Spec("MaskFromColor", "Selects all pixels of a colour")
          .in("image", Type::image, "the picture; what is transparent is never of the colour")
          .param("colour", "#00ff00", "the colour to select: \"#rrggbb\"")
          .colour("colour", {}, Form::opaque_colour)
          .param("tolerance", 0.1, {0, 1}, "", "how far a selected colour may be from it; 1 is from black to white")
          .param("soft", 0.0, {0, 1}, "", "beyond the tolerance, over this far, selected less and less")
          .param("invert", false, "select all but the colour: the subject before a green screen")
          .out("mask", Type::mask, "same size; white is selected")
          .example("subject: {type: MaskFromColor, image: \"${photo}\", colour: \"#00ff00\", tolerance: 0.3, "
                   "soft: 0.1, invert: true}"),
      run);
}

}  // namespace pixgraph::image
