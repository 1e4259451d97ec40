#include "pipeline_schema.h"

#include <fmt/format.h>

#include <cmath>

#include <pixgraph/colour.h>

#include "describe.h"
#include "registry.h"
#include "types.h"

namespace pixgraph {

namespace {

using Json = nlohmann::ordered_json;

// As reference.cc reads them. JavaScript's dialect, which is that of JSON Schema.
const std::string kName = R"([A-Za-z_][A-Za-z0-9_-]*)";
const std::string kReference = R"(\$\{)" + kName + R"((?:\.[A-Za-z_0-9-]+){0,2}\})";
const std::string kPlain = R"([^$]|\$\$\{|\$(?!\{))";  // `$${` is a plain `${`
const std::string kDuration = R"(^(?=.*[1-9])(?:[0-9]{1,9}h)?(?:[0-9]{1,9}m)?(?:[0-9]{1,9}s)?(?:[0-9]{1,9}ms)?$)";
const std::string kWait = R"(^(?=.)(?:[0-9]{1,9}h)?(?:[0-9]{1,9}m)?(?:[0-9]{1,9}s)?(?:[0-9]{1,9}ms)?$)";

/// What fits every condition that bind_when.cc reads, and misses what only counting brackets and knowing types tells.
std::string condition_pattern() {
  const std::string end = R"((?![A-Za-z0-9_.-]))", quoted = R"((?:(?!\$\{)[^%])*)";
  const auto in_quotes = [&](char quote) {
    std::string inside = quoted;
    inside.replace(inside.find('%'), 1, 1, quote);
    return quote + inside + quote;
  };
  const std::string operand = "(?:" + kReference + "|" + in_quotes('\'') + "|" + in_quotes('"') +
                              "|(?:true|false|[-+.]?[0-9][A-Za-z0-9_.+-]*)" + end + ")";
  const std::string part =
      R"((?:\s|\(|not)" + end + ")*" + operand + R"((?:\s*(?:==|!=|<=|>=|<|>)\s*)" + operand + R"()?[\s)]*)";
  return "^" + part + "(?:(?:and|or)" + end + part + ")*$";
}

Json defined(const std::string& name) {
  return {{"$ref", "#/definitions/" + name}};
}

Json described(Json schema, const std::string& text) {
  schema["description"] = text;
  return schema;
}

/// Beside a `$ref` draft-07 hears nothing else.
Json described_ref(const std::string& name, const std::string& text) {
  return {{"description", text}, {"allOf", Json::array({defined(name)})}};
}

Json map_of(Json values) {
  return {{"type", {"object", "null"}},
          {"propertyNames", {{"pattern", "^" + kName + "$"}, {"not", {{"enum", {"each", "index", "env"}}}}}},
          {"additionalProperties", std::move(values)}};
}

Json closed_map(Json properties, Json required) {
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

Json number_of(double number) {
  if (number == std::floor(number) && std::abs(number) < 9e15) return static_cast<std::int64_t>(number);
  return number;
}

Json plain_json(const Value& value) {
  if (value.text()) return *value.text();
  if (value.integer()) return *value.integer();
  if (value.number()) return number_of(*value.number());
  if (value.boolean()) return *value.boolean();
  if (value.json()) return Json(*value.json());
  return nullptr;
}

/// What may be written for a choice: YAML reads a plain 90 as a number, and pixgraph as the word.
Json words_of(const std::vector<std::string>& choices) {
  Json words = Json::array();
  for (const std::string& choice : choices) {
    words.push_back(choice);
    const Json read = Json::parse(choice, nullptr, false);
    if (read.is_number() || read.is_boolean()) words.push_back(read);
  }
  return words;
}

/// The forms of one value without `${...}` as a whole; none for what only nodes and inputs can bring.
Json literals_of(Type type, const Param* param) {
  switch (type) {
    case Type::text:
      if (param && param->form != Form::any) {
        Json forms = Json::array({defined(param->form == Form::colour ? "colour" : "opaque colour")});
        if (!param->choices.empty()) forms.push_back({{"enum", words_of(param->choices)}});
        forms.push_back(defined("made text"));
        return forms;
      }
      if (!param || param->choices.empty()) return Json::array({defined("text")});
      return Json::array({{{"enum", words_of(param->choices)}}, defined("made text")});
    case Type::integer:
    case Type::number: {
      Json number = {{"type", type == Type::integer ? "integer" : "number"}};
      if (param && std::isfinite(param->min)) number["minimum"] = number_of(param->min);
      if (param && std::isfinite(param->max)) number["maximum"] = number_of(param->max);
      return Json::array({number});
    }
    case Type::boolean: return Json::array({{{"type", "boolean"}}});
    case Type::json:
    case Type::file:
    case Type::image:
    case Type::mask: break;
  }
  return Json::array();
}

/// What may stand behind an input or param of a node.
Json value_of(ValueType type, const Param* param, bool required) {
  if (type.type == Type::json) return Json::object();
  Json forms = literals_of(type.type, param);
  // A text's own pattern takes references too, for they may stand anywhere in it.
  if (type.type != Type::text) forms.push_back(defined("reference"));
  if (type.list) {
    Json one = forms.size() == 1 ? forms[0] : Json{{"anyOf", forms}};
    forms.push_back({{"type", "array"}, {"items", std::move(one)}});
  }
  if (!required) forms.push_back({{"type", "null"}});
  return {{"anyOf", std::move(forms)}};
}

std::string param_words(const Param& param) {
  std::string facts = param.choices.empty() || param.form != Form::any ? show_range(param) : param.unit;
  return param.doc + (facts.empty() ? "" : " (" + facts + ")");
}

std::string node_words(const Spec& spec) {
  return spec.doc + (spec.cost == Cost::local ? "" : std::string(" (") + cost_words(spec) + ")");
}

Json common_properties(bool paid) {
  return {
      {"each", described_ref("each", "A list: the node runs once per element, which is ${each}")},
      {"when", described_ref("when", "A condition in one quoted string; where it does not hold, the node is skipped")},
      {"on_error", described_ref("on_error",
                                 "What becomes of an item where the node fails: fail, skip, or "
                                 "{use: \"${name}\"}")},
      {"timeout", described_ref(paid ? "prediction_timeout" : "duration",
                                paid ? "Of a prediction, from its creation to its end: 5m, or {queue: 10m, run: 2m}"
                                     : "Of one try: 30s, 5m")},
      {"retry", described_ref("retry", "How often and when what failed is tried again: {attempts: 3}")}};
}

Json node_type(const Spec& spec) {
  Json properties = {{"type", true}};
  Json required = Json::array();
  for (const Port& port : spec.inputs) {
    properties[port.name] = described(value_of(port.type, nullptr, port.required),
                                      port.doc + " (" + type_name(port.type) + (port.required ? ")" : ", optional)"));
    if (port.required) required.push_back(port.name);
  }
  if (!spec.open_input.empty())
    properties[spec.open_input] = {{"type", "object"}, {"description", spec.open_input_doc}};
  for (const Param& param : spec.params) {
    Json schema = described(value_of(param.type, &param, !param.preset.absent()), param_words(param));
    if (!param.preset.absent()) schema["default"] = plain_json(param.preset);
    properties[param.name] = std::move(schema);
  }
  properties.update(common_properties(spec.cost == Cost::paid));
  Json schema = described(Json::object(), node_words(spec));
  schema.update(closed_map(std::move(properties), std::move(required)));
  return schema;
}

/// A node: by its type, or another pipeline.
Json node_schema(const Registry& registry) {
  Json types = Json::array(), by_type = Json::array();
  for (const Spec* spec : registry.all()) {
    types.push_back({{"const", spec->name}, {"description", node_words(*spec)}});
    by_type.push_back({{"if", {{"properties", {{"type", {{"const", spec->name}}}}}, {"required", {"type"}}}},
                       {"then", defined("node " + spec->name)}});
  }
  return {{"type", "object"},
          {"properties",
           {{"type", {{"description", "The node type; `pixgraph nodes` lists them"}}},
            {"use",
             {{"description",
               "Another pipeline file in the place of a node type, from this file's folder; its inputs "
               "and params are the other keys"}}}}},
          {"if", {{"required", {"use"}}}},
          {"then", {{"properties", {{"use", defined("text")}, {"type", false}}}}},
          {"else",
           {{"required", {"type"}},
            {"properties", {{"type", {{"oneOf", std::move(types)}}}}},
            {"allOf", std::move(by_type)}}}};
}

/// An input or a param: `photo: image`, or a map with `type`.
Json declaration(bool is_param) {
  Json words = Json::array(), by_type = Json::array();
  const auto when_type = [&](Json names, Json preset) {
    by_type.push_back({{"if", {{"properties", {{"type", {{"enum", std::move(names)}}}}}, {"required", {"type"}}}},
                       {"then", {{"properties", {{"default", std::move(preset)}}}}}});
  };
  for (const std::string& word : type_words()) {
    const Type type = parse_type(word)->type;
    if (is_param && is_picture(type)) continue;
    words.push_back(word);
    const Json literals = type == Type::text ? Json::array({defined("plain text")}) : literals_of(type, nullptr);
    const Json one = type == Type::json ? Json(true) : is_picture(type) ? Json(false) : literals[0];
    when_type({word}, one);
    if (!is_param && type != Type::json)
      when_type({"list of " + word}, is_picture(type) ? one : Json{{"type", "array"}, {"items", one}});
  }
  if (!is_param)
    for (const std::string& word : type_words()) words.push_back("list of " + word);
  Json map = closed_map({{"type", {{"description", "The type of its values"}, {"enum", words}}},
                         {"doc", described_ref("text", "What it is, in one line")},
                         {"default",
                          {{"description", is_param ? "Its value where no --set gives another"
                                                    : "Its value where an item brings none"}}}},
                        {"type"});
  map["allOf"] = std::move(by_type);
  return {{"anyOf", {{{"enum", words}}, std::move(map)}}};
}

Json output_schema() {
  return closed_map({{"value", described_ref("reference", "What is written: \"${node}\" or \"${node.port}\"")},
                     {"file",
                      {{"description",
                        "A path below --out, its extension decides the format: \"${photo.stem}.jpg\"; a list needs "
                        "${index}"},
                       {"allOf", {defined("text")}},
                       {"pattern", R"(^(?!/|~/|\$\{[^}]*\.path\})(?!(?:.*/)?\.\.(?:/|$))[\s\S]*[^/]$)"}}},
                     {"quality",
                      {{"description", "Of JPEG and WebP, 1 to 100"},
                       {"type", "integer"},
                       {"minimum", 1},
                       {"maximum", 100},
                       {"default", 90}}},
                     {"metadata",
                      {{"description", "What is kept of EXIF and the like"},
                       {"enum", {"keep", "strip-gps", "strip"}},
                       {"default", "strip-gps"}}},
                     {"flatten",
                      {{"description", "The colour under a picture with alpha, in quotes: \"#ffffff\""},
                       {"type", "string"},
                       {"pattern", std::string("^") + kOpaqueColourPattern + "$"}}},
                     {"profile", {{"description", "Whether the colours become sRGB"}, {"enum", {"keep", "srgb"}}}},
                     {"subsampling", {{"description", "Of colours in a JPEG"}, {"enum", {"4:4:4", "4:2:2", "4:2:0"}}}}},
                    {"value", "file"});
}

Json limits_schema() {
  const Json count = {{"type", "integer"}, {"minimum", 1}, {"maximum", 2147483647}};
  return {
      {"description", "By server, model or `default`: how much may be asked at once"},
      {"type", "object"},
      {"additionalProperties", closed_map({{"in_flight", described(count, "Predictions at once")},
                                           {"creates_per_minute", described(count, "Predictions created per minute")},
                                           {"other_per_minute", described(count, "Other requests per minute")}},
                                          Json::array())}};
}

Json prices_schema() {
  const Json price = {{"type", "number"}, {"minimum", 0}};
  Json parts = closed_map({{"per_run", described(price, "US dollars per prediction")},
                           {"per_second", described(price, "US dollars per second")},
                           {"per_image", described(price, "US dollars per picture")}},
                          Json::array());
  parts["minProperties"] = 1;
  return {{"description", "By model, as owner/name, in US dollars: what --max-cost counts with"},
          {"type", "object"},
          {"propertyNames", {{"pattern", "^[^/: ]+/[^/: ]+$"}}},
          {"additionalProperties", std::move(parts)}};
}

Json definitions(const Registry& registry) {
  const Json code = {{"type", "string"}, {"pattern", "^E[0-9]{3,5}$"}};
  const Json duration = {{"type", "string"}, {"pattern", kDuration}}, wait = {{"type", "string"}, {"pattern", kWait}};
  Json all = {
      {"reference",
       {{"type", "string"},
        {"pattern", R"(^(?!\$\{index[.}]))" + kReference + "$"},
        {"patternErrorMessage", "a reference stands here: \"${name}\", in quotes"}}},
      {"text",
       {{"type", {"string", "number", "boolean"}},
        {"pattern", "^(?:" + kPlain + "|" + kReference + ")*$"},
        {"patternErrorMessage", "a reference is written ${name}; a plain ${ is written $${"}}},
      {"made text", {{"type", "string"}, {"pattern", kReference}, {"allOf", {defined("text")}}}},
      {"colour",
       {{"type", "string"},
        {"pattern", std::string("^") + kColourPattern + "$"},
        {"patternErrorMessage", "a colour is written in quotes, as \"#rrggbb\" or, with alpha, \"#rrggbbaa\""}}},
      {"opaque colour",
       {{"type", "string"},
        {"pattern", std::string("^") + kOpaqueColourPattern + "$"},
        {"patternErrorMessage", "a colour is written in quotes, as \"#rrggbb\"; alpha has no effect here"}}},
      {"plain text",
       {{"type", {"string", "number", "boolean"}},
        {"pattern", "^(?:" + kPlain + ")*$"},
        {"patternErrorMessage", "a default cannot refer to anything; a plain ${ is written $${"}}},
      {"each", {{"anyOf", {defined("reference"), {{"type", "array"}}}}}},
      {"when",
       {{"type", {"string", "boolean"}},
        {"pattern", condition_pattern()},
        {"patternErrorMessage", "a condition is written \"${name} >= 2 and not ${kind} == 'sky'\""},
        {"allOf", {defined("text")}}}},
      {"on_error",
       {{"anyOf", {{{"enum", {"fail", "skip"}}}, closed_map({{"use", Json::object()}}, {"use"})}},
        {"default", "fail"}}},
      {"duration", duration},
      {"prediction_timeout",
       {{"anyOf",
         {defined("duration"),
          closed_map({{"queue", defined("duration")}, {"run", defined("duration")}}, Json::array())}}}},
      {"retry",
       closed_map({{"attempts",
                    {{"description", "The number of tries in all, 1 to 100"},
                     {"type", "integer"},
                     {"minimum", 1},
                     {"maximum", 100}}},
                   {"on",
                    {{"description", "The error codes that are worth it: [E6716, E8765]"},
                     {"anyOf", {code, {{"type", "array"}, {"items", code}, {"minItems", 1}}}}}},
                   {"backoff", described(wait, "The wait before the second try, doubled each time: 1s")},
                   {"cap", described(wait, "The longest wait: 30s")},
                   {"jitter", {{"description", "Waits differ by chance"}, {"type", "boolean"}, {"default", true}}}},
                  {"attempts"})},
      {"input", declaration(false)},
      {"param", declaration(true)},
      {"node", node_schema(registry)},
      {"output", output_schema()}};
  for (const Spec* spec : registry.all()) all["node " + spec->name] = node_type(*spec);
  return all;
}

}  // namespace

nlohmann::ordered_json pipeline_schema(const Registry& registry) {
  Json outputs = described(map_of(defined("output")), "What is written, below --out");
  outputs["type"] = "object";
  outputs["propertyNames"] = {{"pattern", "^" + kName + "$"}};
  outputs["minProperties"] = 1;
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"$comment", "Made by `pixgraph schema`."},
                 {"title", "A pipeline of pixgraph"}};
  schema.update(closed_map(
      {{"pixgraph", {{"description", "The version of the format"}, {"const", 1}}},
       {"name", described_ref("text", "The pipeline's name")},
       {"description", described_ref("text", "What it is for")},
       {"inputs", described(map_of(defined("input")), "One value per item: `photo: {type: image, doc: ...}`")},
       {"params", described(map_of(defined("param")), "One value per run, which --set changes")},
       {"nodes", described(map_of(defined("node")), "What is done; a node runs when what it refers to is there")},
       {"outputs", std::move(outputs)},
       {"limits", limits_schema()},
       {"prices", prices_schema()}},
      {"pixgraph", "outputs"}));
  schema["definitions"] = definitions(registry);
  return schema;
}

}  // namespace pixgraph
