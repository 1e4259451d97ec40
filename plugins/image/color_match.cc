// ColorMatch - gives a picture the colours of a reference, for example those of the photo that a model repainted.
// Both are looked at in sRGB, pixels by their alpha; sizes may differ.
#include "kernels/alpha.h"
#include "kernels/color_match.h"
#include "kernels/samples.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

static ImagePtr in_srgb(ImagePtr image) {
  image = straight(image);
  if (image->info.icc) image = convert_profile(*image, nullptr);
  return image->colour_channels() == 3 ? image : grey_to_rgb(*image);
}

static bool invisible(const Image& image) {
  if (!image.has_alpha()) return false;
  const std::shared_ptr<Image> alpha = alpha_channel(image);
  return with_sample_type(alpha->sample(), [&]<class T>(T) {
    for (int y = 0; y < alpha->height(); ++y)
      for (int x = 0; x < alpha->width(); ++x)
        if (alpha->row<T>(y)[x] > T(0)) return false;
    return true;
  });
}

static void run(Call& call) {
  const ImagePtr image = in_srgb(call.image("image"));
  ImagePtr reference = in_srgb(call.image("reference"));
  if (invisible(*reference))
    throw Error("E331", "`reference` is transparent everywhere, so it has no colours to match",
                "give it a picture with something to see");
  const double strength = call.number("strength");
  if (call.text("method") == "histogram") {
    if (reference->sample() != image->sample()) reference = convert_depth(*reference, image->sample());
    return call.set("image", ImagePtr(apply_curves(*image, histogram_curves(*image, *reference, strength))));
  }
  call.set("image", ImagePtr(transfer_lab(*image, lab_statistics(*image), lab_statistics(*reference), strength)));
}

void add_color_match(Registrar& registrar) {
  registrar.add(
      Spec("ColorMatch", "Gives a picture the colours of a reference")
          .in("image", Type::image, "the picture")
          .in("reference", Type::image, "the picture whose colours are wanted; its size does not matter")
          .choice("method", "reinhard", {"reinhard", "histogram"},
                  "reinhard: mean and spread of L*, a* and b*, smooth and safe; histogram: every channel's whole "
                  "distribution, closer but with more risk of bands")
          .param("strength", 1.0, {0, 1}, "", "0 changes nothing, 1 goes all the way")
          .out("image", Type::image, "same size and depth, sRGB; alpha and metadata stay")
          .example("matched: {type: ColorMatch, image: \"${repainted}\", reference: \"${photo}\"}"),
      run);
}

}  // namespace pixgraph::image
