#include "evaluate.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace pixgraph {

using nlohmann::json;

std::string describe_value(const Value& value) {
  if (value.absent()) return "nothing";
  if (value.text())
    return "the text `" + (value.text()->size() > 60 ? value.text()->substr(0, 57) + "..." : *value.text()) + "`";
  if (value.integer()) return std::to_string(*value.integer());
  if (value.number()) return fmt::format("{}", *value.number());
  if (value.boolean()) return *value.boolean() ? "true" : "false";
  if (value.json()) {
    std::string text = value.json()->dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    return "the json `" + text + "`";
  }
  if (value.file()) return "the file `" + value.file()->name + "`";
  if (value.image()) return "an image";
  if (value.list()) return "a list of " + std::to_string(value.list()->size());
  return "an object";
}

static Value from_json(const json& value) {
  if (value.is_string()) return Value(value.get<std::string>());
  if (value.is_boolean()) return Value(value.get<bool>());
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return Value(value.get<double>());
  if (value.is_number_integer()) return Value(value.get<std::int64_t>());
  if (value.is_number()) return Value(value.get<double>());
  if (value.is_null()) return Value();
  return Value(std::make_shared<const json>(value));
}

std::string as_text(const Value& value) {
  if (value.text()) return *value.text();
  if (value.integer()) return std::to_string(*value.integer());
  if (value.number()) return fmt::format("{}", *value.number());
  if (value.boolean()) return *value.boolean() ? "true" : "false";
  if (value.json() && !value.json()->is_structured() && !value.json()->is_null())
    return as_text(from_json(*value.json()));
  throw Error("E110", describe_value(value) + " cannot stand in a text");
}

static std::string stem_of(const std::string& name) {
  return name.substr(0, name.size() - extension_of(name).size());
}

Value scalar_of(Value value) {
  return value.json() && !value.json()->is_structured() ? from_json(*value.json()) : value;
}

Value scalar_of(Value value, Type type) {
  value = scalar_of(std::move(value));
  return type == Type::text && (value.integer() || value.number() || value.boolean()) ? Value(as_text(value)) : value;
}

List elements_of(const Value& value, const std::string& what) {
  if (value.list()) return *value.list();
  if (value.absent() || (value.json() && value.json()->is_null())) return {};
  if (!value.json() || !value.json()->is_array())
    throw Error("E110", what + " wants a list, and got " + describe_value(value));
  List elements;
  for (const json& element : *value.json()) elements.push_back(from_json(element));
  return elements;
}

static Value property_of(const Value& value, const std::string& property, const Codecs& codecs) {
  if (const FilePtr file = value.file()) {
    if (property == "name") return Value(file->name);
    if (property == "stem") return Value(stem_of(file->name));
    if (property == "ext") return Value(extension_of(file->name));
    if (property == "path") return Value(file->path);
    if (property == "relpath") return Value(file->relpath);
    if (property == "width") return Value(codecs.header(*file).width);
    if (property == "height") return Value(codecs.header(*file).height);
  }
  if (const ImagePtr image = value.image()) {
    if (property == "width") return Value(image->width());
    if (property == "height") return Value(image->height());
  }
  if (value.json() && value.json()->is_object() && value.json()->contains(property))
    return from_json((*value.json())[property]);
  if (const Object* object = value.object())
    for (const auto& [name, inner] : *object)
      if (name == property) return inner;
  throw Error("E110", describe_value(value) + " has no `." + property + "`");
}

static Value follow(const Reference& reference, const ItemValues& values, const Codecs& codecs) {
  if (reference.to == Reference::To::element) return Value(values.element);
  const Value* value = nullptr;
  switch (reference.to) {
    case Reference::To::input: value = &values.inputs[static_cast<std::size_t>(reference.index)]; break;
    case Reference::To::param: value = &values.graph.params[static_cast<std::size_t>(reference.index)].value; break;
    case Reference::To::node:
      value = &values.outputs[static_cast<std::size_t>(reference.index)][static_cast<std::size_t>(reference.port)];
      break;
    case Reference::To::each: value = values.each; break;
    case Reference::To::each_index: return Value(values.each_index);
    case Reference::To::element: break;
  }
  return reference.property.empty() ? *value : property_of(*value, reference.property, codecs);
}

