#include "pictures.h"

#include <gtest/gtest.h>

#include "hash.h"
#include "support/fake_call.h"
#include "support/pipeline.h"
#include "support/test_codec.h"

namespace pixgraph {
namespace {

using namespace test;

TEST(Pictures, ArePutIntoEventsAndMadeSmall) {
  struct Pictures : Nodes {
    Pictures() {
      Codec jpeg = test_codec("jpeg", ".jpg");
      jpeg.encode = [](const Image& image, const EncodeRequest&) { return Bytes{0xff, 0xd8, 0xff, image.row(0)[0]}; };
      registry.add(jpeg.info, "test.pixgraph.so");
      add(Spec("Draw", "x")
              .in("text", Type::text, "x")
              .out("image", Type::image, "x")
              .out("again", Type::image, "x")
              .out("files", list_of(Type::file), "x"),
          [](Call& call) {
            if (call.text("text") == "bad") throw Error("E399", "it is bad");
            call.set("image", Value(filled(3, 2, 3, 7)));
            call.set("again", Value(filled(3, 2, 3, 7)));
            File file;
            file.path = "/store/x";
            file.hash = "h1";
            file.media_type = "image/png";
            const Value picture(std::make_shared<const File>(file));
            file.media_type = "video/mp4";
            file.hash = "h2";
            call.set("files", Value(List{picture, picture, Value(std::make_shared<const File>(file))}));
          });
      registry.set_source({[this](const std::string&, const std::string& type) { return behaviour(type); },
                           [jpeg](const std::string&, const std::string&) { return jpeg; }});
    }
  } nodes;
  TestRun run(nodes,
              "inputs: {word: {type: text}}\nnodes: {n: {type: Draw, text: \"${word}\"}}\n"
              "outputs: {result: {value: \"${n}\", file: \"${word}.jpg\"}}\n",
              {"a", "bad"});
  Thumbnails thumbnails(real_disk(), run.codecs, run.folder.path("thumbnails"));
  run.look_at_pictures(thumbnails);
  run.run();
  std::vector<json> told;
  for (json event : run.all)
    if (event.erase("t"), event["type"] == "picture") told.push_back(event);
  const std::string name = sha256("\xff\xd8\xff\x07");
  EXPECT_EQ(told, (std::vector<json>{
                      {{"type", "picture"}, {"item", "a"}, {"node", "n"}, {"hash", name}, {"width", 3}, {"height", 2}},
                      {{"type", "picture"}, {"item", "a"}, {"node", "n"}, {"hash", "h1"}, {"path", "/store/x"}}}));
  EXPECT_TRUE(thumbnails.has(name));
}

}  // namespace
}  // namespace pixgraph
