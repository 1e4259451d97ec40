#include "items.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using test::error_of;
using test::TempFolder;

Graph graph_with(std::vector<GraphInput> inputs) {
  Graph graph;
  graph.file = "p.yaml";
  graph.inputs = std::move(inputs);
  return graph;
}
Graph photos() {
  return graph_with({{.name = "photo", .type = Type::image}});
}

std::string names_of(const ItemTable& table) {
  std::string text;
  for (const Item& item : table.items) text += item.name + " ";
  return text;
}

TEST(Items, AFolderGivesItsImagesInNaturalOrder) {
  const TempFolder folder;
  for (const char* name : {"p/10.jpg", "p/2.JPG", "p/sub/1.png", "p/.hidden.jpg", "p/.folder/x.jpg", "p/notes.txt"})
    folder.write(name, "x");
  const ItemTable table = list_items(photos(), {folder.path("p")}, {});
  EXPECT_EQ(names_of(table), "2.JPG 10.jpg sub/1.png ");
  EXPECT_EQ(table.skipped, 1);  // what is hidden is not counted
  const FilePtr file = table.items[2].inputs[0].file();
  EXPECT_EQ(file->path, folder.path("p/sub/1.png"));
  EXPECT_EQ(file->name, "1.png");
  EXPECT_EQ(file->relpath, "sub/1.png");
  EXPECT_EQ(file->size, 1u);
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p/")}, {})), "2.JPG 10.jpg sub/1.png ");
}

TEST(Items, ALinkKeepsTheNameItHas) {
  const TempFolder folder;
  folder.write("elsewhere/real.jpg", "x");
  folder.write("p/a.jpg", "x");
  std::filesystem::create_symlink(folder.path("elsewhere/real.jpg"), folder.path("p/link.jpg"));
  std::filesystem::create_symlink(folder.path("p/circle.jpg"), folder.path("p/circle.jpg"));
  std::filesystem::create_symlink(folder.path("nowhere"), folder.path("p/broken.jpg"));
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p")}, {})), "a.jpg link.jpg ");
}

TEST(Items, NothingBelowTheOutputIsAnItem) {
  const TempFolder folder;
  folder.write("p/a.jpg", "x");
  folder.write("p/out/a.jpg", "x");
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p")}, {folder.path("p/out")})), "a.jpg ");
  EXPECT_EQ(
      error_of([&] { list_items(photos(), {folder.path("p/out/a.jpg")}, {folder.path("p/out")}); }),
      "E625: `" + folder.path("p/out/a.jpg") + "` lies in the output or state directory, whose files are never inputs");
}

TEST(Items, AFileNameThatNoListCouldSayIsRefused) {
  const TempFolder folder;
  folder.write("p/caf\xE9.jpg", "x");
  EXPECT_EQ(
      error_of([&] { list_items(photos(), {folder.path("p")}, {}); }),
      "E634: the name of `caf\xE9.jpg` is not UTF-8 (rename it; `convmv -r -f latin1 -t utf8 --notest FOLDER` does "
      "so for all of a folder)");
}

TEST(Items, TheOutputFolderIsNoFolderOfPhotos) {
  const TempFolder folder;
  folder.write("p/out/sub/a.jpg", "x");
  std::filesystem::create_symlink(folder.path("p/out"), folder.path("link"));
  for (const char* name : {"p/out", "p/out/sub", "link"})
    EXPECT_EQ(error_of([&] { list_items(photos(), {folder.path(name)}, {folder.path("p/out")}); }),
              "E625: `" + folder.path(name) + "` lies in the output or state directory, whose files are never inputs");
}

TEST(Items, APatternGivesWhatFitsByItsPathBehindTheWildcard) {
  const TempFolder folder;
  for (const char* name : {"p/a/10.jpg", "p/a/2.jpg", "p/b/2.jpg", "p/b/deep/3.jpg", "p/b/.hidden.jpg", "p/notes.txt"})
    folder.write(name, "x");
  const ItemTable table = list_items(photos(), {folder.path("p/*/*.jpg")}, {});
  EXPECT_EQ(names_of(table), "a/2.jpg a/10.jpg b/2.jpg ");
  EXPECT_EQ(table.items[0].inputs[0].file()->path, folder.path("p/a/2.jpg"));
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p/**/*.jpg")}, {})), "a/2.jpg a/10.jpg b/2.jpg b/deep/3.jpg ");
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p/b/[0-9].???")}, {})), "2.jpg ");
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p/?")}, {})), "a/2.jpg a/10.jpg b/2.jpg b/deep/3.jpg ");
  // A name that is there is no pattern.
  folder.write("p/[1].jpg", "x");
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p/[1].jpg")}, {})), "[1].jpg ");
}

