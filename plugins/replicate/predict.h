// ReplicatePredict: one prediction of a model on Replicate, or on any server that speaks its language.
#pragma once

#include <pixgraph/plugin.h>

#include "links.h"
#include "upload.h"

namespace pixgraph::replicate {

/// The functions that core drives (remote.h says when). What they keep is only memory that saves work: no money hangs
/// on it.
class ReplicatePredict : public RemoteNode {
 public:
  ModelName model(const nlohmann::json& params, Host& host) const override;
  std::optional<ModelDescription> describe(const ModelName& model, Host& host) const override;
  std::optional<std::vector<InputMistake>> check(const ModelName& model, const nlohmann::json& input,
                                                 const nlohmann::json* schema) const override;
  std::optional<std::pair<std::string, std::string>> pin(const nlohmann::json& params,
                                                         const std::string& version) const override;
  void ready(Host& host) const override;
  Request prepare(Call& call) const override;
  void stage(Request& request, Host& host) const override;
  Submitted submit(const Request& request, Host& host) const override;
  std::optional<ListPage> list(const std::string& server, std::chrono::system_clock::time_point since,
                               const std::string& cursor, Host& host) const override;
  Snapshot poll(const std::string& server, const std::string& id, Host& host) const override;
  bool cancel(const std::string& server, const std::string& id, Host& host) const override;
  std::vector<std::string> files(const Snapshot& snapshot, const nlohmann::json* schema) const override;
  void finish(Call& call, const nlohmann::json& answer, const std::vector<FilePtr>& saved,
              const nlohmann::json* schema) const override;

 private:
  mutable Links links_;
  mutable Staging staging_;
};

Spec replicate_predict_spec();
void add_replicate_predict(Registrar& registrar);

}  // namespace pixgraph::replicate
