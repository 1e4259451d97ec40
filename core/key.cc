#include "key.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

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
  Writer(const Graph& graph, const Item& item, const std::vector<std::string>& keys, const FileHash& hash_of)
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

 private:
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
    if (reference.to == Reference::To::node) {
      const std::string& key = keys_[reference.index];
      if (key.empty()) return std::nullopt;
      json made = {{"node", key}, {"port", graph_.nodes[reference.index].spec->outputs[reference.port].name}};
      if (!reference.property.empty()) made["property"] = reference.property;
      return made;
    }
    if (reference.to == Reference::To::element) return json("index");
    const Value& value =
        reference.to == Reference::To::param ? graph_.params[reference.index].value : item_.inputs[reference.index];
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

  const Graph& graph_;
  const Item& item_;
  const std::vector<std::string>& keys_;
  const FileHash& hash_of_;
};

}  // namespace

std::string recipe_text(const Graph& graph, const GraphNode& node, const Item& item,
                        const std::vector<std::string>& keys, const FileHash& hash_of) {
  const Writer writer(graph, item, keys, hash_of);
  std::vector<std::string> lines;
  const Spec& spec = *node.spec;
  auto add = [&](const std::string& name, const Expression& expression) {
    auto value = writer.of(expression);
    if (value) lines.push_back(name + " = " + value->dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
    return value.has_value();
  };
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    const bool is_input = i < spec.inputs.size();
    if (!is_input && !spec.params[i - spec.inputs.size()].in_key) continue;
    if (!add(is_input ? spec.inputs[i].name : spec.params[i - spec.inputs.size()].name, node.arguments[i])) return "";
  }
  if (!spec.open_input.empty() && !add(spec.open_input, node.open_input)) return "";
  std::sort(lines.begin(), lines.end());
  std::string text = "recipe 1\n" + spec.name + " " + std::to_string(spec.version) + "\n";
  for (const std::string& line : lines) text += line;
  return text;
}

std::vector<std::string> recipe_keys(const Graph& graph, const Item& item, const FileHash& hash_of) {
  std::vector<std::string> keys(graph.nodes.size());
  for (int index : graph.order) {
    const std::string text = recipe_text(graph, graph.nodes[index], item, keys, hash_of);
    if (!text.empty()) keys[index] = sha256(text);
  }
  return keys;
}

}  // namespace pixgraph
