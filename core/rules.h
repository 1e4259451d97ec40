// Rules: what a node's Spec says of its params and inputs beyond their types and ranges (spec.h). Asked twice, with the
// same words: of what the pipeline says, before anything runs, and of the values, when a node's turn comes.
//
// Pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pixgraph/error.h>
#include <pixgraph/spec.h>

namespace pixgraph {

/// What is known of a param or input.
struct Told {
  bool known = false;  // false: it comes from a node that has not run
  Value value;         // absent: it is not given
};
using Tell = std::function<Told(std::string_view name)>;

/// Index into a node's arguments: its inputs, then its params.
std::optional<std::size_t> argument_of(const Spec& spec, std::string_view name);

struct BrokenRule {
  std::string name;  // of the param or input to point at; empty: the node as a whole
  std::string message, hint;
};

/// Nothing where the rule holds, or where what is not known decides.
std::optional<BrokenRule> broken_rule(const Spec& spec, const Rule& rule, const Tell& tell);

/// "not both `scale` and `width` or `height`": for who reads about the node.
std::string rule_in_words(const Rule& rule);

/// What is wrong with a rule; empty where nothing is.
std::string rule_fault(const Spec& spec, const Rule& rule);

/// Whether the text has the param's form: a colour is one, or one of its words.
bool has_form(const Param& param, std::string_view text);

/// E333 for a text that has not. `from`: the reference it came by, empty for one that stands there itself.
Error no_form(const Param& param, std::string_view text, std::string_view from = {});

/// What is wrong with a value of a param that has come by now (E025, E026, E333); nothing where it takes it. `what`:
/// "`width` of `fitted`".
std::optional<Error> refused_value(const Param& param, const Value& value, const std::string& what);

}  // namespace pixgraph
