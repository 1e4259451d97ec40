#include "rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <pixgraph/colour.h>

#include "describe.h"
#include "spell.h"
#include "unicode.h"

namespace pixgraph {

namespace {

using Names = std::vector<std::string>;

std::string listed_or(const Names& names) {
  std::string text = listed(names);
  if (const std::size_t last = text.rfind(" and `"); last != std::string::npos) text.replace(last, 5, " or ");
  return text;
}

std::optional<double> as_number(const Value& value) {
  if (value.integer()) return static_cast<double>(*value.integer());
  if (value.number()) return *value.number();
  return std::nullopt;
}

bool equal(const Value& a, const Value& b) {
  if (as_number(a) && as_number(b)) return *as_number(a) == *as_number(b);
  if (a.text() && b.text()) return *a.text() == *b.text();
  if (a.boolean() && b.boolean()) return *a.boolean() == *b.boolean();
  return false;
}

std::string number_in_words(double number) {
  if (number >= 1e6 && std::fmod(number, 1e6) == 0) return fmt::format("{} million", number / 1e6);
  return fmt::format("{}", number);
}

/// Of a colour.
bool has_alpha(std::string_view text) {
  return text.size() == std::string_view("#rrggbbaa").size();
}

/// One rule and what is known of a node.
class Question {
 public:
  Question(const Spec& spec, const Rule& rule, const Tell& tell) : spec_(spec), rule_(rule), tell_(tell) {}

  std::optional<BrokenRule> answer() const {
    switch (rule_.kind) {
      case Rule::Kind::alternatives: return alternatives();
      case Rule::Kind::needs_any: return needs_any();
      case Rule::Kind::ordered:
      case Rule::Kind::below: return ordered();
      case Rule::Kind::at_least: return at_least();
      case Rule::Kind::product: return product();
      case Rule::Kind::only_with: return only_with();
    }
    return std::nullopt;
  }

 private:
  /// Known, and another value than its default.
  bool given(const std::string& name) const {
    const Told told = tell_(name);
    if (!told.known || told.value.absent()) return false;
    const Param* param = spec_.parameter(name);
    return !param || param->preset.absent() || !equal(told.value, param->preset);
  }
  const std::string* first_given(const Names& names) const {
    const auto found = std::ranges::find_if(names, [&](const std::string& name) { return given(name); });
    return found == names.end() ? nullptr : &*found;
  }
  std::optional<double> number(const std::string& name) const {
    const Told told = tell_(name);
    return told.known ? as_number(told.value) : std::nullopt;
  }
  /// "`overlap: 300`".
  std::string shown(const std::string& name) const { return "`" + name + ": " + show_value(tell_(name).value) + "`"; }

  BrokenRule refusal(std::string name, std::string message, std::string hint) const {
    if (!rule_.message.empty()) message = filled(rule_.message);
    if (!rule_.hint.empty()) hint = rule_.hint;
    return {std::move(name), std::move(message), std::move(hint)};
  }
  /// The rule's own message with the values in it.
  std::string filled(std::string text) const {
    for (const Param& param : spec_.params) {
      const std::string hole = "{" + param.name + "}";
      if (const std::size_t at = text.find(hole); at != std::string::npos)
        text.replace(at, hole.size(), show_value(tell_(param.name).value));
    }
    return text;
  }

  std::optional<BrokenRule> alternatives() const {
    const Names* first = nullptr;
    for (const Names& group : rule_.groups) {
      const std::string* name = first_given(group);
      if (!name) continue;
      if (first)
        return refusal(*name, spec_.name + " has both " + listed_or(*first) + " and " + listed_or(group),
                       "give one or the other");
      first = &group;
    }
    return std::nullopt;
  }

  std::optional<BrokenRule> needs_any() const {
    for (const std::string& name : rule_.groups[0])
      if (given(name) || !tell_(name).known) return std::nullopt;
    return refusal("", spec_.name + " has none of " + listed(rule_.groups[0]), "give one of them");
  }

