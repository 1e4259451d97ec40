#include "report_assets.h"

#include <string>

#include <pixgraph/error.h>

// Made by CMake (report_assets.S): the begin and end of each file.
#define PIXGRAPH_ASSET(symbol, name) extern "C" const char pixgraph_asset_##symbol[], pixgraph_asset_##symbol##_end[];
#include "report_assets.list"
#undef PIXGRAPH_ASSET

namespace pixgraph {

std::string_view report_asset(std::string_view name) {
#define PIXGRAPH_ASSET(symbol, its_name) \
  if (name == its_name)                  \
    return {pixgraph_asset_##symbol, static_cast<std::size_t>(pixgraph_asset_##symbol##_end - pixgraph_asset_##symbol)};
#include "report_assets.list"
#undef PIXGRAPH_ASSET
  throw Error("E991", "there is no file `" + std::string(name) + "` in the report");
}

}  // namespace pixgraph
