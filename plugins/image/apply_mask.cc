// ApplyMask - makes a cutout: the mask becomes the picture's alpha. Colours keep every bit.
#include "alike.h"
#include "kernels/alpha.h"
#include "kernels/mask_values.h"
#include "kernels/samples.h"
#include "nodes.h"

namespace pixgraph::image {

static void set_alpha(Image& image, const Image& mask) {
  const int channels = image.channels();
  with_sample_type(image.sample(), [&]<class T>(T) {
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x) image.row<T>(y)[x * channels + channels - 1] = mask.row<T>(y)[x];
  });
}

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  refuse_mask_of_another_size(*call.mask("mask"), *image, "ApplyMask");
  ImagePtr mask = in_depth(call.mask("mask"), image->sample());
  if (image->has_alpha() && call.text("alpha") == "multiply") mask = multiplied(*alpha_channel(*image), *mask);
  // A new picture in both cases: what came in is never changed.
  auto result = image->has_alpha() ? convert_depth(*image, image->sample()) : add_alpha(*image);
  set_alpha(*result, *mask);
  call.set("image", result);
}

void add_apply_mask(Registrar& registrar) {
  registrar.add(
      Spec("ApplyMask", "Makes a cutout: a mask becomes the picture's alpha")
          .in("image", Type::image, "the picture")
          .in("mask", Type::mask, "same size; white stays, black becomes transparent")
          .choice("alpha", "multiply", {"multiply", "replace"},
                  "where the picture has alpha already: multiply keeps what is transparent; replace: the mask "
                  "alone counts")
          .out("image", Type::image, "the picture with alpha; colours under it stay")
          .example("cutout: {type: ApplyMask, image: \"${photo}\", mask: \"${mask}\"}"),
      run);
}

}  // namespace pixgraph::image
