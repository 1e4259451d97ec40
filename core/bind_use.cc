// `use: other.yaml` as a node: the nodes of another pipeline put in the place of one. Its inputs and params are the
// node's keys, its outputs are the node's ports; its nodes are called `outer/inner`.
#include <algorithm>

#include "binding.h"
#include "evaluate.h"
#include "types.h"
#include "unicode.h"

namespace pixgraph {

namespace {

/// What a reference of the used pipeline to one of its inputs or params becomes, with the property that it asks for.
std::optional<Expression> stand_in(Binding& binding, const UsedPipeline& used, const Reference& asked) {
  const std::size_t index = asked.to == Reference::To::input
                                ? static_cast<std::size_t>(asked.index)
                                : used.graph.inputs.size() + static_cast<std::size_t>(asked.index);
  Expression out = used.given[index];
  if (out.literal()) return std::nullopt;  // not given, or a mistake, which was reported
  if (asked.property.empty()) return out;
  const auto refuse = [&](const std::string& why) -> std::optional<Expression> {
    binding.diagnostics.error("E023", out.place,
                              ticked(used.file) + " needs the `." + printable(asked.property) + "` of its " +
                                  ticked(used.names[index]) + ", and " + why);
    return std::nullopt;
  };
  auto* reference = std::get_if<Reference>(&out.form);
  if (!reference || !reference->property.empty()) return refuse("what is given has none");
  const bool held_as_file = reference->to == Reference::To::input;
  if (is_picture(reference->type.type) && !property_type(reference->type, held_as_file, asked.property))
    return refuse("only files have a name: what is given is " + with_article(reference->type));
  reference->property = asked.property;
  reference->type = asked.type;
  return out;
}

/// Puts an expression of the used pipeline into the graph that uses it.
class Inliner {
 public:
  Inliner(Binding& binding, const UsedPipeline& used, int node) : binding_(binding), used_(used), node_(node) {}

  void put(Expression& expression) {
    if (const auto* reference = std::get_if<Reference>(&expression.form)) {
      if (auto whole = replaced(*reference)) expression = std::move(*whole);
    } else if (auto* text = std::get_if<Expression::Text>(&expression.form)) {
      put(*text);
    } else if (auto* list = std::get_if<Expression::ListOf>(&expression.form)) {
      for (Expression& item : list->items) put(item);
    } else if (auto* object = std::get_if<Expression::ObjectOf>(&expression.form)) {
      for (auto& entry : object->entries) put(entry.second);
    }
  }
  void put(Condition& condition) {
    for (Condition& part : condition.parts) put(part);
    for (Expression& operand : condition.operands) put(operand);
  }

 private:
  void put(Expression::Text& text) {
    Expression::Text out;
    for (auto& part : text.parts) {
      const auto* reference = std::get_if<Reference>(&part);
      const auto whole = reference ? replaced(*reference) : std::nullopt;
      if (!whole) {
        out.parts.push_back(std::move(part));
      } else if (const Reference* inner = whole->reference()) {
        out.parts.emplace_back(*inner);
      } else if (const auto* more = std::get_if<Expression::Text>(&whole->form)) {
        out.parts.insert(out.parts.end(), more->parts.begin(), more->parts.end());
      } else if (!whole->literal()) {
        binding_.diagnostics.error("E021", whole->place, "lists and objects cannot be part of a text",
                                   ticked(used_.file) + " writes it into one");
      }
    }
    text = std::move(out);
  }

  /// Nothing where there is nothing to put in.
  std::optional<Expression> replaced(const Reference& reference) {
    if (reference.to == Reference::To::node) {
      Expression out;
      Reference moved = reference;
      moved.index += used_.first_node;
      // Places are of this file: what waits for what within the other one is told at the node that uses it.
      out.place = moved.place = used_.place;
      need(moved.index, used_.place);
      out.form = std::move(moved);
      return out;
    }
    if (reference.to != Reference::To::input && reference.to != Reference::To::param) return std::nullopt;
    auto out = stand_in(binding_, used_, reference);
    if (!out) return Expression();  // what is wrong was reported
    for_each_reference(*out, [&](const Reference& one) {
      if (one.to == Reference::To::node) need(one.index, one.place);
    });
    return out;
  }

  void need(int of, Place place) { binding_.needs.push_back({node_, of, place}); }

