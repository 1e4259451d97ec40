#include "item_values.h"

#include <cstdint>
#include <filesystem>
#include <limits>

#include "types.h"
#include "unicode.h"

namespace pixgraph {

using nlohmann::json;

static bool is_file(Type type) {
  return type == Type::file || type == Type::image || type == Type::mask;
}

static Reading<Value> wrong(std::string why, std::string help = {}) {
  return {Value(), std::move(why), std::move(help)};
}

static Reading<Value> right(Value value) {
  return {std::move(value), {}, {}};
}

static std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

static Reading<Value> file_at(std::string_view path, const FileOfPath& file) {
  if (path.starts_with("http://") || path.starts_with("https://"))
    return wrong(ticked(path) + " is a URL",
                 "declare the input as `text`, and fetch it: {type: Fetch, url: \"${...}\"}");
  if (path.starts_with("data:"))
    return wrong(ticked(path) + " is no path", "declare the input as `text`, and read it with Fetch");
  return right(Value(file(std::string(path))));
}

Reading<Value> value_of_field(std::string_view written, ValueType type, const FileOfPath& file) {
  if (!type.list && is_file(type.type)) return file_at(written, file);
  if (find_invalid_utf8(written) != std::string_view::npos)
    return wrong(ticked(written) + " is not UTF-8", "save the file as UTF-8");
  if (!type.list) return read_word(written, type.type);
  const json list = json::parse(written, nullptr, false);
  if (!list.is_array()) return wrong(ticked(written) + " is none", R"(write it as JSON: ["a", "b"])");
  return value_of_json(list, type, file);
}

/// "the text `7`", "a list": for a sentence.
static std::string what_it_is(const json& written) {
  if (written.is_array()) return "this is a list";
  if (written.is_object()) return "this is an object";
  if (written.is_string()) return ticked(written.get_ref<const std::string&>()) + " is a text";
  return ticked(text_of(written)) + (written.is_boolean() ? " is a bool" : " is a number");
}

Reading<Value> value_of_json(const json& written, ValueType type, const FileOfPath& file) {
  if (written.is_null() && (type.list || type.type != Type::json)) return wrong("null is none");
  if (type.list) {
    if (!written.is_array()) return wrong(what_it_is(written), "write a list: [" + text_of(written) + "]");
    List list;
    for (const json& one : written) {
      Reading<Value> read = value_of_json(one, ValueType(type.type), file);
      if (!read.ok()) return read;
      list.push_back(std::move(read.value));
    }
    return right(Value(std::move(list)));
  }
  switch (type.type) {
    case Type::json: return right(Value(std::make_shared<const json>(written)));
    case Type::file:
    case Type::image:
    case Type::mask:
      if (!written.is_string()) return wrong(what_it_is(written), "write the path of a file, as a text");
      return file_at(written.get_ref<const std::string&>(), file);
    case Type::text:
      if (written.is_string()) return right(Value(written.get<std::string>()));
      return wrong(what_it_is(written),
                   written.is_structured() ? "" : "write it with quotes: \"" + text_of(written) + "\"");
    case Type::boolean:
      if (written.is_boolean()) return right(Value(written.get<bool>()));
      break;
    case Type::integer:
      if (written.is_number_unsigned() &&
          written.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return wrong(ticked(text_of(written)) + " is too large for an integer");
      if (written.is_number_integer()) return right(Value(written.get<std::int64_t>()));
      break;
    case Type::number:
      if (written.is_number()) return right(Value(written.get<double>()));
      break;
  }
  // A text is never read as something else; where it would be right without its quotes, that is the help.
  if (written.is_string()) {
    const bool would_do = read_word(written.get_ref<const std::string&>(), type.type).ok();
    return wrong(what_it_is(written), would_do ? "write `" + written.get<std::string>() + "` without quotes" : "");
  }
  if (written.is_number() && type.type == Type::integer) return read_word(text_of(written), type.type);
  return wrong(what_it_is(written));
}

static json written(const Value& value, json& relpath) {
  if (const FilePtr file = value.file()) {
    static const std::filesystem::path here = std::filesystem::current_path();
    const std::string path = file->path.starts_with("/") ? file->path : (here / file->path).lexically_normal().string();
    if (file->relpath != file->name) relpath = file->relpath;
    return path;
  }
  if (value.text()) return *value.text();
  if (value.integer()) return *value.integer();
  if (value.number()) return *value.number();
  if (value.boolean()) return *value.boolean();
  if (value.json()) return *value.json();
  json made = value.object() ? json::object() : json::array();
  if (const List* list = value.list()) {
    json relpaths = json::array();
    bool any = false;
    for (const Value& one : *list) {
      relpaths.emplace_back();
      made.push_back(written(one, relpaths.back()));
      any = any || !relpaths.back().is_null();
    }
    if (any) relpath = std::move(relpaths);
  }
  return made;
}

json written_inputs(const Graph& graph, const Item& item) {
  json inputs = json::object(), relpaths = json::object();
  for (std::size_t i = 0; i < graph.inputs.size() && i < item.inputs.size(); ++i) {
    if (item.inputs[i].absent()) continue;
    json relpath;
    inputs[graph.inputs[i].name] = written(item.inputs[i], relpath);
    if (!relpath.is_null()) relpaths[graph.inputs[i].name] = std::move(relpath);
  }
  json made = {{"inputs", std::move(inputs)}};
  if (!relpaths.empty()) made["relpaths"] = std::move(relpaths);
  return made;
}

}  // namespace pixgraph
