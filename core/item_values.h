// Item values: what a manifest says of an input, read strictly by the input's declared type; and the way back, for a
// run's outcome list.
//
// Pure functions but for the files that they look for.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "graph.h"
#include "items.h"
#include "scalars.h"

namespace pixgraph {

/// From a path as it is written to a File. Throws Error E601, E625.
using FileOfPath = std::function<FilePtr(const std::string& path)>;

/// Of a CSV field: texts as they stand, numbers and bools as a pipeline file has them, json and lists as JSON.
Reading<Value> value_of_field(std::string_view written, ValueType type, const FileOfPath& file);
/// Of a JSON value. null is none.
Reading<Value> value_of_json(const nlohmann::json& written, ValueType type, const FileOfPath& file);

/// What an item's inputs are, so that a manifest of these lines is the same batch: {"inputs": {...}} with files by
/// their absolute paths, and under "relpaths" their relative paths where those are more than the file's name.
nlohmann::json written_inputs(const Graph& graph, const Item& item);

}  // namespace pixgraph
