// From the answer of a success to the ports of the node.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <pixgraph/node.h>

#include "identity.h"
#include "schema.h"

namespace pixgraph::replicate {

/// Sets every port. `files` are the saved files of the answer's output, in order, and `said` is what the server's
/// schema says that they are; where it says nothing, the built-in table is asked. Throws Error E418 for a success
/// without any output; warns where fewer files came than were asked for, and where text came in place of a file.
void set_outputs(Call& call, const Identity& identity, const nlohmann::json& answer, const std::vector<FilePtr>& files,
                 ModelSchema::Output said = ModelSchema::Output::unknown);

}  // namespace pixgraph::replicate
