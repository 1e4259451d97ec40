#include "price_file.h"

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <pixgraph/error.h>

#include "binding.h"
#include "disk.h"

namespace pixgraph {

std::string price_file() {
  const char* xdg = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  const std::string config = xdg && *xdg ? xdg : join_path(home && *home ? home : "/", ".config");
  return join_path(config, "pixgraph/prices.yaml");
}

static bool is_empty(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string::npos && line[first] != '#') return false;
  }
  return true;
}

Prices read_price_file(const std::string& file, Diagnostics& diagnostics, std::string& text) {
  if (!real_disk().exists(file)) return {};
  if (std::filesystem::is_directory(file))
    throw Error("E601", "`" + file + "` is a folder", "prices are written in a file of that name");
  if (const auto content = real_disk().read(file); content && is_empty(*content)) return {};
  const Document document = read_document(file, diagnostics);
  text = document.text;
  if (document.root.broken || diagnostics.has_errors()) return {};
  const Registry no_types;
  Binding binding(document, no_types, {}, diagnostics);
  bind_prices(binding, document.root);
  return binding.graph.prices;
}

}  // namespace pixgraph
