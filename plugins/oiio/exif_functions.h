// exif_functions: two functions of OpenImageIO's <tiffutils.h>, declared here because that header includes libtiff's
// tiff.h, which needs one more package for nothing else.
#pragma once

#include <OpenImageIO/imageio.h>

#include <vector>

OIIO_NAMESPACE_BEGIN

/// Adds the attributes of an EXIF block (TIFF structure) to the spec; false where it is damaged.
OIIO_API bool decode_exif(cspan<std::uint8_t> exif, ImageSpec& spec);
/// Makes such a block of the spec's attributes.
OIIO_API void encode_exif(const ImageSpec& spec, std::vector<char>& blob);

OIIO_NAMESPACE_END
