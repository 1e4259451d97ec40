// Reads a version's `openapi_schema` (as Cog writes it, old and new) into a ModelSchema.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema.h"

namespace pixgraph::replicate {

/// nullopt where the document has no components.schemas.Input. What is not understood allows everything: a check must
/// never refuse what the server would take. Inputs come in their `x-order`.
std::optional<ModelSchema> read_openapi(const nlohmann::json& document);

/// The files in an output: files_in() without what the document says is text, which may be a URL too (a source that an
/// answer names). What it does not say counts as a file.
std::vector<std::string> declared_files(const nlohmann::json& document, const nlohmann::json& output);

}  // namespace pixgraph::replicate
