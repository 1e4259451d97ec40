#include "call.h"

#include "rules.h"

namespace pixgraph {

/// Of an input nobody has looked into: what it is by its content.
static Value with_media_type(Value value, const Codecs& codecs) {
  const FilePtr file = value.file();
  if (!file || !file->media_type.empty()) return value;
  auto told = std::make_shared<File>(*file);
  told->media_type = codecs.media_type(*file);
  return Value(FilePtr(std::move(told)));
}

BoundCall::BoundCall(const GraphNode& node, const ItemValues& values, const Codecs& codecs, Host& host)
    : node_(node), spec_(*node.spec), codecs_(codecs), host_(host) {
  outputs_.resize(spec_.outputs.size());
  arguments_.reserve(node.arguments.size());
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    const bool is_input = i < spec_.inputs.size();
    const std::string& name = is_input ? spec_.inputs[i].name : spec_.params[i - spec_.inputs.size()].name;
    const ValueType type = is_input ? spec_.inputs[i].type : ValueType(spec_.params[i - spec_.inputs.size()].type);
    const std::string what = "`" + name + "` of `" + node.name + "`";
    Value value = evaluate(node.arguments[i], values, codecs);
    const bool literal = node.arguments[i].literal() != nullptr;
    const bool later = is_input && type == ValueType(Type::image) && value.file();
    if (!literal && !later) value = converted(std::move(value), type, codecs, what);
    if (is_input && type == ValueType(Type::file)) value = with_media_type(std::move(value), codecs);
    if (is_input && spec_.inputs[i].required && value.absent()) throw Error("E110", what + " got no value");
    // Literals were checked when the file was read.
    if (!is_input && !literal)
      if (auto refused = refused_value(spec_.params[i - spec_.inputs.size()], value, what)) throw std::move(*refused);
    arguments_.push_back(std::move(value));
  }
  check_rules();
  if (!spec_.open_input.empty()) open_ = evaluate(node.open_input, values, codecs);
}

void BoundCall::check_rules() const {
  const Tell tell = [&](std::string_view name) -> Told {
    const auto i = argument_of(spec_, name);
    return i ? Told{true, arguments_[*i]} : Told();
  };
  for (const Rule& rule : spec_.rules)
    if (const auto broken = broken_rule(spec_, rule, tell)) throw Error("E330", broken->message, broken->hint);
}

FilePtr BoundCall::undecoded(std::string_view name) const {
  for (std::size_t i = 0; i < spec_.inputs.size(); ++i)
    if (spec_.inputs[i].name == name && spec_.inputs[i].type == ValueType(Type::image)) return arguments_[i].file();
  return nullptr;
}

ImageSize BoundCall::size(std::string_view name) const {
  const FilePtr file = undecoded(name);
  if (!file) return Call::size(name);
  const ImageHeader header = codecs_.header(*file);
  return {header.width, header.height};
}

ImagePtr BoundCall::image_at_least(std::string_view name, int width, int height) const {
  const FilePtr file = undecoded(name);
  return file ? codecs_.decode(*file, width, height) : image(name);
}

/// The file's bytes are let go of where nobody else holds the picture.
static ImagePtr without_file(ImagePtr image) {
  if (std::shared_ptr<Image> own = sole_owner(image)) return own;
  return image;
}

void BoundCall::forget(std::string_view name) {
  for (std::size_t i = 0; i < spec_.inputs.size(); ++i)
    if (spec_.inputs[i].name == name) arguments_[i] = Value();
}

ImagePtr BoundCall::take_image(std::string_view name) {
  ImagePtr taken = image(name);
  forget(name);
  return without_file(std::move(taken));
}

ImagePtr BoundCall::take_rows(std::string_view name, RowSink& rows) {
  const FilePtr file = undecoded(name);
  if (!file) return take_image(name);
  forget(name);
  return without_file(codecs_.decode_rows(*file, rows));
}

const Value& BoundCall::value(std::string_view name) const {
  for (std::size_t i = 0; i < spec_.inputs.size(); ++i)
    if (spec_.inputs[i].name == name) {
      if (const FilePtr file = undecoded(name)) arguments_[i] = Value(codecs_.decode(*file));
      return arguments_[i];
    }
  for (std::size_t i = 0; i < spec_.params.size(); ++i)
    if (spec_.params[i].name == name) return arguments_[spec_.inputs.size() + i];
  if (!spec_.open_input.empty() && spec_.open_input == name) return open_;
  throw Error("E991", spec_.name + " asked for `" + std::string(name) + "`, which is not in its Spec");
}

bool BoundCall::written_by_user(std::string_view name) const {
  bool from_node = false;
  const auto of_node = [&](const Reference& reference) {
    from_node = from_node || reference.to == Reference::To::node;
  };
  const auto look = [&](const Reference& reference) {
    of_node(reference);
    if (reference.to == Reference::To::each && node_.each) for_each_reference(*node_.each, of_node);
  };
  for (std::size_t i = 0; i < node_.arguments.size(); ++i) {
    const std::string& argument =
        i < spec_.inputs.size() ? spec_.inputs[i].name : spec_.params[i - spec_.inputs.size()].name;
    if (argument == name) for_each_reference(node_.arguments[i], look);
  }
  if (spec_.open_input == name) for_each_reference(node_.open_input, look);
  return !from_node;
}

void BoundCall::set(std::string_view output, Value value) {
  for (std::size_t i = 0; i < spec_.outputs.size(); ++i)
    if (spec_.outputs[i].name == output) {
      if (!outputs_[i].absent()) throw Error("E991", spec_.name + " set `" + std::string(output) + "` twice");
      outputs_[i] = std::move(value);
      return;
    }
  throw Error("E991", spec_.name + " set `" + std::string(output) + "`, which is not in its Spec");
}

void BoundCall::release_inputs() {
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    const bool image = i < spec_.inputs.size() && spec_.inputs[i].type == ValueType(Type::image);
    if (image || arguments_[i].image() || arguments_[i].list()) arguments_[i] = Value();
  }
  if (open_.object()) {
    Object kept;
    for (const auto& [name, value] : *open_.object())
      if (!value.image() && !value.list() && !value.object()) kept.emplace_back(name, value);
    open_ = Value(std::move(kept));
  }
}

}  // namespace pixgraph
