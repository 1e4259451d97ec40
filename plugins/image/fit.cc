// Fit - brings a picture to the size that a model wants.
// The default keeps the shape: a 3:2 photo in a box of 768x768 becomes 768x512, whole and without bars.
#include <nlohmann/json.hpp>

#include "nodes.h"
#include "placement.h"

namespace pixgraph::image {

static Fitting fitting_of(const std::string& mode) {
  return mode == "pad" ? Fitting::pad : mode == "crop" ? Fitting::cover : Fitting::inside;
}

static nlohmann::json transform_of(ImageSize source, const Placement& placement, const std::string& mode) {
  return {{"mode", mode},
          {"source_width", source.width},
          {"source_height", source.height},
          {"width", placement.width},
          {"height", placement.height},
          {"scale_x", placement.scale_x()},
          {"scale_y", placement.scale_y()},
          {"offset_x", placement.offset_x()},
          {"offset_y", placement.offset_y()}};
}

static void run(Call& call) {
  const ImageSize whole = call.size("image");
  const std::string& mode = call.text("mode");
  const Box box{static_cast<int>(call.integer("width")), static_cast<int>(call.integer("height")),
                static_cast<int>(call.integer("multiple_of")), call.boolean("enlarge")};
  const Placement placement = place(whole.width, whole.height, box, fitting_of(mode));
  const Filter filter = filter_named(call.text("filter"));
  Placement from = placement;
  const ImagePtr image = image_for(call, "image", from, filter);
  call.set("image", put(image, from, filter, background_named(call.text("background"), *image)));
  call.set("width", placement.width);
  call.set("height", placement.height);
  call.set("transform", std::make_shared<const nlohmann::json>(transform_of(whole, placement, mode)));
}

void add_fit(Registrar& registrar) {
  registrar.add(
      Spec("Fit", "Brings a picture into a box with sides that a model accepts")
          .in("image", Type::image, "the picture")
          .param("width", 0, {0, 100000}, "px", "of the box; 0: follows from the height and the picture's shape")
          .param("height", 0, {0, 100000}, "px", "of the box; 0: follows from the width and the picture's shape")
          .choice(
              "mode", "inside", {"inside", "pad", "crop"},
              "inside: the whole picture, no larger than the box, sides at the nearest multiple that crops at most "
              "half "
              "a multiple, evenly, or at a smaller one; only a picture too thin for any is stretched to it; pad: the "
              "whole picture and bars fill the box; crop: the picture fills the box")
          .param("multiple_of", 1, {1, 4096}, "px",
                 "the result's sides are multiples of it; the box is brought down to one")
          .choice("filter", "lanczos3", {"lanczos3", "cubic", "triangle", "box", "nearest"}, "how pixels are scaled")
          .param("background", "auto",
                 "what pad fills the rest with: \"#rrggbb\", \"#rrggbbaa\", edge (the picture's edge pixels go on) or "
                 "auto "
                 "(transparent where the picture has alpha, else edge)")
          .param("enlarge", true, "scale smaller pictures up; false: the result is smaller than the box instead")
          .colour("background", {"edge", "auto"})
          .rule({.kind = Rule::Kind::needs_any,
                 .groups = {{"width", "height"}},
                 .message = "Fit has no size",
                 .hint = "give `width`, `height` or both"})
          .rule(sides_take_multiples())
          .rule(no_huge_box())
          .out("image", Type::image, "the picture at its new size")
          .out("width", Type::integer, "of the result, in pixels")
          .out("height", Type::integer, "of the result, in pixels")
          .out("transform", Type::json,
               "how to find a place again: result = source * scale + offset, for x and y (scale_x, scale_y, offset_x, "
               "offset_y), with source_width, source_height, width, height and mode; Unfit takes it")
          .since(3)
          .example("fitted: {type: Fit, image: \"${photo}\", width: 768, height: 768, multiple_of: 64}"),
      run);
}

}  // namespace pixgraph::image
