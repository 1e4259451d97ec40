// NewPipeline: the pipeline that `pixgraph new` writes to start from.
#pragma once

#include <string>

namespace pixgraph {

/// The text of `file`, "mug.yaml" or "shop/mug.yaml": right as it stands, with a comment to everything.
std::string new_pipeline(const std::string& file);

}  // namespace pixgraph
