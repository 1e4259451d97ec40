// Every node of the plugin over the pictures that break things: one pixel, one row, one channel, odd sizes, 16 bit,
// float, all transparent, premultiplied. A new node is tested without being told of it; what it needs is guessed from
// its Spec.
#include <gtest/gtest.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include "plugins/image/pictures.h"
#include "support/scripted_host.h"

namespace pixgraph::image {
namespace {

using test::Values;

/// With a host, whose files all hold `image`.
Values run_node(const std::string& type, Values values, const ImagePtr& image) {
  test::ScriptedHost host;
  host.picture = image;
  const auto& node = image_nodes().nodes.at(type);
  test::FakeCall call(node.spec, std::move(values), &host);
  node.run(call);
  return call.outputs;
}

struct Odd {
  std::string name;
  ImagePtr image;
};

std::vector<Odd> odd_pictures() {
  std::vector<Odd> all;
  const std::pair<int, int> sizes[] = {{1, 1}, {1, 7}, {7, 1}, {5, 3}, {33, 17}};
  for (const auto& [width, height] : sizes)
    for (int channels = 1; channels <= 4; ++channels)
      for (const Sample sample : {Sample::u8, Sample::u16, Sample::f32}) {
        const std::string name = std::to_string(width) + "x" + std::to_string(height) + " channels " +
                                 std::to_string(channels) + " bytes " + std::to_string(sample_bytes(sample));
        const auto image = noise(width, height, channels, static_cast<unsigned>(width * 8 + channels), sample);
        all.push_back({name, image});
        if (!image->has_alpha()) continue;
        auto clear = noise(width, height, channels, 3, sample);
        with_sample_type(sample, [&]<class T>(T) {
          for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) clear->row<T>(y)[x * channels + channels - 1] = T(0);
        });
        all.push_back({name + " transparent", clear});
        auto weighted = std::make_shared<Image>(width, height, channels, sample, Alpha::premultiplied);
        for (int y = 0; y < height; ++y) std::memset(weighted->row(y), 0, weighted->row_bytes());
        all.push_back({name + " premultiplied", weighted});
      }
  return all;
}

/// The json that some nodes want comes from the node that makes it.
Value made_json(const std::string& port, const ImagePtr& image) {
  for (const auto& [type, node] : image_nodes().nodes)
    if (const Port* out = node.spec.output(port); out && out->type.type == Type::json) {
      Values values{{"image", image}};
      if (node.spec.parameter("width")) values["width"] = 8;
      return test::run_node(image_nodes(), type, values).at(port);
    }
  return Value(std::make_shared<const nlohmann::json>());
}

Values values_for(const Spec& spec, const ImagePtr& image, bool with_optional) {
  Values values;
  const ImagePtr mask = noise(image->width(), image->height(), 1, 9);
  for (const Port& port : spec.inputs) {
    if (!port.required && !with_optional) continue;
    Value value = port.type.type == Type::mask   ? Value(mask)
                  : port.type.type == Type::json ? made_json(port.name, image)
                  : port.type.type == Type::text ? Value("label")
                  : port.type.type == Type::file ? Value(std::make_shared<const File>())
                                                 : Value(image);
    values[port.name] = port.type.list ? Value(List{value}) : value;
  }
  return values;
}

/// Samples that are numbers, a size that can be, info handed on: what holds for every result.
void expect_sound(const Image& result, const std::string& what) {
  ASSERT_GE(result.width(), 1) << what;
  ASSERT_EQ(result.has_alpha(), result.channels() % 2 == 0) << what;
  if (result.sample() != Sample::f32) return;
  for (int y = 0; y < result.height(); ++y)
    for (int i = 0; i < result.width() * result.channels(); ++i)
      ASSERT_TRUE(std::isfinite(result.row<float>(y)[i])) << what << " at " << y << "," << i;
}

TEST(EveryNode, TakesEveryPictureOrSaysWhyNot) {
  const auto& nodes = image_nodes().nodes;
  const std::vector<Odd> pictures = odd_pictures();
  for (const auto& [type, node] : nodes) {
    int worked = 0;
    for (const Odd& odd : pictures)
      for (const bool with_optional : {false, true}) {
        const std::string what = type + " of " + odd.name + (with_optional ? " with all inputs" : "");
        const auto before = bytes_of(*odd.image);
        Values outputs;
        try {
          Values values = values_for(node.spec, odd.image, with_optional);
          if (type == "Fit") values["width"] = 8;
          outputs = run_node(type, values, odd.image);
          ++worked;
        } catch (const Error& error) {
          // A refusal is a sentence about the picture; memory, a file or a mistake of the test is not.
          EXPECT_TRUE(error.code().starts_with("E33")) << what << ": " << error.code() << " " << error.message();
        }
        EXPECT_TRUE(bytes_of(*odd.image) == before) << what << " changed its input";
        for (const auto& [port, value] : outputs) {
          if (value.image()) expect_sound(*value.image(), what);
          if (const ImagePtr image = value.image(); image && node.spec.output(port)->type.type == Type::mask) {
            EXPECT_EQ(image->channels(), 1) << what;
          }
        }
      }
    EXPECT_GT(worked, 0) << type << " took none of them";
  }
}

TEST(EveryNode, RefusesAColourThatIsNone) {
  const ImagePtr image = noise(33, 17, 4, 5);
  int asked = 0;
  for (const auto& [type, node] : image_nodes().nodes)
    for (const char* name : {"background", "colour", "flatten"}) {
      const Param* param = node.spec.parameter(name);
      if (!param || param->form == Form::any) continue;
      Values values = values_for(node.spec, image, false);
      // Where bars are drawn.
      if (type == "Resize") values["fit"] = "pad";
      if (type == "Fit") values["mode"] = "pad";
      if (type == "Fit" || type == "Resize") values["width"] = values["height"] = 50;
      if (type == "Pad") values["left"] = 2;
      values[name] = "grey";
      const auto error = [&] { return test::error_of([&] { run_node(type, values, image); }); };
      const bool opaque = param->form == Form::opaque_colour;
      EXPECT_EQ(error(), "E333: `" + std::string(name) + ": grey` is not a colour (write it in quotes as \"#rrggbb\"" +
                             (opaque ? "" : " or, with alpha, \"#rrggbbaa\"") + ")")
          << type;
      values[name] = "#12345678";
      EXPECT_EQ(error(), opaque ? "E333: `" + std::string(name) +
                                      ": #12345678` has alpha, which has no effect here (write it in quotes as "
                                      "\"#rrggbb\")"
                                : "")
          << type;
      ++asked;
    }
  EXPECT_GE(asked, 10);
}

TEST(EveryNode, GivesTheSamePictureTwice) {
  const ImagePtr image = noise(33, 17, 4, 5);
  for (const auto& [type, node] : image_nodes().nodes) {
    Values values = values_for(node.spec, image, false);
    if (type == "Fit") values["width"] = 8;
    const Values once = run_node(type, values, image), again = run_node(type, values, image);
    for (const auto& [port, value] : once)
      if (value.image()) {
        EXPECT_TRUE(bytes_of(*value.image()) == bytes_of(*again.at(port).image())) << type;
      }
  }
}

TEST(EveryNode, HandsOnProfileAndMetadata) {
  // Nodes whose first output is an image made of their first input.
  auto image = scene(40, 30, 4);
  image->info.exif = std::make_shared<const Bytes>(Bytes{1, 2, 3});
  image->info.xmp = std::make_shared<const Bytes>(Bytes{4, 5});
  for (const auto& [type, node] : image_nodes().nodes) {
    if (node.spec.outputs[0].type != ValueType(Type::image) || node.spec.inputs[0].type != ValueType(Type::image))
      continue;
    Values values = values_for(node.spec, image, false);
    if (type == "Fit") values["width"] = 8;
    const ImagePtr result = run_node(type, values, image).at(node.spec.outputs[0].name).image();
    EXPECT_EQ(result->info.exif, image->info.exif) << type;
    EXPECT_EQ(result->info.xmp, image->info.xmp) << type;
  }
}

}  // namespace
}  // namespace pixgraph::image
