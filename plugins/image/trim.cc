// Trim - cuts away borders of one colour, or of nothing. What is left keeps every bit.
#include <cmath>

#include "alike.h"
#include "colour_text.h"
#include "kernels/samples.h"
#include "kernels/window.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

/// The box around all pixels of which some channel is more than `tolerance` away from the border's. Colours under
/// no alpha, within the tolerance, mean nothing: two such pixels are the same.
template <class T>
static Rect content(const Image& image, const T* border, double tolerance) {
  const int channels = image.channels(), alpha = image.has_alpha() ? channels - 1 : -1;
  const double limit = tolerance * white<T>();
  return bounds<T>(image, [=](const T* pixel) {
    if (alpha >= 0 && pixel[alpha] <= limit && border[alpha] <= limit) return false;
    for (int c = 0; c < channels; ++c)
      if (std::abs(static_cast<double>(pixel[c]) - static_cast<double>(border[c])) > limit) return true;
    return false;
  });
}

static Rect content_of(const Image& image, const std::string& colour, double tolerance) {
  return with_sample_type(image.sample(), [&]<class T>(T) {
    if (colour == "auto") return content<T>(image, image.row<T>(0), tolerance);
    const Colour parsed = in_profile_of(image, colour_named(colour, "colour"));
    T border[4];
    for (int c = 0; c < image.channels(); ++c) border[c] = from_unit<T>(parsed.channel(c, image.colour_channels()));
    return content<T>(image, border, tolerance);
  });
}

static void run(Call& call) {
  const ImagePtr image = call.image("image");
  const int margin = static_cast<int>(call.integer("margin"));
  const Rect whole{0, 0, image->width(), image->height()};
  Rect box = content_of(*image, call.text("colour"), call.number("tolerance"));
  if (box.empty()) {
    call.warn("the whole image has the border's colour: nothing is trimmed");
    box = whole;
  }
  box = intersection({box.left - margin, box.top - margin, box.width + 2 * margin, box.height + 2 * margin}, whole);
  const bool same = box.width == whole.width && box.height == whole.height;
  call.set("image", same ? image : crop(*image, box));
  call.set("left", box.left);
  call.set("top", box.top);
}

void add_trim(Registrar& registrar) {
  registrar.add(
      Spec("Trim", "Cuts away borders of one colour")
          .in("image", Type::image, "the picture")
          .param("colour", "auto",
                 "of the border: \"#rrggbb\" or \"#rrggbbaa\"; auto: that of the pixel in the upper left corner")
          .colour("colour", {"auto"})
          .param("tolerance", 0.02, {0, 1}, "",
                 "how far a channel may be from the colour, of black to white: 0.02 bears a JPEG's noise")
          .param("margin", 0, {0, 100000}, "px", "so much of the border stays, where there is")
          .out("image", Type::image, "what is left")
          .out("left", Type::integer, "how much was cut off at the left, in pixels")
          .out("top", Type::integer, "how much was cut off above, in pixels")
          .since(3)
          .example("trimmed: {type: Trim, image: \"${photo}\", margin: 10}"),
      run);
}

}  // namespace pixgraph::image
