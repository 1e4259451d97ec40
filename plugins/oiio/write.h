// write: pictures through OpenImageIO's writers, always into memory.
#pragma once

#include <pixgraph/codec.h>

#include "formats.h"

namespace pixgraph::oiio {

/// As Codec::encode. Linear formats get light (see read.h) and premultiplied alpha, as OpenEXR wants it; the others
/// straight alpha. ICC and EXIF go into TIFF only: the library's other writers drop them, and that one drops GPS and
/// XMP. Grey with alpha becomes RGB with alpha in TGA.
Bytes write(const Format& format, const Image& image, const EncodeRequest& request);

}  // namespace pixgraph::oiio
