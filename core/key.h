// Keys: what a node's result depends on, as one SHA-256. Two executions with the same recipe key give the same result.
//
// The canonical text under the hash: "recipe 1", the node type and its Spec's version, then one line per argument that
// is in the key, in name order: literal values as canonical JSON (7.0 as 7), files by the hash of their content,
// another node's port by that node's key. `each`, `when` and `on_error` count as arguments. Changing this text is a
// change of format version.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "graph.h"
#include "items.h"

namespace pixgraph {

/// The content hash of an input file; "" where it is not known (a plan that must not read), which makes every key that
/// depends on it "".
using FileHash = std::function<std::string(const File&)>;

/// One key per node of the graph, by node index.
std::vector<std::string> recipe_keys(const Graph& graph, const Item& item, const FileHash& hash_of);

/// The canonical text of one node, for explanations and tests; `keys` are those of its upstream.
std::string recipe_text(const Graph& graph, const GraphNode& node, const Item& item,
                        const std::vector<std::string>& keys, const FileHash& hash_of);

/// What an output's file depends on: what is the same for every item, and which parts of an item there are.
struct OutputRecipe {
  std::string digest;       // of what is the same for every item; "" where a file's hash is not known
  std::string real_digest;  // with stand-ins: the digest of what real models make, which does as well
  // `digest` for people: {"nodes": {name: {type, version, arguments}}, "settings": ..., "stand_ins"?: true}
  nlohmann::json shared;
  nlohmann::json settings;
  std::vector<int> nodes;                                // those it needs, ascending
  std::vector<std::pair<std::string, Reference>> parts;  // "photo", "photo.stem", by name
};
std::vector<OutputRecipe> output_recipes(const Graph& graph, const FileHash& hash_of);

/// The item's parts as canonical JSON text, {"photo": {"file": hash}}; "" where one is not known. Digest and parts
/// together are the recipe of one file.
std::string item_parts(const OutputRecipe& recipe, const Graph& graph, const Item& item, const FileHash& hash_of);

}  // namespace pixgraph
