// Items: the batch. One row per photo, apart from the graph: a row holds the values of the pipeline's inputs and
// nothing else.
#pragma once

#include <string>
#include <vector>

#include <pixgraph/value.h>

#include "graph.h"
#include "item_choice.h"

namespace pixgraph {

struct Item {
  std::string name;           // unique: the relative path of its first file, else its `id`, else "row-00001"
  std::vector<Value> inputs;  // one per Graph::inputs; files are not hashed or decoded yet
};

struct ItemTable {
  std::vector<Item> items;
  int skipped = 0;  // files of a folder that are no images, but for hidden ones
};

/// Makes the rows from what the user named: files, folders (taken recursively, in natural order: 2 before 10), patterns
/// and manifests (manifest.h); of all these the ones that were chosen. A path below `not_below` (--out, the state
/// directory) is never an item. Throws Error E60x, E62x and Mistakes for what cannot be a batch: a path that is not
/// there, a pipeline whose inputs cannot be filled this way, photos given to one that takes none. A pipeline without
/// required inputs makes one item when nothing is named.
ItemTable list_items(const Graph& graph, const std::vector<std::string>& named,
                     const std::vector<std::string>& not_below, const ItemChoice& choice = {});

}  // namespace pixgraph
