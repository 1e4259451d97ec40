#include "price_file.h"

#include <cstdlib>

#include "binding.h"
#include "disk.h"

namespace pixgraph {

std::string price_file() {
  const char* xdg = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  const std::string config = xdg && *xdg ? xdg : join_path(home && *home ? home : "/", ".config");
  return join_path(config, "pixgraph/prices.yaml");
}

Prices read_price_file(const std::string& file, Diagnostics& diagnostics, std::string& text) {
  if (!real_disk().exists(file)) return {};
  const Document document = read_document(file, diagnostics);
  text = document.text;
  if (document.root.broken || diagnostics.has_errors()) return {};
  const Registry no_types;
  Binding binding(document, no_types, {}, diagnostics);
  bind_prices(binding, document.root);
  return binding.graph.prices;
}

}  // namespace pixgraph
