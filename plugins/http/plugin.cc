#include "fetch.h"

namespace {
void add_all(pixgraph::Registrar& registrar) {
  pixgraph::http::add_fetch(registrar);
}
}  // namespace

PIXGRAPH_PLUGIN("http", add_all)
