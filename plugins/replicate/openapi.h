// Reads a version's `openapi_schema` (as Cog writes it, old and new) into a ModelSchema.
#pragma once

#include <optional>

#include "schema.h"

namespace pixgraph::replicate {

/// nullopt where the document has no components.schemas.Input. What is not understood allows everything: a check must
/// never refuse what the server would take. Inputs come in their `x-order`.
std::optional<ModelSchema> read_openapi(const nlohmann::json& document);

}  // namespace pixgraph::replicate
