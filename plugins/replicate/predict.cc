#include "predict.h"

#include <nlohmann/json.hpp>

#include "answer.h"
#include "dates.h"
#include "description.h"
#include "identity.h"
#include "json_reader.h"
#include "models.h"
#include "openapi.h"
#include "outputs.h"
#include "polling.h"
#include "request.h"
#include "server.h"
#include "submit.h"
#include "text.h"

namespace pixgraph::replicate {
namespace {

Identity identity_of(const Call& call) {
  return read_identity(call.text("version"), call.text("model"), call.text("deployment"));
}

bool is_later(const nlohmann::json& params, const char* param) {
  return value_at(params, param).is_object();
}

/// What is known of a model: by its schema, else by the built-in table.
std::optional<ModelSchema> schema_of(const ModelName& model, const nlohmann::json* schema) {
  std::optional<ModelSchema> known;
  if (schema) known = read_openapi(*schema);
  if (known) {
    // A model that is asked for by name may have learned new inputs since.
    known->complete = known->complete && is_version_hex(model.lane);
    // What the table calls needed of a version fails without, whatever the version's own schema says.
    if (const ModelSchema* row = is_version_hex(model.lane) ? find_model(model.lane) : nullptr)
      for (ModelInput& input : known->inputs)
        if (const ModelInput* same = row->input(input.name)) input.required = input.required || same->required;
  } else if (const ModelSchema* row = find_model(model.lane)) {
    known = *row;
  }
  if (known && known->name.empty())
    known->name = Identity{.lane = model.lane, .name = model.name, .version = {}, .endpoint = {}}.display();
  return known;
}

/// Notes the links of a prediction that ended just now. One that was found again after a crash may be old, so where the
/// answer does not say when it ended, or our clock and the server's do not agree, nothing is noted.
void remember_links(const Snapshot& snapshot, Links& links) {
  if (snapshot.status != RemoteStatus::succeeded) return;
  const auto ended = read_iso_date(text_at(*snapshot.answer, "completed_at"));
  if (ended && std::chrono::abs(std::chrono::system_clock::now() - *ended) < std::chrono::minutes(10))
    links.born(snapshot.urls);
}

}  // namespace

void ReplicatePredict::ready(Host& host) const {
  read_server(host);
}

ModelName ReplicatePredict::model(const nlohmann::json& params, Host& host) const {
  for (const char* param : {"version", "model", "deployment"})
    if (is_later(params, param)) return {};
  const Identity identity =
      read_identity(text_at(params, "version"), text_at(params, "model"), text_at(params, "deployment"));
  ModelName model;
  model.lane = identity.lane;
  model.name = identity.name;
  if (model.name.empty())
    if (const ModelSchema* row = find_model(model.lane)) model.name = row->name;
  try {
    model.server = read_base(host);
  } catch (const Error&) {  // ready() says so before anything runs
  }
  return model;
}

std::optional<ModelDescription> ReplicatePredict::describe(const ModelName& model, Host& host) const {
  return describe_model(model, read_server(host, model.server), host);
}

std::optional<std::vector<InputMistake>> ReplicatePredict::check(const ModelName& model, const nlohmann::json& input,
                                                                 const nlohmann::json* schema) const {
  const auto known = schema_of(model, schema);
  if (!known) return {};
  return check_input(*known, input);
}

std::optional<std::pair<std::string, std::string>> ReplicatePredict::pin(const nlohmann::json& params,
                                                                         const std::string& version) const {
  const std::string name(trim(text_at(params, "version")));
  if (!is_owner_name(name) || !is_version_hex(version)) return {};
  return std::pair(std::string("version"), name + ":" + version);
}

Request ReplicatePredict::prepare(Call& call) const {
  const Identity identity = identity_of(call);
  Request request;
  request.server = read_base(call.host());
  request.lane = identity.lane;
  request.endpoint = identity.endpoint;
  request.version = identity.version;
  request.model = identity.name;
  if (request.model.empty())
    if (const ModelSchema* schema = find_model(identity.lane)) request.model = schema->name;
  fill_input(call.value("input"), call.host(), links_, request);
  // Answers are cleaned of the token: a request with it could never be told apart again, and it would stand in files.
  if (const std::string token = call.host().environment("REPLICATE_API_TOKEN");
      token.size() >= 8 &&
      request.input->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).find(token) != std::string::npos)
    throw Error("E425", "the input holds the token of REPLICATE_API_TOKEN, which is sent nowhere but to the server",
                "take it out of `input:`; a model that needs a token of its own gets another one");
  return request;
}

