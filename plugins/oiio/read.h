// read: pictures through OpenImageIO's readers.
//
// Never through ImageBuf's cache: it shows old pixels once a file was overwritten. A spec is checked against the pixel
// limit before memory is taken. Whatever the library throws or reports becomes Error E311 (damaged) or E312 (unknown).
#pragma once

#include <pixgraph/codec.h>

#include "formats.h"

namespace pixgraph::oiio {

/// As Codec::header and Codec::decode. Of more than four channels R, G, B and A are taken; of several pictures the
/// first. Linear formats are brought to sRGB's tone curve (values above white go on along it), so that every Image
/// without a profile means the same; write() brings them back. Samples that are no numbers become black, infinite ones
/// 65504.
/// The header of a GIF says that it may have alpha; its picture has it only where something is transparent.
ImageHeader read_header(const Format& format, const DecodeRequest& request);
std::shared_ptr<Image> read(const Format& format, const DecodeRequest& request);

/// Settings of the library that hold for the whole process: one thread, because pixgraph has a picture per thread.
void set_up_library();

}  // namespace pixgraph::oiio
