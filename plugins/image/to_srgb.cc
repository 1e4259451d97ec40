// ToSRGB - converts a picture's colours from its ICC profile to sRGB, and drops the profile.
// What has no profile is sRGB already; a profile that is sRGB's own is dropped without touching a pixel.
#include <cstring>

#include "kernels/alpha.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

static Intent intent_named(const std::string& name) {
  if (name == "perceptual") return Intent::perceptual;
  if (name == "saturation") return Intent::saturation;
  return name == "absolute" ? Intent::absolute : Intent::relative;
}

static ImagePtr without_profile(const Image& image) {
  auto out = std::make_shared<Image>(image.width(), image.height(), image.channels(), image.sample(), image.alpha());
  std::memcpy(out->row(0), image.row(0), image.byte_size());
  out->info = image.info;
  out->info.icc = nullptr;
  return out;
}

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  if (!image->info.icc)
    call.set("image", image);
  else if (is_srgb(image->info.icc))
    call.set("image", without_profile(*image));
  else
    call.set("image", ImagePtr(convert_profile(*image, nullptr, intent_named(call.text("intent")))));
}

void add_to_srgb(Registrar& registrar) {
  registrar.add(Spec("ToSRGB", "Converts a picture's colours from its profile to sRGB")
                    .in("image", Type::image, "the picture; without a profile it is sRGB already")
                    .choice("intent", "relative", {"relative", "perceptual", "saturation", "absolute"},
                            "for colours that sRGB does not have: relative cuts them off and keeps all others; "
                            "perceptual makes room for them where the profile has a table for it; absolute keeps the "
                            "paper's white")
                    .out("image", Type::image, "same size and depth, without a profile")
                    .example("srgb: {type: ToSRGB, image: \"${photo}\"}"),
                run);
}

}  // namespace pixgraph::image
