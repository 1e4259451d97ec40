#include "request.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "answer.h"
#include "json_reader.h"
#include "picture.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& where, const std::string& why, std::string hint = {}) {
  throw Error("E405", "`" + where + "` " + why, std::move(hint));
}

class Filler {
 public:
  Filler(Host& host, const Links& links, Request& request) : host_(host), links_(links), request_(request) {}

  /// `where` names the input in messages: "image", "images[1].url". A result of null is left out.
  json fill(const Value& value, const std::string& where) {
    if (value.absent()) return nullptr;
    if (const std::string* text = value.text()) return fill_text(*text, where);
    if (const std::int64_t* integer = value.integer()) return *integer;
    if (const double* number = value.number()) return fill_number(*number, where);
    if (const bool* boolean = value.boolean()) return *boolean;
    if (const json* data = value.json()) return fill_json(*data, where);
    if (const FilePtr file = value.file()) return add_file(file, where);
    if (const ImagePtr image = value.image()) return add_image(image, where);
    if (const List* list = value.list()) {
      json result = json::array();
      for (std::size_t i = 0; i < list->size(); ++i)
        push(result, fill((*list)[i], where + "[" + std::to_string(i) + "]"));
      return result;
    }
    json result = json::object();
    for (const auto& [key, inner] : *value.object()) put(result, key, fill(inner, inside(where, key)), where);
    return result;
  }

 private:
  static std::string inside(const std::string& where, const std::string& key) {
    return where.empty() ? key : where + "." + key;
  }

  static void push(json& list, json value) {
    if (!value.is_null()) list.push_back(std::move(value));
  }

  static void put(json& object, const std::string& key, json value, const std::string& where) {
    // The mark of our own for files must not be written by anyone else.
    if (key.starts_with('$')) refuse(inside(where, key), "is no name for an input: it begins with `$`");
    if (!is_utf8(key)) refuse(where, "has a name that is not UTF-8 text");
    if (!value.is_null()) object[key] = std::move(value);
  }

  static json fill_number(double number, const std::string& where) {
    if (!std::isfinite(number))
      refuse(where, std::isnan(number) ? "is not a number (NaN), and a model cannot be sent that"
                                       : "is infinite, and a model cannot be sent that");
    if (number == std::floor(number) && std::abs(number) < 9e15) return static_cast<std::int64_t>(number);
    return number;
  }

  json fill_text(const std::string& text, const std::string& where) {
    if (!is_utf8(text)) refuse(where, "is not UTF-8 text, and a model cannot be sent other bytes as text");
    // A link of an earlier prediction: its file is here already, and outlives the link. Where the answer had the file
    // itself (a data: URI), core has put "pixgraph-store:<hash>" in its place.
    const bool stored = text.starts_with("pixgraph-store:");
    if (stored || is_link(text))
      if (const FilePtr file = host_.saved(text)) return add_file(file, where);
    if (stored) refuse(where, "names a file of an earlier prediction that is not there any more");
    return text;
  }

  json fill_json(const json& data, const std::string& where) {
    switch (data.type()) {
      case json::value_t::string: return fill_text(data.get_ref<const std::string&>(), where);
      case json::value_t::number_float: return fill_number(data.get<double>(), where);
      case json::value_t::array: {
        json result = json::array();
        for (std::size_t i = 0; i < data.size(); ++i)
          push(result, fill_json(data[i], where + "[" + std::to_string(i) + "]"));
        return result;
      }
      case json::value_t::object: {
        json result = json::object();
        for (const auto& [key, inner] : data.items()) put(result, key, fill_json(inner, inside(where, key)), where);
        return result;
      }
      default: return data;
    }
  }

  json add_file(const FilePtr& file, const std::string& where) {
    RequestFile entry;
    if (!file->origin.empty())
      entry.key = "made:" + file->origin;
    else if (is_sent_as_picture(*file))
      entry.key = "pixels:" + host_.picture_hash(*file);
    else
      entry.key = "bytes:" + (file->hash.empty() ? host_.hash(*read_bytes(*file)) : file->hash);
    entry.name = file->name.empty() ? where : file->name;
    if (links_.alive(file->source_url)) entry.live_url = file->source_url;
    entry.encode = [file, host = &host_] { return encode_file(file, *host); };
    return add(std::move(entry));
  }

  json add_image(const ImagePtr& image, const std::string& where) {
    RequestFile entry;
    entry.key = "pixels:" + host_.pixel_hash(*image);
    entry.name = where;
    entry.encode = [image, host = &host_] { return encode_picture(image, *host); };
    return add(std::move(entry));
  }

  /// The same file twice in a request is one file.
  json add(RequestFile entry) {
    auto& files = request_.files;
    for (std::size_t i = 0; i < files.size(); ++i)
      if (files[i].key == entry.key) return {{"$file", i}};
    files.push_back(std::move(entry));
    return {{"$file", files.size() - 1}};
  }

  Host& host_;
  const Links& links_;
  Request& request_;
};

void put_references(json& value, const std::vector<RequestFile>& files) {
  if (value.is_object()) {
    if (const auto mark = value.find("$file"); mark != value.end()) {
      value = files.at(mark->get<std::size_t>()).reference;
      return;
    }
  }
  if (value.is_structured())
    for (auto& inner : value) put_references(inner, files);
}

}  // namespace

void fill_input(const Value& input, Host& host, const Links& links, Request& request) {
  json filled = input.absent() ? json::object() : Filler(host, links, request).fill(input, "");
  if (!filled.is_object() || filled.contains("$file"))
    throw Error("E405", "`input` is no mapping of names to values",
                "write it as `input: {prompt: \"...\", image: \"${photo}\"}`");
  // By whichever of its usual names a model is asked for several pictures.
  for (const char* name : {"num_outputs", "num_images", "number_of_images", "max_images", "n"})
    if (const json& asked = value_at(filled, name); asked.is_number_integer())
      request.images =
          std::max(request.images, static_cast<int>(std::min(asked.get<std::int64_t>(), std::int64_t{100'000})));
  request.input = std::make_shared<const json>(std::move(filled));
}

json with_references(const Request& request) {
  json input = request.input ? *request.input : json::object();
  put_references(input, request.files);
  return input;
}

}  // namespace pixgraph::replicate
