// Report assets: the style sheets and modules of core/report, as they are, inside the program.
#pragma once

#include <string_view>

namespace pixgraph {

/// The content of core/report/<name>. Throws Error E991 for another name.
std::string_view report_asset(std::string_view name);

}  // namespace pixgraph
