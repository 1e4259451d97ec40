// `use: other.yaml`: the nodes of another pipeline in the place of one.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "support/test_specs.h"
#include "support/words.h"

namespace pixgraph {
namespace {

using namespace test;

const char* const kInner = R"(pixgraph: 1
inputs: {text: {type: text}}
params: {sign: {type: text, default: "!"}, mark: {type: text}}
nodes:
  loud: {type: Upper, text: "${text}"}
  whole: {type: Upper, text: "${loud}${sign}${mark}"}
outputs:
  result: {value: "${whole}", file: "${text}.txt"}
  loud: {value: "${loud}", file: "${text}-loud.txt"}
)";

/// Files in a folder of their own; the last one is read and bound.
struct Files {
  TempFolder folder;
  Document document;
  Graph graph;
  std::string said;
  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder.path(name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  void bind(const Registry& registry, const std::string& text) {
    write("main.yaml", "pixgraph: 1\n" + text);
    Diagnostics diagnostics;
    document = read_document(folder.path("main.yaml"), diagnostics);
    graph = pixgraph::bind(document, registry, {}, diagnostics);
    said = diagnostics.render("main.yaml", document.text, false);
    for (std::size_t at; (at = said.find(folder.path(""))) != std::string::npos;)
      said.erase(at, folder.path("").size());
  }
};

const char* const kOuter = R"(inputs: {word: {type: text}}
nodes:
  first: {use: parts/loud.yaml, text: "a ${word}", mark: "?"}
  second: {use: parts/loud.yaml, text: "${first}", sign: "${first.loud}", mark: ""}
  last: {type: Upper, text: "${second.result}"}
outputs:
  result: {value: "${last}", file: "${word}.txt"}
  early: {value: "${first.loud}", file: "${word}-early.txt"}
)";

TEST(BindUse, AnotherPipelineRunsInThePlaceOfANode) {
  Words nodes;
  Files files;
  files.write("parts/loud.yaml", kInner);
  files.bind(nodes.registry, kOuter);
  EXPECT_EQ(files.said, "");
  TestRun run(nodes, std::move(files.graph), {"b"});
  EXPECT_EQ(run.run().items_done, 1);
  EXPECT_EQ(run.folder.read("out/b.txt"), "A B!?A B\n");
  EXPECT_EQ(run.folder.read("out/b-early.txt"), "A B\n");
  std::set<std::string> ran;
  for (const std::string& task : run.tasks_of("b")) ran.insert(task);
  EXPECT_EQ(ran, (std::set<std::string>{"early done", "first/loud done", "first/whole done", "last done", "result done",
                                        "second/loud done", "second/whole done"}));
}

TEST(BindUse, MistakesAreToldWithTheFileThatHoldsThem) {
  Words nodes;
  Files files;
  std::string inner = kInner;
  inner.replace(inner.find("${loud}"), 7, "${lord}");
  files.write("parts/loud.yaml", inner);
  files.bind(nodes.registry, kOuter);
  EXPECT_EQ(files.said,
            "error[E020]: nothing is called `lord`\n"
            " --> parts/loud.yaml:6:31\n"
            "  |\n"
            "6 |   whole: {type: Upper, text: \"${lord}${sign}${mark}\"}\n"
            "  |                               ^^^^^^^\n"
            "  |\n"
            "  = help: did you mean `${loud}`?\n\n"
            "1 error in main.yaml, nothing was run.\n");
}

std::string said_of(const std::string& nodes_text, const std::string& inner = kInner) {
  static Words nodes;
  Files files;
  files.write("loud.yaml", inner);
  files.bind(nodes.registry, "inputs: {word: {type: text}}\nnodes:\n" + nodes_text +
                                 "outputs: {result: {value: \"${sub}\", file: \"${word}.txt\"}}\n");
  std::string first;
  for (std::size_t at = 0, end; (end = files.said.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::string line = files.said.substr(at, end - at);
    if (line.starts_with("error") || line.find("-->") != std::string::npos || line.find("help") != std::string::npos)
      first += line.substr(line.find_first_not_of(' ')) + "\n";
  }
  return first;
}

TEST(BindUse, WhatIsWrongWithTheNodeIsRefused) {
  EXPECT_EQ(said_of("  sub: {use: loud.yaml, text: \"${word}\"}\n"),
            "error[E017]: node `sub` lacks its `mark`\n--> main.yaml:4:3\n= help: it takes a text\n");
  EXPECT_EQ(said_of("  sub: {use: loud.yaml, text: \"${word}\", mark: a, sgn: b}\n"),
            "error[E012]: unknown key `sgn` in node `sub`\n--> main.yaml:4:51\n= help: did you mean `sign`?\n");
  EXPECT_EQ(said_of("  sub: {use: lout.yaml, text: \"${word}\"}\n"),
            "error[E032]: `lout.yaml` cannot be read: there is no such file\n--> main.yaml:4:14\n= help: `use` is the "
            "path of a pipeline file, "
            "from this file's folder\n");
  EXPECT_EQ(said_of("  sub: {use: loud.yaml, text: \"${word}\", mark: a}\n  n: {type: Upper, text: \"${sub.lod}\"}\n"),
            "error[E022]: `sub` has no output `lod`\n--> main.yaml:5:27\n= help: did you mean `loud`?\n");
  EXPECT_EQ(
      said_of("  sub: {use: loud.yaml, text: \"${word}\", mark: \"${n}\"}\n  n: {type: Upper, text: \"${sub}\"}\n"),
      "error[E030]: these nodes wait for each other: sub/whole -> n -> sub/whole\n--> main.yaml:4:49\n");
}

TEST(BindUse, RulesHoldForWhatTheNodeGives) {
  std::string inner =
      "pixgraph: 1\ninputs: {photo: image}\nparams: {width: {type: integer, default: 0}, zoom: {type: number, default: "
      "1.0}, behind: {type: text, default: auto}}\nnodes:\n"
      "  half: {type: Resize, image: \"${photo}\", scale: \"${zoom}\", width: \"${width}\"}\n"
      "  box: {type: Fit, image: \"${half}\", width: \"${width}\", background: \"${behind}\"}\n"
      "outputs: {r: {value: \"${box}\", file: \"${photo.stem}.png\"}}\n";
  const auto said = [&](const std::string& given) {
    Files files;
    files.write("box.yaml", inner);
    files.bind(test_registry(), "inputs: {photo: image}\nnodes:\n  sub: {use: box.yaml, photo: \"${photo}\"" + given +
                                    "}\noutputs: {result: {value: \"${sub}\", file: \"${photo.stem}.png\"}}\n");
    std::string first;
    for (std::size_t at = 0, end; (end = files.said.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string line = files.said.substr(at, end - at);
      if (line.starts_with("error") || line.find("-->") != std::string::npos) first += line + "\n";
    }
    return first;
  };
  EXPECT_EQ(said(", width: 64"), "");
  EXPECT_EQ(said(""), "error[E330]: node `sub/box` of `box.yaml`: Fit has no size\n --> main.yaml:4:3\n");
  EXPECT_EQ(said(", width: 64, zoom: 0.5"),
            "error[E330]: node `sub/half` of `box.yaml`: Resize has both `scale` and `width` or `height`\n"
            " --> main.yaml:4:50\n");
  EXPECT_EQ(said(", width: 64, behind: grey"),
            "error[E333]: node `sub/box` of `box.yaml`: `background: grey` is not a colour\n --> main.yaml:4:62\n");
  // A default that the node replaces says nothing, and neither does one that `when` decides over.
  const std::string width = "width: {type: integer, default: 0}", behind = "behind: {type: text, default: auto}";
  for (const auto& [from, to] : std::map<std::string, std::string>{{behind, "behind: {type: text, default: \"\"}"},
                                                                   {width, "width: {type: integer, default: -1}"}}) {
    ASSERT_NE(inner.find(from), inner.npos);
    inner.replace(inner.find(from), from.size(), to);
  }
  EXPECT_EQ(said(", width: 64, behind: \"#ff0000\""), "");
  EXPECT_EQ(said(", width: 64"),
            "error[E333]: node `sub/box` of `box.yaml`: `background: ` is not a colour\n --> main.yaml:4:3\n");
  const std::string box = "background: \"${behind}\"}";
  inner.replace(inner.find(box), box.size(), "background: \"${behind}\", when: \"${behind} != ''\"}");
  EXPECT_EQ(said(", width: 64"), "");
}

TEST(BindUse, FilesThatUseEachOtherAreRefused) {
  EXPECT_EQ(said_of("  sub: {use: loud.yaml}\n",
                    "pixgraph: 1\nnodes: {n: {use: main.yaml}}\n"
                    "outputs: {r: {value: \"${n}\", file: a.txt}}\n"),
            "error[E032]: a pipeline cannot use itself: main.yaml -> loud.yaml -> main.yaml\n--> loud.yaml:2:18\n"
            "= help: take one of these `use` away\n");
}

}  // namespace
}  // namespace pixgraph
