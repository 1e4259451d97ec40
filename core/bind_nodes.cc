// The nodes of a pipeline: their types, arguments and time limits.
#include <algorithm>

#include "binding.h"
#include "unicode.h"

namespace pixgraph {

const std::vector<std::string>& common_keys() {
  static const std::vector<std::string> keys = {"type", "each", "when", "on_error", "timeout", "retry"};
  return keys;
}

namespace {

std::vector<std::string> keys_of(const Spec& spec) {
  std::vector<std::string> out;
  for (const Port& port : spec.inputs) out.push_back(port.name);
  if (!spec.open_input.empty()) out.push_back(spec.open_input);
  for (const Param& param : spec.params) out.push_back(param.name);
  out.insert(out.end(), common_keys().begin(), common_keys().end());
  return out;
}

const Spec* read_type(Binding& binding, const DocumentEntry& entry) {
  const DocumentValue* type = entry.value.find("type");
  if (!type) {
    Diagnostic missing;
    missing.code = "E013";
    missing.place = entry.place;
    missing.message = "node " + ticked(entry.key) + " has no `type`";
    for (const DocumentEntry& field : entry.value.entries) {
      if (did_you_mean(field.key, {"type"}).empty()) continue;
      binding.unknown_key(field, "in node " + ticked(entry.key), {"type"}, entry.place);
      return nullptr;
    }
    missing.help = "`pixgraph nodes` lists the types";
    binding.diagnostics.add(std::move(missing));
    return nullptr;
  }
  if (type->kind != DocumentValue::Kind::scalar) {
    binding.misread(*type, "type", "the name of a node type", described(*type), "`pixgraph nodes` lists them");
    return nullptr;
  }
  if (const Spec* spec = binding.registry.find(type->text)) return spec;
  const std::string meant = binding.suggest(type->text, binding.registry.names());
  binding.diagnostics.error(
      "E016", type->place, "there is no node type " + ticked(type->text),
      (meant.empty() ? "" : "did you mean " + ticked(meant) + "? ") + std::string("`pixgraph nodes` lists them"));
  return nullptr;
}

std::optional<std::chrono::milliseconds> read_limit(Binding& binding, const DocumentValue& value,
                                                    std::string_view key) {
  auto read = read_duration(value);
  if (!read.ok()) {
    binding.misread(value, key, "a duration", read.why, read.help);
    return std::nullopt;
  }
  if (read.value.count() > 0) return read.value;
  binding.diagnostics.error("E025", value.place,
                            ticked(key) + " takes at least 1ms, and " + ticked(value.text) + " is less",
                            "leave it out for no limit of your own");
  return std::nullopt;
}

void bind_timeout(Binding& binding, GraphNode& node, const DocumentEntry& entry) {
  if (entry.value.kind != DocumentValue::Kind::map) {
    node.timeout = read_limit(binding, entry.value, "timeout");
    return;
  }
  if (node.spec->cost != Cost::paid) {
    binding.misread(entry.value, "timeout", "a duration", described(entry.value),
                    "`queue` and `run` are of predictions: write `timeout: 5m`");
    return;
  }
  for (const DocumentEntry& field : entry.value.entries) {
    if (field.key == "queue")
      node.queue_timeout = read_limit(binding, field.value, "queue");
    else if (field.key == "run")
      node.run_timeout = read_limit(binding, field.value, "run");
    else
      binding.unknown_key(field, "in `timeout`", {"queue", "run"}, entry.place);
  }
}

/// The arguments of one node whose type is known.
class NodeBinder {
 public:
  NodeBinder(Binding& binding, const DocumentEntry& entry, int index)
      : binding_(binding),
        entry_(entry),
        index_(index),
        node_(binding.graph.nodes[static_cast<std::size_t>(index)]),
        spec_(*node_.spec) {}

  void bind() {
    node_.arguments.resize(spec_.inputs.size() + spec_.params.size());
    given_.resize(node_.arguments.size());
    for (std::size_t i = 0; i < spec_.params.size(); ++i) {
      Expression& argument = node_.arguments[spec_.inputs.size() + i];
      argument.form = spec_.params[i].preset;
      argument.place = entry_.place;
    }
    node_.open_input.form = Expression::ObjectOf();
    node_.open_input.place = entry_.place;
    const int errors = binding_.diagnostics.error_count();
    // First of all: the others may speak of its elements.
    for (const DocumentEntry& field : entry_.value.entries)
      if (field.key == "each") bind_each(binding_, index_, field);
    for (const DocumentEntry& field : entry_.value.entries) bind_field(field);
    binding_.each.reset();
    for (std::size_t i = 0; i < spec_.inputs.size(); ++i)
      if (spec_.inputs[i].required && !given_[i]) report_missing(spec_.inputs[i]);
    binding_.faulty[static_cast<std::size_t>(index_)] = binding_.diagnostics.error_count() > errors;
  }

