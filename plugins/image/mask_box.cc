// MaskBox - selects a rectangle of a picture.
#include "kernels/mask_values.h"
#include "kernels/samples.h"
#include "kernels/window.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr image = call.image("image");
  const auto px = [&](const char* name) { return static_cast<int>(call.integer(name)); };
  Rect box{px("left"), px("top"), px("width"), px("height")};
  if (box.width == 0) box.width = image->width() - box.left;
  if (box.height == 0) box.height = image->height() - box.top;
  const Rect seen = intersection(box, {0, 0, image->width(), image->height()});
  if (seen.empty()) call.warn("the box lies wholly outside of the image: the mask selects nothing");
  auto mask = std::make_shared<Image>(image->width(), image->height(), 1, Sample::u8);
  fill(*mask, {0, 0, 0});
  if (!seen.empty()) {
    Image solid(seen.width, seen.height, 1, Sample::u8);
    fill(solid, {1, 1, 1});
    insert(*mask, solid, seen.left, seen.top);
  }
  call.set("mask", call.boolean("invert") ? ImagePtr(inverted(*mask)) : ImagePtr(mask));
}

void add_mask_box(Registrar& registrar) {
  registrar.add(Spec("MaskBox", "Selects a rectangle of a picture")
                    .in("image", Type::image, "the picture that the mask is for: it gives the size")
                    .param("left", 0, {-100000, 100000}, "px", "of the rectangle")
                    .param("top", 0, {-100000, 100000}, "px", "of the rectangle")
                    .param("width", 0, {0, 100000}, "px", "of the rectangle; 0: as far as the picture goes")
                    .param("height", 0, {0, 100000}, "px", "of the rectangle; 0: as far as the picture goes")
                    .param("invert", false, "select what is around the rectangle")
                    .out("mask", Type::mask, "of the picture's size; white is selected")
                    .example("sky: {type: MaskBox, image: \"${photo}\", height: 200}"),
                run);
}

}  // namespace pixgraph::image
