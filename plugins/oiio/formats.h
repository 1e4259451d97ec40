// formats: the file formats that OpenImageIO reads and writes for pixgraph, as data.
//
// JPEG, PNG and WebP are not here: the image plugin has its own codecs, of higher rank. Facts that were measured with
// OpenImageIO 2.4: HEIF takes no memory reader; the GIF writer loses all transparency, so GIF is not written;
// the PNM writer spoils 16-bit samples, so it gets 8.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <pixgraph/codec.h>

namespace pixgraph::oiio {

struct Format {
  CodecInfo info;
  const char* library_name;     // what OpenImageIO calls it
  bool from_memory = true;      // false: only reads a file by its path
  bool linear_light = false;    // samples are light, not sRGB values
  bool straight_alpha = false;  // the reader leaves alpha straight when asked, but does not say so
};

/// Every format, in the order of registration. Made anew by each call.
std::vector<Format> formats();

}  // namespace pixgraph::oiio
