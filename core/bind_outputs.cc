// The outputs of a pipeline: what is saved, and under which name.
#include <algorithm>
#include <unordered_map>

#include "binding.h"
#include "unicode.h"

namespace pixgraph {

namespace {

// Stands for a reference in the outline of a file name; control characters cannot be in the file itself.
constexpr char kHole = '\x01';

const std::vector<std::string>& output_keys() {
  static const std::vector<std::string> keys = {"value",   "file",        "quality", "metadata",
                                                "flatten", "subsampling", "profile"};
  return keys;
}

/// A file name with a hole for every reference, and the references.
struct Outline {
  std::string text;
  std::vector<const Reference*> references;
};

Outline outline_of(const Expression& file) {
  Outline out;
  auto add = [&](const Reference& reference) {
    out.text += kHole;
    out.references.push_back(&reference);
  };
  if (const Value* literal = file.literal(); literal && literal->text()) out.text = *literal->text();
  if (const Reference* whole = file.reference()) add(*whole);
  if (const auto* text = std::get_if<Expression::Text>(&file.form)) {
    for (const auto& part : text->parts) {
      if (const auto* words = std::get_if<std::string>(&part))
        out.text += *words;
      else
        add(std::get<Reference>(part));
    }
  }
  return out;
}

bool escapes(std::string_view path) {
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t slash = std::min(path.find('/', from), path.size());
    if (path.substr(from, slash - from) == "..") return true;
    from = slash + 1;
  }
  return false;
}

/// Of the last part of a path: the extension in lower case with its dot; empty where there is none for sure; nothing
/// where a reference decides.
std::optional<std::string> extension_of(const Outline& file) {
  const std::size_t slash = file.text.rfind('/');
  const std::string last = slash == std::string::npos ? file.text : file.text.substr(slash + 1);
  const std::size_t dot = last.rfind('.');
  if (dot == std::string::npos) {
    if (!last.ends_with(kHole)) return "";
    const Reference& reference = *file.references.back();
    const bool never = reference.property == "stem" || reference.type == ValueType(Type::integer);
    return never ? std::optional<std::string>("") : std::nullopt;
  }
  std::string extension = last.substr(dot);
  if (extension.find(kHole) != std::string::npos) return std::nullopt;
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return extension;
}

class OutputBinder {
 public:
  explicit OutputBinder(Binding& binding) : binding_(binding), codecs_(binding.registry.codecs()) {
    for (const CodecInfo& codec : codecs_)
      for (const std::string& extension : codec.extensions) (codec.writes ? written_ : read_only_).push_back(extension);
    std::ranges::sort(written_);
    written_.erase(std::ranges::unique(written_).begin(), written_.end());
  }

  void bind(const DocumentEntry& entry) {
    const std::string what = "output " + ticked(entry.key);
    if (!is_name(entry.key))
      binding_.diagnostics.error("E014", entry.place, ticked(entry.key) + " cannot be a name",
                                 "names are made of letters, digits, `_` and `-`, and begin with a letter or `_`");
    if (!binding_.expect_map(entry.value, what,
                             "write `" + printable(entry.key) + ": {value: \"${name}\", file: \"${photo.stem}.jpg\"}`"))
      return;
    GraphOutput output;
    output.name = entry.key;
    output.place = entry.place;
    const DocumentValue *value = nullptr, *file = nullptr;
    bool has_value = false, has_file = false;
    for (const DocumentEntry& field : entry.value.entries) {
      if (field.key == "value") {
        value = &field.value;
      } else if (field.key == "file") {
        file = &field.value;
      } else if (!bind_setting(output, field)) {
        const std::string meant = binding_.unknown_key(field, "in " + what, output_keys(), entry.place);
        has_value |= meant == "value";
        has_file |= meant == "file";
      }
    }
    if (value)
      bind_value(output, *value);
    else if (!has_value)
      binding_.diagnostics.error("E013", entry.place, what + " has no `value`",
                                 "write what is to be saved: `value: \"${name}\"`");
    if (file)
      bind_file(output, *file);
    else if (!has_file)
      binding_.diagnostics.error("E013", entry.place, what + " has no `file`",
                                 "write a path below --out: `file: \"${photo.stem}.jpg\"`");
    binding_.graph.outputs.push_back(std::move(output));
  }

