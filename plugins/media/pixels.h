// pixels: the one kind of picture that animations are made of.
#pragma once

#include <string_view>

#include <pixgraph/image.h>

namespace pixgraph::media {

/// Eight-bit straight RGBA in sRGB, whatever the picture was; no info. A profile that cannot be used is Error E332.
std::shared_ptr<Image> as_rgba(const Image& image);

/// True where every pixel of an RGBA picture has full alpha.
bool opaque(const Image& rgba);

/// RGBA without its alpha, which is full.
std::shared_ptr<Image> without_alpha(const Image& rgba);

/// RGBA laid over a colour, whose own alpha does not count; Error E333 for a text that is none.
std::shared_ptr<Image> laid_over(const Image& rgba, std::string_view colour);

/// Turned clockwise by 0, 90, 180 or 270 degrees.
std::shared_ptr<Image> turned(std::shared_ptr<Image> image, int degrees);

}  // namespace pixgraph::media
