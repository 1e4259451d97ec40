// PasteBack - what a model made, inside the mask only; outside the original, untouched to the bit.
// Models change pixels that they were told to keep. The soft border is drawn inwards, so that nothing outside of the
// mask is touched.
#include "alike.h"
#include "kernels/alpha.h"
#include "kernels/box_blur.h"
#include "kernels/dilate.h"
#include "kernels/mask_values.h"
#include "kernels/mix.h"
#include "kernels/samples.h"
#include "nodes.h"

namespace pixgraph::image {

/// Softened, and still black wherever the mask is.
static ImagePtr feathered(const ImagePtr& mask, double feather_px) {
  if (feather_px == 0) return mask;
  const auto soft = blur(*erode(*mask, static_cast<int>(feather_px + 0.5)), feather_px / 2);
  return combine(*soft, *mask, Combination::intersect);
}

static void run(Call& call) {
  const ImagePtr original = call.image("original"), result = call.image("result"), mask = call.mask("mask");
  refuse_mask_of_another_size(*mask, *original, "PasteBack", "mask", "original");
  if (result->width() != original->width() || result->height() != original->height())
    throw Error(
        "E331",
        "`result` is " + size_text(*result) + " and `original` is " + size_text(*original) +
            "; PasteBack needs equal sizes",
        "put an Unfit before it where a Fit made the model's input, else {type: Resize, image: \"${...}\", width: " +
            std::to_string(original->width()) + ", height: " + std::to_string(original->height()) + ", fit: exact}");
  // The original's depth and profile stay; a grey one becomes RGB, equal in all channels, where the result has colour.
  ImagePtr under = straight(original);
  ImagePtr top = in_the_manner_of(result, *under);
  if (top->colour_channels() != under->colour_channels()) {
    const Pair pair = alike(top, under);
    top = pair.top, under = pair.under;
  }
  if (under->has_alpha() && !top->has_alpha()) top = add_alpha(*top);
  call.set("image", mix(*under, *top, *feathered(in_depth(mask, under->sample()), call.number("feather"))));
}

void add_paste_back(Registrar& registrar) {
  registrar.add(
      Spec("PasteBack", "Puts a model's result into the original inside a mask only")
          .in("original", Type::image, "the picture that was to be changed; its depth, profile and metadata stay")
          .in("result", Type::image, "what the model made of it, of the same size")
          .in("mask", Type::mask, "same size: white is where the result is taken, black keeps the original's bits")
          .param("feather", 0.0, {0, 500}, "px",
                 "softens the seam over about twice this far, inwards: nothing outside the mask changes")
          .out("image", Type::image, "same size")
          .example("final: {type: PasteBack, original: \"${photo}\", result: \"${picture}\", mask: \"${mask}\", "
                   "feather: 4}"),
      run);
}

}  // namespace pixgraph::image
