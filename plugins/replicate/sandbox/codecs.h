// Pictures from and to JPEG, PNG and WebP bytes, by the formats' own libraries. Pure functions; safe on any thread.
#pragma once

#include <string>
#include <string_view>

#include "pixels.h"

namespace sandbox {

// Told apart by content. A JPEG's EXIF orientation is applied. Throws std::runtime_error with a sentence when the bytes
// are no picture, are cut short, or would be larger than 100 megapixels (checked before memory is taken).
Picture decode_picture(std::string_view bytes);

std::string encode_png(const Picture& picture, bool with_alpha);
std::string encode_jpeg(const Picture& picture, int quality);
std::string encode_webp(const Picture& picture, int quality);
// By name: "png", "jpg" or "webp"; quality 0..100 (not for png). Alpha is not written.
std::string encode_picture(const Picture& picture, const std::string& format, int quality);

}  // namespace sandbox
