#include "schema_gate.h"

#include <utility>

namespace pixgraph {

static constexpr int kMostThrottled = 8;  // then the request goes on without the server's word

static ModelName name_of(const Request& request) {
  return {request.server, request.lane, request.model};
}

/// Whether what a server says of it holds for ever.
static bool is_version(const ModelName& model) {
  return model.lane.size() == 64 && model.lane.find('/') == std::string::npos;
}

std::shared_ptr<SchemaGate::Model> SchemaGate::model(const Request& request) {
  auto& slot = models_[request.server + "\n" + request.lane];
  if (!slot) slot = std::make_shared<Model>();
  return slot;
}

SchemaGate::Turn SchemaGate::turn(const Request& request, std::function<void()> resume) {
  std::lock_guard lock(mutex_);
  const auto one = model(request);
  if (one->answered) return Turn::go;
  const ModelName name = name_of(request);
  if (one->waiting.empty()) {
    one->schema = setup_.known.schema_of(name);
    const bool locked = one->schema && Knowledge{setup_.known.lock, nullptr}.schema_of(name);
    // What a name stands for may have changed since it was kept.
    if (one->schema && (locked || is_version(name))) {
      one->answered = true;
      return Turn::go;
    }
  }
  one->waiting.push_back(std::move(resume));
  return one->waiting.size() == 1 ? Turn::ask : Turn::wait;
}

void SchemaGate::describe(const RemoteNode& node, const Request& request) {
  const ModelName name = name_of(request);
  std::shared_ptr<Model> one;
  {
    std::lock_guard lock(mutex_);
    one = model(request);
  }
  std::optional<ModelDescription> said;
  std::optional<Error> refusal;
  try {
    said = node.describe(name, setup_.host);
    if (said && said->schema) {
      if (setup_.keep) setup_.keep->keep(name, *said);
      if (setup_.shared_mistake) refusal = setup_.shared_mistake(name, *said->schema);
    }
  } catch (const Throttled&) {
    std::lock_guard lock(mutex_);
    if (++one->throttled < kMostThrottled) throw;
  } catch (const Error& error) {
    // A server that does not answer this now may well take the create, and says itself what it does not take.
    if (error.stops_run()) refusal = error;
  } catch (const std::exception& other) {
    refusal = Error("E990", std::string("something unexpected happened: ") + other.what());
  }
  std::vector<std::function<void()>> waiting;
  {
    std::lock_guard lock(mutex_);
    if (said && said->schema) one->schema = said->schema;
    one->refusal = std::move(refusal);
    one->answered = true;
    waiting = std::exchange(one->waiting, {});
  }
  for (const auto& resume : waiting) resume();
}

JsonPtr SchemaGate::schema(const Request& request) {
  std::lock_guard lock(mutex_);
  const auto one = model(request);
  if (!one->schema && !std::exchange(one->looked, true)) one->schema = setup_.known.schema_of(name_of(request));
  return one->schema;
}

void SchemaGate::check(const RemoteNode& node, Request& request) {
  const ModelName name = name_of(request);
  JsonPtr schema;
  {
    std::lock_guard lock(mutex_);
    const auto one = model(request);
    if (one->refusal) throw Error(*one->refusal);
    schema = one->schema;
  }
  const auto mistakes = node.check(name, *request.input, schema.get());
  if (!mistakes) {
    {
      std::lock_guard lock(mutex_);
      if (std::exchange(model(request)->told, true)) return;
    }
    return setup_.warn(name, "the server does not say what it takes, so its inputs are not checked");
  }
  std::vector<const InputMistake*> wrong;
  for (const InputMistake& mistake : *mistakes) {
    if (mistake.certain)
      wrong.push_back(&mistake);
    else
      request.warnings.push_back(mistake.message + (mistake.help.empty() ? "" : ": " + mistake.help));
  }
  if (wrong.empty()) return;
  if (wrong.size() == 1) throw Error("E421", wrong[0]->message, wrong[0]->help);
  std::string all;
  for (const InputMistake* mistake : wrong)
    all += (all.empty() ? "" : "; ") + mistake->message + (mistake->help.empty() ? "" : " (" + mistake->help + ")");
  throw Error("E421", std::move(all));
}

}  // namespace pixgraph
