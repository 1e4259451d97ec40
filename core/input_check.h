// Input check: what the author of a pipeline has written, held against what its models take, before anything runs. What
// is known of a model comes from the lock, else from what was kept, else from the plugin; no network, nothing written.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/remote.h>

#include "document.h"
#include "graph.h"
#include "lockfile.h"
#include "registry.h"
#include "schemas.h"

namespace pixgraph {

/// A node that buys from a model, as the file has it. Points into the Document.
struct ModelUse {
  int node = 0;  // index into Graph::nodes
  std::shared_ptr<const RemoteNode> remote;
  ModelName model;
  nlohmann::json params;                   // by name; {"$later": type} where not known yet
  nlohmann::json input;                    // the open input, likewise
  const DocumentEntry* written = nullptr;  // the node
  const DocumentEntry* opened = nullptr;   // its open input; null where it has none
  Place place;                             // of the text that names the model
};

/// What is known without asking anyone; either may be null.
struct Knowledge {
  const Lockfile* lock = nullptr;
  const Schemas* kept = nullptr;
  /// null where neither knows the model.
  JsonPtr schema_of(const ModelName& model) const;
};

/// Every node of a remote type whose params name a model; what they name wrongly is reported. May load plugins. The
/// Graph's Document is still there.
std::vector<ModelUse> model_uses(const Graph& graph, const Registry& registry, Host& host, Diagnostics& diagnostics);
/// Nodes that ask by name buy the locked version from now on. Call it after model_uses; the uses are renewed.
void pin_versions(Graph& graph, std::vector<ModelUse>& uses, const Lockfile& lock, Host& host);
/// E421 for what a model does not take, W421 for doubts, and where `tell_unknown` W422 for models nobody knows.
void check_inputs(const Graph& graph, const std::vector<ModelUse>& uses, const Knowledge& knowledge, bool tell_unknown,
                  Diagnostics& diagnostics);
/// W423: where the pipeline, the lock and what was kept differ. REQUIRES: uses that were not pinned.
void report_drift(const std::vector<ModelUse>& uses, const Lockfile& lock, const std::string& lock_file,
                  const Schemas& kept, Diagnostics& diagnostics);
/// The first mistake that every item of the pipeline shares, now that this schema of a model is known.
std::optional<Error> shared_mistake(const Graph& graph, const std::vector<ModelUse>& uses, const ModelName& model,
                                    const nlohmann::json& schema);

}  // namespace pixgraph
