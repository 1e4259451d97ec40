// PipelineSchema: what a pipeline file may hold, as JSON Schema (draft-07), for editors. Made from the Specs, so that
// an editor knows what this program knows.
//
// It sees form, types, ranges and choices. What references mean, circles, names that are taken and what a model takes
// are seen by `pixgraph check` alone; nothing that `check` takes is refused by the schema.
#pragma once

#include <nlohmann/json.hpp>

namespace pixgraph {

class Registry;

nlohmann::ordered_json pipeline_schema(const Registry& registry);

}  // namespace pixgraph
