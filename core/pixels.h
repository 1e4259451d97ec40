// The few pixel operations that core itself needs on the way to a file: everything else is a node.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <pixgraph/image.h>

namespace pixgraph {

/// The same picture with another sample type, rounded; float is clamped to 0..1.
std::shared_ptr<Image> with_depth(const Image& image, Sample sample);
/// Puts a colour ("#rgb" or "#rrggbb") behind the picture; the result has no alpha. Throws Error E333 for another text.
std::shared_ptr<Image> flattened(const Image& image, std::string_view colour);
/// SHA-256 over size, channels, sample type, alpha kind, ICC profile and pixels.
std::string pixel_hash(const Image& image);

}  // namespace pixgraph
