#include "placement.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "alike.h"
#include "colour_text.h"
#include "kernels/alpha.h"
#include "kernels/window.h"
#include "profile.h"

namespace pixgraph::image {
namespace {

constexpr double kMaxResultPixels = 500e6;
/// What a division leaves beside the exact number.
constexpr double kHair = 1e-6;

int round_down(double side, int multiple) {
  return static_cast<int>(side / multiple + 1e-9) * multiple;
}

/// The middle of the source that has the result's shape.
Region middle(int source_width, int source_height, int width, int height) {
  const double scale = std::max(static_cast<double>(width) / source_width, static_cast<double>(height) / source_height);
  Region region;
  // One side is the whole source's.
  region.width = width / scale > source_width - kHair ? source_width : width / scale;
  region.height = height / scale > source_height - kHair ? source_height : height / scale;
  region.left = (source_width - region.width) / 2;
  region.top = (source_height - region.height) / 2;
  // Half a pixel's shift would blur a picture that is only cropped.
  if (scale == 1) region.left = std::floor(region.left), region.top = std::floor(region.top);
  return region;
}

/// Nearest multiple, at least one and at most what fits into `limit`.
int nearest_multiple(double side, double limit, int multiple) {
  const int nearest = static_cast<int>(std::lround(side / multiple)) * multiple;
  return std::clamp(nearest, multiple, std::max(multiple, round_down(limit, multiple)));
}

struct Limits {
  double width, height;
};

/// Larger than any side, so that it limits none.
constexpr double kNoLimit = 1e6;

/// How much of the result's scale is cropped where a picture fills these sides.
double most_cropped(int source_width, int source_height, int width, int height) {
  const double scale = std::max(static_cast<double>(width) / source_width, static_cast<double>(height) / source_height);
  return std::max(source_width * scale - width, source_height * scale - height);
}

/// The whole picture's sides within the limits. Multiples of a thin picture's short side are far apart: where the
/// nearest would crop more than half a multiple off the long side, the one below makes a smaller picture of its shape.
void set_sides_inside(Placement& result, int source_width, int source_height, Limits limits, int multiple,
                      bool may_shrink) {
  const double scale = std::min(limits.width / source_width, limits.height / source_height);
  result.width = nearest_multiple(source_width * scale, limits.width, multiple);
  result.height = nearest_multiple(source_height * scale, limits.height, multiple);
  if (!may_shrink || multiple == 1 ||
      most_cropped(source_width, source_height, result.width, result.height) <= multiple / 2.0 + kHair)
    return;
  limits = {static_cast<double>(round_down(limits.width, multiple)),
            static_cast<double>(round_down(limits.height, multiple))};
  const double shape = static_cast<double>(source_height) / source_width;
  if (shape < 1) {
    result.height = std::max(multiple, round_down(std::min(limits.height, limits.width * shape), multiple));
    result.width = nearest_multiple(result.height / shape, limits.width, multiple);
  } else {
    result.width = std::max(multiple, round_down(std::min(limits.width, limits.height / shape), multiple));
    result.height = nearest_multiple(result.width * shape, limits.height, multiple);
  }
}

/// The middle that has the result's shape, or more than that: what lies beyond half a multiple is not cropped, and of
/// a picture thinner than one multiple nothing is.
Region nearly_whole(int source_width, int source_height, const Placement& result, int multiple) {
  const Region whole{0, 0, static_cast<double>(source_width), static_cast<double>(source_height)};
  const bool thin = std::min(result.width, result.height) == multiple &&
                    most_cropped(source_width, source_height, result.width, result.height) > multiple / 2.0 + kHair;
  if (multiple == 1 || thin) return whole;
  Region region = middle(source_width, source_height, result.width, result.height);
  const auto keep = [multiple](double& start, double& length, int source, int side) {
    const double least = source * side / (side + multiple / 2.0);
    if (length < least) start = (source - least) / 2, length = least;
  };
  keep(region.left, region.width, source_width, result.width);
  keep(region.top, region.height, source_height, result.height);
  return region;
}

/// The edge pixels of the placed part go on to the borders.
template <class T>
void extend_edges(Image& image, const Placement& placement) {
  const int channels = image.channels(), right = placement.left + placement.placed_width;
  const int bottom = placement.top + placement.placed_height;
  for (int y = placement.top; y < bottom; ++y) {
    T* row = image.row<T>(y);
    for (int x = 0; x < placement.left; ++x) std::copy_n(row + placement.left * channels, channels, row + x * channels);
    for (int x = right; x < image.width(); ++x) std::copy_n(row + (right - 1) * channels, channels, row + x * channels);
  }
  const std::size_t row_bytes = static_cast<std::size_t>(image.width()) * channels * sizeof(T);
  for (int y = 0; y < placement.top; ++y) std::memcpy(image.row(y), image.row(placement.top), row_bytes);
  for (int y = bottom; y < image.height(); ++y) std::memcpy(image.row(y), image.row(bottom - 1), row_bytes);
}

ImagePtr cut(const ImagePtr& image, const Placement& placement, Filter filter) {
  const Region& region = placement.region;
  const bool scaled = region.width != placement.placed_width || region.height != placement.placed_height;
  if (scaled || region.left != std::floor(region.left) || region.top != std::floor(region.top))
    return resample(*image, region, placement.placed_width, placement.placed_height, filter);
  if (placement.placed_width == image->width() && placement.placed_height == image->height()) return image;
  return crop(*image, {static_cast<int>(region.left), static_cast<int>(region.top), placement.placed_width,
                       placement.placed_height});
}

/// The image with the channels that the background needs.
ImagePtr with_room_for(ImagePtr image, const Colour& colour) {
  if (image->colour_channels() == 1 && !colour.grey()) {
    if (image->info.icc) image = convert_profile(*image, nullptr);
    image = grey_to_rgb(*image);
  }
  if (!image->has_alpha() && colour.alpha < 1) image = add_alpha(*image);
  return image;
}

}  // namespace

Rule no_huge_box(std::string hint) {
  return {.kind = Rule::Kind::product,
          .groups = {{"width", "height"}},
          .factor = kMaxResultPixels,
          .message = "a result of {width}x{height} would have more than 500 million pixels",
          .hint = std::move(hint)};
}

Rule sides_take_multiples() {
  return {.kind = Rule::Kind::at_least,
          .groups = {{"width", "height"}, {"multiple_of"}},
          .message = {},
          .hint = "raise `width` and `height` or lower `multiple_of`"};
}

void refuse_huge(double width, double height, const char* hint) {
  if (width * height <= kMaxResultPixels) return;
  throw Error("E330",
              "a result of " + size_text(static_cast<int>(width), static_cast<int>(height)) +
                  " would have more than 500 million pixels",
              hint);
}

Placement place(int source_width, int source_height, const Box& box, Fitting fitting) {
  const double shape = static_cast<double>(source_height) / source_width;
  const int multiple = box.multiple_of;
  double box_width = box.width, box_height = box.height;
  if (box.width == 0) box_width = std::max<double>(multiple, std::round(box_height / shape));
  if (box.height == 0) box_height = std::max<double>(multiple, std::round(box_width * shape));
  refuse_huge(box_width, box_height, "give a smaller `width` or `height`");
  // A side that follows is rounded; as a limit it would take the given one below what was asked for.
  const bool follows = box.width == 0 || box.height == 0;
  const bool keeps_box = fitting == Fitting::pad && !box.enlarge && box_width > source_width;
  if (follows && multiple == 1 && !keeps_box) fitting = Fitting::exact;
  // Without enlarging, the picture bounds what its own pixels can fill; a padded box keeps its size.
  const bool bounded = !box.enlarge && fitting != Fitting::pad;
  Limits limits{bounded ? std::min<double>(box_width, source_width) : box_width,
                bounded ? std::min<double>(box_height, source_height) : box_height};
  Placement result;
  result.width = round_down(limits.width, multiple);
  result.height = round_down(limits.height, multiple);
  if (result.width == 0 || result.height == 0) {
    const bool small_box = box_width < multiple || box_height < multiple;
    throw Error(
        "E330",
        (small_box ? "a box of " + size_text(static_cast<int>(box_width), static_cast<int>(box_height))
                   : "an image of " + size_text(source_width, source_height)) +
            " is smaller than one multiple of " + std::to_string(multiple),
        small_box ? "raise `width` and `height` or lower `multiple_of`" : "set `enlarge: true` or lower `multiple_of`");
  }
  switch (fitting) {
    case Fitting::inside:
      if (box.width == 0)
        limits = {bounded ? source_width : kNoLimit, static_cast<double>(result.height)};
      else if (box.height == 0)
        limits = {static_cast<double>(result.width), bounded ? source_height : kNoLimit};
      set_sides_inside(result, source_width, source_height, limits, multiple, !follows);
      result.region = nearly_whole(source_width, source_height, result, multiple);
      result.placed_width = result.width;
      result.placed_height = result.height;
      break;
    case Fitting::cover:
      result.region = middle(source_width, source_height, result.width, result.height);
      result.placed_width = result.width;
      result.placed_height = result.height;
      break;
    case Fitting::exact:
      result.region = {0, 0, static_cast<double>(source_width), static_cast<double>(source_height)};
      result.placed_width = result.width;
      result.placed_height = result.height;
      break;
    case Fitting::pad: {
      double scale = std::min(static_cast<double>(result.width) / source_width,
                              static_cast<double>(result.height) / source_height);
      if (!box.enlarge) scale = std::min(scale, 1.0);
      result.region = {0, 0, static_cast<double>(source_width), static_cast<double>(source_height)};
      result.placed_width = std::clamp(static_cast<int>(std::lround(source_width * scale)), 1, result.width);
      result.placed_height = std::clamp(static_cast<int>(std::lround(source_height * scale)), 1, result.height);
      result.left = (result.width - result.placed_width) / 2;
      result.top = (result.height - result.placed_height) / 2;
      break;
    }
  }
  return result;
}

ImagePtr image_for(const Call& call, std::string_view name, Placement& placement, Filter filter) {
  // What a decoder leaves out a filter never sees: with half as much again as the result has, the two differ by less
  // than what JPEG itself loses (over 50 dB).
  constexpr double kHeadroom = 1.5;
  if (filter == Filter::nearest) return call.image(name);
  const ImageSize whole = call.size(name);
  const auto enough = [](int side, double scale) {
    return static_cast<int>(std::ceil(side * std::min(scale * kHeadroom, 1.0)));
  };
  ImagePtr image =
      call.image_at_least(name, enough(whole.width, placement.scale_x()), enough(whole.height, placement.scale_y()));
  const double by = std::round(static_cast<double>(whole.width) / image->width());
  placement.region.left /= by;
  placement.region.top /= by;
  placement.region.width /= by;
  placement.region.height /= by;
  return image;
}

Background background_named(std::string_view text, const Image& image) {
  if (text == "edge") return std::nullopt;
  if (text == "auto") return image.has_alpha() ? Background(Colour{0, 0, 0, 0}) : std::nullopt;
  return colour_named(text, "background");
}

ImagePtr put(const ImagePtr& image, const Placement& placement, Filter filter, const Background& background) {
  ImagePtr part = cut(image, placement, filter);
  if (part->width() == placement.width && part->height() == placement.height) return part;

  part = straight(part);
  if (background) part = with_room_for(part, *background);
  auto result =
      std::make_shared<Image>(placement.width, placement.height, part->channels(), part->sample(), part->alpha());
  result->info = part->info;
  if (background) fill(*result, in_profile_of(*result, *background));
  insert(*result, *part, placement.left, placement.top);
  if (!background) with_sample_type(result->sample(), [&]<class T>(T) { extend_edges<T>(*result, placement); });
  return result;
}

}  // namespace pixgraph::image
