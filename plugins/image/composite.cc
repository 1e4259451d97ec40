// Composite - lays a cutout over another picture of the same size.
// Where the cutout is solid its own pixels come out bit for bit, where it is transparent those below.
#include <string>

#include "kernels/alpha.h"
#include "kernels/over.h"
#include "kernels/samples.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

static std::string size_of(const Image& image) {
  return std::to_string(image.width()) + "x" + std::to_string(image.height());
}

static void refuse_unequal_sizes(const Image& over, const Image& under) {
  if (over.width() == under.width() && over.height() == under.height()) return;
  throw Error("E331",
              "`over` is " + size_of(over) + " and `under` is " + size_of(under) + "; Composite needs equal sizes",
              "put a Resize before one of them, for example {type: Resize, image: \"${...}\", width: " +
                  std::to_string(over.width()) + ", height: " + std::to_string(over.height()) + ", fit: exact}");
}

static bool same_profile(const BytesPtr& a, const BytesPtr& b) {
  if (a == b || (a && b && *a == *b)) return true;
  return is_srgb(a) && is_srgb(b);
}

static ImagePtr as_rgb(const ImagePtr& image) {
  if (image->colour_channels() == 3) return image;
  return grey_to_rgb(image->info.icc ? *convert_profile(*image, nullptr) : *image);
}

static void run(Call& call) {
  ImagePtr over_image = straight(call.image("over")), under_image = straight(call.image("under"));
  refuse_unequal_sizes(*over_image, *under_image);
  const double opacity = call.number("opacity");
  if (!over_image->has_alpha()) {
    if (opacity == 1) call.warn("`over` has no alpha, so nothing of `under` can be seen");
    over_image = add_alpha(*over_image);
  }
  // The richer of the two decides: colour over grey gives colour, 16 bit over 8 bit gives 16 bit.
  if (over_image->colour_channels() != under_image->colour_channels()) {
    over_image = as_rgb(over_image);
    under_image = as_rgb(under_image);
  }
  if (!same_profile(over_image->info.icc, under_image->info.icc))
    over_image = convert_profile(*over_image, under_image->info.icc);
  const Sample sample = std::max(over_image->sample(), under_image->sample());
  if (over_image->sample() != sample) over_image = convert_depth(*over_image, sample);
  if (under_image->sample() != sample) under_image = convert_depth(*under_image, sample);
  call.set("image", over(*over_image, *under_image, opacity));
}

void add_composite(Registrar& registrar) {
  registrar.add(Spec("Composite", "Lays one picture over another of the same size")
                    .in("over", Type::image, "the upper picture, with alpha")
                    .in("under", Type::image, "the lower picture; its profile and metadata stay")
                    .param("opacity", 1.0, {0, 1}, "", "of the upper picture as a whole")
                    .out("image", Type::image, "same size; has alpha where `under` has it")
                    .example("final: {type: Composite, over: \"${cutout}\", under: \"${background}\"}"),
                run);
}

}  // namespace pixgraph::image
