#include "key.h"

#include <gtest/gtest.h>

#include <set>

#include "support/pipeline.h"
#include "support/test_specs.h"

namespace pixgraph {
namespace {

using test::graph_of;

Item photo_item(const std::string& name = "car.jpg") {
  auto file = std::make_shared<File>();
  file->name = file->relpath = name;
  file->path = "photos/" + name;
  return {name, {Value(FilePtr(std::move(file)))}};
}

const FileHash kHash = [](const File& file) { return "hash of " + file.name; };

std::vector<std::string> keys_of(const std::string& nodes, const Item& item = photo_item(),
                                 const FileHash& hash = kHash) {
  const std::string format = nodes.find("n: {type: ReplicatePredict") != std::string::npos ? "json" : "png";
  const Graph graph = graph_of(
      "inputs: {photo: {type: image}}\nparams: {words: {type: text, default: hello}, wide: {type: integer, default: "
      "640}}\nnodes:\n" +
          nodes + "outputs: {result: {value: \"${n}\", file: \"${photo.stem}." + format + "\"}}\n",
      test::test_registry());
  return recipe_keys(graph, item, hash);
}

TEST(Key, TheTextNamesTypeVersionAndEveryArgument) {
  const Graph graph = graph_of(
      "inputs: {photo: {type: image}}\nnodes: {n: {type: Resize, image: \"${photo}\", width: 7}}\n"
      "outputs: {result: {value: \"${n}\", file: a.jpg}}\n",
      test::test_registry());
  EXPECT_EQ(recipe_text(graph, graph.nodes[0], photo_item(), {""}, kHash),
            "recipe 1\nResize 1\nheight = 0\nimage = {\"file\":\"hash of car.jpg\"}\nscale = 1\nwidth = 7\n");
}

/// Another value of a param than its default, as the file would write it.
std::string other_value(const Param& param) {
  switch (param.type) {
    case Type::boolean: return *param.preset.boolean() ? "false" : "true";
    case Type::text:
      if (param.form != Form::any) return "\"#123456\"";
      for (const std::string& choice : param.choices)
        if (choice != *param.preset.text()) return choice;
      return "another";
    case Type::integer:
      return std::to_string(param.preset.integer() && *param.preset.integer() + 1 <= param.max
                                ? *param.preset.integer() + 1
                                : static_cast<std::int64_t>(param.min));
    default: return "0.5";
  }
}

TEST(Key, ChangingAnyParamOfAnySpecChangesTheKey) {
  int seen = 0;
  for (const Spec* spec : test::test_registry().all()) {
    if (spec->pool != Pool::cpu) continue;
    std::string node = "  n: {type: " + spec->name;
    for (const Port& port : spec->inputs)
      if (port.required) node += ", " + port.name + ": \"${photo}\"";
    std::set<std::string> keys;
    std::size_t variants = 1;
    const auto key_with = [&](const std::string& more) {
      const std::string output =
          spec->outputs[0].type.type == Type::json || spec->outputs[0].type.type == Type::text ? "json" : "png";
      // Its rules may want another param too, which would be another variant: what is refused for them has a key too.
      Diagnostics diagnostics;
      const Document document =
          parse_document("test.yaml",
                         "pixgraph: 1\ninputs: {photo: {type: image}}\nnodes:\n" + node + more +
                             "}\noutputs: {result: {value: \"${n}\", file: \"a." + output + "\"}}\n",
                         diagnostics);
      const Graph graph = pixgraph::bind(document, test::test_registry(), {}, diagnostics);
      return recipe_keys(graph, photo_item(), kHash)[0];
    };
    keys.insert(key_with(""));
    for (const Param& param : spec->params) {
      if (!param.in_key) continue;
      keys.insert(key_with(", " + param.name + ": " + other_value(param)));
      ++variants, ++seen;
    }
    EXPECT_EQ(keys.size(), variants) << spec->name;
  }
  EXPECT_GE(seen, 9);
}

TEST(Key, EqualNumbersAreEqual) {
  EXPECT_EQ(keys_of("  n: {type: Resize, image: \"${photo}\", scale: 7}\n"),
            keys_of("  n: {type: Resize, image: \"${photo}\", scale: 7.0}\n"));
  const char* predict = "  n: {type: ReplicatePredict, version: a/b, input: {x: NUMBER, list: [NUMBER]}}\n";
  auto with = [&](const std::string& number) {
    std::string text = predict;
    for (std::size_t at; (at = text.find("NUMBER")) != std::string::npos;) text.replace(at, 6, number);
    return keys_of(text);
  };
  EXPECT_EQ(with("7"), with("7.0"));
  EXPECT_NE(with("7"), with("8"));
  EXPECT_NE(with("7"), with("\"7\""));
}

TEST(Key, AKeyFlowsOnToWhatStandsAfter) {
  const char* chain =
      "  a: {type: Resize, image: \"${photo}\", width: WIDTH}\n  n: {type: AlphaToMask, image: \"${a}\"}\n";
  auto with = [&](const std::string& width) {
    std::string text = chain;
    return keys_of(text.replace(text.find("WIDTH"), 5, width));
  };
  EXPECT_NE(with("1")[1], with("2")[1]);
  EXPECT_NE(keys_of("  n: {type: Resize, image: \"${photo}\"}\n", photo_item("a.jpg")),
            keys_of("  n: {type: Resize, image: \"${photo}\"}\n", photo_item("b.jpg")));
  EXPECT_EQ(with("640"), with("\"${wide}\""));  // it is the value that counts, not how it came
}

TEST(Key, WithoutAHashThereIsNoKeyForAnythingThatNeedsIt) {
  const auto keys = keys_of("  a: {type: Resize, image: \"${photo}\"}\n  n: {type: AlphaToMask, image: \"${a}\"}\n",
                            photo_item(), [](const File&) { return ""; });
  EXPECT_EQ(keys, (std::vector<std::string>{"", ""}));
}

TEST(Key, AFilesNameNeedsNoHash) {
  const auto keys =
      keys_of("  n: {type: ReplicatePredict, version: a/b, input: {prompt: \"${words} ${photo.stem}\"}}\n",
              photo_item(), [](const File&) { return ""; });
  EXPECT_EQ(keys[0].size(), 64u);
}

}  // namespace
}  // namespace pixgraph
