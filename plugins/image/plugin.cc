// The image plugin: pixel nodes and the codecs for JPEG, PNG and WebP.
#include "codecs/codecs.h"
#include "nodes.h"

static void add_all(pixgraph::Registrar& registrar) {
  using namespace pixgraph::image;
  add_alpha_to_mask(registrar);
  add_composite(registrar);
  add_convert(registrar);
  add_fit(registrar);
  add_resize(registrar);
  add_jpeg(registrar);
  add_png(registrar);
  add_webp(registrar);
}

PIXGRAPH_PLUGIN("image", add_all)
