// What there is to run: models with their versions and schemas, deployments, hardware, the account.
#include <nlohmann/json.hpp>

#include "api.h"
#include "models/model.h"

namespace sandbox {

using nlohmann::json;

namespace {

constexpr const char* kMade = "2024-05-23T00:00:00.000000Z";

json version_json(const Model& model) {
  return {{"id", model.version},
          {"created_at", kMade},
          {"cog_version", "0.9.5"},
          {"openapi_schema", openapi(model.schema)}};
}

json model_json(const Model& model) {
  const std::size_t slash = model.name.find('/');
  return {{"url", "https://replicate.com/" + model.name},
          {"owner", model.name.substr(0, slash)},
          {"name", model.name.substr(slash + 1)},
          {"description", "Sandbox stand-in, not the real model. " + model.doc},
          {"visibility", "public"},
          {"is_official", model.official},
          {"run_count", 0},
          {"github_url", nullptr},
          {"paper_url", nullptr},
          {"license_url", nullptr},
          {"cover_image_url", nullptr},
          {"default_example", nullptr},
          {"latest_version", version_json(model)}};
}

Response page(json results) {
  return {200, json{{"previous", nullptr}, {"next", nullptr}, {"results", std::move(results)}}.dump()};
}

json deployment_json(const Model& model) {
  const std::string name = kDeployment;
  const std::size_t slash = name.find('/');
  return {{"owner", name.substr(0, slash)},
          {"name", name.substr(slash + 1)},
          {"current_release",
           {{"number", 1},
            {"model", model.name},
            {"version", model.version},
            {"created_at", kMade},
            {"created_by", {{"type", "user"}, {"username", "sandbox"}, {"name", "Sandbox"}}},
            {"configuration", {{"hardware", "cpu"}, {"min_instances", 0}, {"max_instances", 1}}}}}};
}

}  // namespace

Response answer_models(World& world, const Request&, const Parts& rest) {
  world.stats.count("models");
  if (world.faults.hit(Fault::no_models)) return not_found();
  if (rest.empty()) {
    json results = json::array();
    for (const Model& model : models()) results.push_back(model_json(model));
    return page(results);
  }
  const Model* model = rest.size() >= 2 ? find_model(rest[0] + "/" + rest[1]) : nullptr;
  if (model == nullptr) return not_found();
  if (rest.size() == 2) return {200, model_json(*model).dump()};
  if (rest[2] == "versions" && rest.size() == 3) return page(json::array({version_json(*model)}));
  if (rest[2] == "versions" && rest.size() == 4 && rest[3] == model->version) return {200, version_json(*model).dump()};
  return not_found();
}

Response answer_deployments(World& world, const Request&, const Parts& rest) {
  if (world.faults.hit(Fault::no_models)) return not_found();
  const Model& model = *find_deployment(kDeployment);
  if (rest.empty()) return page(json::array({deployment_json(model)}));
  if (rest.size() == 2 && rest[0] + "/" + rest[1] == kDeployment) return {200, deployment_json(model).dump()};
  return not_found();
}

Response answer_hardware() {
  return {200, json::array({{{"name", "CPU"}, {"sku", "cpu"}},
                            {{"name", "Nvidia T4 GPU"}, {"sku", "gpu-t4"}},
                            {{"name", "Nvidia A40 GPU"}, {"sku", "gpu-a40-small"}},
                            {{"name", "Nvidia A40 (Large) GPU"}, {"sku", "gpu-a40-large"}}})
                   .dump()};
}

Response answer_account() {
  return {200, json{{"type", "user"},
                    {"username", "sandbox"},
                    {"name", "pixgraph sandbox"},
                    {"github_url", "https://github.com/"}}
                   .dump()};
}

}  // namespace sandbox
