// The media plugin: pictures that move. It is apart from the image plugin so that nobody else loads the libraries for
// video.
#include "nodes.h"

static void add_all(pixgraph::Registrar& registrar) {
  pixgraph::media::add_animate(registrar);
  pixgraph::media::add_frames(registrar);
}

PIXGRAPH_PLUGIN("media", add_all)