 private:
  bool bind_setting(GraphOutput& output, const DocumentEntry& field) {
    if (field.key == "quality") {
      const auto read = read_scalar(field.value, Type::integer);
      if (!read.ok()) {
        binding_.misread(field.value, "quality", "an integer", read.why, read.help);
      } else if (*read.value.integer() < 1 || *read.value.integer() > 100) {
        binding_.diagnostics.error("E025", field.value.place,
                                   "`quality` takes 1 to 100, and " + field.value.text +
                                       (*read.value.integer() < 1 ? " is less" : " is more"));
      } else {
        output.quality = static_cast<int>(*read.value.integer());
      }
    } else if (field.key == "metadata") {
      take_choice(output.metadata, field, {"keep", "strip-gps", "strip"});
    } else if (field.key == "profile") {
      take_choice(output.profile, field, {"keep", "srgb"});
    } else if (field.key == "subsampling") {
      take_choice(output.subsampling, field, {"4:4:4", "4:2:2", "4:2:0"});
    } else if (field.key == "flatten") {
      auto read = read_colour(field.value);
      if (read.ok())
        output.flatten = std::move(read.value);
      else
        binding_.misread(field.value, "flatten", "a colour", read.why, read.help);
    } else {
      return false;
    }
    return true;
  }

  void take_choice(std::string& into, const DocumentEntry& field, const std::vector<std::string>& choices) {
    if (std::string word = binding_.read_choice(field.value, field.key, choices); !word.empty()) into = std::move(word);
  }

  void bind_value(GraphOutput& output, const DocumentValue& value) {
    Want want;
    want.key = "value";
    want.any = true;
    if (value.kind == DocumentValue::Kind::scalar && !holds_reference(value)) {
      const std::string meant =
          binding_.names.contains(value.text) ? value.text : binding_.suggest(value.text, binding_.name_list);
      binding_.diagnostics.error(
          "E021", value.place, "`value` takes a reference, and " + ticked(value.text) + " is a text",
          meant.empty() ? "a reference is written \"${name}\"" : "did you mean \"${" + printable(meant) + "}\"?");
      return;
    }
    if (value.kind == DocumentValue::Kind::list || value.kind == DocumentValue::Kind::map) {
      binding_.diagnostics.error("E011", value.place, "`value` takes one reference, and " + described(value),
                                 "write an output for each");
      return;
    }
    output.value = bind_expression(binding_, value, want);
  }

  void bind_file(GraphOutput& output, const DocumentValue& file) {
    const int errors = binding_.diagnostics.error_count();
    Want want;
    want.key = "file";
    want.type = Type::text;
    want.element_allowed = true;
    output.file = bind_expression(binding_, file, want);
    if (binding_.diagnostics.error_count() > errors) return;
    const Outline outline = outline_of(output.file);
    // An unresolved reference was reported, or hangs on something that was.
    if (outline.text.empty() && holds_reference(file)) return;
    if (!check_path(outline, file)) return;
    check_element(output, outline, file);
    check_extension(output, outline, file);
    const bool differs = std::ranges::any_of(outline.references, [](const Reference* reference) {
      return reference->to == Reference::To::input || reference->to == Reference::To::node;
    });
    if (!differs && !binding_.graph.inputs.empty())
      binding_.diagnostics.warning("W051", file.place, "every item would write the same file",
                                   "put something of the item into its name, such as `${" +
                                       binding_.graph.inputs[0].name +
                                       (property_type(binding_.graph.inputs[0].type, true, "stem") ? ".stem}`" : "}`"));
    auto [other, fresh] = files_.emplace(file.text, file.place);
    if (fresh) return;
    Diagnostic same;
    same.code = "E044";
    same.place = file.place;
    same.message = "two outputs write the same file";
    same.notes.push_back({other->second, "and so does this"});
    same.help = "give each a name of its own";
    binding_.diagnostics.add(std::move(same));
  }

  bool check_path(const Outline& outline, const DocumentValue& file) {
    const std::string& text = outline.text;
    std::string why, help = "files are written below --out";
    const bool from_path = !outline.references.empty() && text[0] == kHole && outline.references[0]->property == "path";
    if (text.empty() || text.ends_with('/'))
      why = "names no file", help = "write a path such as `${photo.stem}.jpg`";
    else if (from_path)
      why = "is an absolute path", help += ": `.relpath` is the path below the folder that was given";
    else if (text.starts_with('/'))
      why = "is an absolute path";
    else if (text.starts_with("~/"))
      why = "begins with `~`";
    else if (escapes(text))
      why = "leads out of the folder with `..`";
    if (why.empty()) return true;
    binding_.diagnostics.error("E040", file.place, "`file` " + why, help);
    return false;
  }

