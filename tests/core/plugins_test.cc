#include "plugins.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "sandbox_process.h"
#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string plugin(const std::string& name) {
  return beside_program("test_plugins/" + name + ".pixgraph.so");
}

std::string load_error(const std::vector<std::string>& files) {
  Registry registry;
  return test::error_of([&] { load_registry(registry, files); });
}

fs::path cache_file() {
  return fs::path(std::getenv("XDG_CACHE_HOME")) / "pixgraph" / "registry.json";
}
json cache() {
  std::ifstream in(cache_file());
  return json::parse(in);
}

class Plugins : public ::testing::Test {
 protected:
  void SetUp() override { fs::remove(cache_file()); }
};

TEST_F(Plugins, AGoodOneIsTaken) {
  Registry registry;
  load_registry(registry, {plugin("good")});
  ASSERT_TRUE(registry.find("Echo"));
  EXPECT_EQ(registry.plugin_of("Echo"), plugin("good"));
  const Behaviour behaviour = registry.behaviour("Echo");
  test::FakeCall call(*registry.find("Echo"), {{"text", Value("hello")}});
  behaviour.run(call);
  EXPECT_EQ(*call.outputs.at("text").text(), "hello");
}

TEST_F(Plugins, WhatIsRememberedIsKnownWithoutLoading) {
  Registry nothing, first, again;
  load_remembered(nothing, {plugin("good"), plugin("throws"), "/no/such.pixgraph.so"});
  EXPECT_EQ(nothing.find("Echo"), nullptr);
  EXPECT_FALSE(fs::exists(cache_file()));
  load_registry(first, {plugin("good")});
  load_remembered(again, {plugin("good")});
  ASSERT_TRUE(again.find("Echo"));
  EXPECT_EQ(again.find("Echo")->doc, first.find("Echo")->doc);
}

TEST_F(Plugins, AWrongOneIsRefusedWithASentence) {
  EXPECT_EQ(load_error({plugin("no_descriptor")}),
            "E702: `" + plugin("no_descriptor") +
                "` is not a pixgraph plugin: it has no `pixgraph_plugin` descriptor "
                "(docs/plugins.md shows how one is made)");
  EXPECT_EQ(load_error({plugin("wrong_magic")}),
            "E702: `" + plugin("wrong_magic") +
                "` is not a pixgraph plugin: its descriptor starts with something else "
                "(docs/plugins.md shows how one is made)");
  EXPECT_EQ(load_error({plugin("wrong_stamp")}),
            "E703: the plugin `" + plugin("wrong_stamp") +
                "` was built for plugin API 1 (sdk of yesterday), and this pixgraph has API 1 (" PIXGRAPH_BUILD_STAMP
                ") (build the plugin again with this pixgraph's headers and compiler)");
  EXPECT_EQ(load_error({plugin("throws")}),
            "E701: the plugin `" + plugin("throws") + "` failed while it registered: no licence");
  EXPECT_TRUE(
      load_error({"/no/such.pixgraph.so"}).starts_with("E701: the plugin `/no/such.pixgraph.so` cannot be loaded: "));
  const test::TempFolder folder;
  EXPECT_TRUE(load_error({folder.write("text.pixgraph.so", "hello")}).starts_with("E701: the plugin `"));
}

TEST_F(Plugins, TwoThatOfferOneNameAreRefused) {
  const test::TempFolder folder;
  fs::copy_file(plugin("good"), folder.path("copy.pixgraph.so"));
  EXPECT_EQ(load_error({plugin("good"), folder.path("copy.pixgraph.so")}),
            "E704: node type `Echo` is in two plugins: " + plugin("good") + " and " + folder.path("copy.pixgraph.so") +
                " (take one of them away, or rename the type)");
}

TEST_F(Plugins, WhatWasOfferedIsRememberedAndNothingIsLoaded) {
  load_error({plugin("good")});
  json kept = cache();
  kept["plugins"][plugin("good")]["offer"]["nodes"][0]["doc"] = "from the memo";
  std::ofstream(cache_file()) << kept;
  Registry registry;
  load_registry(registry, {plugin("good")});
  EXPECT_EQ(registry.find("Echo")->doc, "from the memo");
}

TEST_F(Plugins, AnotherBuildOfAFileIsLookedAtAgain) {
  const test::TempFolder folder;
  const std::string file = folder.path("copy.pixgraph.so");
  fs::copy_file(plugin("good"), file);
  load_error({file});
  json kept = cache();
  kept["plugins"][file]["offer"]["nodes"][0]["doc"] = "from the memo";
  std::ofstream(cache_file()) << kept;
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1));
  Registry registry;
  load_registry(registry, {file});
  EXPECT_EQ(registry.find("Echo")->doc, "Says what it hears");
}

TEST_F(Plugins, AMemoFromBeforeRulesIsMadeAnew) {
  load_error({plugin("good")});
  json kept = cache();
  EXPECT_EQ(kept["format"], 2);
  kept["format"] = 1;
  kept["plugins"][plugin("good")]["offer"]["nodes"][0]["doc"] = "from the memo";
  std::ofstream(cache_file()) << kept;
  Registry registry;
  load_registry(registry, {plugin("good")});
  EXPECT_EQ(registry.find("Echo")->doc, "Says what it hears");
  EXPECT_EQ(cache()["format"], 2);
}

TEST_F(Plugins, ADamagedMemoIsNoMemo) {
  load_error({plugin("good")});
  const json good = cache();
  std::vector<std::string> damaged = {
      "", "not json", "[]", "{}", R"({"format":1})", R"({"format":1,"plugins":7})", R"({"format":9,"plugins":{}})"};
  for (const char* part : {"identity", "offer"}) {
    json bad = good;
    bad["plugins"][plugin("good")][part] = 7;
    damaged.push_back(bad.dump());
  }
  json bad = good;
  bad["plugins"][plugin("good")]["offer"]["nodes"][0].erase("name");
  damaged.push_back(bad.dump());
  bad = good;
  bad["plugins"][plugin("good")]["offer"]["codecs"] = json::array({{{"name", 1}}});
  damaged.push_back(bad.dump());
  for (const std::string& text : damaged) {
    std::ofstream(cache_file()) << text;
    Registry registry;
    EXPECT_EQ(test::error_of([&] { load_registry(registry, {plugin("good")}); }), "") << text;
    EXPECT_TRUE(registry.find("Echo")) << text;
  }
}

TEST_F(Plugins, FoldersAreSearchedInOrderAndANameCountsOnce) {
  const test::TempFolder folder;
  folder.write("a/x.pixgraph.so", "");
  folder.write("a/notes.txt", "");
  folder.write("b/x.pixgraph.so", "");
  folder.write("b/y.pixgraph.so", "");
  ::setenv("PIXGRAPH_PLUGINS", (folder.path("none") + "::" + folder.path("b")).c_str(), 1);
  std::vector<std::string> found = find_plugins({folder.path("a")});
  ::unsetenv("PIXGRAPH_PLUGINS");
  std::erase_if(found, [&](const std::string& file) { return !file.starts_with(folder.path()); });
  EXPECT_EQ(found, (std::vector<std::string>{folder.path("a/x.pixgraph.so"), folder.path("b/y.pixgraph.so")}));
  EXPECT_EQ(test::error_of([&] { find_plugins({folder.path("none")}); }),
            "E701: the plugin folder `" + folder.path("none") + "` cannot be read: No such file or directory");
}

}  // namespace
}  // namespace pixgraph
