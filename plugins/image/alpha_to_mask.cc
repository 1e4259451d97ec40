// AlphaToMask - makes a mask of a cutout's alpha: white where the subject is, or around it with `invert`.
// In this order: threshold, invert, grow (an exact disc), feather. Grey values travel through all but threshold.
#include "kernels/alpha.h"
#include "kernels/box_blur.h"
#include "kernels/dilate.h"
#include "kernels/samples.h"
#include "nodes.h"

namespace pixgraph::image {

/// Black and white changed in place, by threshold (0..1, or nothing) and inversion.
template <class T>
static void change_values(Image& mask, bool has_threshold, double threshold, bool invert) {
  for (int y = 0; y < mask.height(); ++y) {
    T* row = mask.row<T>(y);
    for (int x = 0; x < mask.width(); ++x) {
      T value = row[x];
      if (has_threshold) value = value >= from_unit<T>(threshold) ? white<T>() : T(0);
      row[x] = invert ? static_cast<T>(white<T>() - value) : value;
    }
  }
}

static void run(Call& call) {
  const ImagePtr image = call.image("image");
  if (!image->has_alpha())
    throw Error("E331", "the image has no alpha, so nothing says what is to be selected",
                "give it a cutout: the output of a background remover, saved as PNG or WebP");
  if (opaque(*image)) call.warn("alpha is full everywhere: nothing was cut out, the mask has only one value");

  std::shared_ptr<Image> mask = alpha_channel(*image);
  const bool has_threshold = call.has("threshold"), invert = call.boolean("invert");
  if (has_threshold || invert)
    with_sample_type(mask->sample(), [&]<class T>(T) {
      change_values<T>(*mask, has_threshold, has_threshold ? call.number("threshold") : 0, invert);
    });
  const int grow_px = static_cast<int>(call.integer("grow"));
  if (grow_px > 0) mask = dilate(*mask, grow_px);
  if (grow_px < 0) mask = erode(*mask, -grow_px);
  // A blur of half that deviation has faded to 2 % at `feather` pixels from an edge.
  if (const double feather_px = call.number("feather"); feather_px > 0) mask = blur(*mask, feather_px / 2);
  call.set("mask", mask);
}

void add_alpha_to_mask(Registrar& registrar) {
  registrar.add(
      Spec("AlphaToMask", "Makes a mask of an image's alpha")
          .in("image", Type::image, "a cutout: an image with alpha")
          .param("invert", false, "select what is around the subject instead of the subject")
          .param("grow", 0, {-500, 500}, "px", "widens the selected area by a disc, after invert; negative narrows")
          .param("feather", 0.0, {0, 500}, "px", "softens the border, over about this far to each side")
          .optional(
              {.name = "threshold",
               .type = Type::number,
               .min = 0,
               .max = 1,
               .doc = "alpha from here on (0..1) is selected wholly, the rest not at all; not given: alpha as it is"})
          .out("mask", Type::mask, "same size; white is selected")
          .example("mask: {type: AlphaToMask, image: \"${cutout}\", invert: true, grow: 4, feather: 3}"),
      run);
}

}  // namespace pixgraph::image
