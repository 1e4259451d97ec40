// placement: where a picture lies within a box. Fit and Resize decide with place(); they, Unfit and Pad make
// the picture with put().
#pragma once

#include <optional>
#include <string_view>

#include <pixgraph/node.h>

#include "kernels/resample.h"
#include "kernels/samples.h"

namespace pixgraph::image {

enum class Fitting : std::uint8_t {
  inside,  // the whole picture, no larger than the box. Without multiples its sides are rounded and nothing is cropped.
           // Else they go to the nearest multiple that crops at most half a multiple, evenly, or to a smaller one; only
           // a picture that has no such size (thinner than one multiple, or one side is given) is stretched to it
  cover,   // the box is filled, what sticks out is cropped evenly
  pad,     // the whole picture in the middle of the box, the rest is background
  exact,   // the box is filled, stretched where the shape differs
};

struct Box {
  int width = 0, height = 0;  // one may be 0: it follows from the other, which is kept, and the picture's shape
  int multiple_of = 1;        // the result's sides are multiples of it; the box is brought down to one
  bool enlarge = true;        // false: no pixel is ever scaled up; the box gets smaller instead (pad: keeps its size)
};

struct Placement {
  int width = 0, height = 0;                // of the result
  Region region;                            // what is taken of the source
  int left = 0, top = 0;                    // where it is put in the result...
  int placed_width = 0, placed_height = 0;  // ...and how large it is there
  /// A point of the source lies at (x * scale_x + offset_x, y * scale_y + offset_y) in the result.
  double scale_x() const { return placed_width / region.width; }
  double scale_y() const { return placed_height / region.height; }
  double offset_x() const { return left - region.left * scale_x(); }
  double offset_y() const { return top - region.top * scale_y(); }
};

/// What place() refuses of a box whatever the picture is, for the Spec of a node with `width` and `height`...
Rule no_huge_box(std::string hint = "give a smaller `width` or `height`");
/// ...and `multiple_of`.
Rule sides_take_multiples();

/// Throws E330 where a result would have more than 500 million pixels.
void refuse_huge(double width, double height, const char* hint);

/// Throws E330 where no such size exists (a box smaller than one multiple).
Placement place(int source_width, int source_height, const Box& box, Fitting fitting);

/// The image input of a node that puts it so. Where that shrinks it, a file is decoded no larger than it must be, and
/// `placement`, made for the whole picture, then says what is taken of the smaller one.
ImagePtr image_for(const Call& call, std::string_view name, Placement& placement, Filter filter);

/// What fills the rest of a padded box; nothing = the picture's edge pixels go on.
using Background = std::optional<Colour>;

/// "auto" (transparent where the image has alpha, else edge), "edge", or a colour's text.
Background background_named(std::string_view text, const Image& image);

/// The image itself where the placement changes nothing; pixels that are not scaled keep their bits. A background with
/// alpha below 1 gives the result alpha, a coloured one makes a grey picture RGB.
ImagePtr put(const ImagePtr& image, const Placement& placement, Filter filter, const Background& background);

}  // namespace pixgraph::image
