// Crop - takes a part of a picture: a box, or what surrounds the subject of a cutout or a mask. Every bit is kept.
#include "alike.h"
#include "gravity.h"
#include "kernels/samples.h"
#include "kernels/window.h"
#include "nodes.h"

namespace pixgraph::image {

/// What surrounds the pixels of an alpha channel or a mask that are not 0, and `margin` more where there is picture.
static Rect around(const Image& image, int margin, const char* nothing) {
  const int last = image.channels() - 1;
  const Rect box = with_sample_type(image.sample(), [&]<class T>(T) {
    return bounds<T>(image, [last](const T* pixel) { return pixel[last] > T(0); });
  });
  if (box.empty()) throw Error("E330", nothing, "skip such items, or crop by `width` and `height`");
  return intersection({box.left - margin, box.top - margin, box.width + 2 * margin, box.height + 2 * margin},
                      {0, 0, image.width(), image.height()});
}

static Rect said_box(const Call& call, const Image& image) {
  const int width = static_cast<int>(call.integer("width")), height = static_cast<int>(call.integer("height"));
  Rect box = place_by_gravity(call.text("gravity"), image.width(), image.height(), width ? width : image.width(),
                              height ? height : image.height());
  if (call.has("left")) {
    box.left = static_cast<int>(call.integer("left"));
    if (width == 0) box.width = image.width() - box.left;
  }
  if (call.has("top")) {
    box.top = static_cast<int>(call.integer("top"));
    if (height == 0) box.height = image.height() - box.top;
  }
  if (box.empty() || !box.within(image.width(), image.height()))
    throw Error("E330",
                "a box of " + size_text(box.width, box.height) + " at " + std::to_string(box.left) + "," +
                    std::to_string(box.top) + " is not within the image of " + size_text(image),
                "give a smaller `width` or `height`, or make the image larger before with Pad or Resize");
  return box;
}

static Rect box_of(const Call& call, const Image& image) {
  const bool to_alpha = call.text("to") == "alpha", to_mask = call.has("mask");
  if (!to_alpha && !to_mask) return said_box(call, image);
  const int margin = static_cast<int>(call.integer("margin"));
  if (to_mask) {
    refuse_mask_of_another_size(*call.mask("mask"), image, "Crop");
    return around(*call.mask("mask"), margin, "the mask selects nothing, so there is nothing to crop to");
  }
  if (!image.has_alpha())
    throw Error("E331", "the image has no alpha, so nothing says what to crop to",
                "give it a cutout, or take `to: box`; Trim cuts borders of one colour");
  return around(image, margin, "the image is wholly transparent, so there is nothing to crop to");
}

static void run(Call& call) {
  const ImagePtr image = call.image("image");
  const Rect box = box_of(call, *image);
  const bool whole = box.width == image->width() && box.height == image->height();
  call.set("image", whole ? image : crop(*image, box));
  call.set("left", box.left);
  call.set("top", box.top);
  call.set("width", box.width);
  call.set("height", box.height);
}

void add_crop(Registrar& registrar) {
  registrar.add(
      Spec("Crop", "Takes a part of a picture")
          .in("image", Type::image, "the picture")
          .optional_in("mask", Type::mask, "crops to what it selects")
          .choice("to", "box", {"box", "alpha"}, "box: as the params below say; alpha: to all that is not transparent")
          .param("width", 0, {0, 100000}, "px", "of the box; 0: as far as the picture goes")
          .param("height", 0, {0, 100000}, "px", "of the box; 0: as far as the picture goes")
          .choice("gravity", "centre", gravity_words(), "where the box lies, unless `left` or `top` says it")
          .optional({.name = "left",
                     .type = Type::integer,
                     .min = 0,
                     .max = 100000,
                     .unit = "px",
                     .doc = "the box's left side"})
          .optional({.name = "top",
                     .type = Type::integer,
                     .min = 0,
                     .max = 100000,
                     .unit = "px",
                     .doc = "the box's upper side"})
          .param("margin", 0, {0, 100000}, "px",
                 "with a mask or `to: alpha`: so much more on each side, where there is")
          .rule({.groups = {{"mask"}, {"to"}, {"width", "height", "left", "top"}},
                 .message = "Crop is told more than one box",
                 .hint = "give `mask`, `to: alpha` or width, height, left and top"})
          .out("image", Type::image, "the part")
          .out("left", Type::integer, "where it was in the picture, in pixels; Composite takes left and top")
          .out("top", Type::integer, "where it was in the picture, in pixels")
          .out("width", Type::integer, "of the part, in pixels")
          .out("height", Type::integer, "of the part, in pixels")
          .example("subject: {type: Crop, image: \"${cutout}\", to: alpha, margin: 8}")
          .example("square: {type: Crop, image: \"${photo}\", width: 512, height: 512, gravity: north}"),
      run);
}

}  // namespace pixgraph::image
