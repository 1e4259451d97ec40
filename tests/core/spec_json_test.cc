#include "spec_json.h"

#include <gtest/gtest.h>

#include "describe.h"
#include "support/test_specs.h"

namespace pixgraph {
namespace {

using nlohmann::json;

TEST(SpecJson, EverySpecGoesThereAndBack) {
  Registry registry;
  test::add_test_specs(registry);
  registry.add(Spec("Odd", "Has all that a Spec can have")
                   .optional_in("mask", Type::mask, "maybe")
                   .param("open", 1.0, {0, std::numeric_limits<double>::infinity()}, "s", "no upper end")
                   .param("exact", 2.0, {0, 4}, "", "a whole number")
                   .optional({.name = "shape",
                              .type = Type::json,
                              .preset = Value(std::make_shared<const json>(json{{"json", {1, 2.5, nullptr}}})),
                              .doc = "json"})
                   .choice("kind", "b", {"a", "b"}, "one of two")
                   .param("hidden", true, "how, not what")
                   .not_in_key({"hidden"})
                   .param("tint", "auto", "a colour")
                   .colour("tint", {"auto"})
                   .param("behind", "#fff", "a colour without alpha")
                   .colour("behind", {}, Form::opaque_colour)
                   .rule({.groups = {{"kind"}, {"exact", "open"}}})
                   .rule({.kind = Rule::Kind::below,
                          .groups = {{"open", "exact"}},
                          .factor = 0.5,
                          .message = "{open} it is",
                          .hint = "less"})
                   .out("text", Type::text, "what comes out")
                   .since(7)
                   .example("odd: {type: Odd}"),
               "test");
  for (const Spec* spec : registry.all()) {
    const json first = spec_to_json(*spec);
    const Spec back = spec_from_json(json::parse(first.dump()));
    EXPECT_EQ(spec_to_json(back).dump(), first.dump());
    EXPECT_EQ(render_spec(back), render_spec(*spec));
    ASSERT_EQ(back.params.size(), spec->params.size());
    for (std::size_t i = 0; i < back.params.size(); ++i) {
      EXPECT_EQ(back.params[i].min, spec->params[i].min);
      EXPECT_EQ(back.params[i].max, spec->params[i].max);
      EXPECT_EQ(back.params[i].in_key, spec->params[i].in_key);
      EXPECT_EQ(back.params[i].form, spec->params[i].form);
      EXPECT_EQ(back.params[i].preset.number() != nullptr, spec->params[i].preset.number() != nullptr);
      EXPECT_EQ(back.params[i].preset.integer() != nullptr, spec->params[i].preset.integer() != nullptr);
    }
    ASSERT_EQ(back.rules.size(), spec->rules.size());
    for (std::size_t i = 0; i < back.rules.size(); ++i) {
      EXPECT_EQ(back.rules[i].kind, spec->rules[i].kind);
      EXPECT_EQ(back.rules[i].groups, spec->rules[i].groups);
      EXPECT_EQ(back.rules[i].factor, spec->rules[i].factor);
      EXPECT_EQ(back.rules[i].message, spec->rules[i].message);
      EXPECT_EQ(back.rules[i].hint, spec->rules[i].hint);
    }
    EXPECT_EQ(back.version, spec->version);
    EXPECT_EQ(back.pool, spec->pool);
    EXPECT_EQ(back.cost, spec->cost);
  }
}

TEST(SpecJson, EveryCodecGoesThereAndBack) {
  CodecInfo codec{.name = "x",
                  .media_type = "image/x",
                  .extensions = {".x", ".y"},
                  .magics = {{0, std::string("\0\xff\x89P", 4), 0}, {8, "ab", 3}},
                  .reads = false,
                  .writes = true,
                  .writes_alpha = true,
                  .writes_16bit = false,
                  .writes_float = true,
                  .rank = -4};
  const CodecInfo back = codec_from_json(json::parse(codec_to_json(codec).dump()));
  EXPECT_EQ(codec_to_json(back), codec_to_json(codec));
  ASSERT_EQ(back.magics.size(), 2u);
  EXPECT_EQ(back.magics[0].bytes, codec.magics[0].bytes);
  EXPECT_EQ(back.magics[1].offset, 8u);
  EXPECT_EQ(back.magics[1].group, 3);
}

TEST(SpecJson, WhatIsNoneThrows) {
  for (const char* text : {"{}", "[]", "7", R"({"name":"A","doc":"b"})", R"({"name":7})"}) {
    EXPECT_ANY_THROW(spec_from_json(json::parse(text))) << text;
    EXPECT_ANY_THROW(codec_from_json(json::parse(text))) << text;
  }
}

}  // namespace
}  // namespace pixgraph
