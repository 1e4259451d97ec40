// Plugins: the door. Finds "*.pixgraph.so", checks the descriptor before any function of theirs is called, and fills
// the registry; what each one offers is remembered, so that most commands load none.
//
// Used by one thread at start; the registry's source, which loads a plugin on first use, is safe from many. Plugins are
// never unloaded.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry.h"

namespace pixgraph {

/// Where plugins are looked for, in this order: the folders given (--plugins), PIXGRAPH_PLUGINS (separated by `:`),
/// then "plugins" beside the program. A file name that was found already is not taken again.
std::vector<std::string> find_plugins(const std::vector<std::string>& folders);

/// Fills the registry from the plugin files. Throws Error E701 (cannot be loaded), E702 (no pixgraph plugin), E703
/// (built for another sdk or compiler; names both sides), E704 (two plugins offer one name).
void load_registry(Registry& registry, const std::vector<std::string>& files);

/// The same of what is remembered alone: loads no plugin, and so misses those that are new. What the types do is not
/// known.
void load_remembered(Registry& registry, const std::vector<std::string>& files);

}  // namespace pixgraph
