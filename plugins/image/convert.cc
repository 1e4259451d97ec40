// Convert - changes depth, colour, alpha or profile of a picture, never its size.
// In this order: profile, colour, alpha, depth; so that rounding to fewer bits comes last.
#include "colour_text.h"
#include "kernels/alpha.h"
#include "kernels/samples.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

static ImagePtr change_colour(ImagePtr image, const std::string& colour) {
  const int wanted = colour == "grey" ? 1 : colour == "rgb" ? 3 : image->colour_channels();
  if (wanted == image->colour_channels()) return image;
  // A profile is for its own number of channels: it cannot go along.
  if (image->info.icc) image = convert_profile(*image, nullptr);
  return wanted == 1 ? rgb_to_grey(*image) : grey_to_rgb(*image);
}

static ImagePtr change_alpha(ImagePtr image, const std::string& alpha, const Colour& background) {
  if (alpha == "add" && !image->has_alpha()) return add_alpha(*image);
  if (alpha != "remove" || !image->has_alpha()) return image;
  if (image->colour_channels() == 1 && !background.grey()) image = change_colour(image, "rgb");
  return flatten(*image, in_profile_of(*image, background));
}

static void run(Call& call) {
  ImagePtr image = straight(call.image("image"));
  const Colour background = opaque_colour_named(call.text("background"), "background");
  if (call.text("profile") == "srgb" && image->info.icc) image = convert_profile(*image, nullptr);
  image = change_colour(image, call.text("colour"));
  image = change_alpha(image, call.text("alpha"), background);
  const std::string& depth = call.text("depth");
  const Sample sample = depth == "8"       ? Sample::u8
                        : depth == "16"    ? Sample::u16
                        : depth == "float" ? Sample::f32
                                           : image->sample();
  if (sample != image->sample()) image = convert_depth(*image, sample);
  call.set("image", image);
}

void add_convert(Registrar& registrar) {
  registrar.add(
      Spec("Convert", "Changes depth, colour, alpha or profile of a picture")
          .in("image", Type::image, "the picture")
          .choice("depth", "keep", {"keep", "8", "16", "float"}, "bits per channel")
          .choice("colour", "keep", {"keep", "grey", "rgb"}, "grey: brightness by Rec. 709 (0.2126, 0.7152, 0.0722)")
          .choice("alpha", "keep", {"keep", "remove", "add"},
                  "remove: lays the picture over `background`; add: full alpha where there is none")
          .param("background", "#ffffff", "what shows through where alpha is removed: \"#rrggbb\"")
          .colour("background", {}, Form::opaque_colour)
          .choice("profile", "keep", {"keep", "srgb"}, "srgb: converts the colours to sRGB and drops the profile")
          .out("image", Type::image, "same size")
          .since(2)
          .example("flat: {type: Convert, image: \"${cutout}\", alpha: remove, background: \"#f0f0f0\"}"),
      run);
}

}  // namespace pixgraph::image
