#include "pipeline.h"

#include "disk.h"
#include "host.h"

namespace pixgraph {

std::unique_ptr<Pipeline> read_pipeline(const std::string& file, Reading reading, bool sandbox,
                                        const std::string& state, const Registry& registry, const Settings& settings,
                                        Diagnostics& diagnostics) {
  auto pipeline = std::make_unique<Pipeline>();
  pipeline->document = read_document(file, diagnostics);
  // Bound also where reading found mistakes: bind tells the others of them, and says nothing of a file that could not
  // be read.
  pipeline->graph = pixgraph::bind(pipeline->document, registry, settings, diagnostics);

  pipeline->graph.stand_ins = sandbox;
  CheckHost host;
  pipeline->uses = model_uses(pipeline->graph, registry, host, diagnostics);
  if (reading == Reading::lock) return pipeline;
  const std::string lock_file = lock_path(file);
  if (const auto text = real_disk().read(lock_file)) {
    try {
      pipeline->lock = read_lock(lock_file, *text);
    } catch (const Error& error) {
      diagnostics.error(error.code(), {}, error.message(), error.hint());
    }
  }
  const Schemas kept(real_disk(), join_path(state, "schemas"));
  if (reading == Reading::check && pipeline->lock)
    report_drift(pipeline->uses, *pipeline->lock, lock_file, kept, diagnostics);
  // Stand-ins have versions and inputs of their own.
  if (reading == Reading::run && pipeline->lock && (pipeline->lock->server == kSandboxServer) != sandbox)
    pipeline->lock.reset();
  if (pipeline->lock) pin_versions(pipeline->graph, pipeline->uses, *pipeline->lock, host);
  const Knowledge knowledge{pipeline->lock ? &*pipeline->lock : nullptr, sandbox ? nullptr : &kept};
  check_inputs(pipeline->graph, pipeline->uses, knowledge, reading == Reading::check, diagnostics);
  return pipeline;
}

}  // namespace pixgraph
