// Price file: the prices that a user keeps for all pipelines, in the form of a pipeline file's `prices:`.
#pragma once

#include <string>

#include "diagnostics.h"
#include "prices.h"

namespace pixgraph {

/// $XDG_CONFIG_HOME/pixgraph/prices.yaml, else ~/.config/pixgraph/prices.yaml.
std::string price_file();

/// What the file says; nothing where there is none or it is empty. `text` becomes its content, for showing the
/// mistakes.
Prices read_price_file(const std::string& file, Diagnostics& diagnostics, std::string& text);

}  // namespace pixgraph
