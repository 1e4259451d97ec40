#include "evaluate.h"

#include <gtest/gtest.h>

#include "call.h"
#include "support/fake_call.h"
#include "support/fake_host.h"
#include "support/memory_disk.h"
#include "support/temp_folder.h"
#include "support/test_codec.h"

namespace pixgraph {
namespace {

using nlohmann::json;
using test::error_of;

Value json_value(json value) {
  return Value(std::make_shared<const json>(std::move(value)));
}

struct World {
  World() {
    test::add_codecs(registry, {test::test_codec()});
    codecs = std::make_unique<Codecs>(registry);
    auto file = std::make_shared<File>();
    file->path = folder.write("car 1.timg", std::string("TIMG\x05\x03\x01\0", 8) + std::string(15, 'x'));
    file->name = "car 1.timg";
    file->relpath = "sub/car 1.timg";
    inputs = {Value(FilePtr(file))};
  }
  Value at(std::string property) {
    Reference reference{.to = Reference::To::input, .property = std::move(property)};
    return evaluate({reference, {}}, {graph, inputs, outputs}, *codecs);
  }
  Value as(Value value, ValueType to) { return converted(std::move(value), to, *codecs, "`x` of `n`"); }
  std::string refusal(Value value, ValueType to) {
    return error_of([&] { as(std::move(value), to); });
  }
  test::TempFolder folder;
  Registry registry;
  std::unique_ptr<Codecs> codecs;
  Graph graph;
  std::vector<Value> inputs;
  std::vector<std::vector<Value>> outputs;
};

TEST(Evaluate, AFilesProperties) {
  World world;
  EXPECT_EQ(*world.at("name").text(), "car 1.timg");
  EXPECT_EQ(*world.at("stem").text(), "car 1");
  EXPECT_EQ(*world.at("ext").text(), ".timg");
  EXPECT_EQ(*world.at("relpath").text(), "sub/car 1.timg");
  EXPECT_EQ(*world.at("width").integer(), 5);
  EXPECT_EQ(*world.at("height").integer(), 3);
  EXPECT_TRUE(world.at("").file());
  EXPECT_EQ(error_of([&] { world.at("colour"); }), "E110: the file `car 1.timg` has no `.colour`");
}

TEST(Evaluate, TextIsPutTogether) {
  World world;
  Expression::Text text;
  text.parts = {std::string("a "), Reference{.to = Reference::To::input, .property = "stem"}, std::string("!")};
  EXPECT_EQ(*evaluate({text, {}}, {world.graph, world.inputs, world.outputs}, *world.codecs).text(), "a car 1!");
  EXPECT_EQ(as_text(Value(7)), "7");
  EXPECT_EQ(as_text(Value(7.0)), "7");
  EXPECT_EQ(as_text(Value(0.1)), "0.1");
  EXPECT_EQ(as_text(Value(false)), "false");
  EXPECT_EQ(as_text(json_value("x")), "x");
  EXPECT_EQ(error_of([] { as_text(json_value({1, 2})); }), "E110: the json `[1,2]` cannot stand in a text");
  EXPECT_EQ(error_of([] { as_text(json_value(nullptr)); }), "E110: the json `null` cannot stand in a text");
  EXPECT_EQ(error_of([] { as_text(Value()); }), "E110: nothing cannot stand in a text");
  EXPECT_EQ(error_of([] { as_text(Value(List{1, 2, 3})); }), "E110: a list of 3 cannot stand in a text");
}

TEST(Evaluate, JsonIsReadByTheTypeThatIsWanted) {
  World world;
  EXPECT_EQ(*world.as(json_value("hi"), Type::text).text(), "hi");
  EXPECT_EQ(*world.as(json_value(7), Type::integer).integer(), 7);
  EXPECT_EQ(*world.as(json_value(7.0), Type::integer).integer(), 7);
  EXPECT_EQ(*world.as(json_value(7), Type::number).number(), 7.0);
  EXPECT_EQ(*world.as(json_value(true), Type::boolean).boolean(), true);
  EXPECT_EQ(world.refusal(json_value(7.5), Type::integer), "E110: `x` of `n` wants integer, and got 7.5");
  EXPECT_EQ(world.refusal(json_value(18446744073709551615ULL), Type::integer),
            "E110: `x` of `n` wants integer, and got 1.8446744073709552e+19");
  EXPECT_EQ(world.refusal(json_value("7"), Type::integer), "E110: `x` of `n` wants integer, and got the text `7`");
  EXPECT_EQ(world.refusal(json_value({1}), Type::text), "E110: `x` of `n` wants text, and got the json `[1]`");
  EXPECT_EQ(world.refusal(Value("yes"), Type::boolean), "E110: `x` of `n` wants bool, and got the text `yes`");
  EXPECT_EQ(*world.as(Value(List{1, "a"}), Type::json).json(), json({1, "a"}));
  EXPECT_EQ(*world.as(Value(Object{{"b", 1}, {"a", Value()}}), Type::json).json(), json({{"a", nullptr}, {"b", 1}}));
}

TEST(Evaluate, OneValueIsAListOfOne) {
  World world;
  const auto size = [&](Value value) { return world.as(std::move(value), list_of(Type::text)).list()->size(); };
  EXPECT_EQ(size(Value("a")), 1u);
  EXPECT_EQ(size(json_value("a")), 1u);
  EXPECT_EQ(size(json_value({"a", "b"})), 2u);
  EXPECT_EQ(size(json_value(nullptr)), 0u);
  EXPECT_EQ(size(Value(List{"a", "b", "c"})), 3u);
  EXPECT_TRUE(world.as(Value(), list_of(Type::text)).absent());
}

TEST(Evaluate, AFileBecomesAnImageAndAnImageNeverAMask) {
  World world;
  EXPECT_EQ(world.as(world.inputs[0], Type::image).image()->width(), 5);
  EXPECT_EQ(world.as(world.inputs[0], Type::mask).image()->channels(), 1);
  EXPECT_EQ(world.refusal(Value(test::filled(1, 1, 4, 0)), Type::mask),
            "E110: `x` of `n` wants a mask, which has one channel, and got an image with 4 (put an AlphaToMask node "
            "between)");
  EXPECT_EQ(world.refusal(Value(test::filled(1, 1, 3, 0)), Type::file),
            "E110: `x` of `n` wants file, and got an image");
  EXPECT_EQ(world.refusal(Value("a.jpg"), Type::image), "E110: `x` of `n` wants image, and got the text `a.jpg`");
}

struct PlainCall : BoundCall {
  using BoundCall::BoundCall;
  void warn(std::string) override {}
  bool canceled() const override { return false; }
};

TEST(BoundCall, ParamsFromOtherNodesAreChecked) {
  World world;
  test::MemoryDisk disk;
  Store store(disk, "store");
  test::FakeHost host(store);
  const Spec spec = Spec("Node", "A node")
                        .in("image", Type::image, "x")
                        .param("width", 5, {1, 10}, "px", "x")
                        .choice("mode", "a", {"a", "b"}, "x")
                        .out("image", Type::image, "x");
  world.graph.params = {{.name = "w", .type = Type::integer, .value = Value(11)},
                        {.name = "m", .type = Type::text, .value = Value("c")}};
  const auto call = [&](Expression width, Expression mode, Expression image) {
    GraphNode node;
    node.name = "n";
    node.spec = &spec;
    node.arguments = {std::move(image), std::move(width), std::move(mode)};
    return std::make_unique<PlainCall>(node, ItemValues{world.graph, world.inputs, world.outputs}, *world.codecs, host);
  };
  const Expression photo{Reference{.to = Reference::To::input}, {}}, width{Value(5), {}}, mode{Value("a"), {}},
      nothing{Value(), {}};
  const auto param = [](int index) { return Expression{Reference{.to = Reference::To::param, .index = index}, {}}; };
  EXPECT_EQ(error_of([&] { call(param(0), mode, photo); }), "E025: `width` of `n` takes 1 to 10 px, and got 11");
  EXPECT_EQ(error_of([&] { call(width, param(1), photo); }), "E026: `mode` of `n` takes one of a, b, and got `c`");
  EXPECT_EQ(error_of([&] { call(width, mode, nothing); }), "E110: `image` of `n` got no value");
  const auto good = call(width, mode, photo);
  EXPECT_EQ(good->integer("width"), 5);
  EXPECT_EQ(good->image("image")->width(), 5);
  EXPECT_EQ(error_of([&] { good->value("colour"); }), "E991: Node asked for `colour`, which is not in its Spec");
  EXPECT_EQ(error_of([&] { good->set("mask", Value(1)); }), "E991: Node set `mask`, which is not in its Spec");
  good->set("image", Value(test::filled(1, 1, 3, 0)));
  EXPECT_EQ(error_of([&] { good->set("image", Value(1)); }), "E991: Node set `image` twice");
  good->release_inputs();
  EXPECT_FALSE(good->has("image"));
  EXPECT_EQ(good->integer("width"), 5);
  EXPECT_TRUE(good->take_outputs()[0].image());
}

TEST(BoundCall, AFileIsDecodedAsItsNodeWantsIt) {
  World world;
  test::MemoryDisk disk;
  Store store(disk, "store");
  test::FakeHost host(store);
  std::vector<int> wanted;
  Codec codec = test::test_codec();
  codec.decode = [&wanted, whole = codec.decode](const DecodeRequest& request) {
    wanted.push_back(request.enough_width);
    return request.enough_width > 0 ? test::filled(3, 2, 1, 9) : whole(request);
  };
  Registry registry;
  test::add_codecs(registry, {codec});
  const Codecs codecs(registry);
  const Spec spec = Spec("Node", "A node").in("image", Type::image, "x").in("mask", Type::mask, "x");
  GraphNode node;
  node.name = "n";
  node.spec = &spec;
  node.arguments = {{Reference{.to = Reference::To::input}, {}}, {Reference{.to = Reference::To::input}, {}}};
  const auto call = [&] {
    auto made = std::make_unique<PlainCall>(node, ItemValues{world.graph, world.inputs, world.outputs}, codecs, host);
    EXPECT_EQ(wanted, std::vector<int>{0});  // the mask
    wanted.clear();
    return made;
  };
  const auto small = call();
  EXPECT_EQ(small->size("image").width, 5);
  EXPECT_EQ(small->size("image").height, 3);
  EXPECT_EQ(wanted, std::vector<int>{});
  EXPECT_EQ(small->image_at_least("image", 200, 1)->width(), 3);
  EXPECT_EQ(small->image("image")->width(), 5);
  EXPECT_EQ(small->image_at_least("image", 200, 1)->width(), 5);  // it is there
  EXPECT_EQ(wanted, (std::vector<int>{200, 0}));
  wanted.clear();
  const auto waits = call();
  waits->release_inputs();
  EXPECT_FALSE(waits->has("image"));
  EXPECT_EQ(wanted, std::vector<int>{});
}

TEST(BoundCall, KnowsWhatTheUserWrote) {
  World world;
  test::MemoryDisk disk;
  Store store(disk, "store");
  test::FakeHost host(store);
  const Spec spec =
      Spec("Node", "A node").in("url", list_of(Type::text), "x").param("suffix", "", "x").out("text", Type::text, "x");
  world.graph.params = {{.name = "p", .type = Type::text, .value = Value("http://h/")}};
  world.outputs = {{Value("http://answered/")}};
  const Reference param{.to = Reference::To::param}, made{.to = Reference::To::node};
  const auto written = [&](Expression url) {
    GraphNode node;
    node.name = "n";
    node.spec = &spec;
    node.arguments = {std::move(url), Expression{made, {}}};
    const PlainCall call(node, ItemValues{world.graph, world.inputs, world.outputs}, *world.codecs, host);
    EXPECT_FALSE(call.written_by_user("suffix"));
    EXPECT_EQ(call.reach("url"), Reach::public_only);  // whoever does not know says so
    return call.written_by_user("url");
  };
  EXPECT_TRUE(written({Value("http://h/"), {}}));
  EXPECT_TRUE(written({param, {}}));
  EXPECT_TRUE(written({Expression::Text{{param, std::string("/a.png")}}, {}}));
  EXPECT_FALSE(written({made, {}}));
  EXPECT_FALSE(written({Expression::Text{{std::string("http://h/"), made}}, {}}));
  EXPECT_FALSE(written({Expression::ListOf{{{Value("http://h/"), {}}, {made, {}}}}, {}}));
}

TEST(BoundCall, WhatIsTakenBelongsToTheNodeWhereItIsAFileOfItsOwn) {
  World world;
  test::MemoryDisk disk;
  Store store(disk, "store");
  test::FakeHost host(store);
  Codec codec = test::test_codec();
  bool by_rows = false;
  codec.decode = [&by_rows, whole = codec.decode](const DecodeRequest& request) {
    const auto image = whole(request);
    image->encoded = request.owner;
    image->encoded_media_type = "image/x-timg";
    if (!request.rows || !by_rows) return image;
    request.rows->begin(image->width(), image->height(), 3, {});
    return std::shared_ptr<Image>();
  };
  Registry registry;
  test::add_codecs(registry, {codec});
  const Codecs codecs(registry);
  const Spec spec = Spec("Node", "A node").in("image", Type::image, "x");
  const auto call = [&](Expression image) {
    GraphNode node;
    node.name = "n";
    node.spec = &spec;
    node.arguments = {std::move(image)};
    static std::vector<std::unique_ptr<GraphNode>> kept;  // a call refers to its node
    kept.push_back(std::make_unique<GraphNode>(std::move(node)));
    return std::make_unique<PlainCall>(*kept.back(), ItemValues{world.graph, world.inputs, world.outputs}, codecs,
                                       host);
  };
  struct Rows : RowSink {
    void begin(int width, int, int, const ImageInfo&) override { began = width; }
    void row(const std::uint8_t*) override {}
    int began = 0;
  } rows;
  const Expression photo{Reference{.to = Reference::To::input}, {}};

  const auto taking = call(photo);
  EXPECT_EQ(taking->image("image")->encoded_media_type, "image/x-timg");
  ImagePtr own = taking->take_image("image");
  EXPECT_FALSE(taking->has("image"));
  EXPECT_FALSE(own->encoded);
  EXPECT_TRUE(sole_owner(own));
  EXPECT_FALSE(own);

  // A codec without rows gives the picture, to be had in the same way.
  const auto whole = call(photo);
  own = whole->take_rows("image", rows);
  ASSERT_TRUE(own);
  EXPECT_FALSE(own->encoded);
  EXPECT_FALSE(whole->has("image"));
  EXPECT_EQ(rows.began, 0);
  by_rows = true;
  const auto streamed = call(photo);
  EXPECT_EQ(streamed->take_rows("image", rows), nullptr);
  EXPECT_FALSE(streamed->has("image"));
  EXPECT_EQ(rows.began, 5);

  // Somebody else holds this one.
  auto shared = test::filled(2, 2, 3, 7);
  shared->encoded = std::make_shared<const Bytes>(Bytes{1});
  const auto borrowing = call({Value(ImagePtr(shared)), {}});
  ImagePtr borrowed = borrowing->take_rows("image", rows);
  EXPECT_EQ(borrowed, shared);
  EXPECT_TRUE(borrowed->encoded);
  EXPECT_FALSE(sole_owner(borrowed));
  EXPECT_TRUE(borrowed);
}

}  // namespace
}  // namespace pixgraph
