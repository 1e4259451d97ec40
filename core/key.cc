#include "key.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "evaluate.h"
#include "hash.h"

namespace pixgraph {

using nlohmann::json;

namespace {

/// 7.0 as 7, at any depth.
json plain(json value) {
  if (value.is_structured()) {
    for (json& inner : value) inner = plain(std::move(inner));
  } else if (value.is_number_float()) {
    const double number = value.get<double>();
    if (number == std::floor(number) && std::abs(number) < 9e15) return static_cast<std::int64_t>(number);
  }
  return value;
}

/// Text of a value, or nothing where a file's hash is not known.
class Writer {
 public:
  /// Without an item its inputs are written by name instead of by value.
  Writer(const Graph& graph, const Item* item, const std::vector<std::string>& keys, const FileHash& hash_of)
      : graph_(graph), item_(item), keys_(keys), hash_of_(hash_of) {}

  std::optional<json> of(const Expression& expression) const {
    if (const Value* literal = expression.literal()) return of(*literal);
    if (const Reference* reference = expression.reference()) return of(*reference);
    json whole = json::array();
    if (const auto* text = std::get_if<Expression::Text>(&expression.form)) {
      for (const auto& part : text->parts) {
        const auto* literal = std::get_if<std::string>(&part);
        auto one = literal ? std::optional<json>(*literal) : of(std::get<Reference>(part));
        if (!one) return std::nullopt;
        whole.push_back(std::move(*one));
      }
      return json{{"text", whole}};
    }
    if (const auto* list = std::get_if<Expression::ListOf>(&expression.form)) {
      for (const Expression& inner : list->items) {
        auto one = of(inner);
        if (!one) return std::nullopt;
        whole.push_back(std::move(*one));
      }
      return whole;
    }
    json object = json::object();
    for (const auto& [name, inner] : std::get<Expression::ObjectOf>(expression.form).entries) {
      auto one = of(inner);
      if (!one) return std::nullopt;
      object[name] = std::move(*one);
    }
    return json{{"object", object}};
  }

  std::optional<json> of(const Condition& condition) const {
    json whole = json::array({static_cast<int>(condition.op)});
    auto add = [&](const auto& inner) {
      auto one = of(inner);
      if (one) whole.push_back(std::move(*one));
      return one.has_value();
    };
    for (const Condition& part : condition.parts)
      if (!add(part)) return std::nullopt;
    for (const Expression& operand : condition.operands)
      if (!add(operand)) return std::nullopt;
    return whole;
  }

  std::optional<json> of(const Value& value) const {
    if (value.absent()) return json(nullptr);
    if (value.text()) return json(*value.text());
    if (value.integer()) return json(*value.integer());
    if (value.number()) return plain(json(*value.number()));
    if (value.boolean()) return json(*value.boolean());
    if (value.json()) return json{{"json", plain(*value.json())}};
    if (const FilePtr file = value.file()) {
      const std::string hash = hash_of_(*file);
      if (hash.empty()) return std::nullopt;
      return json{{"file", hash}};
    }
    if (const Object* object = value.object()) {
      json made = json::object();
      for (const auto& [name, inner] : *object) {
        auto one = of(inner);
        if (!one) return std::nullopt;
        made[name] = std::move(*one);
      }
      return json{{"object", made}};
    }
    json list = json::array();
    if (value.list())
      for (const Value& inner : *value.list()) {
        auto one = of(inner);
        if (!one) return std::nullopt;
        list.push_back(std::move(*one));
      }
    return list;
  }

  std::optional<json> of(const Reference& reference) const {
    if (reference.to == Reference::To::input && !item_) {
      json made = {{"input", graph_.inputs[reference.index].name}};
      if (!reference.property.empty()) made["property"] = reference.property;
      return made;
    }
    if (reference.to == Reference::To::node) {
      const std::string& key = keys_[reference.index];
      if (key.empty()) return std::nullopt;
      json made = {{"node", key}, {"port", graph_.nodes[reference.index].spec->outputs[reference.port].name}};
      if (!reference.property.empty()) made["property"] = reference.property;
      return made;
    }
    if (reference.to == Reference::To::element) return json{{"element", "index"}};  // no text is like it
    if (reference.to == Reference::To::each_index) return json{{"each", "index"}};
    if (reference.to == Reference::To::each) return json{{"each", ""}, {"property", reference.property}};
    const Value& value =
        reference.to == Reference::To::param ? graph_.params[reference.index].value : item_->inputs[reference.index];
    const FilePtr file = value.file();
    if (file && !reference.property.empty()) {
      // What the name says follows from the name; sizes follow from the content.
      if (reference.property == "name" || reference.property == "stem" || reference.property == "ext")
        return json{{reference.property, file->name}};
      if (reference.property == "relpath") return json{{"relpath", file->relpath}};
      if (reference.property == "path") return json{{"path", file->path}};
    }
    auto whole = of(value);
    if (!whole || reference.property.empty()) return whole;
    return json{{"of", *whole}, {"property", reference.property}};
  }

