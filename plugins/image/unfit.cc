// Unfit - undoes a Fit: brings what a model made of the fitted picture back to the original's size and place.
// Bars are cut off, the scale is undone; what Fit had cropped comes from the original where that is given.
#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "alike.h"
#include "kernels/samples.h"
#include "kernels/window.h"
#include "nodes.h"
#include "placement.h"

namespace pixgraph::image {
namespace {

/// What Fit said, in its own words.
struct Transform {
  int source_width, source_height, width, height;
  double scale_x, scale_y, offset_x, offset_y;
};

Transform transform_of(const nlohmann::json& json) {
  const auto number = [&](const char* key) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_number())
      throw Error("E330", std::string("the transform has no number `") + key + "`",
                  "give it the `transform` output of the Fit that made the model's input: \"${fitted.transform}\"");
    return json[key].get<double>();
  };
  const auto side = [&](const char* key) {
    const double value = number(key);
    if (value < 1 || value > 1e6)
      throw Error("E330", std::string("the transform's `") + key + "` is no size of a picture");
    return static_cast<int>(value);
  };
  const auto scale = [&](const char* key) {
    const double value = number(key);
    if (!(value > 1e-7 && value < 1e7)) throw Error("E330", std::string("the transform's `") + key + "` is no scale");
    return value;
  };
  return {side("source_width"), side("source_height"), side("width"),      side("height"),
          scale("scale_x"),     scale("scale_y"),      number("offset_x"), number("offset_y")};
}

/// Along one axis: the original's pixels whose middles lie within the result, and the part of the result under them.
struct Span {
  int first, count;
  double start, length;
};

/// Half a pixel is the middle; a hair keeps what is exact from falling to either side.
constexpr double kHair = 1e-6;

/// `stretch`: the result's size by that of Fit's picture.
Span span_of(int source, int fitted, double scale, double offset, double stretch) {
  const double begin = std::max(0.0, -offset / scale), end = std::min<double>(source, (fitted - offset) / scale);
  if (!(begin < end))
    throw Error("E330", "the transform puts nothing of the original into the picture",
                "give it the `transform` output of the Fit that made the model's input: \"${fitted.transform}\"");
  const int first = std::clamp(static_cast<int>(std::ceil(begin - 0.5 - kHair)), 0, source - 1);
  const int last = std::clamp(static_cast<int>(std::floor(end - 0.5 + kHair)), first, source - 1);
  const auto place = [&](double x) {
    const double exact = (x * scale + offset) * stretch;
    return std::abs(exact - std::round(exact)) < kHair ? std::round(exact) : exact;
  };
  return {first, last + 1 - first, place(first), place(last + 1) - place(first)};
}

/// Along one axis: the result's whole pixels that show the original. What lies beside them are bars.
Range shown_of(int size, int source, double scale, double offset, double stretch) {
  const double begin = offset * stretch, end = (source * scale + offset) * stretch;
  return {std::clamp(std::ceil(begin - kHair), 0.0, static_cast<double>(size)),
          std::clamp(std::floor(end + kHair), 0.0, static_cast<double>(size))};
}

/// The result without its bars: a filter that reads beyond the picture's edge must find more of the edge there. Bars
/// that leave no whole pixel stay.
ImagePtr without_bars(const ImagePtr& image, const Transform& fit, double stretch_x, double stretch_y, Region& region) {
  const Range across = shown_of(image->width(), fit.source_width, fit.scale_x, fit.offset_x, stretch_x);
  const Range down = shown_of(image->height(), fit.source_height, fit.scale_y, fit.offset_y, stretch_y);
  const Rect shown{static_cast<int>(across.min), static_cast<int>(down.min), static_cast<int>(across.max - across.min),
                   static_cast<int>(down.max - down.min)};
  if (shown.empty() || (shown.width == image->width() && shown.height == image->height())) return image;
  region.left -= shown.left, region.top -= shown.top;
  return crop(*image, shown);
}

void warn_of_another_shape(Call& call, const Image& image, const Transform& fit) {
  const double stretch_x = static_cast<double>(image.width()) / fit.width;
  const double stretch_y = static_cast<double>(image.height()) / fit.height;
  // Models round sides to their own multiple: up to 64 px that is no other shape.
  if (std::abs(stretch_x / stretch_y - 1) <= 0.02) return;
  call.warn("the result is " + size_text(image) + " where Fit made " + size_text(fit.width, fit.height) +
            ": it has another shape and is stretched back");
}

}  // namespace

static void run(Call& call) {
  ImagePtr image = call.image("image");
  const Transform fit = transform_of(*call.value("transform").json());
  warn_of_another_shape(call, *image, fit);
  refuse_huge(fit.source_width, fit.source_height, "shrink the photo before its Fit");
  const double stretch_x = static_cast<double>(image->width()) / fit.width;
  const double stretch_y = static_cast<double>(image->height()) / fit.height;
  const Span across = span_of(fit.source_width, fit.width, fit.scale_x, fit.offset_x, stretch_x);
  const Span down = span_of(fit.source_height, fit.height, fit.scale_y, fit.offset_y, stretch_y);
  Placement placement;
  placement.width = fit.source_width, placement.height = fit.source_height;
  placement.region = {across.start, down.start, across.length, down.length};
  placement.left = across.first, placement.top = down.first;
  placement.placed_width = across.count, placement.placed_height = down.count;
  image = without_bars(image, fit, stretch_x, stretch_y, placement.region);
  const Filter filter = filter_named(call.text("filter"));
  if (!call.has("original")) {
    call.set("image", put(image, placement, filter, background_named(call.text("background"), *image)));
    return;
  }

  ImagePtr original = call.image("original");
  if (original->width() != fit.source_width || original->height() != fit.source_height)
    throw Error("E331",
                "`original` is " + size_text(*original) + " and Fit was given " +
                    size_text(fit.source_width, fit.source_height),
                "give it the picture that the Fit node had as its `image`");
  placement.left = placement.top = 0;
  placement.width = across.count, placement.height = down.count;
  const Pair pair = alike(put(image, placement, filter, std::nullopt), original);
  image = pair.top, original = pair.under;
  // Where one of them has alpha the result has it.
  if (image->has_alpha() && !original->has_alpha()) original = add_alpha(*original);
  if (!image->has_alpha() && original->has_alpha()) image = add_alpha(*image);
  auto result = crop(*original, {0, 0, original->width(), original->height()});
  insert(*result, *image, across.first, down.first);
  call.set("image", result);
}

void add_unfit(Registrar& registrar) {
  registrar.add(
      Spec("Unfit", "Undoes a Fit: what a model made goes back to the original's size and place")
          .in("image", Type::image, "what was made of Fit's picture; of any size, it is scaled")
          .in("transform", Type::json, "the `transform` of that Fit")
          .optional_in("original", Type::image,
                       "Fit's own input: what Fit had cropped comes from it; its profile and metadata stay")
          .choice("filter", "lanczos3", {"lanczos3", "cubic", "triangle", "box", "nearest"}, "how pixels are scaled")
          .param(
              "background", "auto",
              "without `original`, what fills the cropped borders: \"#rrggbb\", \"#rrggbbaa\", edge (the edge pixels "
              "go on) or auto (transparent where the picture has alpha, else edge)")
          .colour("background", {"edge", "auto"})
          .out("image", Type::image, "of the original's size, each thing at its place in the original")
          .since(2)
          .example("back: {type: Unfit, image: \"${picture}\", transform: \"${fitted.transform}\", original: "
                   "\"${photo}\"}"),
      run);
}

}  // namespace pixgraph::image
