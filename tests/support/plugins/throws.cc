// Fails while it registers.
#include <pixgraph/plugin.h>

static void add_all(pixgraph::Registrar&) {
  throw pixgraph::Error("E399", "no licence");
}
PIXGRAPH_PLUGIN("throws", add_all)
