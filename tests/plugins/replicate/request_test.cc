#include "request.h"

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/scripted_host.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;
using test::ScriptedHost;
using test::thrown;

struct RequestTest : ::testing::Test {
  Request fill(const Value& input) {
    Request request;
    fill_input(input, host, links, request);
    return request;
  }
  std::string text(const Value& input) { return fill(input).input->dump(); }
  static Value data(const char* written) { return Value(std::make_shared<const json>(json::parse(written))); }

  ScriptedHost host;
  Links links;
};

FilePtr a_file(const std::string& name, const std::string& hash = "", const std::string& origin = "",
               const std::string& url = "") {
  auto file = std::make_shared<File>();
  file->name = name;
  file->hash = hash;
  file->origin = origin;
  file->source_url = url;
  file->path = "/nowhere/" + name;
  file->media_type = "image/png";
  return file;
}

TEST_F(RequestTest, ValuesOfEveryKind) {
  EXPECT_EQ(text(Object{{"prompt", "a car"},
                        {"n", 3},
                        {"scale", 7.25},
                        {"go", true},
                        {"list", List{1, "x"}},
                        {"inner", Object{{"a", 1}}}}),
            R"({"go":true,"inner":{"a":1},"list":[1,"x"],"n":3,"prompt":"a car","scale":7.25})");
}

TEST_F(RequestTest, NothingIsNothing) {
  EXPECT_EQ(text(Value()), "{}");
  EXPECT_EQ(text(Object{}), "{}");
}

TEST_F(RequestTest, NullAndAbsentAreLeftOutAtEveryDepth) {
  EXPECT_EQ(
      text(Object{
          {"a", Value()}, {"b", data("null")}, {"c", data(R"({"d": null, "e": [null, 1]})")}, {"f", List{Value(), 2}}}),
      R"({"c":{"e":[1]},"f":[2]})");
}

TEST_F(RequestTest, ZeroFalseAndEmptyTextAreSent) {
  EXPECT_EQ(text(Object{{"seed", 0}, {"go_fast", false}, {"negative_prompt", ""}, {"strength", 0.0}, {"none", List{}}}),
            R"({"go_fast":false,"negative_prompt":"","none":[],"seed":0,"strength":0})");
}

TEST_F(RequestTest, WholeNumbersHaveOneSpelling) {
  EXPECT_EQ(text(Object{{"a", 7.0}, {"b", -0.0}, {"c", 1e300}, {"d", data("7.0")}}),
            R"({"a":7,"b":0,"c":1e+300,"d":7})");
}

TEST_F(RequestTest, RefusesWhatJsonCannotSay) {
  EXPECT_EQ(thrown([&] {
              fill(Object{{"scale", std::nan("")}});
            }),
            "E405: `scale` is not a number (NaN), and a model cannot be sent that");
  EXPECT_EQ(thrown([&] {
              fill(Object{{"list", List{1, Object{{"x", HUGE_VAL}}}}});
            }),
            "E405: `list[1].x` is infinite, and a model cannot be sent that");
  EXPECT_EQ(thrown([&] {
              fill(Object{{"prompt", "\xFF\xFE"}});
            }),
            "E405: `prompt` is not UTF-8 text, and a model cannot be sent other bytes as text");
  EXPECT_EQ(thrown([&] {
              fill(Object{{"a", Object{{"$file", 0}}}});
            }),
            "E405: `a.$file` is no name for an input: it begins with `$`");
  EXPECT_EQ(
      thrown([&] { fill(Value("text")); }),
      "E405: `input` is no mapping of names to values (write it as `input: {prompt: \"...\", image: \"${photo}\"}`)");
}

TEST_F(RequestTest, ImagesByTheHashOfTheirPixels) {
  auto image = std::make_shared<Image>(2, 1, 3);
  std::fill_n(image->row(0), 6, std::uint8_t{9});
  const Request request = fill(Object{{"image", image}});
  EXPECT_EQ(request.input->dump(), R"({"image":{"$file":0}})");
  ASSERT_EQ(request.files.size(), 1u);
  EXPECT_EQ(request.files[0].key, "pixels:" + host.pixel_hash(*image));
  EXPECT_EQ(request.files[0].name, "image");
  EXPECT_EQ(request.files[0].encode().media_type, "image/jpeg");
}

