// Grayscale - one channel made of three.
#include "kernels/alpha.h"
#include "kernels/grey.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

static void run(Call& call) {
  ImagePtr image = straight(call.image("image"));
  if (image->colour_channels() == 1) return call.set("image", image);
  // A profile is for its own number of channels: it cannot go along.
  if (image->info.icc) image = convert_profile(*image, nullptr);
  call.set("image", ImagePtr(to_grey(*image, grey_named(call.text("method")))));
}

void add_grayscale(Registrar& registrar) {
  registrar.add(
      Spec("Grayscale", "Takes the colours out of a picture")
          .in("image", Type::image, "the picture; colours of a profile are converted to sRGB before")
          .choice("method", "luma", {"luma", "luminance", "average", "red", "green", "blue"},
                  "luma: 0.2126 red + 0.7152 green + 0.0722 blue of the samples; luminance: the same of their "
                  "light, so that nothing looks lighter or darker than it was; or one channel alone")
          .out("image", Type::image, "one channel, and alpha where there was; same size and depth")
          .example("grey: {type: Grayscale, image: \"${photo}\"}"),
      run);
}

}  // namespace pixgraph::image