void ReplicatePredict::stage(Request& request, Host& host) const {
  staging_.stage(request, read_server(host, request.server), host, links_);
}

Submitted ReplicatePredict::submit(const Request& request, Host& host) const {
  Submitted result;
  try {
    result = submit_request(request, read_server(host, request.server), host);
  } catch (const Error& error) {  // no token, another base: before anything was sent
    result.kind = Submitted::Kind::rejected;
    result.error = error;
  }
  remember_links(result.snapshot, links_);
  return result;
}

std::optional<ListPage> ReplicatePredict::list(const std::string& server, std::chrono::system_clock::time_point since,
                                               const std::string& cursor, Host& host) const {
  auto page = list_predictions(read_server(host, server), since, cursor, host);
  if (page)
    for (const Candidate& entry : page->predictions) remember_links(entry.snapshot, links_);
  return page;
}

Snapshot ReplicatePredict::poll(const std::string& server, const std::string& id, Host& host) const {
  Snapshot snapshot = poll_prediction(read_server(host, server), id, host);
  remember_links(snapshot, links_);
  return snapshot;
}

bool ReplicatePredict::cancel(const std::string& server, const std::string& id, Host& host) const {
  return cancel_prediction(read_server(host, server), id, host);
}

std::vector<std::string> ReplicatePredict::files(const Snapshot& snapshot, const nlohmann::json* schema) const {
  if (!schema || !snapshot.answer) return snapshot.urls;
  return declared_files(*schema, value_at(*snapshot.answer, "output"));
}

void ReplicatePredict::finish(Call& call, const nlohmann::json& answer, const std::vector<FilePtr>& saved,
                              const nlohmann::json* schema) const {
  const auto said = schema ? read_openapi(*schema) : std::nullopt;
  set_outputs(call, identity_of(call), answer, saved, said ? said->output : ModelSchema::Output::unknown);
}

Spec replicate_predict_spec() {
  return Spec("ReplicatePredict", "Runs a hosted model on Replicate or a compatible server")
      .open_in("input", "the model's inputs by name; images, masks and files are sent along, null is left out")
      .param("version", "",
             "the model as owner/name:<64 hex digits>, as 64 hex digits, or as owner/name (official models)")
      .param("model", "", "an official model as owner/name; asked for by its path")
      .param("deployment", "", "a deployment as owner/name")
      .out("output", Type::json, "what the model answered: any JSON; files in it as URLs")
      .out("files", list_of(Type::file), "every file in the output, in order, saved")
      .out("file", Type::file, "the first file; of a list that grows while the model works, the last")
      .out("id", Type::text, "the prediction's id")
      .out("logs", Type::text, "what the model logged, up to 64 kB")
      .out("metrics", Type::json, "what the server measured, such as predict_time in seconds")
      .out("seed", Type::integer, "the seed that the model says it used, else the one it was given")
      .runs_in(Pool::predict, Cost::paid)
      .example(
          "cutout: {type: ReplicatePredict, version: "
          "\"cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003\", "
          "input: {image: \"${photo}\"}}")
      .example(
          "poster: {type: ReplicatePredict, model: black-forest-labs/flux-schnell, input: {prompt: \"a red bicycle\", "
          "seed: 7}}");
}

void add_replicate_predict(Registrar& registrar) {
  registrar.add(replicate_predict_spec(), std::make_shared<const ReplicatePredict>());
}

}  // namespace pixgraph::replicate