 private:
  const Graph& graph_;
  const Item* item_;
  const std::vector<std::string>& keys_;
  const FileHash& hash_of_;
};

std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// What stands in a node's key, by name; nothing where a part of it is not known.
std::optional<json> arguments_of(const GraphNode& node, const Writer& writer) {
  const Spec& spec = *node.spec;
  json made = json::object();
  auto add = [&](const std::string& name, const auto& expression) {
    auto value = writer.of(expression);
    if (value) made[name] = std::move(*value);
    return value.has_value();
  };
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    const bool is_input = i < spec.inputs.size();
    if (!is_input && !spec.params[i - spec.inputs.size()].in_key) continue;
    if (!add(is_input ? spec.inputs[i].name : spec.params[i - spec.inputs.size()].name, node.arguments[i]))
      return std::nullopt;
  }
  if (!spec.open_input.empty() && !add(spec.open_input, node.open_input)) return std::nullopt;
  // No port or param has these names.
  if (node.each && !add("each", *node.each)) return std::nullopt;
  if (node.when && !add("when", *node.when)) return std::nullopt;
  if (node.on_error == OnError::skip) made["on_error"] = "skip";
  if (node.on_error == OnError::use) {
    auto substitute = writer.of(node.substitute);
    if (!substitute) return std::nullopt;
    made["on_error"] = {{"use", std::move(*substitute)}};
  }
  return made;
}

std::string recipe_text(const GraphNode& node, const Writer& writer) {
  const auto arguments = arguments_of(node, writer);
  if (!arguments) return "";
  std::string text = "recipe 1\n" + node.spec->name + " " + std::to_string(node.spec->version) + "\n";
  for (const auto& [name, value] : arguments->items()) text += name + " = " + text_of(value) + "\n";
  return text;
}

}  // namespace

std::string recipe_text(const Graph& graph, const GraphNode& node, const Item& item,
                        const std::vector<std::string>& keys, const FileHash& hash_of) {
  return recipe_text(node, Writer(graph, &item, keys, hash_of));
}

std::vector<std::string> recipe_keys(const Graph& graph, const Item& item, const FileHash& hash_of) {
  std::vector<std::string> keys(graph.nodes.size());
  for (int index : graph.order) {
    const std::string text = recipe_text(graph, graph.nodes[index], item, keys, hash_of);
    if (!text.empty()) keys[index] = sha256(text);
  }
  return keys;
}

std::vector<OutputRecipe> output_recipes(const Graph& graph, const FileHash& hash_of) {
  std::vector<std::string> keys(graph.nodes.size());
  const Writer writer(graph, nullptr, keys, hash_of);
  for (int index : graph.order) {
    const std::string text = recipe_text(graph.nodes[index], writer);
    if (!text.empty()) keys[index] = sha256(text);
  }
  // For people by name instead of by key: one node that changed is not to look as if all after it had.
  std::vector<std::string> names;
  for (const GraphNode& node : graph.nodes) names.push_back(node.name);
  const Writer by_name(graph, nullptr, names, hash_of);
  std::vector<OutputRecipe> recipes;
  for (const GraphOutput& output : graph.outputs) {
    OutputRecipe recipe;
    std::map<std::string, Reference> parts;  // by what they are called
    std::vector<bool> seen(graph.nodes.size());
    std::vector<int> open;
    const auto visit = [&](const Reference& reference) {
      if (reference.to == Reference::To::node) open.push_back(reference.index);
      if (reference.to == Reference::To::input)
        parts.emplace(graph.inputs[reference.index].name + (reference.property.empty() ? "" : "." + reference.property),
                      reference);
    };
    for_each_reference(output.value, visit);
    for_each_reference(output.file, visit);
    json nodes = json::object();
    bool known = true;
    while (!open.empty()) {
      const int index = open.back();
      open.pop_back();
      if (seen[index]) continue;
      seen[index] = true;
      recipe.nodes.push_back(index);
      const GraphNode& node = graph.nodes[index];
      for_each_reference(node, visit);
      auto arguments = arguments_of(node, by_name);
      known = known && arguments && !keys[index].empty();
      if (arguments)
        nodes[node.name] = {
            {"type", node.spec->name}, {"version", node.spec->version}, {"arguments", std::move(*arguments)}};
    }
    std::sort(recipe.nodes.begin(), recipe.nodes.end());
    const auto value = writer.of(output.value), file = writer.of(output.file);
    recipe.settings = {{"quality", output.quality},
                       {"metadata", output.metadata},
                       {"flatten", output.flatten},
                       {"subsampling", output.subsampling}};
    if (output.profile != "keep") recipe.settings["profile"] = output.profile;
    recipe.shared = {{"nodes", std::move(nodes)}, {"settings", recipe.settings}};
    const bool stand_ins = graph.stand_ins && std::ranges::any_of(recipe.nodes, [&](int node) {
                             return graph.nodes[node].spec->cost == Cost::paid;
                           });
    if (stand_ins) recipe.shared["stand_ins"] = true;
    if (known && value && file) {
      const std::string text = "output 1\n" + text_of(*value) + "\n" + text_of(*file) + "\n" + text_of(recipe.settings);
      recipe.digest = sha256(text + (stand_ins ? "\nstand-ins" : ""));
      if (stand_ins) recipe.real_digest = sha256(text);
    }
    for (auto& [name, reference] : parts) recipe.parts.emplace_back(name, std::move(reference));
    recipes.push_back(std::move(recipe));
  }
  return recipes;
}

std::string item_parts(const OutputRecipe& recipe, const Graph& graph, const Item& item, const FileHash& hash_of) {
  const std::vector<std::string> no_keys;
  const Writer writer(graph, &item, no_keys, hash_of);
  json parts = json::object();
  for (const auto& [name, reference] : recipe.parts) {
    auto part = writer.of(reference);
    if (!part) return "";
    parts[name] = std::move(*part);
  }
  return text_of(parts);
}

}  // namespace pixgraph