  std::optional<BrokenRule> ordered() const {
    const std::string &small = rule_.groups[0][0], &large = rule_.groups[0][1];
    const auto less = number(small), more = number(large);
    if (!less || !more) return std::nullopt;
    const double scaled = *less * rule_.factor;
    if (rule_.kind == Rule::Kind::below ? scaled < *more : scaled <= *more) return std::nullopt;
    const std::string times = rule_.factor == 1 ? "" : " times " + number_in_words(rule_.factor);
    // Who left one at its default looks at the other.
    return refusal(
        given(small) ? small : large,
        shown(small) + times + (rule_.kind == Rule::Kind::below ? " is not below " : " is more than ") + shown(large),
        "");
  }

  std::optional<BrokenRule> at_least() const {
    const auto least = number(rule_.groups[1][0]);
    for (const std::string& name : rule_.groups[0])
      if (least && given(name) && number(name) && *number(name) < *least)
        return refusal(name, shown(name) + " is less than " + shown(rule_.groups[1][0]), "");
    return std::nullopt;
  }

  std::optional<BrokenRule> product() const {
    double product = 1;
    std::string factors;
    for (const std::string& name : rule_.groups[0]) {
      if (!given(name) || !number(name)) return std::nullopt;
      product *= *number(name);
      factors += (factors.empty() ? "" : " times ") + shown(name);
    }
    if (product <= rule_.factor) return std::nullopt;
    return refusal(rule_.groups[0][0], factors + " is more than " + number_in_words(rule_.factor), "");
  }

  std::optional<BrokenRule> only_with() const {
    const Names& with = rule_.groups[1];
    const Told told = tell_(with[0]);
    const std::string* name = first_given(rule_.groups[0]);
    if (!name || !told.known || !told.value.text()) return std::nullopt;
    if (std::find(with.begin() + 1, with.end(), *told.value.text()) != with.end()) return std::nullopt;
    return refusal(*name, "`" + *name + "` is not for " + shown(with[0]), "it is " + rule_in_words(rule_));
  }

