// Compare - how far a picture is from a reference, in figures and as a picture.
// The richer of the two decides: colour and grey are compared in colour, 16 and 8 bit in 16 bit.
#include <cmath>

#include "kernels/alpha.h"
#include "kernels/compare.h"
#include "kernels/samples.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

// JSON has no infinity; no 16-bit pictures that differ come above it.
static constexpr double kEqualPsnr = 150;

static void refuse_unequal_sizes(const Image& image, const Image& reference) {
  if (image.width() == reference.width() && image.height() == reference.height()) return;
  const auto size = [](const Image& of) { return std::to_string(of.width()) + "x" + std::to_string(of.height()); };
  throw Error("E331",
              "`image` is " + size(image) + " and `reference` is " + size(reference) + "; Compare needs equal sizes",
              "put a Resize before one of them, for example {type: Resize, image: \"${...}\", width: " +
                  std::to_string(image.width()) + ", height: " + std::to_string(image.height()) + ", fit: exact}");
}

static void make_alike(ImagePtr& a, ImagePtr& b) {
  if (a->info.icc) a = convert_profile(*a, nullptr);
  if (b->info.icc) b = convert_profile(*b, nullptr);
  if (a->colour_channels() != b->colour_channels()) a = grey_to_rgb(*a), b = grey_to_rgb(*b);
  if (a->has_alpha() != b->has_alpha()) (a->has_alpha() ? b : a) = add_alpha(a->has_alpha() ? *b : *a);
  const Sample sample = std::max(a->sample(), b->sample());
  if (a->sample() != sample) a = convert_depth(*a, sample);
  if (b->sample() != sample) b = convert_depth(*b, sample);
}

static void run(Call& call) {
  ImagePtr image = straight(call.image("image")), reference = straight(call.image("reference"));
  refuse_unequal_sizes(*image, *reference);
  make_alike(image, reference);
  const Comparison found = compare(*image, *reference);
  call.set("psnr", found.mean_square > 0 ? std::min(kEqualPsnr, -10 * std::log10(found.mean_square)) : kEqualPsnr);
  call.set("ssim", found.ssim);
  call.set("mean_difference", found.mean);
  call.set("max_difference", found.largest);
  call.set("equal", found.largest == 0);
  call.set("difference", ImagePtr(difference(*image, *reference, call.number("amplify"))));
}

void add_compare(Registrar& registrar) {
  registrar.add(
      Spec("Compare", "Tells how far a picture is from a reference")
          .in("image", Type::image, "the picture")
          .in("reference", Type::image, "what it should look like; same size")
          .param("amplify", 1.0, {1, 1000}, "", "a factor on the samples of `difference`, so that small ones are seen")
          .out("psnr", Type::number, "peak signal-to-noise ratio in dB over all samples; 150 where nothing differs")
          .out("ssim", Type::number, "structural similarity of brightness (Wang 2004), 1 where nothing differs")
          .out("mean_difference", Type::number, "mean of the absolute differences of samples, 0..1")
          .out("max_difference", Type::number, "the largest difference of a sample, 0..1")
          .out("equal", Type::boolean, "true where nothing differs that can be seen")
          .out("difference", Type::image, "absolute differences: black where the pictures are equal")
          .example("compare: {type: Compare, image: \"${result}\", reference: \"${photo}\", amplify: 10}"),
      run);
}

}  // namespace pixgraph::image
