// What the pipeline says of a node's params and inputs, held against its Spec: values of params, and rules.
#include "binding.h"
#include "evaluate.h"
#include "rules.h"
#include "types.h"
#include "unicode.h"

namespace pixgraph {

namespace {

/// One node, and what is known of it.
struct Judged {
  const GraphNode& node;
  bool params_known;           // they have their values, and the node's turn comes
  std::optional<Place> place;  // of a node of another pipeline: where that is used, for its own places are in its file
};

Told told_of(const Binding& binding, const Judged& judged, std::string_view name) {
  const GraphNode& node = judged.node;
  const auto index = argument_of(*node.spec, name);
  if (!index) return {};
  const Expression& argument = node.arguments[*index];
  if (const Value* literal = argument.literal()) {
    // What is written and has no value is `null`, or hangs on something that was reported.
    const bool broken = literal->absent() && node.written && node.written->value.find(name);
    return broken ? Told() : Told{true, *literal};
  }
  // A node that lacks a picture it refers to does not run: the picture is given, whatever it is.
  if (const Reference* reference = argument.reference();
      reference && is_picture(reference->type.type) && reference->property.empty())
    return {true, Value(true)};
  if (!judged.params_known) return {};
  auto value = value_before_items(binding.graph, argument);
  if (!value) return {};
  const Param* param = node.spec->parameter(name);
  return {true, param ? scalar_of(std::move(*value), param->type) : scalar_of(std::move(*value))};
}

/// Which of another pipeline's nodes it is: at the place of its use there is nothing that says so.
std::string name_of(const Judged& judged) {
  if (!judged.place) return {};
  return "node " + ticked(judged.node.name) + " of " + ticked(judged.node.file->name) + ": ";
}

void check_params(Binding& binding, const Judged& judged) {
  const Spec& spec = *judged.node.spec;
  for (std::size_t i = 0; i < spec.params.size(); ++i) {
    const Expression& argument = judged.node.arguments[spec.inputs.size() + i];
    if (argument.literal()) continue;  // checked where it was read
    const auto value = value_before_items(binding.graph, argument);
    if (!value) continue;
    const Reference* reference = argument.reference();
    std::string from = reference ? binding.graph.params[static_cast<std::size_t>(reference->index)].name : "";
    // Params with a slash in their name are hidden: what is given to another pipeline stands there itself.
    from = from.empty() || from.find('/') != std::string::npos ? "" : "${" + from + "}";
    check_param(binding, spec.params[i], scalar_of(*value, spec.params[i].type),
                reference ? reference->place : judged.place.value_or(argument.place), from, name_of(judged));
  }
}

void check_rules(Binding& binding, const Judged& judged) {
  const GraphNode& node = judged.node;
  const Tell tell = [&](std::string_view name) { return told_of(binding, judged, name); };
  for (const Rule& rule : node.spec->rules) {
    const auto broken = broken_rule(*node.spec, rule, tell);
    if (!broken) continue;
    Place at = judged.place.value_or(node.place);
    if (const auto index = argument_of(*node.spec, broken->name)) {
      const Expression& argument = node.arguments[*index];
      const Reference* reference = argument.reference();
      if (reference)
        at = reference->place;
      else if (!judged.place)
        at = argument.place;
    }
    binding.diagnostics.error("E330", at, name_of(judged) + broken->message, broken->hint);
  }
}

}  // namespace

void check_values(Binding& binding) {
  const std::vector<bool> left = left_to_run(binding.graph);
  for (std::size_t i = 0; i < binding.graph.nodes.size(); ++i) {
    const GraphNode& node = binding.graph.nodes[i];
    if (!node.spec || node.arguments.empty()) continue;
    Judged judged{node, !binding.is_used && !left[i], std::nullopt};
    for (const UsedPipeline& used : binding.used)
      if (static_cast<int>(i) >= used.first_node &&
          i < static_cast<std::size_t>(used.first_node) + used.graph.nodes.size())
        judged.place = used.place;
    const int errors = binding.diagnostics.error_count();
    if (judged.params_known) check_params(binding, judged);
    // Values that were misread say nothing about each other.
    const bool misread = binding.faulty[i] || binding.diagnostics.error_count() > errors;
    if (!misread && !binding.text_is_faulty) check_rules(binding, judged);
  }
}

}  // namespace pixgraph
