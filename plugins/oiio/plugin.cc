// The oiio plugin: every other file format, by OpenImageIO. Loading it takes a quarter second and 130 MB, so core loads
// it only when a file of one of its formats is met; telling formats needs its CodecInfo alone.
#include <pixgraph/plugin.h>

#include "formats.h"
#include "read.h"
#include "write.h"

static void add_all(pixgraph::Registrar& registrar) {
  using namespace pixgraph;
  for (const oiio::Format& format : oiio::formats()) {
    Codec codec;
    codec.info = format.info;
    codec.header = [format](const DecodeRequest& request) { return oiio::read_header(format, request); };
    codec.decode = [format](const DecodeRequest& request) { return oiio::read(format, request); };
    codec.encode = [format](const Image& image, const EncodeRequest& request) {
      return oiio::write(format, image, request);
    };
    registrar.add(std::move(codec));
  }
}

PIXGRAPH_PLUGIN("oiio", add_all)
