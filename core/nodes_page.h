// NodesPage: docs/nodes.md, what `pixgraph describe` says of every node type, as one Markdown page.
#pragma once

#include <string>

namespace pixgraph {

class Registry;

/// Grouped by plugin, by name within. The same Specs give the same bytes.
std::string nodes_page(const Registry& registry);

}  // namespace pixgraph