FilePtr of_type(const FilePtr& file, const std::string& media_type) {
  auto other = std::make_shared<File>(*file);
  other->media_type = media_type;
  return other;
}

TEST_F(RequestTest, FilesByTheirBytesOrByWhatMadeThem) {
  const FilePtr a = of_type(a_file("a.zip", "aa"), "application/zip");
  const Request request =
      fill(Object{{"images", List{a, a_file("b.png", "bb", "key#1")}}, {"again", of_type(a, "application/zip")}});
  EXPECT_EQ(request.input->dump(), R"({"again":{"$file":0},"images":[{"$file":0},{"$file":1}]})");
  ASSERT_EQ(request.files.size(), 2u);
  EXPECT_EQ(request.files[0].key, "bytes:aa");
  EXPECT_EQ(request.files[1].key, "made:key#1");
  EXPECT_EQ(request.files[1].live_url, "");
  EXPECT_TRUE(host.decoded.empty());
}

TEST_F(RequestTest, PhotoFilesByTheirPixelsSoThatAnotherExifIsNoOtherRequest) {
  host.picture = std::make_shared<Image>(3, 2, 3);
  const Request request = fill(Object{{"image", a_file("a.png", "aa")},
                                      {"same", a_file("edited.png", "bb")},
                                      {"moving", of_type(a_file("a.gif", "cc"), "image/gif")}});
  EXPECT_EQ(request.input->dump(), R"({"image":{"$file":0},"moving":{"$file":1},"same":{"$file":0}})");
  EXPECT_EQ(request.files[0].key, "pixels:" + host.pixel_hash(*host.picture));
  EXPECT_EQ(request.files[1].key, "bytes:cc");  // its first picture is not all of it
}

TEST_F(RequestTest, LinksThatPixgraphSavedAreFiles) {
  const std::string url = "https://replicate.delivery/x/out-0.png";
  host.files[url] = a_file("out-0.png", "aa", "key#0", url);
  host.files["pixgraph-store:bb"] = a_file("out-1.png", "bb", "key#1", "pixgraph-store:bb");
  links.born({url});
  const Request request =
      fill(Object{{"image", url}, {"mask", data("\"pixgraph-store:bb\"")}, {"lora", "https://example.com/x.tar"}});
  EXPECT_EQ(request.input->dump(), R"({"image":{"$file":0},"lora":"https://example.com/x.tar","mask":{"$file":1}})");
  EXPECT_EQ(request.files[0].key, "made:key#0");
  EXPECT_EQ(request.files[0].live_url, url);
  EXPECT_EQ(request.files[1].live_url, "");
}

TEST_F(RequestTest, StoredFilesThatAreGone) {
  EXPECT_EQ(thrown([&] {
              fill(Object{{"image", "pixgraph-store:cc"}});
            }),
            "E405: `image` names a file of an earlier prediction that is not there any more");
}

TEST_F(RequestTest, HowManyPicturesAreAskedFor) {
  EXPECT_EQ(fill(Object{{"prompt", "x"}}).images, 1);
  EXPECT_EQ(fill(Object{{"num_outputs", 4}}).images, 4);
  EXPECT_EQ(fill(Object{{"max_images", 3}, {"n", 0}}).images, 3);
  EXPECT_EQ(fill(Object{{"num_outputs", "four"}}).images, 1);
}

TEST_F(RequestTest, ReferencesTakeTheirPlaces) {
  Request request =
      fill(Object{{"images", List{a_file("a.png", "aa", "key#0"), a_file("b.png", "bb", "key#1")}}, {"prompt", "x"}});
  request.files[0].reference = "https://a";
  request.files[1].reference = "data:b";
  EXPECT_EQ(with_references(request).dump(), R"({"images":["https://a","data:b"],"prompt":"x"})");
}

}  // namespace
}  // namespace pixgraph::replicate
