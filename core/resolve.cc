// What references mean, and what to say where a value of another type is wanted.
#include <algorithm>

#include "binding.h"
#include "unicode.h"

namespace pixgraph {

namespace {

std::vector<std::string> port_names(const Spec& spec) {
  std::vector<std::string> out;
  for (const Port& port : spec.outputs) out.push_back(port.name);
  return out;
}

/// E023, for `word` behind something of type `type` that is called `shown`.
void report_property(Binding& binding, Place place, std::string_view shown, ValueType type, bool held_as_file,
                     const std::string& word) {
  std::vector<std::string> fitting;
  for (const std::string& property : property_words())
    if (property_type(type, held_as_file, property)) fitting.push_back(property);
  const bool known = std::ranges::find(property_words(), word) != property_words().end();
  std::string help;
  if (known && !fitting.empty())
    help =
        "only files have a name: use that of the input, such as `${photo." + word + "}`; this has " + listed(fitting);
  else if (!fitting.empty())
    help = suggestion(word, fitting, "it has " + listed(fitting));
  else
    help = type.list ? "properties belong to one value, not to a list" : "only files, images and masks have properties";
  binding.diagnostics.error("E023", place, ticked(shown) + " is " + with_article(type) + " and has no " + ticked(word),
                            help);
}

/// The words behind the name of an input or param.
bool resolve_property(Binding& binding, Reference& out, const ReferenceText& written, bool held_as_file) {
  if (written.words.size() == 1) return true;
  const std::string& word = written.words[1];
  const auto type =
      out.type == ValueType(Type::json) ? std::optional(Type::json) : property_type(out.type, held_as_file, word);
  if (!type) {
    report_property(binding, out.place, "${" + written.words[0] + "}", out.type, held_as_file, word);
    return false;
  }
  if (written.words.size() > 2) {
    report_property(binding, out.place, "${" + written.words[0] + "." + word + "}", *type, false, written.words[2]);
    return false;
  }
  out.property = word;
  out.type = *type;
  return true;
}

bool resolve_port(Binding& binding, Reference& out, const ReferenceText& written) {
  const GraphNode& node = binding.graph.nodes[static_cast<std::size_t>(out.index)];
  const Spec& spec = *node.spec;
  std::size_t next = 1;  // the word that may be a property
  if (written.words.size() > 1) {
    for (std::size_t port = 0; port < spec.outputs.size(); ++port) {
      if (spec.outputs[port].name != written.words[1]) continue;
      out.port = static_cast<int>(port);
      next = 2;
    }
  }
  const Port& port = spec.outputs[static_cast<std::size_t>(out.port)];
  const ValueType type_here = node.output_type(static_cast<std::size_t>(out.port));
  out.type = type_here;
  if (next == written.words.size()) return true;
  const std::string& word = written.words[next];
  // What json holds is seen at run time; behind the node's bare name a word is rather a misspelt output.
  const bool json = next == 2 && type_here == ValueType(Type::json);
  const auto type = json ? std::optional(Type::json) : property_type(type_here, false, word);
  const bool is_property = std::ranges::find(property_words(), word) != property_words().end();
  if (next == 1 && !type && !is_property) {
    std::vector<std::string> known = port_names(spec);
    for (const std::string& property : property_words())
      if (property_type(type_here, false, property)) known.push_back(property);
    const std::string ports = "it has " + listed(port_names(spec));
    const std::string meant = binding.suggest(word, known);
    Diagnostic unknown;
    unknown.code = "E022";
    unknown.place = out.place;
    unknown.message = ticked(node.name) + " has no output " + ticked(word);
    unknown.notes.push_back({node.place, "of type " + spec.name});
    unknown.help = meant.empty() ? ports : "did you mean `${" + node.name + "." + meant + "}`? " + ports;
    binding.diagnostics.add(std::move(unknown));
    return false;
  }
  std::string shown = "${" + node.name + (next == 2 ? "." + port.name : "") + "}";
  if (!type) {
    report_property(binding, out.place, shown, type_here, false, word);
    return false;
  }
  if (next + 1 < written.words.size()) {
    shown.insert(shown.size() - 1, "." + word);
    report_property(binding, out.place, shown, *type, false, written.words[next + 1]);
    return false;
  }
  out.property = word;
  out.type = *type;
  return true;
}

/// A local or fetching node type that makes `to` of one `from`: where there are several, the one that is called so.
const Spec* converter(const Registry& registry, ValueType to, ValueType from, const Port*& port) {
  std::string ending = "To" + std::string(type_name(to.type));
  ending[2] = static_cast<char>(ending[2] - 'a' + 'A');
  const Spec* best = nullptr;
  for (const Spec* spec : registry.all()) {
    if (spec->cost == Cost::paid || spec->outputs.empty() || !spec->open_input.empty()) continue;
    const bool exact = spec->outputs[0].type == to;
    if (!accepts(to, spec->outputs[0].type)) continue;
    const Port* only = nullptr;
    int required = 0;
    for (const Port& in : spec->inputs)
      if (in.required) {
        ++required;
        only = &in;
      }
    if (required != 1 || !accepts(only->type, from)) continue;
    const bool named = exact && spec->name.ends_with(ending);
    if (best && !named) continue;
    best = spec;
    port = only;
    if (named) break;
  }
  return best;
}

std::string advice(Binding& binding, const Want& want, const Reference& reference, const std::string& written) {
  const ValueType to = want.type;
  const bool for_node = want.node >= 0 && !binding.each;
  if (reference.to == Reference::To::node && reference.property.empty()) {
    const GraphNode& node = binding.graph.nodes[static_cast<std::size_t>(reference.index)];
    for (std::size_t port = 0; !node.file && port < node.spec->outputs.size(); ++port)
      if (const ValueType type = node.output_type(port); accepts(to, type))
        return "`${" + node.name + "." + node.spec->outputs[port].name + "}` is " + with_article(type);
  }
  const Type from = reference.type.type;
  if (reference.type.list && !to.list && for_node && accepts(to, from))
    return "`each: \"" + written + "\"` runs the node once per element, and `${each}` is the element";
  if (reference.to == Reference::To::input && to == ValueType(Type::file) &&
      (from == Type::image || from == Type::mask) && reference.property.empty() && !reference.type.list) {
    const GraphInput& input = binding.graph.inputs[static_cast<std::size_t>(reference.index)];
    return "declare the input `" + input.name + "` with `type: file`: a file is decoded where an image is wanted";
  }
  if (to == ValueType(Type::text) && !reference.type.list && reference.property.empty() &&
      (from == Type::file || (reference.to == Reference::To::input && (from == Type::image || from == Type::mask)))) {
    std::string named = written;
    return "`" + named.insert(named.size() - 1, ".name") + "` is its name";
  }
  const bool scalars = !to.list && !reference.type.list && to.type < Type::file && from < Type::file;
  if (scalars && reference.property.empty() &&
      (reference.to == Reference::To::input || reference.to == Reference::To::param))
    return "declare it with `type: " + std::string(type_name(to.type)) + "`";
  const Port* port = nullptr;
  if (const Spec* between = converter(binding.registry, to, reference.type, port)) {
    std::string word = written.substr(2, written.size() - 3);
    std::ranges::replace(word, '.', '_');
    word += "_" + std::string(type_name(to.type));
    const bool vowel = std::string_view("AEIOU").find(between->name[0]) != std::string_view::npos;
    return std::string("put ") + (vowel ? "an " : "a ") + between->name + " node between: `" + word +
           ": {type: " + between->name + ", " + port->name + ": \"" + written + "\"}`";
  }
  return {};
}

}  // namespace

/// `${each}`, `${each.index}`, and what the element has.
static std::optional<Reference> resolve_each(Binding& binding, const ReferenceText& written, Place place) {
  if (!binding.each) {
    binding.diagnostics.error("E020", place, ticked(written.written()) + " has no meaning here",
                              "it is one element of the list of a node's `each:`, and stands within that node");
    return std::nullopt;
  }
  Reference out;
  out.place = place;
  if (written.words.size() == 2 && written.words[1] == "index") {
    out.to = Reference::To::each_index;
    out.type = Type::integer;
    return out;
  }
  out.to = Reference::To::each;
  out.type = binding.each->type;
  if (binding.each->broken || !resolve_property(binding, out, written, binding.each->held_as_file)) return std::nullopt;
  return out;
}

std::optional<Reference> resolve(Binding& binding, const ReferenceText& written, Place place, const Want& want) {
  Reference out;
  out.place = place;
  const std::string& name = written.words[0];
  if (name == "index" && !binding.names.contains(name)) {
    if (want.element_allowed && written.words.size() == 1) {
      out.to = Reference::To::element;
      out.type = Type::integer;
      return out;
    }
    binding.diagnostics.error("E020", place, ticked(written.written()) + " has no meaning here",
                              "it is the position in a list that an output saves, and stands in the output's `file:`");
    return std::nullopt;
  }
  if (name == "each" && !binding.names.contains(name)) return resolve_each(binding, written, place);
  const auto known = binding.names.find(name);
  if (known == binding.names.end()) {
    if (binding.names_incomplete) return std::nullopt;
    const std::string meant = binding.suggest(name, binding.name_list);
    std::string rest;
    for (std::size_t i = 1; i < written.words.size(); ++i) rest += "." + written.words[i];
    binding.diagnostics.error("E020", place, "nothing is called " + ticked(name),
                              !meant.empty()              ? "did you mean `${" + printable(meant) + rest + "}`?"
                              : binding.name_list.empty() ? "this pipeline has no inputs, params or nodes"
                                                          : "the names are " + listed(binding.name_list));
    return std::nullopt;
  }
  if (known->second.used >= 0)
    return resolve_used(binding, binding.used[static_cast<std::size_t>(known->second.used)], written, place, want);
  if (known->second.to == Reference::To::node && known->second.index < 0) return std::nullopt;
  out.to = known->second.to;
  out.index = known->second.index;
  const auto index = static_cast<std::size_t>(out.index);
  switch (out.to) {
    case Reference::To::input:
      binding.input_used[index] = true;
      out.type = binding.graph.inputs[index].type;
      if (known->second.broken || !resolve_property(binding, out, written, true)) return std::nullopt;
      return out;
    case Reference::To::param:
      binding.param_used[index] = true;
      out.type = binding.graph.params[index].type;
      if (known->second.broken || !resolve_property(binding, out, written, false)) return std::nullopt;
      return out;
    case Reference::To::node:
      // The need is real even where the rest is wrong: a cycle is a cycle.
      if (want.node >= 0)
        binding.needs.push_back({want.node, out.index, place});
      else if (want.node != kNoNode)
        binding.saved.push_back(out.index);
      if (known->second.broken || !resolve_port(binding, out, written)) return std::nullopt;
      return out;
    case Reference::To::element:
    case Reference::To::each:
    case Reference::To::each_index: break;
  }
  return std::nullopt;
}

void report_mismatch(Binding& binding, const Want& want, const Reference& reference, const std::string& written) {
  Diagnostic out;
  out.code = "E021";
  out.place = reference.place;
  out.message = ticked(want.key) + " takes " + with_article(want.type) + ", and " + ticked(written) + " is " +
                with_article(reference.type);
  if (reference.to == Reference::To::node && reference.property.empty()) {
    const GraphNode& node = binding.graph.nodes[static_cast<std::size_t>(reference.index)];
    if (!node.file) out.notes.push_back({node.place, with_article(reference.type) + " is made here"});
  } else if (reference.to == Reference::To::input && reference.property.empty()) {
    out.notes.push_back({binding.graph.inputs[static_cast<std::size_t>(reference.index)].place, "declared here"});
  } else if (reference.to == Reference::To::param) {
    out.notes.push_back({binding.graph.params[static_cast<std::size_t>(reference.index)].place, "declared here"});
  }
  out.help = advice(binding, want, reference, written);
  binding.diagnostics.add(std::move(out));
}

}  // namespace pixgraph
