// The door of this plugin.
#include <pixgraph/plugin.h>

#include "predict.h"

static void add_all(pixgraph::Registrar& registrar) {
  pixgraph::replicate::add_replicate_predict(registrar);
}

PIXGRAPH_PLUGIN("replicate", add_all)
