// Creating a prediction: what the body may say, what is refused, what is set in motion.
#include <algorithm>
#include <cctype>
#include <memory>
#include <nlohmann/json.hpp>

#include "api.h"
#include "codecs.h"
#include "models/model.h"
#include "resources.h"
#include "text.h"

namespace sandbox {

using nlohmann::json;

namespace {

constexpr int kMaxDepth = 64;

Response invalid_input(const std::vector<Complaint>& complaints) {
  std::string detail;
  json fields = json::array();
  for (const Complaint& complaint : complaints) {
    detail += "- " + complaint.field + ": " + complaint.text + "\n";
    fields.push_back({{"field", complaint.field}, {"description", complaint.text}});
  }
  const json body = {
      {"title", "Input validation failed"}, {"detail", detail}, {"status", 422}, {"invalid_fields", fields}};
  return {422, body.dump(-1, ' ', false, json::error_handler_t::replace), "application/problem+json"};
}

// Brackets nested too deep would overflow the stack of whoever walks the value.
bool too_deep(const std::string& text) {
  int depth = 0;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside) {
      if (c == '\\') ++i;
      if (c == '"') inside = false;
    } else if (c == '"') {
      inside = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

// The body's object, or what is wrong with it.
std::optional<Response> read_body(const Request& request, bool with_version, json& body) {
  if (too_deep(request.body)) return problem(400, "Bad request", "The request body is nested too deep.");
  body = json::parse(request.body, nullptr, false);
  if (body.is_discarded()) return problem(400, "Bad request", "The request body is not valid JSON.");
  std::vector<Complaint> complaints;
  if (!body.is_object())
    return invalid_input({{"(root)", "Invalid type. Expected: object, given: " + std::string(body.type_name())}});
  for (const auto& [key, value] : body.items()) {
    const bool known = key == "input" || (key == "version" && with_version) || key == "webhook" ||
                       key == "webhook_events_filter" || key == "stream";
    if (!known) complaints.push_back({"(root)", "Additional property " + key + " is not allowed"});
  }
  if (with_version && !body.contains("version")) complaints.push_back({"(root)", "version is required"});
  if (!body.contains("input")) complaints.push_back({"(root)", "input is required"});
  if (body.contains("input") && !body["input"].is_object()) {
    complaints.push_back({"input", "Invalid type. Expected: object, given: " + std::string(body["input"].type_name())});
  }
  if (body.contains("version") && !body["version"].is_string())
    complaints.push_back({"version", "Invalid type. Expected: string"});
  if (!complaints.empty()) return invalid_input(complaints);
  return std::nullopt;
}

// Seconds to hold the answer; nullopt = not asked for. -1 = asked for wrongly.
std::optional<int> prefer_wait(const Request& request) {
  const std::string value = request.header("Prefer");
  if (!value.starts_with("wait")) return std::nullopt;
  if (value == "wait") return 60;
  if (value.size() < 6 || value[4] != '=' || value.size() > 7) return -1;
  int seconds = 0;
  for (const char c : value.substr(5)) {
    if (c < '0' || c > '9') return -1;
    seconds = seconds * 10 + (c - '0');
  }
  return seconds >= 1 && seconds <= 60 ? seconds : -1;
}

void strip_data_uris(json& value, bool all) {
  if (value.is_structured()) {
    for (json& element : value) strip_data_uris(element, all);
  } else if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (!starts_with_no_case(text, "data:")) return;
    if (all) {
      value = nullptr;
    } else if (text.size() > kLongDataUri) {
      value = text.substr(0, 64) + "...";
    }
  }
}

// Runs the model on a worker and hands the result to the prediction.
void compute(World& world, const Prediction& p, const Model& model, json input,
             std::shared_ptr<WorldResources> resources) {
  auto shared_input = std::make_shared<json>(std::move(input));
  world.workers.add([&world, &model, id = p.id, seed = p.seed, finishes = p.finishes, fails = p.fault_failed,
                     shared_input, resources] {
    if (!world.predictions.wanted(id)) return;
    std::vector<std::string> urls;
    std::string failure;
    try {
      if (fails) throw ModelFailure("Director: unexpected error handling prediction (E8765: health check failed)");
      const Job job(*shared_input, seed, *resources);
      int index = 0;
      for (OutputFile& file : model.run(job)) {
        const std::string name = model.schema.output != OutputKind::file ? "out-" + std::to_string(index++) : "output";
        const std::string path = "/xezq/" + new_id() + new_id() + "/" + name + "." + file.extension;
        const double live_from = std::max(finishes, world.clock.now());
        const std::string type = media_type_of(file.bytes);
        world.deliveries.add(path,
                             {type, live_from + world.options.links_live, world.blobs.put(std::move(file.bytes))});
        urls.push_back(world.delivery + path);
      }
    } catch (const std::exception& error) {
      failure = error.what();
      urls.clear();
    }
    world.predictions.computed(id, std::move(urls), std::move(failure));
  });
}

struct Asked {
  const Model& model;
  std::string version;     // as it is answered
  std::string deployment;  // or empty
};

Response create(World& world, const Request& request, const Asked& asked, json& body) {
  const Model& model = asked.model;
  json& input = body["input"];
  if (const auto complaints = check_input(model.schema, input); !complaints.empty()) return invalid_input(complaints);
  const auto wait = prefer_wait(request);
  if (wait && *wait < 0) return problem(400, "Bad request", "Prefer: must be wait or wait=n with n from 1 to 60");
  std::optional<double> lifetime;
  if (const std::string value = request.header("Cancel-After"); !value.empty()) {
    lifetime = parse_duration(value);
    if (!lifetime || *lifetime < 5)
      return problem(400, "Bad request", "Cancel-After: must be a duration of at least 5 seconds");
  }

  Faults& faults = world.faults;
  Prediction p;
  p.id = new_id();
  p.stand_in = model.name;
  p.model =
      faults.hit(Fault::aliased_model) ? "sandbox-internal/" + model.name.substr(model.name.find('/') + 1) : model.name;
  p.version = faults.hit(Fault::version_alias) ? "dp-" + sha256_hex(asked.version).substr(0, 32) : asked.version;
  p.deployment = asked.deployment;
  p.list_output = model.schema.output != OutputKind::file;
  p.counts_images = model.counts_images;
  p.fault_aborted = faults.hit(Fault::aborted);
  p.fault_failed = faults.hit(Fault::failed);
  p.stuck = faults.hit(Fault::stuck);
  p.grows = faults.hit(Fault::output_grows);
  p.output_null = faults.hit(Fault::output_null);
  p.expired = faults.hit(Fault::expired);

  const auto resources = std::make_shared<WorldResources>(world);
  json run_input = with_defaults(model.schema, input);
  for (const Field& field : model.schema.inputs) {
    const auto found = run_input.find(field.name);
    if (field.type != Type::file || found == run_input.end()) continue;
    const auto& uri = found->get_ref<const std::string&>();
    if (uri.size() <= kLongDataUri) continue;
    auto bytes = decode_data_uri(uri);
    if (!bytes) continue;  // the run says what is wrong with it
    resources->keep("kept:" + field.name, world.blobs.put(std::move(*bytes)));
    *found = "kept:" + field.name;
  }
  p.seed = seed_of(model, run_input);
  if (const auto steps = run_input.find("num_inference_steps"); steps != run_input.end())
    p.steps = std::max(1, steps->get<int>());
  strip_data_uris(input, faults.hit(Fault::elided_inputs));
  p.input_json = input.dump(-1, ' ', false, json::error_handler_t::replace);

  double seconds = world.options.latency.value_or(model.seconds);
  if (model.name == "sandbox/instant" && input.contains("seconds")) seconds = input["seconds"].get<double>();
  p.created = world.clock.now();
  p.starts = p.created + world.options.queue;
  p.finishes = p.starts + seconds;
  if (lifetime) p.deadline = p.created + *lifetime;

  world.predictions.add(p);
  world.deliveries.drop_expired(p.created);
  world.stats.created(model.name, world.predictions.in_flight());
  compute(world, p, model, std::move(run_input), resources);

  if (faults.hit(Fault::drop_before_answer)) {
    Response dropped;
    dropped.drop = true;
    return dropped;
  }
  if (faults.hit(Fault::dalle_body))
    return {200, "{\"created\":1589478378,\"data\":[{\"url\":\"https://...\"},{\"url\":\"https://...\"}]}"};
  Response response{201, "", "application/json", {{"Location", world.answer.base + "/predictions/" + p.id}}};
  bool pretend = false;
  std::optional<Prediction> shown = p;
  if (wait) {
    shown = world.predictions.wait(p.id, p.created + *wait);
    response.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(*wait));
    if (!is_terminal(shown->status)) response.status = 202;
    pretend = faults.hit(Fault::wait_ends_processing);
  }
  if (faults.hit(Fault::codes_200)) response.status = 200;
  response.body = prediction_json(*shown, world.clock.now(), world.answer, faults, pretend);
  return response;
}

Response unknown_version() {
  return problem(422, "Invalid version or not permitted",
                 "Invalid version or not permitted: the specified version does not exist (or perhaps you don't have "
                 "permission to use it?)");
}

bool is_version_id(const std::string& text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace

Response create_by_version(World& world, const Request& request) {
  json body;
  if (auto refused = read_body(request, true, body)) return *refused;
  const std::string version = body["version"].get<std::string>();
  const std::size_t colon = version.find(':');
  const std::string id = colon == std::string::npos ? version : version.substr(colon + 1);
  const Model* model = nullptr;
  if (is_version_id(id)) {
    model = find_version(lower(id));
    if (model != nullptr && colon != std::string::npos && model->name != version.substr(0, colon)) model = nullptr;
  } else if (colon == std::string::npos) {
    // Without a version only official models can be named.
    model = find_model(version);
    if (model != nullptr && !model->official) model = nullptr;
  }
  if (model == nullptr) return unknown_version();
  return create(world, request, {*model, model->version, ""}, body);
}

Response create_by_model(World& world, const Request& request, const std::string& name) {
  const Model* model = find_model(name);
  // Community models have no path form.
  if (model == nullptr || !model->official) return not_found();
  json body;
  if (auto refused = read_body(request, false, body)) return *refused;
  return create(world, request, {*model, model->version, ""}, body);
}

Response create_by_deployment(World& world, const Request& request, const std::string& name) {
  const Model* model = find_deployment(name);
  if (model == nullptr) return not_found();
  json body;
  if (auto refused = read_body(request, false, body)) return *refused;
  return create(world, request, {*model, model->version, name}, body);
}

}  // namespace sandbox
