// Difference: what is not the same between the recipe that a file was made by and the one that it would be made by now,
// as one sentence for people.
//
// Pure functions over the JSON that key.h writes.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace pixgraph {

/// Between what two outputs' digests stand for (OutputRecipe::shared): the first difference, in name order of the
/// nodes.
std::string recipe_difference(const nlohmann::json& before, const nlohmann::json& now);

/// Between the items' parts (item_parts()).
std::string parts_difference(const nlohmann::json& before, const nlohmann::json& now);

/// A value of a recipe as a person would write it: "a", ${photo}, 7.
std::string recipe_value(const nlohmann::json& value);

}  // namespace pixgraph
