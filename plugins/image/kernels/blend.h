// blend: the ways in which one picture may be laid on another, on the samples as they are, with straight alpha in and
// out. over, in, out, atop and add (plus) after Porter and Duff (1984); multiply and screen mix by the formulas of the
// W3C's "Compositing and Blending Level 1": where `under` is transparent, top's own colour shows. Sums of `add` end at
// white, in float they go on.
#pragma once

#include <string_view>

#include <pixgraph/image.h>

namespace pixgraph::image {

enum class Blend : std::uint8_t { over, in, out, atop, multiply, screen, add };

/// Names as in the enum; REQUIRES one of them (the Spec checks it).
Blend blend_named(std::string_view name);

/// The info is that of `under`. `in` and `out` make the result's shape of top's and always have alpha; the others have
/// it where `under` has it, and where top's alpha is 0 they keep under's bits. `opacity` 0..1 multiplies top's alpha.
/// Written into `under` where nobody else holds it and the result has its channels.
/// REQUIRES: equal sizes, depth and colour channels; `top` has alpha; no premultiplied alpha.
std::shared_ptr<Image> blend(const Image& top, ImagePtr under, Blend how, double opacity = 1);

}  // namespace pixgraph::image