  Binding& binding_;
  const UsedPipeline& used_;
  const int node_;
};

/// A value that is known already travels as a param of the graph, so that it is converted and checked as one.
Expression as_param(Binding& binding, const std::string& name, ValueType type, Value value, Place place) {
  Expression out;
  Reference reference;
  reference.to = Reference::To::param;
  reference.index = static_cast<int>(binding.graph.params.size());
  reference.type = type;
  reference.place = out.place = place;
  GraphParam param;
  param.name = name;
  param.type = type.type;
  param.value = std::move(value);
  param.place = place;
  binding.graph.params.push_back(std::move(param));
  binding.param_used.push_back(true);
  out.form = std::move(reference);
  return out;
}

}  // namespace

void declare_used(Binding& binding, const DocumentEntry& entry, const DocumentValue& written) {
  Known known{Reference::To::node, -1, entry.place, true};
  const auto found = binding.document.used.find(written.text);
  if (written.kind != DocumentValue::Kind::scalar) {
    binding.misread(written, "use", "the name of a pipeline file", described(written), "");
  } else if (entry.value.find("type")) {
    binding.diagnostics.error("E012", entry.place, "node " + ticked(entry.key) + " has both `type` and `use`",
                              "it is either a node type or another pipeline");
  } else if (found != binding.document.used.end()) {
    const Document& document = *found->second;
    UsedPipeline used;
    used.file = written.text;
    used.node = entry.key;
    used.entry = &entry;
    used.place = entry.place;
    Diagnostics mistakes;
    used.graph = bind_used(document, binding.registry, mistakes);
    const auto file = std::make_shared<const SourceFile>(SourceFile{document.file, document.text});
    binding.diagnostics.take_errors(mistakes, file);
    if (!mistakes.has_errors()) {
      used.first_node = static_cast<int>(binding.graph.nodes.size());
      for (const GraphNode& node : used.graph.nodes) {
        GraphNode moved = node;
        moved.name = entry.key + "/" + node.name;
        if (!moved.file) moved.file = file;
        moved.upstream.clear();
        moved.downstream.clear();
        binding.graph.nodes.push_back(std::move(moved));
      }
      for (const auto& [model, price] : used.graph.prices) binding.graph.prices.emplace(model, price);
      for (const auto& [server, limit] : used.graph.limits) binding.graph.limits.emplace(server, limit);
      for (const GraphInput& input : used.graph.inputs) used.names.push_back(input.name);
      for (const GraphParam& param : used.graph.params) used.names.push_back(param.name);
      known.broken = false;
      known.used = static_cast<int>(binding.used.size());
      binding.used.push_back(std::move(used));
    }
  }
  binding.declare(entry.key, known);
}

void bind_use(Binding& binding, UsedPipeline& used) {
  const DocumentEntry& entry = *used.entry;
  const Graph& inner = used.graph;
  used.given.resize(used.names.size());
  std::vector<bool> given(used.names.size());
  const auto type_of_key = [&](std::size_t key) -> ValueType {
    return key < inner.inputs.size() ? inner.inputs[key].type : inner.params[key - inner.inputs.size()].type;
  };
  for (const DocumentEntry& field : entry.value.entries) {
    if (field.key == "use") continue;
    const auto found = std::ranges::find(used.names, field.key);
    const auto key = static_cast<std::size_t>(found - used.names.begin());
    // Names of params that are hidden, of pipelines that this one uses, have a slash in them.
    if (found == used.names.end() || field.key.find('/') != std::string::npos) {
      std::vector<std::string> keys = {"use"};
      for (const std::string& name : used.names)
        if (name.find('/') == std::string::npos) keys.push_back(name);
      binding.unknown_key(field, "in node " + ticked(entry.key), keys, entry.place,
                          ticked(used.file) + " has no such input or param");
      continue;
    }
    given[key] = true;
    Want want;
    want.key = field.key;
    want.type = type_of_key(key);
    want.node = kNoNode;
    Expression value = bind_expression(binding, field.value, want);
    const Value* literal = value.literal();
    if (literal && !literal->absent())
      value = as_param(binding, entry.key + "/" + field.key, want.type, *literal, field.value.place);
    used.given[key] = std::move(value);
  }
  for (std::size_t key = 0; key < used.names.size(); ++key) {
    if (given[key]) continue;
    const bool is_input = key < inner.inputs.size();
    const std::string name = entry.key + "/" + used.names[key];
    const Value preset =
        is_input ? inner.inputs[key].preset.value_or(Value()) : inner.params[key - inner.inputs.size()].value;
    if (!preset.absent()) {
      used.given[key] = as_param(binding, name, type_of_key(key), preset, entry.place);
      continue;
    }
    binding.diagnostics.error("E017", entry.place,
                              "node " + ticked(entry.key) + " lacks its " + ticked(used.names[key]),
                              "it takes " + with_article(type_of_key(key)), ticked(used.file) + " cannot do without");
  }
  for (std::size_t i = 0; i < inner.nodes.size(); ++i) {
    const int index = used.first_node + static_cast<int>(i);
    GraphNode& node = binding.graph.nodes[static_cast<std::size_t>(index)];
    Inliner inliner(binding, used, index);
    for (Expression& argument : node.arguments) inliner.put(argument);
    inliner.put(node.open_input);
    inliner.put(node.substitute);
    if (node.each) inliner.put(*node.each);
    if (node.when) inliner.put(*node.when);
  }
}

std::optional<Reference> resolve_used(Binding& binding, const UsedPipeline& used, const ReferenceText& written,
                                      Place place, const Want& want) {
  const std::vector<GraphOutput>& outputs = used.graph.outputs;
  std::vector<std::string> ports;
  for (const GraphOutput& output : outputs) ports.push_back(output.name);
  std::size_t port = 0, next = 1;
  if (written.words.size() > 1)
    if (const auto found = std::ranges::find(ports, written.words[1]); found != ports.end()) {
      port = static_cast<std::size_t>(found - ports.begin());
      next = 2;
    }
  const std::string shown = "${" + used.node + (next == 2 ? "." + ports[port] : "") + "}";
  const Reference* made = outputs[port].value.reference();
  if (!made || made->to != Reference::To::node) {
    binding.diagnostics.error("E032", place, ticked(shown) + " is made by no node of " + ticked(used.file),
                              "what it is given is there as it is: refer to that");
    return std::nullopt;
  }
  Reference out = *made;
  out.place = place;
  out.index += used.first_node;
  if (want.node >= 0)
    binding.needs.push_back({want.node, out.index, place});
  else if (want.node != kNoNode)
    binding.saved.push_back(out.index);
  if (next == written.words.size()) return out;
  const std::string& word = written.words[next];
  const bool json = out.type == ValueType(Type::json);
  const auto type = json ? std::optional(Type::json) : property_type(out.type, false, word);
  if (!out.property.empty() || !type || next + 1 < written.words.size()) {
    binding.diagnostics.error("E022", place, ticked(used.node) + " has no output " + ticked(word),
                              suggestion(word, ports, "it has " + listed(ports)));
    return std::nullopt;
  }
  out.property = word;
  out.type = *type;
  return out;
}

}  // namespace pixgraph
