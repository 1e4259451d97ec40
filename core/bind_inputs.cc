// The inputs and params of a pipeline, and `--set`.
#include <map>
#include <nlohmann/json.hpp>

#include "binding.h"
#include "types.h"
#include "unicode.h"

namespace pixgraph {

namespace {

/// What a declaration says, of an input or a param.
struct Declared {
  std::optional<ValueType> type;
  std::string doc;
  const DocumentValue* preset = nullptr;
};

std::optional<ValueType> read_type(Binding& binding, const DocumentValue& value, std::string_view name, bool is_param) {
  std::vector<std::string> words = type_words();
  if (is_param) std::erase_if(words, [](const std::string& word) { return is_picture(parse_type(word)->type); });
  if (value.kind != DocumentValue::Kind::scalar) {
    binding.misread(value, "type", "the name of a type", described(value), "the types are " + listed(words));
    return std::nullopt;
  }
  const auto type = parse_type(value.text);
  if (!type) {
    std::string help = "the types are " + listed(words) + (is_param ? "" : ", and `list of` one of them");
    static const std::map<std::string, std::string, std::less<>> kElsewhere = {
        {"string", "text"},   {"str", "text"},     {"int", "integer"},   {"float", "number"},
        {"double", "number"}, {"boolean", "bool"}, {"picture", "image"}, {"photo", "image"},
        {"object", "json"},   {"url", "text"},     {"path", "file"},     {"any", "json"}};
    const auto elsewhere = kElsewhere.find(value.text);
    if (const std::string meant =
            elsewhere != kElsewhere.end() ? elsewhere->second : binding.suggest(value.text, words);
        !meant.empty())
      help = "did you mean " + ticked(meant) + "?";
    binding.diagnostics.error("E027", value.place, ticked(value.text) + " is no type", help);
    return std::nullopt;
  }
  if (is_param && (type->list || is_picture(type->type))) {
    binding.diagnostics.error(
        "E027", value.place, "a param cannot be " + with_article(*type),
        type->list ? "a param of type `json` can hold a list"
                   : "declare `" + printable(name) + "` under `inputs:`, where every item brings its own");
    return std::nullopt;
  }
  return type;
}

Declared read_declaration(Binding& binding, const DocumentEntry& entry, bool is_param) {
  Declared out;
  const std::string what = is_param ? "param" : "input";
  if (entry.value.kind == DocumentValue::Kind::scalar) {  // `photo: image`
    if (is_param && !parse_type(entry.value.text)) {
      binding.diagnostics.error(
          "E027", entry.value.place, ticked(entry.value.text) + " is no type",
          "a param with a default is written `" + printable(entry.key) + ": {type: text, default: ...}`");
      return out;
    }
    out.type = read_type(binding, entry.value, entry.key, is_param);
    return out;
  }
  if (!binding.expect_map(entry.value, what + " " + ticked(entry.key),
                          "write `" + printable(entry.key) + (is_param ? ": {type: text, default: ...}`" : ": image`")))
    return out;
  static const std::vector<std::string> kKeys = {"type", "doc", "default"};
  bool has_type = false;
  for (const DocumentEntry& field : entry.value.entries) {
    if (field.key == "type") {
      has_type = true;
      out.type = read_type(binding, field.value, entry.key, is_param);
    } else if (field.key == "doc") {
      out.doc = binding.read_text(field.value, "doc");
    } else if (field.key == "default") {
      out.preset = &field.value;
    } else if (binding.unknown_key(field, "in " + what + " " + ticked(entry.key), kKeys, entry.place) == "type") {
      has_type = true;
    }
  }
  if (!has_type)
    binding.diagnostics.error("E013", entry.place, what + " " + ticked(entry.key) + " has no `type`",
                              "the types are " + listed(type_words()));
  return out;
}

/// A default as a value of the type; absent where it is none.
Value read_preset(Binding& binding, const DocumentValue& written, ValueType type) {
  if (holds_reference(written)) {
    binding.diagnostics.error("E015", written.place, "a default cannot refer to anything",
                              "a plain `${` is written `$${`");
    return {};
  }
  if (type.list) {
    if (written.kind != DocumentValue::Kind::list) {
      binding.misread(written, "default", with_article(type), described(written), "write `[a, b]`");
      return {};
    }
    List out;
    for (const DocumentValue& item : written.items) out.push_back(read_preset(binding, item, type.type));
    return Value(std::move(out));
  }
  if (type.type == Type::json) return json_literal(binding, written, "default");
  auto read = read_scalar(written, type.type);
  if (!read.ok()) {
    binding.misread(written, "default", with_article(type), read.why, read.help);
    return {};
  }
  if (const std::string* text = read.value.text()) {
    std::string plain;
    for (const auto& part : parse_template(*text).parts) plain += std::get<std::string>(part);
    return Value(std::move(plain));
  }
  return read.value;
}

}  // namespace

void declare_inputs(Binding& binding, const DocumentValue& inputs) {
  if (inputs.kind == DocumentValue::Kind::null) return;
  if (!binding.expect_map(inputs, "`inputs`", "write `photo: image` below it")) {
    binding.names_incomplete = true;
    return;
  }
  for (const DocumentEntry& entry : inputs.entries) {
    const Declared declared = read_declaration(binding, entry, false);
    GraphInput input;
    input.name = entry.key;
    input.place = entry.place;
    input.doc = declared.doc;
    if (declared.type) {
      input.type = *declared.type;
      if (declared.preset && is_picture(input.type.type)) {
        binding.diagnostics.error("E015", declared.preset->place, with_article(input.type) + " has no default",
                                  "take `default` away: every item brings its own");
      } else if (declared.preset) {
        if (Value preset = read_preset(binding, *declared.preset, input.type); !preset.absent())
          input.preset = std::move(preset);
      }
    }
    binding.declare(entry.key,
                    {Reference::To::input, static_cast<int>(binding.graph.inputs.size()), entry.place, !declared.type});
    binding.graph.inputs.push_back(std::move(input));
  }
  binding.input_used.resize(binding.graph.inputs.size());
}

void declare_params(Binding& binding, const DocumentValue& params) {
  if (params.kind == DocumentValue::Kind::null) return;
  if (!binding.expect_map(params, "`params`", "write `prompt: {type: text, default: ...}` below it")) {
    binding.names_incomplete = true;
    return;
  }
  for (const DocumentEntry& entry : params.entries) {
    const Declared declared = read_declaration(binding, entry, true);
    GraphParam param;
    param.name = entry.key;
    param.place = entry.place;
    param.doc = declared.doc;
    const int errors = binding.diagnostics.error_count();
    if (declared.type) {
      param.type = declared.type->type;
      if (declared.preset) param.value = read_preset(binding, *declared.preset, param.type);
    }
    // A param without a usable default was reported; that it has no value is not a second mistake.
    const bool broken = !declared.type || binding.diagnostics.error_count() > errors;
    binding.declare(entry.key,
                    {Reference::To::param, static_cast<int>(binding.graph.params.size()), entry.place, broken});
    binding.graph.params.push_back(std::move(param));
  }
  binding.param_used.resize(binding.graph.params.size());
}

void apply_settings(Binding& binding) {
  auto refuse = [&](const std::string& name, const std::string& text, std::string message, std::string help) {
    Diagnostic out;
    out.code = "E018";
    out.source = "--set " + name + "=" + text;
    out.message = std::move(message);
    out.help = std::move(help);
    binding.diagnostics.add(std::move(out));
  };
  std::vector<bool> settled(binding.graph.params.size());
  for (const auto& [name, text] : binding.settings) {
    auto known = binding.names.find(name);
    if (known == binding.names.end() || known->second.to != Reference::To::param) {
      if (known == binding.names.end() && binding.names_incomplete) continue;
      std::vector<std::string> params;
      for (const GraphParam& param : binding.graph.params) params.push_back(param.name);
      std::string help =
          suggestion(name, params, params.empty() ? "this pipeline has no params" : "the params are " + listed(params));
      if (known != binding.names.end())
        help = known->second.to == Reference::To::input ? "it is an input: its values come with the items"
                                                        : "it is a node";
      refuse(name, text, "there is no param " + ticked(name), std::move(help));
      continue;
    }
    GraphParam& param = binding.graph.params[static_cast<std::size_t>(known->second.index)];
    settled[static_cast<std::size_t>(known->second.index)] = true;
    // Without its type nothing can be said of the value.
    if (known->second.broken && param.value.absent()) continue;
    auto read = read_word(text, param.type);
    // What could not be read leaves it without a value: of the default, which was not meant, nothing is said.
    param.value = read.ok() ? std::move(read.value) : Value();
    if (!read.ok())
      refuse(name, text, "param " + ticked(name) + " takes " + with_article(param.type) + ", and " + read.why,
             read.help);
  }
  for (std::size_t i = 0; i < binding.graph.params.size(); ++i) {
    const GraphParam& param = binding.graph.params[i];
    const auto known = binding.names.find(param.name);
    if (binding.is_used || settled[i] || !param.value.absent() || known->second.broken ||
        known->second.to != Reference::To::param)
      continue;
    binding.diagnostics.error("E019", param.place, "param " + ticked(param.name) + " has no value",
                              "give it a `default:`, or run with `--set " + printable(param.name) + "=...`");
  }
}

}  // namespace pixgraph
