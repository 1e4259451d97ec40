#include "spec_json.h"

#include <cmath>

namespace pixgraph {

using nlohmann::json;

static json type_to_json(ValueType type) {
  return type_name(type);
}

static ValueType type_from_json(const json& name) {
  std::string text = name.get<std::string>();
  const bool list = text.starts_with("list of ");
  if (list) text = text.substr(8);
  for (Type type :
       {Type::text, Type::integer, Type::number, Type::boolean, Type::json, Type::file, Type::image, Type::mask})
    if (type_name(type) == text) return {type, list};
  return Type::text;
}

static json value_to_json(const Value& value) {
  if (value.text()) return *value.text();
  if (value.integer()) return *value.integer();
  if (value.number()) return *value.number();
  if (value.boolean()) return *value.boolean();
  if (value.json()) return json{{"json", *value.json()}};
  return nullptr;
}

static Value value_from_json(const json& value) {
  if (value.is_string()) return Value(value.get<std::string>());
  if (value.is_number_integer()) return Value(value.get<std::int64_t>());
  if (value.is_number()) return Value(value.get<double>());
  if (value.is_boolean()) return Value(value.get<bool>());
  if (value.is_object()) return Value(std::make_shared<const json>(value.at("json")));
  return Value();
}

static json ports_to_json(const std::vector<Port>& ports) {
  json list = json::array();
  for (const Port& port : ports)
    list.push_back(
        {{"name", port.name}, {"type", type_to_json(port.type)}, {"doc", port.doc}, {"required", port.required}});
  return list;
}

static std::vector<Port> ports_from_json(const json& list) {
  std::vector<Port> ports;
  for (const json& port : list)
    ports.push_back({port.at("name"), type_from_json(port.at("type")), port.at("doc"), port.at("required")});
  return ports;
}

static json rules_to_json(const std::vector<Rule>& rules) {
  json list = json::array();
  for (const Rule& rule : rules)
    list.push_back({{"kind", static_cast<int>(rule.kind)},
                    {"groups", rule.groups},
                    {"factor", rule.factor},
                    {"message", rule.message},
                    {"hint", rule.hint}});
  return list;
}

static std::vector<Rule> rules_from_json(const json& list) {
  std::vector<Rule> rules;
  for (const json& rule : list)
    rules.push_back({static_cast<Rule::Kind>(rule.at("kind").get<int>()),
                     rule.at("groups").get<std::vector<std::vector<std::string>>>(), rule.at("factor"),
                     rule.at("message"), rule.at("hint")});
  return rules;
}

static constexpr double kNone = std::numeric_limits<double>::infinity();

json spec_to_json(const Spec& spec) {
  json params = json::array();
  for (const Param& param : spec.params) {
    json one = {{"name", param.name},
                {"type", type_to_json(param.type)},
                {"default", value_to_json(param.preset)},
                {"unit", param.unit},
                {"doc", param.doc},
                {"in_key", param.in_key}};
    if (std::isfinite(param.min)) one["min"] = param.min;
    if (std::isfinite(param.max)) one["max"] = param.max;
    if (!param.choices.empty()) one["choices"] = param.choices;
    if (param.form == Form::colour) one["form"] = "colour";
    if (param.form == Form::opaque_colour) one["form"] = "opaque colour";
    params.push_back(std::move(one));
  }
  return {{"name", spec.name},
          {"doc", spec.doc},
          {"version", spec.version},
          {"inputs", ports_to_json(spec.inputs)},
          {"open_input", spec.open_input},
          {"open_input_doc", spec.open_input_doc},
          {"params", params},
          {"rules", rules_to_json(spec.rules)},
          {"outputs", ports_to_json(spec.outputs)},
          {"pool", static_cast<int>(spec.pool)},
          {"cost", static_cast<int>(spec.cost)},
          {"examples", spec.examples}};
}

Spec spec_from_json(const json& from) {
  Spec spec(from.at("name"), from.at("doc"));
  spec.version = from.at("version");
  spec.inputs = ports_from_json(from.at("inputs"));
  spec.outputs = ports_from_json(from.at("outputs"));
  spec.open_input = from.at("open_input");
  spec.open_input_doc = from.at("open_input_doc");
  spec.pool = static_cast<Pool>(from.at("pool").get<int>());
  spec.cost = static_cast<Cost>(from.at("cost").get<int>());
  spec.examples = from.at("examples").get<std::vector<std::string>>();
  spec.rules = rules_from_json(from.at("rules"));
  for (const json& one : from.at("params")) {
    Param param;
    param.name = one.at("name");
    param.type = type_from_json(one.at("type")).type;
    param.preset = value_from_json(one.at("default"));
    // A number's default may look like an integer in JSON.
    if (param.type == Type::number && param.preset.integer())
      param.preset = Value(static_cast<double>(*param.preset.integer()));
    param.min = one.value("min", -kNone);
    param.max = one.value("max", kNone);
    param.choices = one.value("choices", std::vector<std::string>{});
    const std::string form = one.value("form", "");
    param.form = form == "colour" ? Form::colour : form == "opaque colour" ? Form::opaque_colour : Form::any;
    param.unit = one.at("unit");
    param.doc = one.at("doc");
    param.in_key = one.at("in_key");
    spec.params.push_back(std::move(param));
  }
  return spec;
}

/// Magic bytes are no UTF-8: written as hex.
static std::string hex_of(const std::string& bytes) {
  std::string hex;
  for (unsigned char byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

static std::string bytes_of(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

json codec_to_json(const CodecInfo& codec) {
  json magics = json::array();
  for (const Magic& magic : codec.magics) magics.push_back({magic.offset, hex_of(magic.bytes), magic.group});
  return {{"name", codec.name},
          {"media_type", codec.media_type},
          {"extensions", codec.extensions},
          {"magics", magics},
          {"reads", codec.reads},
          {"writes", codec.writes},
          {"writes_alpha", codec.writes_alpha},
          {"writes_16bit", codec.writes_16bit},
          {"writes_float", codec.writes_float},
          {"rank", codec.rank}};
}

CodecInfo codec_from_json(const json& from) {
  CodecInfo codec;
  codec.name = from.at("name");
  codec.media_type = from.at("media_type");
  codec.extensions = from.at("extensions").get<std::vector<std::string>>();
  for (const json& magic : from.at("magics"))
    codec.magics.push_back({magic.at(0).get<std::size_t>(), bytes_of(magic.at(1)), magic.at(2).get<int>()});
  codec.reads = from.at("reads");
  codec.writes = from.at("writes");
  codec.writes_alpha = from.at("writes_alpha");
  codec.writes_16bit = from.at("writes_16bit");
  codec.writes_float = from.at("writes_float");
  codec.rank = from.at("rank");
  return codec;
}

}  // namespace pixgraph
