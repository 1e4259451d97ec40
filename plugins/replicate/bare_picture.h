// bare_picture: a picture file without what it tells beside its pixels: where and when a photo was taken, by which
// camera, previews of it. Nothing is decoded, so nothing is lost.
//
// Sources: JPEG (ITU-T T.81, B.1), PNG (ISO 15948, 5), WebP (RFC 9649).
#pragma once

#include <optional>
#include <string_view>

#include <pixgraph/image.h>

namespace pixgraph::replicate {

/// Left out are EXIF, XMP, IPTC, comments and whatever follows the picture; colour profiles stay. nullopt for another
/// media type than image/jpeg, image/png and image/webp, and for bytes that are not built as they should be.
std::optional<Bytes> bare_picture(const Bytes& file, std::string_view media_type);

}  // namespace pixgraph::replicate
