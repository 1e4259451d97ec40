// codecs: what this plugin registers. Each pair of files below has a format; header, decode and encode are declared for
// the tests. Contracts are those of <pixgraph/codec.h>; what a format adds is said here.
#pragma once

#include <pixgraph/plugin.h>

namespace pixgraph::image {

/// Baseline, progressive and arithmetic; grey stays one channel, CMYK and YCCK become sRGB. Decodes at 1/2, 1/4 or 1/8
/// where that is enough. Any sign of damaged data is E311, although libjpeg itself would go on with grey.
ImageHeader jpeg_header(const DecodeRequest& request);
std::shared_ptr<Image> decode_jpeg(const DecodeRequest& request);
Bytes encode_jpeg(const Image& image, const EncodeRequest& request);
void add_jpeg(Registrar& registrar);

/// Palette, 1, 2 and 4 bit become 8 bit; a transparent colour (tRNS) becomes alpha; 16 bit stay. gAMA and cHRM are not
/// used: files with a wrong or meaningless gAMA outnumber those that mean it.
ImageHeader png_header(const DecodeRequest& request);
std::shared_ptr<Image> decode_png(const DecodeRequest& request);
Bytes encode_png(const Image& image, const EncodeRequest& request);
void add_png(Registrar& registrar);

/// Lossy and lossless. An animation gives its first frame, as GIF does.
ImageHeader webp_header(const DecodeRequest& request);
std::shared_ptr<Image> decode_webp(const DecodeRequest& request);
Bytes encode_webp(const Image& image, const EncodeRequest& request);
void add_webp(Registrar& registrar);

}  // namespace pixgraph::image
