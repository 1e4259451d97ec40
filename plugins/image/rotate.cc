// Rotate - turns a picture clockwise. By 90, 180 and 270 degrees every bit is kept; other angles are resampled.
#include <cmath>
#include <numbers>

#include "colour_text.h"
#include "codecs/orientation.h"
#include "kernels/alpha.h"
#include "kernels/blend.h"
#include "kernels/rotate.h"
#include "kernels/samples.h"
#include "kernels/window.h"
#include "nodes.h"
#include "placement.h"
#include "profile.h"

namespace pixgraph::image {

/// Sides of the upright box around the turned picture; a hair less than a pixel more does not count.
static int side(double along, double across, double cosine, double sine) {
  return std::max(1, static_cast<int>(std::ceil(std::abs(along * cosine) + std::abs(across * sine) - 1e-6)));
}

static ImagePtr over_background(const ImagePtr& image, const Colour& colour) {
  ImagePtr top = image;
  if (top->colour_channels() == 1 && !colour.grey())
    top = grey_to_rgb(top->info.icc ? *convert_profile(*top, nullptr) : *top);
  if (colour.alpha == 1) return flatten(*top, in_profile_of(*top, colour));
  auto canvas = std::make_shared<Image>(top->width(), top->height(), top->channels(), top->sample(), Alpha::straight);
  canvas->info = top->info;
  fill(*canvas, in_profile_of(*canvas, colour));
  return blend(*top, std::move(canvas), Blend::over);
}

/// Middle on middle, to the pixel; around it there is transparency.
static ImagePtr on_canvas(const ImagePtr& image, int width, int height) {
  Placement placement;
  placement.width = width, placement.height = height;
  const int placed_width = std::min(width, image->width()), placed_height = std::min(height, image->height());
  placement.placed_width = placed_width, placement.placed_height = placed_height;
  placement.left = (width - placed_width) / 2, placement.top = (height - placed_height) / 2;
  placement.region = {std::floor((image->width() - placed_width) / 2.0),
                      std::floor((image->height() - placed_height) / 2.0), static_cast<double>(placed_width),
                      static_cast<double>(placed_height)};
  return put(image, placement, Filter::nearest, Colour{0, 0, 0, 0});
}

static void run(Call& call) {
  ImagePtr image = straight(call.image("image"));
  const Colour background = colour_named(call.text("background"), "background");
  const double degrees = std::fmod(std::fmod(call.number("angle"), 360) + 360, 360);
  const bool keeps_size = !call.boolean("expand");
  if (std::fmod(degrees, 90) == 0) {
    const int width = image->width(), height = image->height();
    if (degrees != 0) image = turned(*image, degrees == 90 ? 6 : degrees == 180 ? 3 : 8);
    if (keeps_size && image->width() != width) {
      image = on_canvas(image, width, height);
      if (background.alpha > 0) image = over_background(image, background);
    }
    call.set("image", image);
    return;
  }
  int width = image->width(), height = image->height();
  if (!keeps_size) {
    const double cosine = std::cos(degrees * std::numbers::pi / 180), sine = std::sin(degrees * std::numbers::pi / 180);
    width = side(image->width(), image->height(), cosine, sine);
    height = side(image->height(), image->width(), cosine, sine);
    refuse_huge(width, height, "shrink the picture before");
  }
  if (!image->has_alpha()) image = add_alpha(*image);
  image = rotate(*image, degrees, width, height, filter_named(call.text("filter")));
  call.set("image", background.alpha == 0 ? image : over_background(image, background));
}

void add_rotate(Registrar& registrar) {
  registrar.add(
      Spec("Rotate", "Turns a picture clockwise")
          .in("image", Type::image, "the picture")
          .param("angle", 90.0, {-360, 360}, "degrees", "clockwise; by 90, 180 and 270 every pixel stays as it is")
          .param("expand", true, "the result has room for all of it; false: same size, corners are cut off")
          .choice("filter", "cubic", {"lanczos3", "cubic", "triangle", "nearest"}, "for other angles")
          .param("background", "#00000000",
                 "of the corners at other angles: \"#rrggbb\" or \"#rrggbbaa\"; the default is transparent")
          .colour("background")
          .out("image", Type::image, "turned; has alpha at other angles where the background is not solid")
          .since(3)
          .example("upright: {type: Rotate, image: \"${photo}\", angle: -1.5, background: \"#ffffff\"}"),
      run);
}

}  // namespace pixgraph::image
