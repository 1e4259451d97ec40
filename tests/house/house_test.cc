// The rules of the house, over every node type and codec that the built plugins really offer.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include <nlohmann/json.hpp>

#include "codec.h"
#include "describe.h"
#include "document.h"
#include "error_codes.h"
#include "graph.h"
#include "key.h"
#include "plugins.h"
#include "registry.h"
#include "rules.h"

namespace pixgraph {
namespace {

const Registry& real_registry() {
  static const Registry* registry = [] {
    // A cache of its own: what is tested is what the plugins say now.
    ::setenv("XDG_CACHE_HOME", (testing::TempDir() + "pixgraph-house").c_str(), 1);
    ::unsetenv("PIXGRAPH_PLUGINS");
    auto* made = new Registry;
    load_registry(*made, find_plugins({PIXGRAPH_PLUGIN_FOLDER}));
    return made;
  }();
  return *registry;
}

bool one_line(const std::string& doc) {
  return !doc.empty() && doc.find('\n') == std::string::npos;
}
bool is_snake(const std::string& name) {
  return std::regex_match(name, std::regex("[a-z][a-z0-9]*(_[a-z0-9]+)*"));
}
std::string example_name(const std::string& example) {
  return example.substr(0, example.find(':'));
}

/// The node type whose example makes a node of that name and has that output.
const Spec* maker_of(const std::string& node, const std::string& output) {
  for (const Spec* spec : real_registry().all())
    for (const std::string& example : spec->examples)
      if (example_name(example) == node && spec->output(output)) return spec;
  return nullptr;
}

/// The type of the port that the example gives `${name}` to; an image where it stands within something.
ValueType type_of(const Spec& spec, const std::string& example, const std::string& name) {
  for (const Port& port : spec.inputs)
    if (example.find(" " + port.name + ": \"${" + name + "}\"") != std::string::npos) return port.type;
  return Type::image;
}

/// A pipeline around an example line: what it refers to is declared, what it makes is saved.
std::string pipeline_around(const Spec& spec, const std::string& example) {
  std::map<std::string, ValueType> inputs;
  std::map<std::string, std::string> nodes;
  const auto declare = [&](const Spec& of, const std::string& line, const auto& again) -> void {
    const std::regex reference("\\$\\{([a-z_0-9]+)(\\.([a-z_]+))?\\}");
    for (auto found = std::sregex_iterator(line.begin(), line.end(), reference); found != std::sregex_iterator();
         ++found) {
      const std::string name = (*found)[1];
      if (!(*found)[2].matched) {
        inputs.emplace(name, type_of(of, line, name));
      } else if (const Spec* maker = maker_of(name, (*found)[3])) {
        for (const std::string& made : maker->examples)
          if (example_name(made) == name && nodes.emplace(name, made).second) again(*maker, made, again);
      } else {
        nodes.emplace(name, name + ": {type: ReplicatePredict, model: sandbox/instant, input: {text: a}}");
      }
    }
  };
  declare(spec, example, declare);
  std::string text = "pixgraph: 1\n";
  if (!inputs.empty()) text += "inputs:\n";
  for (const auto& [input, type] : inputs) text += "  " + input + ": {type: " + type_name(type) + "}\n";
  text += "nodes:\n  " + example + "\n";
  for (const auto& [name, line] : nodes) text += "  " + line + "\n";
  const Type first = spec.outputs.at(0).type.type;
  const bool pixels = first == Type::image || first == Type::mask;
  const std::string name =
      inputs.empty() ? "\"result" : "\"${" + inputs.begin()->first + ".stem}";  // every item its own file
  return text + "outputs:\n  result: {value: \"${" + example_name(example) + "}\", file: " + name +
         (spec.outputs.at(0).type.list ? "-${index}" : "") +
         (pixels                ? ".png\"}\n"
          : first == Type::file ? ".bin\"}\n"
                                : ".json\"}\n");
}

Graph bound(const Spec& spec, const std::string& example, std::string& complaints) {
  Diagnostics diagnostics;
  const Document document = parse_document("example.yaml", pipeline_around(spec, example), diagnostics);
  Graph graph = bind(document, real_registry(), {}, diagnostics);
  complaints = diagnostics.render("example.yaml", document.text, false);
  return graph;
}

/// Another value than `now` that the param may have.
Value other_value(const Param& param, const Value& now) {
  std::vector<Value> candidates;
  if (param.type == Type::boolean) candidates = {Value(true), Value(false)};
  if (param.type == Type::integer || param.type == Type::number)
    for (const double number : {param.min, param.max, 1.0, 2.0}) {
      if (!std::isfinite(number) || number < param.min || number > param.max) continue;
      candidates.push_back(param.type == Type::integer ? Value(static_cast<std::int64_t>(number)) : Value(number));
    }
  if (param.form != Form::any)
    candidates = {Value("#123456"), Value("#abc")};
  else if (param.type == Type::text && param.choices.empty())
    candidates = {Value("one text"), Value("another text")};
  for (const std::string& choice : param.choices) candidates.emplace_back(choice);
  for (const Value& candidate : candidates)
    if (show_value(candidate) != show_value(now)) return candidate;
  return Value();
}

TEST(House, ThePluginsAreThere) {
  for (const char* name : {"Fit", "Resize", "AlphaToMask", "Composite", "Convert", "Fetch", "ReplicatePredict"})
    EXPECT_NE(real_registry().find(name), nullptr) << name;
  for (const char* name : {"jpeg", "png", "webp"}) EXPECT_NE(Codecs(real_registry()).by_name(name), nullptr) << name;
}

TEST(House, EverythingIsDocumented) {
  for (const Spec* spec : real_registry().all()) {
    SCOPED_TRACE(spec->name);
    EXPECT_TRUE(one_line(spec->doc) && !spec->doc.ends_with('.')) << spec->doc;
    EXPECT_FALSE(spec->outputs.empty());
    EXPECT_FALSE(spec->examples.empty());
    for (const Port& port : spec->inputs) EXPECT_TRUE(one_line(port.doc)) << port.name;
    for (const Port& port : spec->outputs) EXPECT_TRUE(one_line(port.doc)) << port.name;
    for (const Param& param : spec->params) EXPECT_TRUE(one_line(param.doc)) << param.name;
    EXPECT_EQ(spec->open_input.empty(), spec->open_input_doc.empty());
  }
}

TEST(House, NamesHaveTheirForms) {
  for (const Spec* spec : real_registry().all()) {
    SCOPED_TRACE(spec->name);
    EXPECT_TRUE(std::regex_match(spec->name, std::regex("[A-Z][A-Za-z0-9]*")));
    std::set<std::string> taken, outputs;
    for (const Port& port : spec->inputs)
      EXPECT_TRUE(is_snake(port.name) && taken.insert(port.name).second) << port.name;
    for (const Param& param : spec->params)
      EXPECT_TRUE(is_snake(param.name) && taken.insert(param.name).second) << param.name;
    for (const Port& port : spec->outputs)
      EXPECT_TRUE(is_snake(port.name) && outputs.insert(port.name).second) << port.name;
  }
}

TEST(House, DefaultsAreInRange) {
  for (const Spec* spec : real_registry().all())
    for (const Param& param : spec->params) {
      SCOPED_TRACE(spec->name + "." + param.name);
      EXPECT_LE(param.min, param.max);
      const double number = param.preset.integer()  ? static_cast<double>(*param.preset.integer())
                            : param.preset.number() ? *param.preset.number()
                                                    : param.min;
      EXPECT_TRUE(number >= param.min && number <= param.max) << number;
      if (param.form == Form::any && !param.choices.empty() && param.preset.text()) {
        EXPECT_NE(std::find(param.choices.begin(), param.choices.end(), *param.preset.text()), param.choices.end());
      }
    }
}

/// A colour that nothing is said of would be refused by the function only, when models before it have been paid.
TEST(House, TextsForColoursSayThatTheyAre) {
  int seen = 0;
  for (const Spec* spec : real_registry().all())
    for (const Param& param : spec->params) {
      const bool names_colour =
          param.name == "background" || param.name == "colour" || param.name == "color" || param.name == "flatten";
      // `colour` may be a choice of another kind, as that of Convert: grey or rgb.
      const bool choice = param.form == Form::any && !param.choices.empty();
      if (!names_colour || param.type != Type::text || choice) continue;
      EXPECT_NE(param.form, Form::any) << spec->name << "." << param.name;
      ++seen;
    }
  EXPECT_GE(seen, 11);
}

TEST(House, ExamplesBindWithoutAWord) {
  for (const Spec* spec : real_registry().all())
    for (const std::string& example : spec->examples) {
      std::string complaints;
      bound(*spec, example, complaints);
      EXPECT_EQ(complaints, "") << pipeline_around(*spec, example);
    }
}

TEST(House, DescribeSaysEverything) {
  const std::string list = render_nodes(real_registry());
  for (const Spec* spec : real_registry().all()) {
    const std::string text = render_spec(*spec);
    const auto says = [&](const std::string& part) {
      EXPECT_NE(text.find(part), std::string::npos) << "`" << part << "` is missing in\n" << text;
    };
    EXPECT_NE(list.find("  " + spec->name + " "), std::string::npos) << list;
    for (const auto* ports : {&spec->inputs, &spec->outputs})
      for (const Port& port : *ports) says("  " + port.name + " "), says(port.doc);
    for (const Param& param : spec->params) {
      says("  " + param.name + " ");
      says(param.doc);
      for (const std::string& choice : param.choices) says(choice);
      if (!param.preset.absent()) says("default " + show_value(param.preset));
    }
    for (const Rule& rule : spec->rules) says("  " + rule_in_words(rule) + "\n");
    for (const std::string& example : spec->examples) says(example);
  }
}

TEST(House, EveryParamIsInTheKeyUnlessItSaysOtherwise) {
  for (const Spec* spec : real_registry().all()) {
    ASSERT_FALSE(spec->examples.empty()) << spec->name;
    std::string complaints;
    Graph graph = bound(*spec, spec->examples[0], complaints);
    ASSERT_EQ(complaints, "");
    const auto at = static_cast<std::size_t>(graph.node(example_name(spec->examples[0])) - graph.nodes.data());
    Item item{"item", {}};
    for (const GraphInput& input : graph.inputs) {
      auto file = std::make_shared<File>();
      file->path = file->name = input.name + ".png";
      item.inputs.emplace_back(FilePtr(file));
    }
    std::string content = "one";
    const FileHash hash_of = [&](const File& file) { return content + file.path; };
    const auto key = [&] { return recipe_keys(graph, item, hash_of)[at]; };
    const std::string before = key();
    ASSERT_EQ(before.size(), 64u) << spec->name;
    for (std::size_t i = 0; i < spec->params.size(); ++i) {
      const Param& param = spec->params[i];
      Expression& argument = graph.nodes[at].arguments[spec->inputs.size() + i];
      const Expression kept = argument;
      const Value other = other_value(param, kept.literal() ? *kept.literal() : Value());
      ASSERT_FALSE(other.absent()) << spec->name << "." << param.name;
      argument.form = other;
      EXPECT_EQ(key() != before, param.in_key) << spec->name << "." << param.name << " = " << show_value(other);
      argument = kept;
    }
    EXPECT_EQ(key(), before);
    if (graph.inputs.empty()) continue;
    content = "another";
    EXPECT_NE(key(), before) << spec->name << " does not care for its inputs";
  }
}

TEST(House, EveryCodecIsToldByItsMagic) {
  const Codecs codecs(real_registry());
  ASSERT_FALSE(real_registry().codecs().empty());
  for (const CodecInfo& info : real_registry().codecs()) {
    SCOPED_TRACE(info.name);
    EXPECT_FALSE(info.extensions.empty());
    EXPECT_NE(info.media_type.find('/'), std::string::npos) << info.media_type;
    std::map<int, std::string> groups;
    for (const Magic& magic : info.magics) {
      std::string& bytes = groups[magic.group];
      if (bytes.size() < magic.offset + magic.bytes.size()) bytes.resize(magic.offset + magic.bytes.size());
      bytes.replace(magic.offset, magic.bytes.size(), magic.bytes);
    }
    for (const auto& [group, bytes] : groups) {
      if (!info.reads) continue;
      const CodecInfo* told = codecs.of_content({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
      ASSERT_NE(told, nullptr) << "group " << group;
      EXPECT_EQ(told->media_type, info.media_type) << "group " << group;
    }
    for (const std::string& extension : info.extensions) {
      EXPECT_TRUE(std::regex_match(extension, std::regex("\\.[a-z0-9]+"))) << extension;
      if (info.writes) {
        EXPECT_NE(codecs.of_extension(extension), nullptr) << extension;
      }
    }
  }
  const std::string words = "these are words";
  EXPECT_EQ(codecs.of_content({reinterpret_cast<const std::uint8_t*>(words.data()), words.size()}), nullptr);
}

/// The files below a folder of the source tree with one of these endings, as one text.
std::string sources(const std::string& folder, const std::set<std::string>& endings, const std::string& but) {
  std::string all;
  for (const auto& file : std::filesystem::recursive_directory_iterator(std::string(PIXGRAPH_TOP) + "/" + folder)) {
    if (!endings.contains(file.path().extension().string()) || file.path().filename() == but) continue;
    std::ifstream in(file.path());
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

TEST(House, EveryErrorCodeIsRaisedAndSeenInATest) {
  const std::string program = sources("core", {".cc", ".h"}, "error_codes.cc") + sources("plugins", {".cc", ".h"}, "");
  const std::string tests = sources("tests", {".cc", ".h", ".txt", ".case"}, "error_codes_test.cc");
  for (const ErrorCode& code : error_codes()) {
    EXPECT_NE(program.find("\"" + std::string(code.code) + "\""), std::string::npos) << code.code << " is never raised";
    EXPECT_NE(tests.find(code.code), std::string::npos) << code.code << " is in no test";
  }
}

}  // namespace
}  // namespace pixgraph
