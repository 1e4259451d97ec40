// Composite - lays a cutout over another picture, of the same size or at a place in it.
// Where the cutout is solid its own pixels come out bit for bit, where it is transparent those below.
#include "alike.h"
#include "gravity.h"
#include "kernels/blend.h"
#include "kernels/samples.h"
#include "kernels/window.h"
#include "nodes.h"
#include "rows_under.h"

namespace pixgraph::image {

static void refuse_unequal_sizes(const Image& over, const Image& under) {
  if (over.width() == under.width() && over.height() == under.height()) return;
  throw Error(
      "E331", "`over` is " + size_text(over) + " and `under` is " + size_text(under) + "; Composite needs equal sizes",
      "say where it goes with `gravity` or `left` and `top`, or bring it to the lower picture's size before: {type: "
      "Resize, image: \"${...}\", width: " +
          std::to_string(under.width()) + ", height: " + std::to_string(under.height()) + ", fit: exact}");
}

static bool is_placed(const Call& call) {
  return call.has("left") || call.has("top") || call.text("gravity") != "none";
}

/// Where `over` goes: said by left and top, else by gravity, else it has the same size.
static Rect place_of(const Call& call, const Image& over, const Image& under) {
  const std::string& gravity = call.text("gravity");
  const bool by_numbers = call.has("left") || call.has("top");
  if (by_numbers)
    return {call.has("left") ? static_cast<int>(call.integer("left")) : 0,
            call.has("top") ? static_cast<int>(call.integer("top")) : 0, over.width(), over.height()};
  if (gravity == "none") {
    refuse_unequal_sizes(over, under);
    return {0, 0, over.width(), over.height()};
  }
  return place_by_gravity(gravity, under.width(), under.height(), over.width(), over.height(),
                          static_cast<int>(call.integer("margin")));
}

static void run(Call& call) {
  const double opacity = call.number("opacity");
  const Blend mode = blend_named(call.text("mode"));
  ImagePtr upper = call.take_image("over");
  RowsUnder rows(upper, opacity, mode != Blend::over || is_placed(call));
  ImagePtr lower = call.take_rows("under", rows);
  if (const auto laid = rows.laid()) return call.set("image", laid);
  if (!lower) lower = rows.gathered();
  const Rect place = place_of(call, *upper, *lower);
  auto [over, under] = alike(std::move(upper), std::move(lower));
  const bool whole =
      place.left == 0 && place.top == 0 && place.width == under->width() && place.height == under->height();
  if (!over->has_alpha()) {
    if (opacity == 1 && mode == Blend::over && whole)
      call.warn("`over` has no alpha, so nothing of `under` can be seen");
    over = add_alpha(*over);
  }
  if (!whole) {
    if (intersection(place, {0, 0, under->width(), under->height()}).empty())
      call.warn("`over` lies wholly outside of `under`, so nothing of it can be seen");
    auto canvas =
        std::make_shared<Image>(under->width(), under->height(), over->channels(), over->sample(), Alpha::straight);
    fill(*canvas, {0, 0, 0, 0});
    insert(*canvas, *over, place.left, place.top);
    over = canvas;
  }
  call.set("image", blend(*over, std::move(under), mode, opacity));
}

static std::vector<std::string> gravity_choices() {
  std::vector<std::string> choices = gravity_words();
  choices.insert(choices.begin(), "none");
  return choices;
}

void add_composite(Registrar& registrar) {
  registrar.add(
      Spec("Composite", "Lays one picture over another")
          .in("over", Type::image, "the upper picture, mostly with alpha")
          .in("under", Type::image, "the lower picture; its size, profile and metadata stay")
          .choice("mode", "over", {"over", "in", "out", "atop", "multiply", "screen", "add"},
                  "over: in front; in, out: what of it lies within, outside of `under`'s alpha; atop: over, but only "
                  "where `under` is; multiply darkens (shadows), screen and add lighten (glow)")
          .param("opacity", 1.0, {0, 1}, "", "of the upper picture as a whole")
          .choice("gravity", "none", gravity_choices(),
                  "where a picture of another size goes; none: sizes are equal, or `left` and `top` say it")
          .param("margin", 0, {0, 100000}, "px", "with `gravity`: away from the sides that it is drawn to")
          .optional({.name = "left",
                     .type = Type::integer,
                     .min = -100000,
                     .max = 100000,
                     .unit = "px",
                     .doc = "where the upper picture's left side goes; what sticks out is cut off"})
          .optional({.name = "top",
                     .type = Type::integer,
                     .min = -100000,
                     .max = 100000,
                     .unit = "px",
                     .doc = "where the upper picture's upper side goes"})
          .rule({.groups = {{"gravity"}, {"left", "top"}}})
          .out("image", Type::image, "of the lower picture's size; has alpha where `under` has it (in and out: always)")
          .since(2)
          .example("final: {type: Composite, over: \"${cutout}\", under: \"${background}\"}")
          .example("signed: {type: Composite, over: \"${logo}\", under: \"${photo}\", gravity: south_east, margin: 24, "
                   "opacity: 0.6}"),
      run);
}

}  // namespace pixgraph::image