Value evaluate(const Expression& expression, const ItemValues& values, const Codecs& codecs) {
  if (const Value* literal = expression.literal()) return *literal;
  if (const Reference* reference = expression.reference()) return follow(*reference, values, codecs);
  if (const auto* text = std::get_if<Expression::Text>(&expression.form)) {
    std::string whole;
    for (const auto& part : text->parts) {
      if (const auto* literal = std::get_if<std::string>(&part))
        whole += *literal;
      else
        whole += as_text(follow(std::get<Reference>(part), values, codecs));
    }
    return Value(std::move(whole));
  }
  if (const auto* list = std::get_if<Expression::ListOf>(&expression.form)) {
    List made;
    for (const Expression& item : list->items) made.push_back(evaluate(item, values, codecs));
    return Value(std::move(made));
  }
  Object object;
  for (const auto& [name, inner] : std::get<Expression::ObjectOf>(expression.form).entries)
    object.emplace_back(name, evaluate(inner, values, codecs));
  return Value(std::move(object));
}

static const Value* param_of(const Graph& graph, const Reference& reference) {
  if (reference.to != Reference::To::param || !reference.property.empty()) return nullptr;
  const Value& value = graph.params[static_cast<std::size_t>(reference.index)].value;
  return value.absent() ? nullptr : &value;
}

std::optional<Value> value_before_items(const Graph& graph, const Expression& expression) {
  if (const Value* literal = expression.literal()) return *literal;
  if (const Reference* reference = expression.reference()) {
    const Value* value = param_of(graph, *reference);
    return value ? std::optional(*value) : std::nullopt;
  }
  const auto* text = std::get_if<Expression::Text>(&expression.form);
  if (!text) return std::nullopt;
  std::string whole;
  for (const auto& part : text->parts) {
    if (const auto* words = std::get_if<std::string>(&part)) {
      whole += *words;
      continue;
    }
    const Value* value = param_of(graph, std::get<Reference>(part));
    if (!value || (value->json() && (value->json()->is_structured() || value->json()->is_null()))) return std::nullopt;
    whole += as_text(*value);
  }
  return Value(std::move(whole));
}

/// Whether the list has an element, whatever the items are.
static bool surely_has_elements(const Graph& graph, const Expression& list) {
  if (const auto* written = std::get_if<Expression::ListOf>(&list.form)) return !written->items.empty();
  const auto known = value_before_items(graph, list);
  if (!known) return false;
  return known->list() ? !known->list()->empty()
                       : known->json() && known->json()->is_array() && !known->json()->empty();
}

std::vector<bool> left_to_run(const Graph& graph) {
  std::vector<bool> left(graph.nodes.size()), after_when(graph.nodes.size());
  std::vector<int> open;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    left[i] = node.when || node.on_error != OnError::fail || (node.each && !surely_has_elements(graph, *node.each));
    // An element that `when` decides against keeps nothing after it from running.
    if (node.when && !node.when_of_element) open.push_back(static_cast<int>(i));
  }
  while (!open.empty()) {
    const auto node = static_cast<std::size_t>(open.back());
    open.pop_back();
    if (after_when[node]) continue;
    after_when[node] = left[node] = true;
    open.insert(open.end(), graph.nodes[node].downstream.begin(), graph.nodes[node].downstream.end());
  }
  return left;
}

static json to_json(const Value& value, const std::string& what) {
  if (value.absent()) return nullptr;
  if (value.text()) return *value.text();
  if (value.integer()) return *value.integer();
  if (value.number()) return *value.number();
  if (value.boolean()) return *value.boolean();
  if (value.json()) return *value.json();
  if (const List* list = value.list()) {
    json made = json::array();
    for (const Value& inner : *list) made.push_back(to_json(inner, what));
    return made;
  }
  if (const Object* object = value.object()) {
    json made = json::object();
    for (const auto& [name, inner] : *object) made[name] = to_json(inner, what);
    return made;
  }
  throw Error("E110", what + " wants json, and got " + describe_value(value));
}