 private:
  void bind_field(const DocumentEntry& field) {
    if (field.key == "type" || field.key == "each") return;
    if (field.key == "when") return bind_when(binding_, index_, field);
    if (field.key == "on_error") return bind_on_error(binding_, index_, field);
    if (field.key == "timeout") return bind_timeout(binding_, node_, field);
    if (field.key == "retry") return bind_retry(binding_, node_, field);
    if (!spec_.open_input.empty() && field.key == spec_.open_input) return bind_open_input(field);
    Want want;
    want.key = field.key;
    want.node = index_;
    for (std::size_t i = 0; i < spec_.inputs.size(); ++i) {
      if (spec_.inputs[i].name != field.key) continue;
      want.type = spec_.inputs[i].type;
      want.required = spec_.inputs[i].required;
      return take(i, bind_expression(binding_, field.value, want));
    }
    for (std::size_t i = 0; i < spec_.params.size(); ++i) {
      if (spec_.params[i].name != field.key) continue;
      want.type = spec_.params[i].type;
      want.required = !spec_.params[i].preset.absent();
      want.param = &spec_.params[i];
      return take(spec_.inputs.size() + i, bind_expression(binding_, field.value, want));
    }
    const std::string meant = binding_.unknown_key(field, "in node " + ticked(entry_.key), keys_of(spec_), entry_.place,
                                                   spec_.name + " has no such key");
    // The key that was meant is given, under a wrong name: that it is missing would be the same mistake again. What it
    // refers to is used.
    for (std::size_t i = 0; i < spec_.inputs.size(); ++i)
      if (spec_.inputs[i].name == meant) given_[i] = true;
  }

  void take(std::size_t argument, Expression expression) {
    given_[argument] = true;
    node_.arguments[argument] = std::move(expression);
  }

  void bind_open_input(const DocumentEntry& field) {
    if (!binding_.expect_map(field.value, ticked(field.key), "its keys are what the model takes")) return;
    Want want;
    want.node = index_;
    want.any = true;
    node_.open_input = bind_object(binding_, field.value, want);
  }

  void report_missing(const Port& port) {
    std::string help = "it takes " + with_article(port.type) + ": " + port.doc;
    binding_.diagnostics.error("E017", entry_.place, "node " + ticked(node_.name) + " lacks its " + ticked(port.name),
                               help, spec_.name + " cannot do without");
  }

  Binding& binding_;
  const DocumentEntry& entry_;
  const int index_;
  GraphNode& node_;
  const Spec& spec_;
  std::vector<bool> given_;  // by argument
};

}  // namespace

void declare_nodes(Binding& binding, const DocumentValue& nodes) {
  if (nodes.kind == DocumentValue::Kind::null) return;
  if (!binding.expect_map(nodes, "`nodes`", "write `name: {type: ...}` below it")) {
    binding.names_incomplete = true;
    return;
  }
  for (const DocumentEntry& entry : nodes.entries) {
    if (const DocumentValue* use = entry.value.find("use")) {
      declare_used(binding, entry, *use);
      continue;
    }
    GraphNode node;
    node.name = entry.key;
    node.written = &entry;
    node.place = entry.place;
    const bool names_type = entry.value.kind == DocumentValue::Kind::scalar && binding.registry.find(entry.value.text);
    const std::string type = names_type ? entry.value.text : "...";
    if (binding.expect_map(entry.value, "node " + ticked(entry.key),
                           "write `" + printable(entry.key) + ": {type: " + type + "}`"))
      node.spec = read_type(binding, entry);
    if (entry.value.find("each")) node.each.emplace();  // whoever refers to it gets lists
    binding.declare(entry.key,
                    {Reference::To::node, static_cast<int>(binding.graph.nodes.size()), entry.place, !node.spec});
    binding.graph.nodes.push_back(std::move(node));
  }
}

void bind_nodes(Binding& binding, const DocumentValue& nodes) {
  binding.faulty.resize(binding.graph.nodes.size());
  if (nodes.kind != DocumentValue::Kind::map) return;
  for (std::size_t i = 0; i < binding.graph.nodes.size(); ++i)
    if (const GraphNode& node = binding.graph.nodes[i]; node.spec && !node.file)
      NodeBinder(binding, *node.written, static_cast<int>(i)).bind();
  for (UsedPipeline& used : binding.used) bind_use(binding, used);
}

}  // namespace pixgraph
