// metadata: what of an image's info goes into a file, the same for every format.
#pragma once

#include <pixgraph/codec.h>
#include <pixgraph/image.h>

namespace pixgraph::image {

/// ICC is written whatever the choice, because the colours mean nothing without it, but only where it fits the
/// channels. strip_gps takes places out of EXIF and XMP; a packet that cannot be cleaned is left out whole.
ImageInfo metadata_to_write(const Image& image, Metadata choice);

/// The same picture as `profile: srgb` wants it: converted where its colours are not sRGB's already, else null. Throws
/// Error E332 for a profile that cannot be used.
std::shared_ptr<Image> as_srgb(const Image& image);

/// An XMP packet without GPS... properties, of whatever prefix; null where some would remain.
BytesPtr xmp_without_gps(const Bytes& xmp);

/// Takes over what a file says about itself; `exif` may start with "Exif\0\0". Returns the orientation to apply.
int take_exif(ImageInfo& info, std::span<const std::uint8_t> exif);

/// Keeps the file's own bytes beside the pixels where they may be sent on instead of a new encoding (see image.h): not
/// with colours that are to be converted.
void keep_encoded(Image& image, const DecodeRequest& request, const char* media_type);

}  // namespace pixgraph::image
