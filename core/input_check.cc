#include "input_check.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "binding.h"
#include "evaluate.h"
#include "plan.h"
#include "unicode.h"

namespace pixgraph {

using nlohmann::json;

namespace {

json later(const std::string& type) {
  return {{"$later", type}};
}

json json_of(const Value& value) {
  if (value.text()) return *value.text();
  if (value.integer()) return *value.integer();
  if (value.number()) return *value.number();
  if (value.boolean()) return *value.boolean();
  if (value.json()) return *value.json();
  return later("");
}

/// A value as far as it is known before any item is.
json draft_of(const Graph& graph, const Expression& expression, const DocumentValue& written) {
  if (written.broken) return later("");
  if (const Value* literal = expression.literal()) {
    if (!literal->absent()) return json_of(*literal);
    // `null` is "not given"; anything else without a value has been reported already.
    return written.kind == DocumentValue::Kind::null && !written.text.empty() ? json(nullptr) : later("");
  }
  if (const Reference* reference = expression.reference()) {
    if (reference->to == Reference::To::param && reference->property.empty())
      return json_of(graph.params[static_cast<std::size_t>(reference->index)].value);
    return later(type_name(reference->type));
  }
  if (std::holds_alternative<Expression::Text>(expression.form)) {
    const auto known = value_before_items(graph, expression);
    return known ? json_of(*known) : later("text");
  }
  if (written.kind == DocumentValue::Kind::scalar) return later("");  // given by a pipeline that uses this one
  if (const auto* list = std::get_if<Expression::ListOf>(&expression.form)) {
    json made = json::array();
    for (std::size_t i = 0; i < list->items.size(); ++i)
      made.push_back(i < written.items.size() ? draft_of(graph, list->items[i], written.items[i]) : later(""));
    return made;
  }
  json made = json::object();
  const auto& entries = std::get<Expression::ObjectOf>(expression.form).entries;
  for (std::size_t i = 0; i < entries.size() && i < written.entries.size(); ++i)
    made[entries[i].first] = draft_of(graph, entries[i].second, written.entries[i].value);
  return made;
}

const DocumentEntry* entry_of(const DocumentValue& map, std::string_view key) {
  for (const DocumentEntry& entry : map.entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

/// Where the value of a path stands, or the key of its last name where the key is the mistake.
Place place_of(const ModelUse& use, const InputMistake& mistake) {
  if (!use.opened) return use.written->place;
  if (mistake.kind == InputMistake::Kind::missing) return use.opened->place;
  const DocumentValue* value = &use.opened->value;
  Place place = use.opened->place;
  for (const std::string& step : mistake.path) {
    if (value->kind == DocumentValue::Kind::map) {
      const DocumentEntry* entry = entry_of(*value, step);
      if (!entry) return place;
      place = mistake.kind == InputMistake::Kind::unknown ? entry->place : entry->value.place;
      value = &entry->value;
    } else if (value->kind == DocumentValue::Kind::list) {
      const std::size_t index = std::strtoul(step.c_str(), nullptr, 10);
      if (index >= value->items.size()) return place;
      value = &value->items[index];
      place = value->place;
    }
  }
  return place;
}

/// The param that a value comes from, "" for a value that stands there itself.
std::string comes_from(const Graph& graph, const ModelUse& use, const InputMistake& mistake) {
  const Expression* expression = &graph.nodes[static_cast<std::size_t>(use.node)].open_input;
  for (const std::string& step : mistake.path) {
    const Expression* next = nullptr;
    if (const auto* object = std::get_if<Expression::ObjectOf>(&expression->form)) {
      for (const auto& [name, inner] : object->entries)
        if (name == step) next = &inner;
    } else if (const auto* list = std::get_if<Expression::ListOf>(&expression->form)) {
      const std::size_t index = std::strtoul(step.c_str(), nullptr, 10);
      if (index < list->items.size()) next = &list->items[index];
    }
    if (!next) return {};
    expression = next;
  }
  const Reference* reference = expression->reference();
  if (!reference || reference->to != Reference::To::param || mistake.kind != InputMistake::Kind::value) return {};
  return graph.params[static_cast<std::size_t>(reference->index)].name;
}

/// How messages call a model.
std::string shown(const ModelName& model) {
  if (!model.name.empty()) return model.name;
  return model.lane.size() == 64 ? "version " + model.lane.substr(0, 8) : model.lane;
}

bool has_unknown_key(const Spec& spec, const DocumentEntry& written) {
  for (const DocumentEntry& entry : written.value.entries)
    if (std::ranges::find(common_keys(), entry.key) == common_keys().end() && !spec.input(entry.key) &&
        !spec.parameter(entry.key))
      return true;
  return false;
}

/// The text in the file that names the model, or the node where several could.
Place naming_place(const Spec& spec, const DocumentEntry& written) {
  const DocumentEntry* only = nullptr;
  for (const Param& param : spec.params) {
    const DocumentEntry* entry = param.type == Type::text ? entry_of(written.value, param.name) : nullptr;
    if (entry && only) return written.place;
    if (entry) only = entry;
  }
  return only ? only->value.place : written.place;
}

}  // namespace

JsonPtr Knowledge::schema_of(const ModelName& model) const {
  if (lock)
    if (const auto locked = lock->models.find(model.lane); locked != lock->models.end() && locked->second.schema)
      return locked->second.schema;
  // A pinned model is in the lock under the name that the file has for it.
  if (lock)
    for (const auto& [lane, locked] : lock->models)
      if (locked.pins && locked.schema && locked.version == model.lane) return locked.schema;
  return kept ? kept->find(model) : nullptr;
}

std::vector<ModelUse> model_uses(const Graph& graph, const Registry& registry, Host& host, Diagnostics& diagnostics) {
  std::vector<ModelUse> uses;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    if (!node.spec || node.spec->cost != Cost::paid || !node.written) continue;
    diagnostics.write_in(node.file);
    ModelUse use;
    use.remote = registry.behaviour(node.spec->name).remote;
    if (!use.remote) continue;
    use.node = static_cast<int>(i);
    use.written = node.written;
    use.place = naming_place(*node.spec, *use.written);
    static const DocumentValue nothing;
    for (std::size_t p = 0; p < node.spec->params.size(); ++p) {
      const std::string& name = node.spec->params[p].name;
      const DocumentEntry* entry = entry_of(use.written->value, name);
      const Expression& argument = node.arguments[node.spec->inputs.size() + p];
      use.params[name] = entry                          ? draft_of(graph, argument, entry->value)
                         : argument.literal()->absent() ? json(nullptr)
                                                        : json_of(*argument.literal());
    }
    if (!node.spec->open_input.empty()) use.opened = entry_of(use.written->value, node.spec->open_input);
    use.input = use.opened ? draft_of(graph, node.open_input, use.opened->value) : json::object();
    // Where the inputs are no map, or stand under a misspelt key, that was reported: what is in them is not missing.
    if (use.opened ? use.opened->value.kind != DocumentValue::Kind::map : has_unknown_key(*node.spec, *use.written))
      use.input = later("");
    try {
      use.model = use.remote->model(use.params, host);
    } catch (const Error& error) {
      diagnostics.error(error.code(), use.place, error.message(), error.hint());
      continue;
    }
    if (!use.model.lane.empty()) uses.push_back(std::move(use));
  }
  diagnostics.write_in(nullptr);
  return uses;
}

void pin_versions(Graph& graph, std::vector<ModelUse>& uses, const Lockfile& lock, Host& host) {
  for (ModelUse& use : uses) {
    const auto locked = lock.models.find(use.model.lane);
    if (locked == lock.models.end() || !locked->second.pins) continue;
    const auto pinned = use.remote->pin(use.params, locked->second.version);
    if (!pinned) continue;
    GraphNode& node = graph.nodes[static_cast<std::size_t>(use.node)];
    for (std::size_t p = 0; p < node.spec->params.size(); ++p)
      if (node.spec->params[p].name == pinned->first)
        node.arguments[node.spec->inputs.size() + p].form = Value(pinned->second);
    use.params[pinned->first] = pinned->second;
    use.model = use.remote->model(use.params, host);
  }
}

void check_inputs(const Graph& graph, const std::vector<ModelUse>& uses, const Knowledge& knowledge, bool tell_unknown,
                  Diagnostics& diagnostics) {
  for (const ModelUse& use : uses) {
    diagnostics.write_in(graph.nodes[static_cast<std::size_t>(use.node)].file);
    const JsonPtr schema = knowledge.schema_of(use.model);
    const auto mistakes = use.remote->check(use.model, use.input, schema.get());
    if (!mistakes) {
      if (tell_unknown && !diagnostics.has_errors())  // of a file that is right otherwise, as all remarks are
        diagnostics.warning("W422", use.place,
                            "nothing is known of what " + shown(use.model) + " takes, so its inputs are not checked",
                            "`pixgraph lock` asks the server; `pixgraph run` asks it before it buys");
      continue;
    }
    for (const InputMistake& mistake : *mistakes) {
      const std::string param = comes_from(graph, use, mistake);
      const std::string label = param.empty() ? "" : "the value of param " + ticked(param);
      if (mistake.certain)
        diagnostics.error("E421", place_of(use, mistake), mistake.message, mistake.help, label);
      else
        diagnostics.warning("W421", place_of(use, mistake), mistake.message, mistake.help, label);
    }
  }
  diagnostics.write_in(nullptr);
}

void report_drift(const std::vector<ModelUse>& uses, const Lockfile& lock, const std::string& lock_file,
                  const Schemas& kept, Diagnostics& diagnostics) {
  const std::string again = "`pixgraph lock` writes it anew";
  auto warn = [&](Place place, std::string message, const std::string& help) {
    diagnostics.warning("W423", place, std::move(message), help);
  };
  if (lock.server == kSandboxServer)
    warn({}, ticked(lock_file) + " was made with --sandbox, so only runs with --sandbox use it", again);
  std::set<std::string> told, used;
  for (const ModelUse& use : uses) used.insert(use.model.lane);
  for (const ModelUse& use : uses) {
    if (const auto locked = lock.models.find(use.model.lane); locked != lock.models.end()) {
      const JsonPtr now = kept.find(use.model);
      if (now && locked->second.schema && lock.server == use.model.server &&
          schema_hash(now) != schema_hash(locked->second.schema))
        warn(use.place, "the server has said since that " + shown(use.model) + " takes other inputs than in the lock",
             again);
      continue;
    }
    const LockedModel* other = nullptr;
    for (const auto& [lane, model] : lock.models)
      if (!use.model.name.empty() && model.name == use.model.name && !used.contains(lane)) {
        other = &model;
        told.insert(lane);
      }
    if (other && !other->version.empty())
      warn(use.place, shown(use.model) + " is locked at version " + other->version.substr(0, 8) + ", not at this one",
           again);
    else
      warn(use.place, shown(use.model) + " is not in " + ticked(lock_file), again);
  }
  for (const auto& [lane, model] : lock.models)
    if (!used.contains(lane) && !told.contains(lane))
      warn({}, ticked(lock_file) + " names " + shown({"", lane, model.name}) + ", which no node asks for any more",
           again);
}

std::optional<Error> shared_mistake(const Graph& graph, const std::vector<ModelUse>& uses, const ModelName& model,
                                    const json& schema) {
  const std::vector<bool> needed = needed_nodes(graph);
  for (const ModelUse& use : uses) {
    if (use.model.lane != model.lane || !needed[static_cast<std::size_t>(use.node)]) continue;
    const auto mistakes = use.remote->check(use.model, use.input, &schema);
    for (const InputMistake& mistake : mistakes.value_or(std::vector<InputMistake>())) {
      if (!mistake.certain) continue;
      const Place place = place_of(use, mistake);
      return Error("E421",
                   graph.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
                       mistake.message,
                   mistake.help)
          .stopping_run();
    }
  }
  return std::nullopt;
}

}  // namespace pixgraph
