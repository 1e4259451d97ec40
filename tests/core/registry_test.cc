#include "registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/test_specs.h"

namespace pixgraph {
namespace {

using testing::ElementsAre;

std::string refused(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code() + " " + error.message();
  }
  return "";
}

Spec good() {
  return Spec("Invert", "Turns colours around").in("image", Type::image, "what").out("image", Type::image, "that");
}

TEST(Registry, KnowsTypesByName) {
  const Registry& registry = test::test_registry();
  EXPECT_THAT(registry.names(), ElementsAre("AlphaToMask", "Composite", "Crop", "Encode", "Fetch", "Fit", "Levels",
                                            "ReplicatePredict", "Resize", "Tile"));
  EXPECT_EQ(registry.find("Fit")->name, "Fit");
  EXPECT_EQ(registry.find("fit"), nullptr);
  EXPECT_EQ(registry.plugin_of("Fetch"), "http.pixgraph.so");
  EXPECT_EQ(registry.plugin_of("None"), "");
  EXPECT_EQ(registry.all().size(), 10u);
  EXPECT_EQ(registry.codecs().size(), 9u);
}

TEST(Registry, RefusesANameTwice) {
  Registry registry;
  registry.add(good(), "a.so");
  EXPECT_EQ(refused([&] { registry.add(good(), "b.so"); }), "E704 node type `Invert` is in two plugins: a.so and b.so");
  registry.add(CodecInfo{.name = "jpeg", .media_type = "image/jpeg"}, "a.so");
  EXPECT_EQ(refused([&] { registry.add(CodecInfo{.name = "jpeg", .media_type = "image/jpeg"}, "b.so"); }),
            "E704 codec `jpeg` is in two plugins: a.so and b.so");
}

TEST(Registry, RefusesFaultyDescriptions) {
  auto why = [](Spec spec) {
    Registry registry;
    std::string text = refused([&] { registry.add(std::move(spec), "a.so"); });
    const std::string start = "E705 the description of node type `Invert` in a.so is faulty: ";
    return text.starts_with(start) ? text.substr(start.size()) : text;
  };
  EXPECT_EQ(why(good()), "");
  EXPECT_EQ(why(Spec("Invert", "").out("image", Type::image, "that")), "it has no description");
  EXPECT_EQ(why(Spec("Invert", "x")), "it has no output");
  EXPECT_EQ(why(good().in("over", Type::image, "")), "`over` has no description");
  EXPECT_EQ(why(good().in("Over", Type::image, "x")), "`Over` is not a lower_case name");
  EXPECT_EQ(why(good().in("image", Type::image, "x")), "`image` stands there twice");
  EXPECT_EQ(why(good().param("image", 1, {0, 2}, "", "x")), "`image` stands there twice");
  EXPECT_EQ(why(good().param("type", "x", "x")), "`type` is a word of the file format");
  EXPECT_EQ(why(good().param("grow", 5, {0, 2}, "px", "x")), "`grow`: its default is out of range");
  EXPECT_EQ(why(good().param("grow", 5, {9, 2}, "px", "x")), "the range of `grow` is empty");
  EXPECT_EQ(why(good().choice("mode", "x", {"a", "b"}, "x")), "`mode`: its default is not one of its choices");
  EXPECT_EQ(why(good().param("behind", "white", "x").colour("behind")), "`behind`: its default is no colour");
  EXPECT_EQ(why(good().param("behind", "auto", "x").colour("behind", {"auto"})), "");
  EXPECT_EQ(why(good().rule({.groups = {{"image"}, {"width"}}})), "a rule names `width`, which it does not have");
  EXPECT_EQ(why(good().rule({.groups = {{"image"}, {}}})), "a group of a rule is empty");
  EXPECT_EQ(why(good().rule({.groups = {{"image"}}})), "the groups of a rule are not what its kind wants");
  EXPECT_EQ(why(good().optional({.name = "logo", .type = Type::text, .preset = Value(1), .doc = "x"})),
            "`logo`: its default is of another type");
  EXPECT_EQ(why(good().out("image", Type::mask, "x")), "the output `image` stands there twice");
  EXPECT_THAT(why(Spec("invert", "x").out("image", Type::image, "that")), testing::HasSubstr("UpperCamelCase"));
  Registry registry;
  EXPECT_EQ(
      refused([&] { registry.add(CodecInfo{.name = "x", .media_type = "image/x", .extensions = {"jpg"}}, "a.so"); }),
      "E705 the description of codec `x` in a.so is faulty: `jpg` is not a lower case extension with its dot");
}

TEST(Registry, FetchesBehaviourWhereItComesFrom) {
  Registry registry;
  test::add_test_specs(registry);
  EXPECT_EQ(refused([&] { registry.behaviour("None"); }), "E703 there is no node type `None`");
  EXPECT_EQ(refused([&] { registry.behaviour("Fit"); }), "E703 node type `Fit` has only a description here");
  std::string asked;
  Registry::Source source;
  source.behaviour = [&](const std::string& plugin, const std::string& type) {
    asked = plugin + " " + type;
    return Behaviour{};
  };
  source.codec = [&](const std::string& plugin, const std::string& codec) {
    asked = plugin + " " + codec;
    return Codec{};
  };
  registry.set_source(source);
  registry.behaviour("Fit");
  EXPECT_EQ(asked, "image.pixgraph.so Fit");
  registry.codec("gif");
  EXPECT_EQ(asked, "oiio.pixgraph.so gif");
}

}  // namespace
}  // namespace pixgraph
