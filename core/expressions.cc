// Values of the file as expressions of the graph: literals read by the type that is wanted, references resolved.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "binding.h"
#include "rules.h"
#include "types.h"
#include "unicode.h"

namespace pixgraph {

namespace {

/// A scalar's text with its references taken apart; faults are reported.
std::optional<Template> take_apart(Binding& binding, const DocumentValue& value) {
  Template parts = parse_template(value.text);
  if (!report_faults(binding, value, parts)) return std::nullopt;
  return parts;
}

std::string plain_text(const Template& parts) {
  std::string out;
  for (const auto& part : parts.parts) out += std::get<std::string>(part);
  return out;
}

std::string in_words(double number) {
  return number == std::floor(number) && std::abs(number) < 1e15 ? std::to_string(static_cast<std::int64_t>(number))
                                                                 : fmt::format("{}", number);
}

std::string range_in_words(const Param& param) {
  const std::string unit = param.unit.empty() ? "" : " " + param.unit;
  if (std::isinf(param.max)) return "at least " + in_words(param.min) + unit;
  if (std::isinf(param.min)) return "at most " + in_words(param.max) + unit;
  return in_words(param.min) + " to " + in_words(param.max) + unit;
}

bool wants_colour(const Want& want) {
  return want.param && want.param->form != Form::any;
}

Expression literal(Value value, Place place) {
  Expression out;
  out.form = std::move(value);
  out.place = place;
  return out;
}

/// A text where a picture belongs: what was meant?
void refuse_text_for_picture(Binding& binding, const DocumentValue& value, const Want& want) {
  std::string bare = value.text;
  for (std::string_view wrapping : {"$", "{", "}", " "})
    while (bare.starts_with(wrapping)) bare.erase(0, 1);
  while (!bare.empty() && (bare.back() == '}' || bare.back() == ' ')) bare.pop_back();
  // `$photo` and `photo` were meant as references; `photo.jpg` was rather meant as a file.
  const bool wrapped = bare != value.text;
  std::string meant;
  if (wrapped || bare.find_first_of("./") == std::string::npos)
    meant = binding.names.contains(bare.substr(0, bare.find('.'))) ? bare : binding.suggest(bare, binding.name_list);
  std::string help = !meant.empty() ? "did you mean \"${" + printable(meant) + "}\"?"
                                    : "declare an input under `inputs:` and refer to it as \"${name}\"";
  binding.diagnostics.error(
      "E021", value.place,
      ticked(want.key) + " takes " + with_article(want.type) + ", and " + ticked(value.text) + " is a text", help);
}

Expression bind_scalar(Binding& binding, const DocumentValue& value, const Want& want) {
  Expression out = literal({}, value.place);
  const auto parts = take_apart(binding, value);
  if (!parts) return out;
  ReferencePlaces places(binding.document, value, binding.lines);
  if (const ReferenceText* whole = parts->whole()) {
    const Place place = places.place(whole->offset, whole->offset, whole->length);
    const auto reference = resolve(binding, *whole, place, want);
    if (!reference) return out;
    if (!want.any && !accepts(want.type, reference->type)) {
      report_mismatch(binding, want, *reference, whole->written());
      return out;
    }
    out.form = *reference;
    return out;
  }
  if (parts->has_references()) {
    Expression::Text text;
    bool whole = true;
    for (const auto& part : parts->parts) {
      if (const auto* words = std::get_if<std::string>(&part)) {
        text.parts.emplace_back(*words);
        continue;
      }
      const auto& written = std::get<ReferenceText>(part);
      const Place place = places.place(written.offset, written.offset, written.length);
      const auto reference = resolve(binding, written, place, want);
      if (!reference) {
        whole = false;
      } else if (reference->type.list || is_picture(reference->type.type)) {
        const bool named = reference->to == Reference::To::input || reference->type == ValueType(Type::file);
        binding.diagnostics.error(
            "E021", place, with_article(reference->type) + " cannot be part of a text",
            named && !reference->type.list
                ? "`" + written.written().insert(written.written().size() - 1, ".name") + "` is its name"
                : "");
        whole = false;
      } else {
        text.parts.emplace_back(*reference);
      }
    }
    if (!want.any && !accepts(want.type, Type::text)) {
      if (whole)
        binding.diagnostics.error("E021", value.place,
                                  ticked(want.key) + " takes " + with_article(want.type) + ", and a text is made here",
                                  "a reference keeps its type where it stands alone");
      return out;
    }
    if (whole) out.form = std::move(text);
    return out;
  }
  if (want.any || want.type.type == Type::json) {
    if (value.quoted) {
      out.form = Value(plain_text(*parts));
      return out;
    }
    auto read = read_json_scalar(value);
    if (!read.ok()) binding.misread(value, want.key, "what JSON can hold", read.why, read.help);
    out.form = read.value.text() ? Value(plain_text(*parts)) : read.value;
    return out;
  }
  if (is_picture(want.type.type)) {
    refuse_text_for_picture(binding, value, want);
    return out;
  }
  auto read = read_scalar(value, want.type.type);
  if (!read.ok()) {
    binding.misread(value, want.key, with_article(want.type.type), read.why, read.help);
    return out;
  }
  if (read.value.text()) read.value = Value(plain_text(*parts));
  if (want.param) check_param(binding, *want.param, read.value, value.place);
  out.form = std::move(read.value);
  return out;
}

/// A list or map within json: literals as one JSON value, else part by part.
Expression bind_json(Binding& binding, const DocumentValue& value, const Want& want) {
  if (!holds_reference(value)) return literal(json_literal(binding, value, want.key), value.place);
  Want inner = want;
  inner.nested = true;
  if (value.kind == DocumentValue::Kind::map) return bind_object(binding, value, inner);
  Expression out;
  out.place = value.place;
  Expression::ListOf list;
  for (const DocumentValue& item : value.items) list.items.push_back(bind_expression(binding, item, inner));
  out.form = std::move(list);
  return out;
}

nlohmann::json to_json(Binding& binding, const DocumentValue& value, std::string_view key) {
  switch (value.kind) {
    case DocumentValue::Kind::null:
      if (value.text.empty()) binding.misread(value, key, "a value", described(value), "");
      return nullptr;
    case DocumentValue::Kind::list: {
      auto out = nlohmann::json::array();
      for (const DocumentValue& item : value.items) out.push_back(to_json(binding, item, key));
      return out;
    }
    case DocumentValue::Kind::map: {
      auto out = nlohmann::json::object();
      for (const DocumentEntry& entry : value.entries) out[entry.key] = to_json(binding, entry.value, entry.key);
      return out;
    }
    case DocumentValue::Kind::scalar: break;
  }
  const auto read = read_json_scalar(value);
  if (!read.ok()) binding.misread(value, key, "what JSON can hold", read.why, read.help);
  if (const auto* text = read.value.text()) {
    const Template parts = parse_template(*text);
    return parts.faults.empty() ? plain_text(parts) : *text;
  }
  if (const auto* integer = read.value.integer()) return *integer;
  if (const auto* number = read.value.number()) return *number;
  if (const auto* boolean = read.value.boolean()) return *boolean;
  return nullptr;
}

}  // namespace

void check_param(Binding& binding, const Param& param, const Value& value, Place place, const std::string& from,
                 const std::string& in) {
  if (value.integer() || value.number()) {
    const double number = value.integer() ? static_cast<double>(*value.integer()) : *value.number();
    if (number >= param.min && number <= param.max) return;
    const std::string shown = from.empty() ? in_words(number) : ticked(from) + ", which is " + in_words(number) + ",";
    binding.diagnostics.error("E025", place,
                              in + ticked(param.name) + " takes " + range_in_words(param) + ", and " + shown +
                                  (number > param.max ? " is more" : " is less"));
  } else if (value.text() && !has_form(param, *value.text())) {
    const Error wrong = no_form(param, *value.text(), from);
    binding.diagnostics.error(wrong.code(), place, in + wrong.message(), wrong.hint());
  } else if (value.text() && param.form == Form::any && !param.choices.empty()) {
    for (const std::string& choice : param.choices)
      if (choice == *value.text()) return;
    const std::string shown =
        from.empty() ? ticked(*value.text()) : ticked(from) + ", which is " + ticked(*value.text()) + ",";
    binding.diagnostics.error(
        "E026", place,
        in + ticked(param.name) + " takes one of " + listed(param.choices) + ", and " + shown + " is none of them",
        suggestion(*value.text(), param.choices));
  }
}

bool report_faults(Binding& binding, const DocumentValue& value, const Template& parts) {
  ReferencePlaces places(binding.document, value, binding.lines);
  for (const TemplateFault& fault : parts.faults)
    binding.diagnostics.error("E024", places.place(fault.reference, fault.offset, fault.length), fault.message,
                              fault.help);
  return parts.faults.empty();
}

ValueType type_of(const Expression& expression) {
  if (const Reference* reference = expression.reference()) return reference->type;
  if (std::holds_alternative<Expression::Text>(expression.form)) return Type::text;
  if (const Value* literal = expression.literal()) {
    if (literal->text()) return Type::text;
    if (literal->integer()) return Type::integer;
    if (literal->number()) return Type::number;
    if (literal->boolean()) return Type::boolean;
  }
  return Type::json;
}

bool holds_reference(const DocumentValue& value) {
  for (const DocumentValue& item : value.items)
    if (holds_reference(item)) return true;
  for (const DocumentEntry& entry : value.entries)
    if (holds_reference(entry.value)) return true;
  if (value.kind != DocumentValue::Kind::scalar || value.text.find("${") == std::string::npos) return false;
  const Template parts = parse_template(value.text);
  return !parts.faults.empty() || parts.has_references();
}

Value json_literal(Binding& binding, const DocumentValue& value, std::string_view key) {
  return Value(std::make_shared<const nlohmann::json>(to_json(binding, value, key)));
}

Expression bind_object(Binding& binding, const DocumentValue& value, const Want& want) {
  Expression out;
  out.place = value.place;
  Expression::ObjectOf object;
  for (const DocumentEntry& entry : value.entries) {
    Want inner = want;
    inner.key = entry.key;
    object.entries.emplace_back(entry.key, bind_expression(binding, entry.value, inner));
  }
  out.form = std::move(object);
  return out;
}

Expression bind_expression(Binding& binding, const DocumentValue& value, const Want& want) {
  if (value.broken) return literal({}, value.place);
  const bool json = want.any || want.type == ValueType(Type::json);
  if (value.kind == DocumentValue::Kind::null) {
    // A key without anything behind it is rather forgotten than meant.
    if (value.text.empty()) {
      if (wants_colour(want))
        binding.misread(value, want.key, "a colour", described(value), read_colour(value).help);
      else
        binding.misread(value, want.key, want.any ? "a value" : with_article(want.type), described(value), "");
      return literal({}, value.place);
    }
    if (wants_colour(want) && want.required)
      binding.misread(value, want.key, "a colour", described(value), read_colour(value).help);
    else if (!json && want.required)
      binding.misread(
          value, want.key, with_article(want.type), described(value),
          want.type == ValueType(Type::text) ? "quote it if the word is meant: \"" + value.text + "\"" : "");
    return literal(want.nested ? json_literal(binding, value, want.key) : Value(), value.place);
  }
  const bool compound = value.kind != DocumentValue::Kind::scalar;
  if (json && compound) return bind_json(binding, value, want);
  if (!want.type.list || want.any) {
    if (!compound) return bind_scalar(binding, value, want);
    const bool one = value.kind == DocumentValue::Kind::list && value.items.size() == 1;
    const bool colour = wants_colour(want);
    binding.diagnostics.error(
        "E011", value.place,
        ticked(want.key) + " takes " + (colour ? "a colour" : with_article(want.type)) + ", and " + described(value),
        one      ? "take the brackets away"
        : colour ? read_colour(value).help
                 : "");
    return literal({}, value.place);
  }
  if (value.kind == DocumentValue::Kind::map) {
    binding.diagnostics.error("E011", value.place,
                              ticked(want.key) + " takes " + with_article(want.type) + ", and " + described(value));
    return literal({}, value.place);
  }
  // One value stands for a list of one. A reference may be a list itself: which it is, is seen when it has a value.
  if (!compound && holds_reference(value)) {
    const Template parts = parse_template(value.text);
    if (parts.whole()) return bind_scalar(binding, value, want);
  }
  Want one = want;
  one.type = want.type.type;
  one.required = true;
  Expression::ListOf list;
  if (!compound) list.items.push_back(bind_scalar(binding, value, one));
  for (const DocumentValue& item : value.items) list.items.push_back(bind_expression(binding, item, one));
  Expression out;
  out.place = value.place;
  List literals;
  for (const Expression& item : list.items)
    if (const Value* known = item.literal()) literals.push_back(*known);
  if (literals.size() == list.items.size())
    out.form = Value(std::move(literals));
  else
    out.form = std::move(list);
  return out;
}

}  // namespace pixgraph
