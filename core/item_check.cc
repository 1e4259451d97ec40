#include "item_check.h"

#include "evaluate.h"
#include "rules.h"
#include "types.h"
#include "unicode.h"

namespace pixgraph {

namespace {

/// Whether nothing has a part in it but what is known with the item, without a look into a file.
bool follows_from_item(const Expression& expression) {
  bool follows = true;
  for_each_reference(expression, [&](const Reference& reference) {
    const bool known = reference.to == Reference::To::input || reference.to == Reference::To::param;
    follows = follows && known && reference.property != "width" && reference.property != "height";
  });
  return follows;
}

bool refers_to_input(const Expression& expression) {
  bool refers = false;
  for_each_reference(expression,
                     [&](const Reference& reference) { refers = refers || reference.to == Reference::To::input; });
  return refers;
}

}  // namespace

ItemCheck::ItemCheck(const Graph& graph) : graph_(graph), known_(graph.nodes.size()) {
  const std::vector<bool> left = left_to_run(graph);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const GraphNode& node = graph.nodes[n];
    if (left[n]) continue;
    std::vector<Known> known;
    bool concerned = false;
    for (std::size_t i = 0; i < node.arguments.size(); ++i) {
      const Expression& argument = node.arguments[i];
      const bool is_param = i >= node.spec->inputs.size();
      const bool takes_picture = !is_param && is_picture(node.spec->inputs[i].type.type);
      if (takes_picture)
        // A node that lacks a picture it refers to does not run.
        known.push_back(argument.literal() ? Known::value : Known::a_picture);
      else
        known.push_back(follows_from_item(argument) ? Known::value : Known::nothing);
      concerned = concerned || (is_param && known.back() == Known::value && refers_to_input(argument));
    }
    if (!concerned) continue;
    known_[n] = std::move(known);
    any_ = true;
  }
}

std::optional<Error> ItemCheck::fault(const Item& item, const std::vector<int>& nodes, const Codecs& codecs) const {
  if (!any_) return std::nullopt;
  try {
    for (const int node : nodes)
      if (!known_[node].empty())
        if (auto found = fault(graph_.nodes[node], item, codecs)) return found;
  } catch (const Error& error) {  // a value that is of another kind than the param
    return error;
  }
  return std::nullopt;
}

std::optional<Error> ItemCheck::fault(const GraphNode& node, const Item& item, const Codecs& codecs) const {
  const Spec& spec = *node.spec;
  const std::vector<Known>& known = known_[static_cast<std::size_t>(&node - graph_.nodes.data())];
  const std::vector<std::vector<Value>> nothing;
  const ItemValues given{graph_, item.inputs, nothing};
  const std::string who = ticked(node.name) + ": ";
  std::vector<Value> values(known.size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i] == Known::a_picture) values[i] = Value(true);
    if (known[i] != Known::value) continue;
    const bool is_param = i >= spec.inputs.size();
    const Param* param = is_param ? &spec.params[i - spec.inputs.size()] : nullptr;
    const std::string what = "`" + (is_param ? param->name : spec.inputs[i].name) + "` of `" + node.name + "`";
    values[i] = evaluate(node.arguments[i], given, codecs);
    if (node.arguments[i].literal()) continue;
    values[i] = converted(std::move(values[i]), is_param ? ValueType(param->type) : spec.inputs[i].type, codecs, what);
    if (!is_param) continue;
    if (const auto refused = refused_value(*param, values[i], what))
      return refused->code() == "E333" ? Error(refused->code(), who + refused->message(), refused->hint()) : *refused;
  }
  const Tell tell = [&](std::string_view name) -> Told {
    const auto i = argument_of(spec, name);
    return !i || known[*i] == Known::nothing ? Told() : Told{true, values[*i]};
  };
  for (const Rule& rule : spec.rules)
    if (const auto broken = broken_rule(spec, rule, tell)) return Error("E330", who + broken->message, broken->hint);
  return std::nullopt;
}

}  // namespace pixgraph
