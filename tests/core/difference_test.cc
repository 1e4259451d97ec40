#include "difference.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

using nlohmann::json;

json recipe() {
  return json::parse(R"({
    "nodes": {
      "small": {"type": "Fit", "version": 1, "arguments": {"image": {"input": "photo"}, "width": 100}},
      "made": {"type": "Predict", "version": 2, "arguments": {
        "input": {"object": {"prompt": "a", "image": {"node": "small", "port": "image"}}}}}},
    "settings": {"quality": 90, "metadata": "strip-gps"}})");
}

TEST(Difference, OfRecipes) {
  const auto after = [](auto change) {
    json now = recipe();
    change(now);
    return recipe_difference(recipe(), now);
  };
  EXPECT_EQ(after([](json& now) { now["nodes"]["made"]["arguments"]["input"]["object"]["prompt"] = "b"; }),
            "parameter `prompt` of `made` changed \"a\" -> \"b\"");
  EXPECT_EQ(after([](json& now) { now["nodes"]["made"]["arguments"]["input"]["object"]["seed"] = 7; }),
            "parameter `seed` of `made` changed nothing -> 7");
  EXPECT_EQ(after([](json& now) { now["nodes"]["made"]["arguments"]["input"]["object"].erase("prompt"); }),
            "parameter `prompt` of `made` changed \"a\" -> nothing");
  EXPECT_EQ(after([](json& now) { now["nodes"]["small"]["arguments"]["width"] = 200; }),
            "parameter `width` of `small` changed 100 -> 200");
  EXPECT_EQ(after([](json& now) { now["nodes"]["small"]["arguments"].erase("width"); }),
            "parameter `width` of `small` changed 100 -> nothing");
  EXPECT_EQ(after([](json& now) {
              now["nodes"]["small"]["arguments"]["image"] = {{"node", "made"}, {"port", "file"}};
            }),
            "parameter `image` of `small` changed ${photo} -> ${made.file}");
  EXPECT_EQ(after([](json& now) { now["nodes"]["made"]["version"] = 3; }), "node type `Predict` has a new version");
  EXPECT_EQ(after([](json& now) { now["nodes"]["small"]["type"] = "Crop"; }), "node `small` was a Fit and is a Crop");
  EXPECT_EQ(after([](json& now) { now["nodes"]["extra"] = now["nodes"]["small"]; }), "node `extra` is new");
  EXPECT_EQ(after([](json& now) { now["nodes"].erase("small"); }), "node `small` is gone");
  EXPECT_EQ(after([](json& now) { now["settings"]["quality"] = 80; }), "`quality` of the output changed 90 -> 80");
  EXPECT_EQ(after([](json& now) { now["stand_ins"] = true; }), "made by real models before");
  json stand_ins = recipe();
  stand_ins["stand_ins"] = true;
  EXPECT_EQ(recipe_difference(stand_ins, recipe()), "made by stand-ins before");
  EXPECT_EQ(after([](json&) {}), "the output takes another value");
  EXPECT_EQ(recipe_difference(json(), recipe()), "the pipeline changed");
}

TEST(Difference, OfItems) {
  const json before = {{"photo", {{"file", "aa"}}}, {"photo.stem", {{"stem", "a.jpg"}}}, {"word", "x"}};
  json now = before;
  now["photo"]["file"] = "bb";
  EXPECT_EQ(parts_difference(before, now), "input `photo` changed");
  now = before;
  now["word"] = "y";
  EXPECT_EQ(parts_difference(before, now), "input `word` changed \"x\" -> \"y\"");
  EXPECT_EQ(parts_difference(before, before), "its inputs changed");
  EXPECT_EQ(parts_difference(json(), before), "input `photo` changed");
}

TEST(Difference, ValuesAsPeopleWriteThem) {
  EXPECT_EQ(recipe_value({{"text", {"a ", {{"input", "word"}}, "!"}}}), "\"a ${word}!\"");
  EXPECT_EQ(recipe_value({{"input", "photo"}, {"property", "width"}}), "${photo.width}");
  EXPECT_EQ(recipe_value({{"file", std::string(64, 'a')}}), "file aaaaaaaaaaaa");
  EXPECT_EQ(recipe_value({{"json", {1, 2}}}), "[1,2]");
  EXPECT_EQ(recipe_value({{"stem", "cat.jpg"}}), "\"cat\"");
  EXPECT_EQ(recipe_value({{"ext", "cat.jpg"}}), "\".jpg\"");
  EXPECT_EQ(recipe_value(nullptr), "nothing");
  std::string umlauts;
  for (int i = 0; i < 60; ++i) umlauts += "ü";
  const std::string cut = recipe_value(umlauts);
  EXPECT_EQ(cut.size(), 60u);
  EXPECT_TRUE(cut.ends_with("ü..."));
}

}  // namespace
}  // namespace pixgraph