static Value converted_one(Value value, Type to, const Codecs& codecs, const std::string& what) {
  auto refuse = [&]() -> Error {
    return Error("E110", what + " wants " + std::string(type_name(to)) + ", and got " + describe_value(value));
  };
  if (to == Type::json) return value.json() ? value : Value(std::make_shared<const json>(to_json(value, what)));
  if (value.json() && !value.json()->is_structured()) value = from_json(*value.json());
  switch (to) {
    case Type::text:
      if (value.text()) return value;
      if (value.integer() || value.number() || value.boolean()) return Value(as_text(value));
      throw refuse();
    case Type::integer:
      if (value.integer()) return value;
      if (value.number() && *value.number() == std::floor(*value.number()) && std::abs(*value.number()) < 9e15)
        return Value(static_cast<std::int64_t>(*value.number()));
      throw refuse();
    case Type::number:
      if (value.number()) return value;
      if (value.integer()) return Value(static_cast<double>(*value.integer()));
      throw refuse();
    case Type::boolean:
      if (value.boolean()) return value;
      throw refuse();
    case Type::file:
      if (value.file()) return value;
      throw refuse();
    case Type::image:
    case Type::mask: {
      ImagePtr image = value.file() ? codecs.decode(*value.file()) : value.image();
      if (!image) throw refuse();
      if (to == Type::mask && image->channels() != 1)
        throw Error(
            "E110",
            what + " wants a mask, which has one channel, and got an image with " + std::to_string(image->channels()),
            "put an AlphaToMask node between");
      return Value(std::move(image));
    }
    case Type::json: break;
  }
  throw refuse();
}

Value converted(Value value, ValueType to, const Codecs& codecs, const std::string& what) {
  if (value.absent()) return value;
  if (!to.list) return converted_one(std::move(value), to.type, codecs, what);
  List list;
  if (value.list()) {
    // An element that was skipped is none for whoever takes the whole list; json has a word for it.
    for (const Value& inner : *value.list())
      if (!inner.absent() || to.type == Type::json) list.push_back(converted_one(inner, to.type, codecs, what));
  } else if (value.json() && value.json()->is_array()) {
    for (const json& inner : *value.json()) list.push_back(converted_one(from_json(inner), to.type, codecs, what));
  } else {
    if (value.json() && value.json()->is_null()) return Value(std::move(list));
    list.push_back(converted_one(std::move(value), to.type, codecs, what));
  }
  return Value(std::move(list));
}

void for_each_reference(const Expression& expression, const std::function<void(const Reference&)>& visit) {
  if (const Reference* reference = expression.reference()) return visit(*reference);
  if (const auto* text = std::get_if<Expression::Text>(&expression.form)) {
    for (const auto& part : text->parts)
      if (const auto* reference = std::get_if<Reference>(&part)) visit(*reference);
  } else if (const auto* list = std::get_if<Expression::ListOf>(&expression.form)) {
    for (const Expression& item : list->items) for_each_reference(item, visit);
  } else if (const auto* object = std::get_if<Expression::ObjectOf>(&expression.form)) {
    for (const auto& entry : object->entries) for_each_reference(entry.second, visit);
  }
}

void for_each_reference(const Condition& condition, const std::function<void(const Reference&)>& visit) {
  for (const Condition& part : condition.parts) for_each_reference(part, visit);
  for (const Expression& operand : condition.operands) for_each_reference(operand, visit);
}

void for_each_reference(const GraphNode& node, const std::function<void(const Reference&)>& visit) {
  if (node.each) for_each_reference(*node.each, visit);
  if (node.when) for_each_reference(*node.when, visit);
  for (const Expression& argument : node.arguments) for_each_reference(argument, visit);
  for_each_reference(node.open_input, visit);
  for_each_reference(node.substitute, visit);
}

}  // namespace pixgraph
