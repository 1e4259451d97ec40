// Value: what flows along the edges of the graph. The set of types is closed, so that every switch over it is complete.
//
// A Value is immutable and cheap to copy: what is large is behind a shared pointer to const. Safe to read from any
// number of threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <pixgraph/error.h>
#include <pixgraph/image.h>

namespace pixgraph {

enum class Type : std::uint8_t { text, integer, number, boolean, json, file, image, mask };

/// A type as ports declare it: one value, or a list of them.
struct ValueType {
  Type type = Type::text;
  bool list = false;
  constexpr ValueType(Type t, bool is_list = false) : type(t), list(is_list) {}  // NOLINT: a Type is a ValueType
  friend bool operator==(const ValueType&, const ValueType&) = default;
};
constexpr ValueType list_of(Type type) {
  return {type, true};
}

constexpr std::string_view type_name(Type type) {
  switch (type) {
    case Type::text: return "text";
    case Type::integer: return "integer";
    case Type::number: return "number";
    case Type::boolean: return "bool";
    case Type::json: return "json";
    case Type::file: return "file";
    case Type::image: return "image";
    case Type::mask: return "mask";
  }
  return "?";
}
inline std::string type_name(ValueType type) {
  return (type.list ? "list of " : "") + std::string(type_name(type.type));
}

/// Bytes on disk with a media type. The bytes at `path` do not change while the run lasts (inputs are watched for
/// that).
struct File {
  std::string path;        // readable local path: the user's file or one in the store
  std::string name;        // "car-1.jpg": what the user or the server calls it
  std::string relpath;     // path below the folder or manifest it was named in; equals name for a single file
  std::string media_type;  // told by content, "application/octet-stream" where unknown
  std::string hash;        // SHA-256 of the content, 64 hex digits; empty for an input not hashed yet
  std::uint64_t size = 0;
  std::string origin;      // "<purchase key>#<index>" for a prediction's output, else empty: names it in request keys
  std::string source_url;  // where pixgraph itself saved it from, else empty
};
using FilePtr = std::shared_ptr<const File>;
using JsonPtr = std::shared_ptr<const nlohmann::json>;

class Value;
using List = std::vector<Value>;
/// A json object with live values inside (an image in a model's input), in written order. Its type is json.
using Object = std::vector<std::pair<std::string, Value>>;

class Value {
 public:
  Value() = default;  // "absent": an optional input that was not given
  Value(std::string text) : data_(std::make_shared<const std::string>(std::move(text))) {}  // NOLINT
  Value(const char* text) : Value(std::string(text)) {}                                     // NOLINT
  Value(std::string_view text) : Value(std::string(text)) {}                                // NOLINT
  Value(int integer) : data_(static_cast<std::int64_t>(integer)) {}                         // NOLINT
  Value(std::int64_t integer) : data_(integer) {}                                           // NOLINT
  Value(double number) : data_(number) {}                                                   // NOLINT
  Value(bool boolean) : data_(boolean) {}                                                   // NOLINT
  Value(JsonPtr json) : data_(std::move(json)) {}                                           // NOLINT
  Value(FilePtr file) : data_(std::move(file)) {}                                           // NOLINT
  Value(ImagePtr image) : data_(std::move(image)) {}                                        // NOLINT
  Value(std::shared_ptr<Image> image) : data_(ImagePtr(std::move(image))) {}                // NOLINT
  Value(List list) : data_(std::make_shared<const List>(std::move(list))) {}                // NOLINT
  Value(Object object) : data_(std::make_shared<const Object>(std::move(object))) {}        // NOLINT

  bool absent() const { return std::holds_alternative<std::monostate>(data_); }
  // Null where the value is of another kind; the pointer lives as long as a copy of this Value.
  const std::string* text() const { return get<std::string>(); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const double* number() const { return std::get_if<double>(&data_); }
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const nlohmann::json* json() const { return get<nlohmann::json>(); }
  const List* list() const { return get<List>(); }
  const Object* object() const { return get<Object>(); }
  FilePtr file() const { return pointer<File>(); }
  ImagePtr image() const { return pointer<Image>(); }  // also what a mask is held as

 private:
  template <class T>
  const T* get() const {
    auto* held = std::get_if<std::shared_ptr<const T>>(&data_);
    return held ? held->get() : nullptr;
  }
  template <class T>
  std::shared_ptr<const T> pointer() const {
    auto* held = std::get_if<std::shared_ptr<const T>>(&data_);
    return held ? *held : nullptr;
  }
  std::variant<std::monostate, std::int64_t, double, bool, std::shared_ptr<const std::string>, JsonPtr, FilePtr,
               ImagePtr, std::shared_ptr<const List>, std::shared_ptr<const Object>>
      data_;
};

}  // namespace pixgraph
