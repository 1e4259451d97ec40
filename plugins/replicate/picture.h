// What is sent for an image: its original bytes where they can be, else an encoding that loses nothing that models see.
#pragma once

#include <pixgraph/node.h>
#include <pixgraph/remote.h>

namespace pixgraph::replicate {

/// Image::encoded where it is there, as bare_picture.h leaves it; else PNG for alpha and for one channel (masks),
/// otherwise JPEG q95 4:4:4. Always 8 bit: models open pictures with PIL, which turns 16-bit grey into white. Metadata
/// stays here.
RequestFile::Encoded encode_picture(const ImagePtr& image, Host& host);

/// The bytes of a file. A photo in a format or orientation that a model would misread (JPEG, PNG, WebP, TIFF, HEIC,
/// AVIF, BMP) is decoded and sent like an image; what a prediction made goes on as it is. Throws Error E408 where the
/// file cannot be read, E31x where it is no whole picture: before anything is paid.
RequestFile::Encoded encode_file(const FilePtr& file, Host& host);

/// Whether encode_file() sends it like an image, so that its pixels are what counts.
bool is_sent_as_picture(const File& file);

/// The whole content. Throws Error E408.
BytesPtr read_bytes(const File& file);

}  // namespace pixgraph::replicate
