#include "types.h"

#include <algorithm>

#include "graph.h"

namespace pixgraph {

namespace {

constexpr Type kAll[] = {Type::text, Type::integer, Type::number, Type::boolean,
                         Type::json, Type::file,    Type::image,  Type::mask};

bool one_accepts(Type to, Type from) {
  if (to == from) return true;
  switch (to) {
    case Type::json: return !is_picture(from);
    case Type::number: return from == Type::integer || from == Type::json;
    case Type::text:
    case Type::integer:
    case Type::boolean: return from == Type::json;
    case Type::image: return from == Type::file || from == Type::mask;
    case Type::mask: return from == Type::file;
    case Type::file: return false;
  }
  return false;
}

}  // namespace

bool accepts(ValueType to, ValueType from) {
  if (to.list) return one_accepts(to.type, from.type);
  if (from.list) return to.type == Type::json && !is_picture(from.type);
  return one_accepts(to.type, from.type);
}

const std::vector<std::string>& type_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> out;
    for (Type type : kAll) out.emplace_back(type_name(type));
    return out;
  }();
  return words;
}

bool is_picture(Type type) {
  return type == Type::file || type == Type::image || type == Type::mask;
}

std::optional<ValueType> parse_type(std::string_view written) {
  constexpr std::string_view kList = "list of ";
  const bool list = written.starts_with(kList);
  if (list) written.remove_prefix(kList.size());
  for (Type type : kAll)
    if (type_name(type) == written) return ValueType(type, list);
  return std::nullopt;
}

std::string with_article(ValueType type) {
  const std::string name(type_name(type.type));
  if (type.list) {
    switch (type.type) {
      case Type::text:
      case Type::json:
      case Type::boolean: return "a list of " + name + " values";
      case Type::integer:
      case Type::number:
      case Type::file:
      case Type::image:
      case Type::mask: return "a list of " + name + "s";
    }
  }
  switch (type.type) {
    case Type::boolean: return "`true` or `false`";
    case Type::json: return "json";
    case Type::integer:
    case Type::image: return "an " + name;
    case Type::text:
    case Type::number:
    case Type::file:
    case Type::mask: break;
  }
  return "a " + name;
}

std::optional<Type> property_type(ValueType of, bool held_as_file, std::string_view property) {
  if (of.list || !is_picture(of.type)) return std::nullopt;
  if (property == "width" || property == "height") return Type::integer;
  if (!held_as_file && of.type != Type::file) return std::nullopt;
  return std::ranges::find(property_words(), property) == property_words().end() ? std::nullopt
                                                                                 : std::optional(Type::text);
}

const std::vector<std::string>& property_words() {
  static const std::vector<std::string> words = {"name", "stem", "ext", "path", "relpath", "width", "height"};
  return words;
}

}  // namespace pixgraph
