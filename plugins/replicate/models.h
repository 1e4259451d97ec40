// The built-in table: the twelve models that pixgraph knows without asking a server.
//
// A version never changes, so an entry with a version holds for ever. black-forest-labs/flux-schnell is asked for by
// its name only and may learn new inputs; for some versions the table rests on the code of another version of the
// model. Those entries are not `complete`: an unknown name is then only worth a warning.
#pragma once

#include <string_view>
#include <vector>

#include "schema.h"

namespace pixgraph::replicate {

const std::vector<ModelSchema>& known_models();

/// By lane: a version's 64 hex digits, or the name of a model that is asked for by name. Null where nothing is known.
const ModelSchema* find_model(std::string_view lane);
/// By owner/name, whatever the version: enough to know the form of the output. Null where nothing is known.
const ModelSchema* find_model_by_name(std::string_view name);

}  // namespace pixgraph::replicate
