// MaskThreshold - makes a mask of brightness: of what a segmentation model painted, of a mask that was scaled as an
// image, of a mask whose greys are to go.
#include "kernels/alpha.h"
#include "kernels/mask_values.h"
#include "kernels/samples.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

/// One channel: brightness, what is transparent counts as black.
static ImagePtr brightness(ImagePtr image) {
  image = straight(std::move(image));
  if (image->colour_channels() == 3) {
    if (image->info.icc) image = convert_profile(*image, nullptr);
    image = rgb_to_grey(*image);
  }
  return image->has_alpha() ? flatten(*image, {0, 0, 0, 1}) : image;
}

static void run(Call& call) {
  const ImagePtr grey = brightness(call.image("image"));
  call.set("mask", ramp(*grey, call.number("threshold"), call.number("soft")));
}

void add_mask_threshold(Registrar& registrar) {
  registrar.add(
      Spec("MaskThreshold", "Makes a mask of a picture's brightness")
          .in("image", Type::image, "a picture or a mask")
          .param("threshold", 0.5, {0, 1}, "", "what is at least so bright is selected")
          .param("soft", 0.0, {0, 1}, "",
                 "width of the way from black to white, the threshold in its middle; 1 at 0.5: values as they are")
          .out("mask", Type::mask, "same size; white is selected")
          .example("mask: {type: MaskThreshold, image: \"${segments}\", threshold: 0.5, soft: 0.2}"),
      run);
}

}  // namespace pixgraph::image
