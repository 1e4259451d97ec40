// `each:` and `on_error:` of a node: over what it runs, and what becomes of it where it fails.
#include <algorithm>

#include "binding.h"
#include "evaluate.h"
#include "unicode.h"

namespace pixgraph {

namespace {

/// The one type that all elements of a list fit; nothing where there is none.
std::optional<ValueType> common_type(const std::vector<Expression>& elements) {
  for (const Expression& candidate : elements) {
    const ValueType type = type_of(candidate);
    if (!type.list && std::ranges::all_of(elements, [&](const Expression& one) {
          return !type_of(one).list && accepts(type, type_of(one)) &&
                 (type == type_of(one) || type_of(one) != ValueType(Type::json));
        }))
      return type;
  }
  const bool plain =
      std::ranges::none_of(elements, [](const Expression& one) { return is_picture(type_of(one).type); });
  return plain ? std::optional<ValueType>(Type::json) : std::nullopt;
}

bool is_input(const Expression& expression) {
  return expression.reference() && expression.reference()->to == Reference::To::input &&
         expression.reference()->property.empty();
}

/// `[a, "${b}"]`: every entry is an element.
void bind_list(Binding& binding, const DocumentValue& written, const Want& want, Expression& into, EachElement& of) {
  const int errors = binding.diagnostics.error_count();
  Expression::ListOf list;
  for (const DocumentValue& item : written.items) list.items.push_back(bind_expression(binding, item, want));
  into.place = written.place;
  of.broken = binding.diagnostics.error_count() > errors;
  if (!of.broken) {
    if (const auto type = common_type(list.items)) {
      of.type = *type;
    } else {
      of.broken = true;
      binding.diagnostics.error("E021", written.place, "the elements of `each` are of different types",
                                "a list holds values of one type");
    }
  }
  of.held_as_file = !list.items.empty() && std::ranges::all_of(list.items, is_input);
  into.form = std::move(list);
}

}  // namespace

void bind_each(Binding& binding, int index, const DocumentEntry& entry) {
  Want want;
  want.key = "each";
  want.any = true;
  want.node = index;
  const DocumentValue& written = entry.value;
  Expression list;
  EachElement of;
  if (written.kind == DocumentValue::Kind::list) {
    bind_list(binding, written, want, list, of);
  } else if (written.kind == DocumentValue::Kind::scalar && holds_reference(written)) {
    list = bind_expression(binding, written, want);
    of.broken = list.literal() != nullptr;  // what was wrong has been said
    const ValueType type = type_of(list);
    if (!of.broken && !type.list && type != ValueType(Type::json)) {
      of.broken = true;
      const Reference* reference = list.reference();
      binding.diagnostics.error(
          "E021", reference ? reference->place : written.place,
          "`each` takes a list, and " +
              (reference ? ticked(written.text) + " is " + with_article(type) : std::string("a text is made here")),
          reference ? "without `each` the node runs once, with " + ticked(written.text) : "");
    }
    of.type = type.type;
    of.held_as_file = is_input(list);
  } else {
    of.broken = true;
    binding.misread(written, "each", "a list", described(written),
                    "write `each: \"${files}\"`, or the elements: `each: [a, b]`");
  }
  binding.graph.nodes[static_cast<std::size_t>(index)].each = std::move(list);
  binding.each = of;
}

void bind_on_error(Binding& binding, int index, const DocumentEntry& entry) {
  GraphNode& node = binding.graph.nodes[static_cast<std::size_t>(index)];
  const DocumentValue& written = entry.value;
  if (written.kind == DocumentValue::Kind::map) {
    bool given = false;
    for (const DocumentEntry& field : written.entries) {
      given = true;
      if (field.key != "use") {
        binding.unknown_key(field, "in `on_error`", {"use"}, entry.place);
        continue;
      }
      Want want;
      want.key = "use";
      want.type = node.spec->outputs[0].type;
      want.node = index;
      node.substitute = bind_expression(binding, field.value, want);
      node.on_error = OnError::use;
    }
    if (!given)
      binding.diagnostics.error("E013", entry.place, "`on_error` has no `use`",
                                "write `on_error: {use: \"${name}\"}`, fail or skip");
    return;
  }
  const std::string word = binding.read_choice(written, "on_error", {"fail", "skip", "{use: ...}"});
  if (word == "skip") node.on_error = OnError::skip;
}

void check_substitutes(Binding& binding) {
  const std::vector<GraphNode>& nodes = binding.graph.nodes;
  if (std::ranges::none_of(nodes, [](const GraphNode& node) { return node.on_error == OnError::use; })) return;
  const auto look = [&](const Reference& reference) {
    if (reference.to != Reference::To::node || reference.port == 0) return;
    const GraphNode& from = nodes[static_cast<std::size_t>(reference.index)];
    if (from.on_error != OnError::use) return;
    binding.diagnostics.error(
        "E022", reference.place,
        ticked(from.name + "." + from.spec->outputs[static_cast<std::size_t>(reference.port)].name) +
            " has no value where `on_error` puts one in",
        "`use` stands for the first output, " + ticked(from.name + "." + from.spec->outputs[0].name) + ", alone");
  };
  for (const GraphNode& node : nodes)
    if (node.spec) for_each_reference(node, look);
  for (const GraphOutput& output : binding.graph.outputs) {
    for_each_reference(output.value, look);
    for_each_reference(output.file, look);
  }
}

}  // namespace pixgraph
