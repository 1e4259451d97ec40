// Pad - makes a picture larger with borders. The picture itself keeps every bit.
#include "alike.h"
#include "gravity.h"
#include "nodes.h"
#include "placement.h"

namespace pixgraph::image {

static Placement placement_of(const Call& call, const Image& image) {
  const auto px = [&](const char* name) { return static_cast<int>(call.integer(name)); };
  Placement placement;
  placement.region = {0, 0, static_cast<double>(image.width()), static_cast<double>(image.height())};
  placement.placed_width = image.width(), placement.placed_height = image.height();
  if (px("width") == 0 && px("height") == 0) {
    placement.width = image.width() + px("left") + px("right");
    placement.height = image.height() + px("top") + px("bottom");
    placement.left = px("left"), placement.top = px("top");
  } else {
    placement.width = px("width") ? px("width") : image.width();
    placement.height = px("height") ? px("height") : image.height();
    if (placement.width < image.width() || placement.height < image.height())
      throw Error(
          "E330",
          "an image of " + size_text(image) + " does not fit into " + size_text(placement.width, placement.height),
          "shrink it before with a Resize, or pad and shrink at once with {type: Resize, fit: pad}");
    const Rect place =
        place_by_gravity(call.text("gravity"), placement.width, placement.height, image.width(), image.height());
    placement.left = place.left, placement.top = place.top;
  }
  refuse_huge(placement.width, placement.height, "give smaller borders");
  return placement;
}

static void run(Call& call) {
  const ImagePtr image = call.image("image");
  const Placement placement = placement_of(call, *image);
  call.set("image", put(image, placement, Filter::nearest, background_named(call.text("background"), *image)));
  call.set("left", placement.left);
  call.set("top", placement.top);
}

void add_pad(Registrar& registrar) {
  registrar.add(Spec("Pad", "Makes a picture larger with borders")
                    .in("image", Type::image, "the picture")
                    .param("left", 0, {0, 100000}, "px", "border on the left")
                    .param("right", 0, {0, 100000}, "px", "border on the right")
                    .param("top", 0, {0, 100000}, "px", "border above")
                    .param("bottom", 0, {0, 100000}, "px", "border below")
                    .param("width", 0, {0, 100000}, "px", "of the result, instead of borders; 0: the picture's own")
                    .param("height", 0, {0, 100000}, "px", "of the result, instead of borders; 0: the picture's own")
                    .choice("gravity", "centre", gravity_words(), "with width and height: where the picture lies")
                    .param("background", "auto",
                           "of the borders: \"#rrggbb\", \"#rrggbbaa\", edge (the edge pixels go on) or auto "
                           "(transparent where the picture has alpha, else edge)")
                    .colour("background", {"edge", "auto"})
                    .rule({.groups = {{"width", "height"}, {"left", "right", "top", "bottom"}},
                           .message = "Pad has both a size and borders",
                           .hint = "give width and height, or left, right, top and bottom"})
                    .rule(no_huge_box("give smaller borders"))
                    .out("image", Type::image, "the larger picture")
                    .out("left", Type::integer, "where the picture lies in it, in pixels; Crop takes left and top")
                    .out("top", Type::integer, "where the picture lies in it, in pixels")
                    .since(2)
                    .example("framed: {type: Pad, image: \"${photo}\", left: 40, right: 40, top: 40, bottom: 40, "
                             "background: \"#ffffff\"}"),
                run);
}

}  // namespace pixgraph::image
