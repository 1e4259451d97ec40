// What a server says a model takes: the routes that tell its schema, and the part of the answer that is kept.
#pragma once

#include <optional>

#include <nlohmann/json_fwd.hpp>

#include <pixgraph/remote.h>

#include "server.h"

namespace pixgraph::replicate {

/// GET {base}/models/{owner}/{name}/versions/{id} for a version whose model is known, GET {base}/models/{owner}/{name}
/// for a model asked for by name; a deployment is asked first what it runs now. nullopt where the server has no such
/// route, refuses, or answers something else. Throws HttpError, Throttled, E431 and E432 (stop the run).
std::optional<ModelDescription> describe_model(const ModelName& model, const Server& server, Host& host);

/// The part of an OpenAPI document that read_openapi() reads: components.schemas.Input and Output with what they refer
/// to, without titles and descriptions. null where it has no Input.
nlohmann::json schema_core(const nlohmann::json& document);

}  // namespace pixgraph::replicate
