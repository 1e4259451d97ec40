// Pictures: the events that tell what an item has to look at: what it read, and what its nodes made. For the report.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "events.h"
#include "graph.h"
#include "items.h"
#include "thumbnails.h"

namespace pixgraph {

/// The item's own files, of those whose hash (by path) is known.
void tell_inputs(Events& events, const Graph& graph, const Item& item,
                 const std::map<std::string, std::string>& hashes);

/// What a node made that can be looked at: each picture once, of a list the first few. Makes their thumbnails.
void tell_pictures(Events& events, Thumbnails& thumbnails, const std::string& item, const std::string& node,
                   const std::vector<Value>& outputs);

}  // namespace pixgraph
