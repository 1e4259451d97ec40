#include "description.h"

#include <nlohmann/json.hpp>

#include "answer.h"
#include "errors.h"
#include "identity.h"
#include "json_reader.h"
#include "text.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

constexpr std::string_view kDeployment = "deployment ";
constexpr std::string_view kSchemas = "#/components/schemas/";

std::optional<json> ask(const std::string& path, const std::string& what, const Server& server, Host& host) {
  HttpRequest request = server.request("GET", path);
  request.deadline = std::chrono::seconds(20);  // a create waits for it
  request.max_bytes = 4u << 20;
  const HttpResponse response = host.http().send(request);
  if (response.status == 401 || response.status == 402 || response.status == 429)
    check_answer(response, server, {what, Asked::Way::version});
  if (response.status < 200 || response.status >= 300) return {};
  auto answer = read_json(response.body);
  if (!answer || !answer->is_object()) return {};
  return answer;
}

std::optional<ModelDescription> read_version(const json& version, const std::string& wanted) {
  ModelDescription description;
  const std::string id = lower(text_at(version, "id"));
  // A server that answers with another version than it was asked for says nothing about ours.
  if (!wanted.empty() && !id.empty() && id != wanted) return {};
  if (is_version_hex(id)) description.version = id;
  if (json schema = schema_core(value_at(version, "openapi_schema")); !schema.is_null())
    description.schema = std::make_shared<const json>(std::move(schema));
  return description;
}

std::optional<ModelDescription> of_version(const std::string& name, const std::string& hex, const Server& server,
                                           Host& host) {
  const auto answer = ask("/models/" + name + "/versions/" + hex, name, server, host);
  if (!answer) return {};
  auto description = read_version(*answer, hex);
  if (!description || (description->version.empty() && !description->schema)) return {};
  description->version = hex;
  return description;
}

/// A schema without what only explains it. `names`: whether the keys here are names that the model gave.
json without_words(const json& value, bool names) {
  if (value.is_array()) {
    json list = json::array();
    for (const json& one : value) list.push_back(without_words(one, false));
    return list;
  }
  if (!value.is_object()) return value;
  json object = json::object();
  for (const auto& [key, inner] : value.items()) {
    if (!names && (key == "description" || key == "title" || key == "example" || key == "examples")) continue;
    if (!names && (key == "default" || key == "enum" || key == "const"))
      object[key] = inner;  // values, not schemas
    else
      object[key] = without_words(inner, !names && key == "properties");
  }
  return object;
}

void take(const json& all, const std::string& name, json& taken);

void take_referred(const json& all, const json& schema, json& taken) {
  if (schema.is_object()) {
    const std::string reference = text_at(schema, "$ref");
    if (reference.starts_with(kSchemas)) take(all, reference.substr(kSchemas.size()), taken);
  }
  if (schema.is_structured())
    for (const json& inner : schema) take_referred(all, inner, taken);
}

void take(const json& all, const std::string& name, json& taken) {
  const json& schema = value_at(all, name);
  if (schema.is_null() || taken.contains(name)) return;
  taken[name] = without_words(schema, false);
  take_referred(all, schema, taken);
}

}  // namespace

json schema_core(const json& document) {
  const json& all = value_at(value_at(document, "components"), "schemas");
  json taken = json::object();
  take(all, "Input", taken);
  if (taken.empty()) return nullptr;
  take(all, "Output", taken);
  return {{"components", {{"schemas", std::move(taken)}}}};
}

std::optional<ModelDescription> describe_model(const ModelName& model, const Server& server, Host& host) {
  if (is_version_hex(model.lane)) {
    if (!is_owner_name(model.name)) return {};  // the route needs it
    return of_version(model.name, model.lane, server, host);
  }
  if (model.lane.starts_with(kDeployment)) {
    const auto answer = ask("/deployments/" + model.lane.substr(kDeployment.size()), model.lane, server, host);
    if (!answer) return {};
    const json& release = value_at(*answer, "current_release");
    const std::string name = text_at(release, "model"), version = lower(text_at(release, "version"));
    if (!is_owner_name(name) || !is_version_hex(version)) return {};
    return of_version(name, version, server, host);
  }
  const auto answer = ask("/models/" + model.lane, model.lane, server, host);
  if (!answer) return {};
  auto description = read_version(value_at(*answer, "latest_version"), "");
  // An official model is billed by what it makes, and its versions by themselves by the time they run.
  const json& official = value_at(*answer, "is_official");
  description->pins = !description->version.empty() && !(official.is_boolean() && official.get<bool>());
  return description;
}

}  // namespace pixgraph::replicate
