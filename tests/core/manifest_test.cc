#include "manifest.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "diagnostics.h"
#include "item_values.h"
#include "support/fake_call.h"
#include "support/pipeline.h"
#include "support/test_specs.h"

namespace pixgraph {
namespace {

using namespace test;

struct Listed {
  Listed() {
    graph.inputs = {{.name = "photo", .type = Type::image},
                    {.name = "seed", .type = Type::integer, .preset = Value(7)},
                    {.name = "prompt", .type = Type::text, .preset = Value("a cup")},
                    {.name = "strength", .type = Type::number, .preset = Value(0.5)},
                    {.name = "sharp", .type = Type::boolean, .preset = Value(false)},
                    {.name = "extra", .type = Type::json, .preset = Value("")},
                    {.name = "more", .type = list_of(Type::image), .preset = Value(List{})}};
    for (const char* name : {"a.jpg", "b.jpg", "sub/c.jpg"}) folder.write(name, "x");
  }
  ItemTable of(const std::string& name, const std::string& text, const ItemChoice& choice = {}) {
    folder.write(name, text);
    return list_items(graph, {folder.path(name)}, {folder.path("out")}, choice);
  }
  std::string names(const std::string& name, const std::string& text, const ItemChoice& choice = {}) {
    std::string all;
    for (const Item& item : of(name, text, choice).items) all += item.name + "\n";
    return all;
  }
  /// The mistakes without the lines of the file.
  std::string mistakes(const std::string& name, const std::string& text) {
    try {
      of(name, text);
    } catch (const Mistakes& wrong) {
      return wrong.code() + ": " + wrong.message();
    } catch (const Error& error) {
      return error.code() + ": " + error.message();
    }
    return "none";
  }
  TempFolder folder;
  Graph graph;
};

TEST(Manifest, ColumnsAreInputsReadByTheirTypes) {
  Listed listed;
  const ItemTable table = listed.of(
      "items.csv",
      "prompt,photo,seed,strength,sharp,extra,more\r\n"
      "\"a, \"\"b\"\"\r\nc\",sub/c.jpg,-3,1e2,true,\"{\"\"k\"\": [1]}\",\"[\"\"a.jpg\"\", \"\"sub/c.jpg\"\"]\"\r\n"
      "\"\",a.jpg,,,,,\r\n");
  ASSERT_EQ(table.items.size(), 2u);
  const Item& first = table.items[0];
  EXPECT_EQ(first.name, "sub/c.jpg");
  EXPECT_EQ(first.inputs[0].file()->path, listed.folder.path("sub/c.jpg"));
  EXPECT_EQ(first.inputs[0].file()->name, "c.jpg");
  EXPECT_EQ(first.inputs[0].file()->relpath, "sub/c.jpg");
  EXPECT_EQ(*first.inputs[1].integer(), -3);
  EXPECT_EQ(*first.inputs[2].text(), "a, \"b\"\r\nc");
  EXPECT_EQ(*first.inputs[3].number(), 100);
  EXPECT_EQ(*first.inputs[4].boolean(), true);
  EXPECT_EQ(*first.inputs[5].json(), json::parse(R"({"k":[1]})"));
  EXPECT_EQ((*first.inputs[6].list())[1].file()->path, listed.folder.path("sub/c.jpg"));
  const Item& second = table.items[1];  // an empty field is no value, a quoted one is an empty text
  EXPECT_EQ(*second.inputs[1].integer(), 7);
  EXPECT_EQ(*second.inputs[2].text(), "");
}

TEST(Manifest, JsonLinesAreReadByTheirTypes) {
  Listed listed;
  const ItemTable table =
      listed.of("items.jsonl",
                "\xEF\xBB\xBF{\"photo\":\"./sub/../a.jpg\",\"seed\":0,\"strength\":1,\"sharp\":true,"
                "\"extra\":null,\"more\":[\"b.jpg\"]}\r\n\n{\"photo\":\"b.jpg\",\"seed\":null}");
  ASSERT_EQ(table.items.size(), 2u);
  EXPECT_EQ(table.items[0].name, "a.jpg");
  EXPECT_EQ(*table.items[0].inputs[1].integer(), 0);
  EXPECT_EQ(*table.items[0].inputs[3].number(), 1);
  EXPECT_TRUE(table.items[0].inputs[5].json()->is_null());
  EXPECT_EQ((*table.items[0].inputs[6].list())[0].file()->name, "b.jpg");
  EXPECT_EQ(*table.items[1].inputs[1].integer(), 7);
}

TEST(Manifest, AnItemIsNamedByItsFileElseItsIdElseItsRow) {
  Listed listed;
  EXPECT_EQ(
      listed.names("p.csv", "id,photo,seed\nx,a.jpg,1\ny,a.jpg,2\n,a.jpg,3\nz," + listed.folder.path("b.jpg") + ",4\n"),
      "a.jpg\na.jpg (y)\na.jpg (2)\nb.jpg\n");
  listed.graph.inputs.erase(listed.graph.inputs.begin());
  EXPECT_EQ(listed.names("t.csv", "id,prompt\none,a\n,b\n"), "one\nrow-00002\n");
  EXPECT_EQ(listed.names("t.jsonl", "{\"id\":5,\"prompt\":\"a\"}\n{}\n"), "5\nrow-00002\n");
  EXPECT_EQ(listed.mistakes("u.csv", "id,prompt\none,a\none,b\n"), "E628: the id `one` is given twice");
}

TEST(Manifest, APhotoThatStandsInManyRowsIsOneFile) {
  Listed listed;
  const ItemTable table = listed.of("items.csv", "photo,seed\na.jpg,1\na.jpg,2\n");
  EXPECT_EQ(table.items[0].inputs[0].file(), table.items[1].inputs[0].file());
}

TEST(Manifest, NothingBelowTheOutputIsAnItem) {
  Listed listed;
  listed.folder.write("out/a.jpg", "x");
  EXPECT_EQ(listed.mistakes("items.csv", "photo\nout/a.jpg\n"),
            "E625: `" + listed.folder.path("out/a.jpg") +
                "` lies in the output or state directory, whose files are never inputs");
}

TEST(Manifest, OneWithoutItemsIsRefused) {
  Listed listed;
  const std::string start = "E624: `" + listed.folder.path("");
  EXPECT_EQ(listed.mistakes("e.csv", ""), start + "e.csv` lists no items");
  EXPECT_EQ(listed.mistakes("h.csv", "photo\n"), start + "h.csv` lists no items");
  EXPECT_EQ(listed.mistakes("e.jsonl", "\n"), start + "e.jsonl` lists no items");
  EXPECT_EQ(listed.mistakes("o.jsonl", "{\"pixgraph_items\":1}\n{\"up_to_date\":3}\n"),
            start + "o.jsonl` lists no items: all 3 were up to date in that run");
}

TEST(Manifest, OnlyWhatIsWantedIsLookedAt) {
  Listed listed;
  const ItemChoice first{{}, 1, nullptr};
  EXPECT_EQ(listed.names("items.csv", "photo\na.jpg\nnone.jpg\n", first), "a.jpg\n");
}

TEST(Manifest, AnOutcomeListIsTheSameBatchAgain) {
  Listed listed;
  const ItemTable before = listed.of(
      "items.csv", "photo,prompt,extra,more\nsub/c.jpg,x,[1],\"[\"\"sub/c.jpg\"\",\"\"a.jpg\"\"]\"\na.jpg,,,\n");
  std::string text = "{\"pixgraph_items\":1}\n";
  for (const Item& item : before.items) {
    json line = written_inputs(listed.graph, item);
    line.update({{"item", item.name}, {"outcome", item.name == "a.jpg" ? "done" : "failed"}, {"ms", 5}});
    text += line.dump() + "\n";
  }
  // Elsewhere, with half a line at its end: paths are absolute, and a run that was killed leaves such a line.
  const ItemTable after = listed.of("elsewhere/items.jsonl", text + "{\"item\":\"b.jp");
  ASSERT_EQ(after.items.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(after.items[i].name, before.items[i].name);
    EXPECT_EQ(written_inputs(listed.graph, after.items[i]), written_inputs(listed.graph, before.items[i]));
    EXPECT_EQ(after.items[i].inputs[0].file()->relpath, before.items[i].inputs[0].file()->relpath);
  }
  EXPECT_EQ((*after.items[0].inputs[6].list())[0].file()->relpath, "sub/c.jpg");
  EXPECT_EQ((*after.items[0].inputs[6].list())[1].file()->relpath, "a.jpg");
  const ItemChoice failed{{}, 0, []() -> const std::set<std::string>& { throw Error("E990", "was asked"); }};
  EXPECT_EQ(listed.names("list.jsonl", text, failed), "sub/c.jpg\n");
}

TEST(Manifest, StandardInputIsToldByItsFirstLine) {
  Listed listed;
  const auto form = [&](const std::string& text) {
    int pipe[2];
    EXPECT_EQ(::pipe(pipe), 0);
    EXPECT_EQ(::write(pipe[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(pipe[1]);
    std::ifstream in("/dev/fd/" + std::to_string(pipe[0]));
    std::streambuf* const before = std::cin.rdbuf(in.rdbuf());
    const Manifest manifest = open_manifest(listed.graph, "-");
    std::cin.rdbuf(before);
    ::close(pipe[0]);
    EXPECT_EQ(manifest.text, text);
    return manifest.form;
  };
  EXPECT_EQ(form("{\"photo\":\"a.jpg\"}\n"), Manifest::Form::jsonl);
  EXPECT_EQ(form("\xEF\xBB\xBFseed,photo\n"), Manifest::Form::csv);
  EXPECT_EQ(form("id\n"), Manifest::Form::csv);
  EXPECT_EQ(form("\"photo\"\n"), Manifest::Form::csv);
  EXPECT_EQ(form("a.jpg\nphoto\n"), Manifest::Form::paths);
  EXPECT_EQ(form(""), Manifest::Form::paths);
}

TEST(Manifest, APathOnEveryLine) {
  Listed listed;
  ItemTable table;
  InputFiles files({});
  const ItemChoice all;
  ItemNames names(all);
  const Manifest manifest{"standard input", listed.folder.path(), "a.jpg\r\n\nsub/c.jpg", Manifest::Form::paths};
  read_manifest(listed.graph, manifest, files, names, table);
  ASSERT_EQ(table.items.size(), 2u);
  EXPECT_EQ(table.items[1].name, "sub/c.jpg");
  EXPECT_EQ(*table.items[1].inputs[1].integer(), 7);
  listed.graph.inputs.erase(listed.graph.inputs.begin());
  EXPECT_EQ(error_of([&] { read_manifest(listed.graph, manifest, files, names, table); }),
            "E628: this line is no JSON and no CSV header, and the pipeline takes no files (a CSV header has the names "
            "of inputs: `seed`, `prompt`, `strength`, `sharp`, `extra` and `more`)");
}

/// Every manifest in tests/refused/manifests/ is refused with exactly the text beside it.
/// PIXGRAPH_WRITE_EXPECTED=1 writes the texts anew, to be read before they are kept.
TEST(Manifest, WhatIsWrongIsToldWithItsLine) {
  const std::filesystem::path folder = std::filesystem::path(PIXGRAPH_TESTS_DIR) / "refused/manifests";
  const auto content = [](const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  Registry registry;
  test::add_test_specs(registry);
  const Graph graph = graph_of(content(folder / "pipeline.yaml").substr(std::string("pixgraph: 1\n").size()), registry);
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!is_manifest(name)) continue;
    ++seen;
    SCOPED_TRACE(name);
    Manifest manifest = open_manifest(graph, entry.path().string());
    std::string shown = "it was taken";
    try {
      InputFiles files({});
      const ItemChoice all;
      ItemNames names(all);
      ItemTable table;
      read_manifest(graph, manifest, files, names, table);
    } catch (const Mistakes& mistakes) {
      shown = mistakes.text();
      EXPECT_NE(shown.find("error[E" + name.substr(0, 3) + "]"), std::string::npos);
    }
    for (std::size_t at; (at = shown.find(folder.string() + "/")) != std::string::npos;)
      shown.erase(at, folder.string().size() + 1);
    std::filesystem::path expected = entry.path();
    expected += ".txt";
    if (std::getenv("PIXGRAPH_WRITE_EXPECTED")) std::ofstream(expected, std::ios::binary) << shown;
    EXPECT_EQ(content(expected), shown);
  }
  EXPECT_GT(seen, 20);
}

}  // namespace
}  // namespace pixgraph