  /// `${index}` and lists belong together.
  void check_element(const GraphOutput& output, const Outline& outline, const DocumentValue& file) {
    const Reference* value = output.value.reference();
    if (!value || value->type == ValueType(Type::json)) return;
    const bool numbered =
        std::ranges::any_of(outline.references, [](const Reference* r) { return r->to == Reference::To::element; });
    if (value->type.list && !numbered)
      binding_.diagnostics.error("E043", file.place,
                                 "`value` is " + with_article(value->type) + ", and all would write the same file",
                                 "put `${index}` into the name");
    else if (!value->type.list && numbered)
      binding_.diagnostics.error("E043", file.place, "`${index}` stands here, and `value` is no list",
                                 "take `${index}` away");
  }

  void check_extension(const GraphOutput& output, const Outline& outline, const DocumentValue& file) {
    const Reference* value = output.value.reference();
    if (value && value->type.type == Type::file) check_made_format(*value, outline, file);
    if (!value || (value->type.type != Type::image && value->type.type != Type::mask) || written_.empty()) return;
    const auto extension = extension_of(outline);
    if (!extension || std::ranges::find(written_, *extension) != written_.end()) return;
    std::string message = "`file` has no extension, and it decides the format";
    std::string meant;
    if (std::ranges::find(read_only_, *extension) != read_only_.end()) {
      message = ticked(*extension) + " can be read, but not written";
    } else if (!extension->empty()) {
      message = "no format has the extension " + ticked(*extension);
      meant = binding_.suggest(*extension, written_);
    }
    binding_.diagnostics.error(
        "E041", file.place, message,
        (meant.empty() ? "" : "did you mean " + ticked(meant) + "? ") + "what can be written: " + listed(written_, 40));
  }

  /// A node that makes files of a format of choice writes what the name says. An extension of no format is the
  /// user's own.
  void check_made_format(const Reference& value, const Outline& outline, const DocumentValue& file) {
    const auto extension = extension_of(outline);
    if (value.to != Reference::To::node || !value.property.empty() || !extension || extension->empty()) return;
    const GraphNode& node = binding_.graph.nodes[static_cast<std::size_t>(value.index)];
    const auto& params = node.spec->params;
    const auto param = std::ranges::find(params, "format", &Param::name);
    if (param == params.end() || param->choices.empty()) return;
    const std::size_t argument = node.spec->inputs.size() + static_cast<std::size_t>(param - params.begin());
    const Value* literal = argument < node.arguments.size() ? node.arguments[argument].literal() : nullptr;
    if (!literal || !literal->text()) return;
    const std::string& made = *literal->text();
    const auto named = std::ranges::find_if(
        param->choices, [&](const std::string& choice) { return has_extension(choice, *extension); });
    const bool known = named != param->choices.end() || std::ranges::find(written_, *extension) != written_.end() ||
                       std::ranges::find(read_only_, *extension) != read_only_.end();
    if (!known || has_extension(made, *extension)) return;
    const std::string fitting = "name the file " + ticked(extension_for(made));
    binding_.diagnostics.error(
        "E041", file.place, "`file` ends in " + ticked(*extension) + ", and " + ticked(node.name) + " makes " + made,
        named == param->choices.end() ? fitting
                                      : "write `format: " + *named + "` in " + ticked(node.name) + ", or " + fitting);
  }

  const CodecInfo* codec_named(const std::string& format) const {
    for (const CodecInfo& codec : codecs_)
      if (codec.name == format) return &codec;
    return nullptr;
  }
  bool has_extension(const std::string& format, const std::string& extension) const {
    const CodecInfo* codec = codec_named(format);
    return codec ? std::ranges::find(codec->extensions, extension) != codec->extensions.end()
                 : extension == "." + format;
  }
  std::string extension_for(const std::string& format) const {
    const CodecInfo* codec = codec_named(format);
    return codec ? codec->extensions.front() : "." + format;
  }

  Binding& binding_;
  const std::vector<CodecInfo> codecs_;
  std::vector<std::string> written_, read_only_;  // extensions
  std::unordered_map<std::string, Place> files_;
};

}  // namespace

void bind_outputs(Binding& binding, const DocumentValue& outputs) {
  if (outputs.kind == DocumentValue::Kind::null ||
      (outputs.kind == DocumentValue::Kind::map && outputs.entries.empty())) {
    binding.diagnostics.error("E042", outputs.place, "there are no outputs, so nothing would be saved",
                              "write `result: {value: \"${name}\", file: \"${photo.stem}.jpg\"}` below `outputs:`");
    return;
  }
  if (!binding.expect_map(outputs, "`outputs`",
                          "write `result: {value: \"${name}\", file: \"${photo.stem}.jpg\"}` below it"))
    return;
  OutputBinder binder(binding);
  for (const DocumentEntry& entry : outputs.entries) binder.bind(entry);
}

}  // namespace pixgraph