TEST(Items, AChoiceIsMadeByShardThenByLimit) {
  const TempFolder folder;
  for (int i = 0; i < 40; ++i) folder.write("p/" + std::to_string(i) + ".jpg", "x");
  std::string together;
  for (int shard = 0; shard < 3; ++shard) {
    const ItemTable part = list_items(photos(), {folder.path("p")}, {}, {{shard, 3}, 0, nullptr});
    together += names_of(part);
    const ItemTable first = list_items(photos(), {folder.path("p")}, {}, {{shard, 3}, 2, nullptr});
    EXPECT_EQ(names_of(first), part.items[0].name + " " + part.items[1].name + " ");
  }
  EXPECT_EQ(std::count(together.begin(), together.end(), ' '), 40);
}

TEST(Items, TheSameNameTwiceIsTwoItems) {
  const TempFolder folder;
  folder.write("a/x.jpg", "1");
  folder.write("b/x.jpg", "2");
  EXPECT_EQ(
      names_of(list_items(photos(), {folder.path("a/x.jpg"), folder.path("b/x.jpg"), folder.path("b/x.jpg")}, {})),
      "x.jpg " + folder.path("b/x.jpg") + " " + folder.path("b/x.jpg") + " (2) ");
}

TEST(Items, WhatCannotBeABatchIsRefused) {
  const TempFolder folder;
  std::filesystem::create_directories(folder.path("empty"));
  ::mkfifo(folder.path("pipe").c_str(), 0600);
  EXPECT_EQ(error_of([&] { list_items(photos(), {folder.path("empty")}, {}); }),
            "E624: the folder `" + folder.path("empty") + "` has no images");
  EXPECT_EQ(error_of([&] { list_items(photos(), {folder.path("none.jpg")}, {}); }),
            "E601: `" + folder.path("none.jpg") + "` is not there");
  EXPECT_EQ(error_of([&] { list_items(photos(), {folder.path("pipe")}, {}); }),
            "E601: `" + folder.path("pipe") + "` is not a file");
  EXPECT_EQ(error_of([] { list_items(photos(), {}, {}); }),
            "E623: no photo was named, and the input `photo` needs one (name it after the file: p.yaml PHOTO ...)");
  EXPECT_EQ(error_of([] { list_items(graph_with({}), {"a.jpg"}, {}); }),
            "E622: `a.jpg` has no place to go: the pipeline has no input of type image (leave the photos out)");
  EXPECT_EQ(
      error_of([] { list_items(graph_with({{.name = "word", .type = Type::text}}), {}, {}); }),
      "E621: the input `word` needs a value for every item, and photos on the command line fill only one input (name "
      "a manifest, items.csv or items.jsonl, with a column for each input; or give it a `default:`, or make it a "
      "param and use --set)");
  EXPECT_EQ(error_of([&] { list_items(photos(), {folder.path("*.jpg")}, {}); }),
            "E601: `" + folder.path("*.jpg") + "` is not there, and no name fits it as a pattern");
  EXPECT_EQ(error_of([&] { list_items(photos(), {folder.path("none.csv")}, {}); }),
            "E601: `" + folder.path("none.csv") + "` is not there");
}

TEST(Items, APipelineWithoutRequiredInputsIsOneItem) {
  Graph graph = graph_with({{.name = "word", .type = Type::text, .preset = Value("hi")}});
  EXPECT_EQ(names_of(list_items(graph, {}, {})), "item ");
  graph.name = "poster";
  const ItemTable table = list_items(graph, {}, {});
  EXPECT_EQ(names_of(table), "poster ");
  EXPECT_EQ(*table.items[0].inputs[0].text(), "hi");
}

TEST(Items, APatternMayBeginWithAWildcard) {
  const TempFolder folder;
  for (const char* name : {"x/1.jpg", "y/1.jpg", "y/deep/2.jpg"}) folder.write(name, "x");
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path("."));
  EXPECT_EQ(names_of(list_items(photos(), {"*/1.jpg"}, {})), "x/1.jpg y/1.jpg ");
  const ItemTable table = list_items(photos(), {"**/*.jpg"}, {});
  EXPECT_EQ(names_of(table), "x/1.jpg y/1.jpg y/deep/2.jpg ");
  EXPECT_EQ(table.items[2].inputs[0].file()->relpath, "y/deep/2.jpg");
  EXPECT_EQ(names_of(list_items(photos(), {"?"}, {})), "x/1.jpg y/1.jpg y/deep/2.jpg ");
  std::filesystem::current_path(here);
}

TEST(Items, APatternLeavesTheOutputOut) {
  const TempFolder folder;
  for (const char* name : {"p/x/1.jpg", "p/out/1.jpg", "p/out/deep/2.jpg"}) folder.write(name, "x");
  const std::vector<std::string> kept = {folder.path("p/out")};
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p/*/*.jpg")}, kept)), "x/1.jpg ");
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p/**/*.jpg")}, kept)), "x/1.jpg ");
  EXPECT_EQ(names_of(list_items(photos(), {folder.path("p/*")}, kept)), "x/1.jpg ");
  EXPECT_EQ(error_of([&] { list_items(photos(), {folder.path("p/out/*.jpg")}, kept); }),
            "E625: `" + folder.path("p/out/1.jpg") +
                "` lies in the output or state directory, whose files are never "
                "inputs");
}

}  // namespace
}  // namespace pixgraph
