// The rules of a node's Spec, of what the pipeline says of its params and inputs.
#include "binding.h"
#include "evaluate.h"
#include "rules.h"

namespace pixgraph {

namespace {

bool is_picture(Type type) {
  return type == Type::file || type == Type::image || type == Type::mask;
}

/// Index into a node's arguments.
std::optional<std::size_t> argument_of(const Spec& spec, std::string_view name) {
  for (std::size_t i = 0; i < spec.inputs.size(); ++i)
    if (spec.inputs[i].name == name) return i;
  for (std::size_t i = 0; i < spec.params.size(); ++i)
    if (spec.params[i].name == name) return spec.inputs.size() + i;
  return std::nullopt;
}

Told told_of(const Binding& binding, const GraphNode& node, std::string_view name) {
  const auto index = argument_of(*node.spec, name);
  if (!index) return {};
  const Expression& argument = node.arguments[*index];
  if (const Value* literal = argument.literal()) {
    // What is written and has no value is `null`, or hangs on something that was reported.
    const bool broken = literal->absent() && node.written && node.written->value.find(name);
    return broken ? Told() : Told{true, *literal};
  }
  const Reference* reference = argument.reference();
  if (!reference) return {};
  // A node that lacks a picture it refers to does not run: the picture is given, whatever it is.
  if (is_picture(reference->type.type) && reference->property.empty()) return {true, Value(true)};
  if (reference->to != Reference::To::param || !reference->property.empty() || binding.is_used) return {};
  const Value& value = binding.graph.params[static_cast<std::size_t>(reference->index)].value;
  return value.absent() ? Told() : Told{true, scalar_of(value)};
}

}  // namespace

void check_rules(Binding& binding, const GraphNode& node, std::optional<Place> place) {
  if (binding.text_is_faulty) return;
  const Tell tell = [&](std::string_view name) { return told_of(binding, node, name); };
  for (const Rule& rule : node.spec->rules) {
    const auto broken = broken_rule(*node.spec, rule, tell);
    if (!broken) continue;
    Place at = place.value_or(node.place);
    if (const auto index = argument_of(*node.spec, broken->name)) {
      const Expression& argument = node.arguments[*index];
      const Reference* reference = argument.reference();
      // The places of another pipeline's literals are in its own file.
      if (reference)
        at = reference->place;
      else if (!place)
        at = argument.place;
    }
    binding.diagnostics.error("E330", at, broken->message, broken->hint);
  }
}

}  // namespace pixgraph
