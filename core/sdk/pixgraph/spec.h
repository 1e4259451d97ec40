// Spec: the description of a node type. Checks, `pixgraph nodes`, `pixgraph describe`, docs/nodes.md, the JSON Schema
// and the cache key are made from it, so nothing about a node is said twice.
//
// A Spec is built once, while a plugin registers, and then only read. It is plain data: core keeps it in the registry
// cache, so that a Spec can be known without loading its plugin.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <pixgraph/value.h>

namespace pixgraph {

enum class Pool : std::uint8_t { cpu, net, predict };    // which workers run it
enum class Cost : std::uint8_t { local, remote, paid };  // remote: asks a server; paid: asks one that bills

struct Port {
  std::string name;
  ValueType type = Type::text;
  std::string doc;
  bool required = true;  // inputs only
};

/// What the text of a text param must be; anything else is refused before anything runs.
enum class Form : std::uint8_t {
  any,
  colour,         // as colour.h reads it, or one of the param's choices
  opaque_colour,  // the same without alpha, which would be ignored
};

/// A setting of a node: a scalar with a default. It may be given as a reference like any input.
struct Param {
  std::string name;
  Type type = Type::text;  // text, integer, number, boolean or json
  Value preset;            // the default; absent = the param is left out unless given
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices = {};  // of a text param; empty = any text that has its form
  std::string unit = {};                  // "px", "s"; empty = none
  std::string doc = {};
  bool in_key = true;  // false: changes how the work is done, never what comes out
  Form form = Form::any;
};

/// What must hold between the params and inputs of a node, whatever the pictures are: refused (E330) before anything
/// runs where it can be told from what the pipeline says, else when the node's turn comes. Where a rule asks whether
/// something is given, a param that has its default is not.
struct Rule {
  enum class Kind : std::uint8_t {
    alternatives,  // names of at most one of the groups may be given
    needs_any,     // at least one name of groups[0] must be given
    ordered,       // groups[0] is two number params; where both have a value: first * factor <= second
    below,         // the same, but <
    at_least,      // number params of groups[0] that are given are at least what the one of groups[1] is
    product,       // groups[0] is number params; where all are given, their product is at most `factor`
    only_with,  // names of groups[0] may be given only where groups[1][0], a text param, is one of the words after it
  };
  Kind kind = Kind::alternatives;
  std::vector<std::vector<std::string>> groups;
  double factor = 1;
  /// Of the refusal; empty: made from the names. `{name}` stands for the value of that param.
  std::string message, hint;
};

struct Range {
  double min, max;
};

class Spec {
 public:
  Spec() = default;
  /// `name` is UpperCamelCase; `doc` is one line without a full stop.
  Spec(std::string type_name, std::string one_line) : name(std::move(type_name)), doc(std::move(one_line)) {}

  Spec&& in(std::string port, ValueType type, std::string text) && {
    inputs.push_back({std::move(port), type, std::move(text), true});
    return std::move(*this);
  }
  Spec&& optional_in(std::string port, ValueType type, std::string text) && {
    inputs.push_back({std::move(port), type, std::move(text), false});
    return std::move(*this);
  }
  /// An open set of inputs: a mapping whose keys and value types the remote model decides (`input:` of a prediction).
  /// The node sees it as one Object. At most one per Spec.
  Spec&& open_in(std::string mapping, std::string text) && {
    open_input = std::move(mapping);
    open_input_doc = std::move(text);
    return std::move(*this);
  }
  Spec&& out(std::string port, ValueType type, std::string text) && {
    outputs.push_back({std::move(port), type, std::move(text), true});
    return std::move(*this);
  }
  Spec&& param(std::string key, int preset, Range range, std::string unit, std::string text) && {
    return std::move(*this).add(
        {std::move(key), Type::integer, Value(preset), range.min, range.max, {}, std::move(unit), std::move(text)});
  }
  Spec&& param(std::string key, double preset, Range range, std::string unit, std::string text) && {
    return std::move(*this).add(
        {std::move(key), Type::number, Value(preset), range.min, range.max, {}, std::move(unit), std::move(text)});
  }
  Spec&& param(std::string key, bool preset, std::string text) && {
    return std::move(*this).add(
        {.name = std::move(key), .type = Type::boolean, .preset = Value(preset), .doc = std::move(text)});
  }
  Spec&& param(std::string key, const char* preset, std::string text) && {
    return std::move(*this).add(
        {.name = std::move(key), .type = Type::text, .preset = Value(preset), .doc = std::move(text)});
  }
  /// One of a list of words.
  Spec&& choice(std::string key, const char* preset, std::vector<std::string> choices, std::string text) && {
    return std::move(*this).add({.name = std::move(key),
                                 .type = Type::text,
                                 .preset = Value(preset),
                                 .choices = std::move(choices),
                                 .doc = std::move(text)});
  }
  /// A param without a default: left out unless given.
  Spec&& optional(Param param) && { return std::move(*this).add(std::move(param)); }
  /// The params named do not enter the cache key.
  Spec&& not_in_key(std::initializer_list<const char*> names) && {
    for (const char* key : names)
      for (Param& p : params)
        if (p.name == key) p.in_key = false;
    return std::move(*this);
  }
  Spec&& rule(Rule rule) && {
    rules.push_back(std::move(rule));
    return std::move(*this);
  }
  /// The text of this param is a colour, or one of the words.
  Spec&& colour(std::string_view key, std::vector<std::string> words = {}, Form form = Form::colour) && {
    for (Param& p : params)
      if (p.name == key) p.form = form, p.choices = std::move(words);
    return std::move(*this);
  }
  Spec&& runs_in(Pool workers, Cost what) && {
    pool = workers;
    cost = what;
    return std::move(*this);
  }
  /// Raise it when the same inputs give other outputs than before: it enters the cache key.
  Spec&& since(int meaning_version) && {
    version = meaning_version;
    return std::move(*this);
  }
  /// One line of YAML that works as it stands (`name: {type: ..., ...}`); shown by describe and the docs, run by tests.
  Spec&& example(std::string yaml) && {
    examples.push_back(std::move(yaml));
    return std::move(*this);
  }

  const Port* input(std::string_view port) const { return find(inputs, port); }
  const Port* output(std::string_view port) const { return find(outputs, port); }
  const Param* parameter(std::string_view key) const { return find(params, key); }

  std::string name, doc;
  int version = 1;
  std::vector<Port> inputs, outputs;  // outputs[0] is what `${node}` means
  std::string open_input, open_input_doc;
  std::vector<Param> params;
  std::vector<Rule> rules;
  Pool pool = Pool::cpu;
  Cost cost = Cost::local;
  std::vector<std::string> examples;

 private:
  Spec&& add(Param param) && {
    params.push_back(std::move(param));
    return std::move(*this);
  }
  template <class T>
  static const T* find(const std::vector<T>& all, std::string_view wanted) {
    for (const T& one : all)
      if (one.name == wanted) return &one;
    return nullptr;
  }
};

}  // namespace pixgraph
