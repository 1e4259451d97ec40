// Resize - scales a picture to a width, a height, a number of pixels or by a factor.
// Colours are weighted by alpha, so cutouts get no dark or bright fringes.
#include <cmath>

#include "nodes.h"
#include "placement.h"

namespace pixgraph::image {

static Fitting fitting_of(const std::string& fit) {
  if (fit == "cover") return Fitting::cover;
  if (fit == "exact") return Fitting::exact;
  return fit == "pad" ? Fitting::pad : Fitting::inside;
}

static Placement placement_of(const Call& call, ImageSize image) {
  Box box{static_cast<int>(call.integer("width")), static_cast<int>(call.integer("height")),
          static_cast<int>(call.integer("multiple_of")), call.boolean("enlarge")};
  Fitting fitting = fitting_of(call.text("fit"));
  const bool by_box = box.width != 0 || box.height != 0;
  double scale = call.number("scale");
  if (call.has("megapixels")) scale = std::sqrt(call.number("megapixels") * 1e6 / image.width / image.height);
  if (!by_box) {
    const double width = std::round(image.width * scale), height = std::round(image.height * scale);
    refuse_huge(width, height,
                call.has("megapixels") ? "give less `megapixels`"
                : scale > 1            ? "give a smaller `scale`"
                                       : "give a `width`, a `height` or a smaller `scale`");
    box.width = std::max(1, static_cast<int>(width));
    box.height = std::max(1, static_cast<int>(height));
    // The box is the picture's own shape but for rounding: nothing is left to fit into it.
    if (box.multiple_of == 1) fitting = Fitting::exact;
  }
  return place(image.width, image.height, box, fitting);
}

static void run(Call& call) {
  const ImageSize whole = call.size("image");
  Placement placement = placement_of(call, whole);
  const Filter filter = filter_named(call.text("filter"));
  const ImagePtr image = image_for(call, "image", placement, filter);
  call.set("image", put(image, placement, filter, background_named(call.text("background"), *image)));
  call.set("width", placement.width);
  call.set("height", placement.height);
}

void add_resize(Registrar& registrar) {
  registrar.add(
      Spec("Resize", "Scales a picture")
          .in("image", Type::image, "the picture")
          .param("width", 0, {0, 100000}, "px", "0: follows from the height and the picture's shape")
          .param("height", 0, {0, 100000}, "px", "0: follows from the width and the picture's shape")
          .param("scale", 1.0, {0.0001, 100}, "", "a factor instead of width and height: 0.5 is half as wide and high")
          .optional({.name = "megapixels",
                     .type = Type::number,
                     .min = 0.000001,
                     .max = 500,
                     .unit = "MP",
                     .doc = "so many million pixels (nearest whole sides) instead of a width and height"})
          .choice(
              "fit", "inside", {"inside", "cover", "exact", "pad"},
              "where both width and height are given: inside: no larger than both; cover: fills both, cropped evenly; "
              "exact: stretched to both; pad: inside, with background around")
          .param("multiple_of", 1, {1, 4096}, "px",
                 "the result's sides are multiples of it; inside crops at most half of it, evenly, as Fit does")
          .choice("filter", "lanczos3", {"lanczos3", "cubic", "triangle", "box", "nearest"},
                  "lanczos3 is sharpest, triangle softest; nearest keeps hard pixels")
          .param("background", "auto",
                 "of pad: \"#rrggbb\", \"#rrggbbaa\", edge, or auto (transparent with alpha, else edge)")
          .param("enlarge", true, "scale smaller pictures up; false: the result is smaller instead")
          .colour("background", {"edge", "auto"})
          .rule({.groups = {{"scale"}, {"width", "height"}}})
          .rule({.groups = {{"megapixels"}, {"scale", "width", "height"}}})
          .rule(sides_take_multiples())
          .rule(no_huge_box())
          .out("image", Type::image, "the scaled picture")
          .out("width", Type::integer, "of the result, in pixels")
          .out("height", Type::integer, "of the result, in pixels")
          .since(3)
          .example("small: {type: Resize, image: \"${photo}\", width: 1024}")
          .example("thumbnail: {type: Resize, image: \"${photo}\", width: 256, height: 256, fit: cover}"),
      run);
}

}  // namespace pixgraph::image