  const Spec& spec_;
  const Rule& rule_;
  const Tell& tell_;
};

}  // namespace

std::optional<std::size_t> argument_of(const Spec& spec, std::string_view name) {
  for (std::size_t i = 0; i < spec.inputs.size(); ++i)
    if (spec.inputs[i].name == name) return i;
  for (std::size_t i = 0; i < spec.params.size(); ++i)
    if (spec.params[i].name == name) return spec.inputs.size() + i;
  return std::nullopt;
}

std::optional<BrokenRule> broken_rule(const Spec& spec, const Rule& rule, const Tell& tell) {
  return Question(spec, rule, tell).answer();
}

std::string rule_in_words(const Rule& rule) {
  const auto name = [&](std::size_t i) { return "`" + rule.groups[0][i] + "`"; };
  switch (rule.kind) {
    case Rule::Kind::alternatives: {
      std::string text = rule.groups.size() == 2 ? "not both " : "only one of ";
      for (std::size_t i = 0; i < rule.groups.size(); ++i)
        text += (i == 0 ? "" : rule.groups.size() == 2 ? " and " : "; ") + listed_or(rule.groups[i]);
      return text;
    }
    case Rule::Kind::needs_any: return "at least one of " + listed(rule.groups[0]);
    case Rule::Kind::ordered:
    case Rule::Kind::below:
      return name(0) + (rule.factor == 1 ? "" : " times " + number_in_words(rule.factor)) +
             (rule.kind == Rule::Kind::below ? " below " : " at most ") + name(1);
    case Rule::Kind::at_least: return listed(rule.groups[0]) + " at least `" + rule.groups[1][0] + "`";
    case Rule::Kind::product: {
      std::string text = name(0);
      for (std::size_t i = 1; i < rule.groups[0].size(); ++i) text += " times " + name(i);
      return text + " at most " + number_in_words(rule.factor);
    }
    case Rule::Kind::only_with:
      return listed(rule.groups[0]) + " only with `" + rule.groups[1][0] + ": " +
             fmt::format("{}", fmt::join(rule.groups[1].begin() + 1, rule.groups[1].end(), "` or `")) + "`";
  }
  return {};
}

std::string rule_fault(const Spec& spec, const Rule& rule) {
  const auto is_number = [&](const std::string& name) {
    const Param* param = spec.parameter(name);
    return param && (param->type == Type::integer || param->type == Type::number);
  };
  const auto numbers = [&](std::size_t group, std::size_t least, std::size_t most) {
    return rule.groups[group].size() >= least && rule.groups[group].size() <= most &&
           std::ranges::all_of(rule.groups[group], is_number);
  };
  const bool words_last = rule.kind == Rule::Kind::only_with;
  for (std::size_t group = 0; group < rule.groups.size(); ++group) {
    if (rule.groups[group].empty()) return "a group of a rule is empty";
    for (std::size_t i = 0; i < rule.groups[group].size(); ++i) {
      const std::string& name = rule.groups[group][i];
      if (words_last && group == 1 && i > 0) continue;
      if (!spec.parameter(name) && !spec.input(name)) return "a rule names `" + name + "`, which it does not have";
    }
  }
  const std::size_t groups = rule.groups.size();
  bool good = false;
  switch (rule.kind) {
    case Rule::Kind::alternatives: good = groups >= 2; break;
    case Rule::Kind::needs_any: good = groups == 1; break;
    case Rule::Kind::ordered:
    case Rule::Kind::below: good = groups == 1 && numbers(0, 2, 2); break;
    case Rule::Kind::at_least: good = groups == 2 && numbers(0, 1, 99) && numbers(1, 1, 1); break;
    case Rule::Kind::product: good = groups == 1 && numbers(0, 1, 99); break;
    case Rule::Kind::only_with:
      good = groups == 2 && rule.groups[1].size() >= 2 && spec.parameter(rule.groups[1][0]) &&
             spec.parameter(rule.groups[1][0])->type == Type::text;
      break;
  }
  return good ? "" : "the groups of a rule are not what its kind wants";
}

bool has_form(const Param& param, std::string_view text) {
  if (param.form == Form::any || std::ranges::find(param.choices, text) != param.choices.end()) return true;
  return parse_colour(text) && (param.form == Form::colour || !has_alpha(text));
}

Error no_form(const Param& param, std::string_view text, std::string_view from) {
  const bool opaque = param.form == Form::opaque_colour;
  const bool only_alpha = opaque && parse_colour(text);
  const std::string written(text);
  const Error plain = no_colour(printable(written), param.name);
  std::string message =
      only_alpha ? "`" + param.name + ": " + written + "` has alpha, which has no effect here" : plain.message();
  if (!from.empty())
    message = ticked(param.name) + " takes a colour" + (only_alpha ? " without alpha" : "") + ", and " +
              ticked(std::string(from)) + ", which is " + ticked(written) + ", " + (only_alpha ? "has it" : "is none");
  const std::string words = param.choices.empty() ? "" : "; or take one of " + listed(param.choices);
  return Error(
      plain.code(), message,
      suggestion(written, param.choices, (opaque ? "write it in quotes as \"#rrggbb\"" : plain.hint()) + words));
}

std::optional<Error> refused_value(const Param& param, const Value& value, const std::string& what) {
  if (const auto number = as_number(value); number && (!(*number >= param.min) || !(*number <= param.max)))
    return Error("E025", fmt::format("{} takes {} to {}{}, and got {}", what, param.min, param.max,
                                     param.unit.empty() ? "" : " " + param.unit, *number));
  if (!value.text()) return std::nullopt;
  if (!has_form(param, *value.text())) return no_form(param, *value.text());
  if (param.form == Form::any && !param.choices.empty() &&
      std::ranges::find(param.choices, *value.text()) == param.choices.end())
    return Error("E026",
                 fmt::format("{} takes one of {}, and got `{}`", what, fmt::join(param.choices, ", "), *value.text()));
  return std::nullopt;
}

}  // namespace pixgraph
