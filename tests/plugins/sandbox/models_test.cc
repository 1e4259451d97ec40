// Every stand-in through the wire: size, format, determinism, and what each promises about its pixels.
#include <gtest/gtest.h>

#include <cstdlib>

#include "models/model.h"
#include "support.h"
#include "text.h"

namespace sandbox {

using nlohmann::json;

namespace {

const std::string kRembg = "fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003";
const std::string kInpainting = "95b7223104132402a9ae91cc677285bc5eb997834bd2349fa486f53910fd68b3";
const std::string kRemoval = "153b0087c2576ad30d8cbddb35275b387d1a6bf986bda5499948f843f6460faf";
const std::string kImg2img = "15a3689ee13b0d2616e98820eca31d4c3abcd36672df6afce5cb6feb1d66087d";
const std::string kAnimation = "ca1f5e306e5721e19c473e0d094e6603f0456fe759c10715fcd6c1b79242d4a5";
const std::string kAnimateDiff = "beecf59c4aee8d81bf04f0381033dfa10dc16e845b4ae00d281e2fa377e48a9f";
const std::string kRealEsrgan = "f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa";
const std::string kFlux = "black-forest-labs/flux-schnell";

// White in the given rectangle.
Picture mask(int width, int height, int x0, int y0, int x1, int y1) {
  Picture picture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool white = x >= x0 && x < x1 && y >= y0 && y < y1;
      for (int c = 0; c < 4; ++c) picture.at(x, y)[c] = white || c == 3 ? 255 : 0;
    }
  }
  return picture;
}

double difference(const Picture& a, const Picture& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgba.size(); ++i) sum += std::abs(a.rgba[i] - b.rgba[i]);
  return sum / static_cast<double>(a.rgba.size());
}

}  // namespace

TEST(StandIns, SayThatTheyAreStandIns) {
  TestServer server;
  const json p = server.run(kRembg, {{"image", data_uri(disc_picture(64, 64))}});
  EXPECT_NE(p["logs"].get<std::string>().find("pixgraph sandbox: stand-in for cjwbw/rembg, not the real model\n"),
            std::string::npos);
  EXPECT_NE(p["logs"].get<std::string>().find("100%|"), std::string::npos);
}

TEST(Rembg, CutsOutWithStraightAlphaAtTheSameSize) {
  TestServer server;
  const Picture photo = disc_picture(200, 160);
  const json p = server.run(kRembg, {{"image", data_uri(photo)}});
  ASSERT_EQ(p["status"], "succeeded") << p.dump(1);
  ASSERT_TRUE(p["output"].is_string());
  const Picture cut = server.picture(p);
  ASSERT_EQ(cut.width, 200);
  ASSERT_EQ(cut.height, 160);
  EXPECT_EQ(cut.at(100, 80)[3], 255);
  EXPECT_EQ(cut.at(3, 3)[3], 0);
  for (int c = 0; c < 3; ++c) EXPECT_EQ(cut.at(100, 80)[c], photo.at(100, 80)[c]);
  EXPECT_EQ(p["metrics"]["image_count"], 1);
}

TEST(Rembg, KeepsCutWhatIsCutAlready) {
  TestServer server;
  Picture photo = disc_picture(200, 160);
  for (int y = 0; y < 160; ++y) {
    for (int x = 0; x < 200; ++x) photo.at(x, y)[3] = x < 90 ? 0 : x < 110 ? 128 : 255;  // its colours stay below
  }
  const Picture cut = server.picture(server.run(kRembg, {{"image", data_uri(photo, true)}}));
  ASSERT_EQ(cut.width, 200);
  EXPECT_EQ(cut.at(70, 80)[3], 0);
  EXPECT_EQ(cut.at(70, 80)[0], 0);
  EXPECT_EQ(cut.at(100, 80)[3], 128);
  EXPECT_EQ(cut.at(130, 80)[3], 255);
  EXPECT_EQ(cut.at(195, 80)[3], 0);
}

TEST(Rembg, FailsWithoutAnImageAndWithABrokenOne) {
  TestServer server;
  const json missing = server.run(kRembg, json::object());
  EXPECT_EQ(missing["status"], "failed");
  EXPECT_EQ(missing["output"], nullptr);
  const json broken = server.run(kRembg, {{"image", "data:image/png;base64,aGVsbG8="}});
  EXPECT_EQ(broken["status"], "failed");
  EXPECT_EQ(broken["error"], "image: cannot identify image file (this sandbox reads JPEG, PNG and WebP)");
  const json elsewhere = server.run(kRembg, {{"image", "https://example.com/a.png"}});
  EXPECT_EQ(elsewhere["error"], "the sandbox fetches from this machine only, not https://example.com/a.png");
}

TEST(Rembg, TakesItsOwnOutputsAsInput) {
  TestServer server;
  const json first = server.run(kFlux, {{"prompt", "a"}, {"megapixels", "0.25"}, {"output_format", "png"}});
  const json second = server.run(kRembg, {{"image", server.output_url(first)}});
  ASSERT_EQ(second["status"], "succeeded") << second.dump(1);
  EXPECT_EQ(server.picture(second).width, 512);
}

TEST(Inpainting, BlackIsKeptToTheBitAndWhiteIsNew) {
  TestServer server;
  const Picture photo = disc_picture(128, 128);
  json input = {{"image", data_uri(photo)},
                {"mask", data_uri(mask(128, 128, 30, 30, 80, 80))},
                {"prompt", "grass"},
                {"width", 128},
                {"height", 128},
                {"seed", 3}};
  const json p = server.run(kInpainting, input);
  ASSERT_EQ(p["status"], "succeeded") << p.dump(1);
  const Picture out = server.picture(p);
  int changed = 0;
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      const bool inside = x >= 30 && x < 80 && y >= 30 && y < 80;
      bool same = true;
      for (int c = 0; c < 3; ++c) same = same && out.at(x, y)[c] == photo.at(x, y)[c];
      if (!inside) {
        ASSERT_TRUE(same) << x << "," << y;
      }
      changed += inside && !same;
    }
  }
  EXPECT_GT(changed, 1000);
  EXPECT_EQ(server.picture(server.run(kInpainting, input)).rgba, out.rgba);
  input["prompt"] = "sand";
  const Picture other = server.picture(server.run(kInpainting, input));
  EXPECT_NE(other.rgba, out.rgba);
  input["seed"] = 4;
  EXPECT_NE(server.picture(server.run(kInpainting, input)).rgba, other.rgba);
}

TEST(Inpainting, ResizesToTheAskedSizeAndGivesSeveral) {
  TestServer server;
  const json p = server.run(kInpainting, {{"image", data_uri(disc_picture(60, 40))},
                                          {"mask", data_uri(mask(60, 40, 0, 0, 60, 40))},
                                          {"prompt", "a marble table"},
                                          {"width", 192},
                                          {"height", 128},
                                          {"num_outputs", 2}});
  ASSERT_EQ(p["output"].size(), 2U) << p.dump(1);
  EXPECT_EQ(server.picture(p).width, 192);
  EXPECT_EQ(server.picture(p).height, 128);
  EXPECT_GT(difference(server.picture(p), server.picture(p, 1)), 1);
  EXPECT_EQ(p["metrics"]["image_count"], 2);
}

TEST(ObjectRemoval, TakesTheMiddleAway) {
  TestServer server;
  const Picture photo = disc_picture(160, 120);
  const json p = server.run(kRemoval, {{"image_path", data_uri(photo)}});
  ASSERT_EQ(p["status"], "succeeded") << p.dump(1);
  const Picture out = server.picture(p);
  ASSERT_EQ(out.width, 160);
  EXPECT_LT(out.at(80, 60)[0], 120) << "the red disc is still there";
  EXPECT_EQ(out.at(2, 2)[0], photo.at(2, 2)[0]);
  const json unknown = server.run(kRemoval, {{"image_path", data_uri(photo)}, {"objects_to_remove", "person,unicorn"}});
  EXPECT_EQ(unknown["status"], "failed");
  EXPECT_EQ(unknown["error"], "KeyError: 'unicorn'");
  // As in the real one: a space belongs to the name.
  EXPECT_EQ(server.run(kRemoval, {{"image_path", data_uri(photo)}, {"objects_to_remove", "person, car"}})["error"],
            "KeyError: ' car'");
}

TEST(Img2img, StrengthSaysHowMuchChanges) {
  TestServer server;
  const Picture photo = disc_picture(96, 64);
  const auto run = [&](double strength) {
    return server.picture(
        server.run(kImg2img, {{"image", data_uri(photo)}, {"prompt", "sunset"}, {"prompt_strength", strength}}));
  };
  EXPECT_EQ(run(0).rgba, photo.rgba);
  const double some = difference(run(0.3), photo), much = difference(run(0.9), photo);
  EXPECT_GT(some, 0.5);
  EXPECT_GT(much, some);
}

TEST(Pictures, SizesFormatsAndSeeds) {
  TestServer server;
  json input = {
      {"prompt", "a lake at dawn"}, {"megapixels", "0.25"}, {"aspect_ratio", "21:9"}, {"output_format", "jpg"}};
  const json jpg = server.run(kFlux, input);
  EXPECT_EQ(server.picture(jpg).width, 768);
  EXPECT_EQ(server.picture(jpg).height, 320);
  const Answer file = fetch("GET", server.output_url(jpg));
  EXPECT_EQ(file.headers.at("content-type"), "image/jpeg");
  EXPECT_EQ(file.headers.at("cache-control"), "public,max-age=3600");
  EXPECT_TRUE(server.output_url(jpg).ends_with("/out-0.jpg"));
  // The same request gives the same bytes, because an absent seed comes from the prompt.
  EXPECT_EQ(fetch("GET", server.output_url(server.run(kFlux, input))).body, file.body);
  input["output_quality"] = 10;
  EXPECT_LT(fetch("GET", server.output_url(server.run(kFlux, input))).body.size(), file.body.size());
  input["seed"] = 12345;
  const json seeded = server.run(kFlux, input);
  EXPECT_NE(seeded["logs"].get<std::string>().find("Using seed: 12345\n"), std::string::npos);
  input.erase("output_format");
  EXPECT_TRUE(server.output_url(server.run(kFlux, input)).ends_with(".webp"));
}

TEST(Pictures, EveryTextModelPaints) {
  TestServer server;
  const std::string sd = find_model("stability-ai/stable-diffusion")->version,
                    sdxl = find_model("stability-ai/sdxl")->version;
  EXPECT_EQ(server.picture(server.run(sd, {{"width", 128}, {"height", 64}})).width, 128);
  EXPECT_EQ(server.picture(server.run(sdxl, {{"width", 128}, {"height", 72}})).height, 72);
  EXPECT_EQ(server.run(sdxl, {{"width", 100}})["status"], "failed");
  const json lora = server.run(find_model("lucataco/flux-schnell-lora")->version,
                               {{"prompt", "x"}, {"image", data_uri(disc_picture(90, 30))}});
  const Picture picture = server.picture(lora);
  EXPECT_EQ(picture.width, 1776);  // the picture's own ratio, a megapixel
  EXPECT_EQ(picture.height, 592);
}

TEST(Instant, DifferentInputsGiveDifferentBytes) {
  TestServer server;
  const auto bytes = [&](const json& input) {
    return fetch("GET", server.output_url(server.run("sandbox/instant", input))).body;
  };
  EXPECT_EQ(bytes({{"index", 1}}), bytes({{"index", 1}}));
  EXPECT_NE(bytes({{"index", 1}}), bytes({{"index", 2}}));
  EXPECT_EQ(decode_picture(bytes({{"text", "a"}})).width, 8);
}

TEST(Animation, TheAnimationIsTheLastOfAListOfItsPictures) {
  TestServer server;
  json input = {
      {"prompt_start", "hills|sea"}, {"prompt_end", "night"},        {"width", 128}, {"height", 128},
      {"num_animation_frames", 3},   {"num_interpolation_steps", 2}, {"seed", 1},    {"gif_frames_per_second", 10}};
  const json p = server.run(kAnimation, input);
  ASSERT_EQ(p["status"], "succeeded") << p.dump(1);
  ASSERT_EQ(p["output"].size(), 1U);
  const std::string gif = fetch("GET", server.output_url(p)).body;
  EXPECT_TRUE(gif.starts_with("GIF89a"));
  EXPECT_EQ(static_cast<unsigned char>(gif[6]), 128);
  // Five frames of a tenth of a second, for ever.
  const std::string control("\x21\xf9\x04\x04\x0a\x00", 6);
  int frames = 0;
  for (std::size_t at = 0; (at = gif.find(control, at)) != std::string::npos; ++at) ++frames;
  EXPECT_EQ(frames, 5);
  EXPECT_NE(gif.find(std::string("NETSCAPE2.0\x03\x01\x00\x00", 15)), std::string::npos);
  EXPECT_EQ(fetch("GET", server.output_url(server.run(kAnimation, input))).body, gif);
  input["gif_ping_pong"] = true;
  input["intermediate_output"] = true;
  const json more = server.run(kAnimation, input);
  ASSERT_EQ(more["output"].size(), 4U) << more.dump(1);
  EXPECT_EQ(server.picture(more, 0).width, 128);
  const std::string there_and_back = fetch("GET", server.output_url(more, 3)).body;
  EXPECT_GT(there_and_back.size(), gif.size());
  // It ends as another picture than it began.
  EXPECT_GT(difference(server.picture(more, 0), server.picture(more, 2)), 10);
}

TEST(Animation, IsAlsoWrittenAsMp4) {
  TestServer server;
  const json p = server.run(kAnimation, {{"prompt_start", "hills"},
                                         {"prompt_end", "sea"},
                                         {"width", 128},
                                         {"height", 128},
                                         {"num_animation_frames", 2},
                                         {"output_format", "mp4"}});
  ASSERT_EQ(p["status"], "succeeded") << p.dump(1);
  const Answer file = fetch("GET", server.output_url(p));
  EXPECT_EQ(file.headers.at("content-type"), "video/mp4");
  EXPECT_NE(file.body.find("avc1"), std::string::npos);
}

TEST(Animation, SizesAreThoseOfTheModel) {
  TestServer server;
  const Answer answer = server.create(kAnimation, {{"prompt_start", "a"}, {"prompt_end", "b"}, {"width", 200}});
  EXPECT_EQ(answer.status, 422);
  EXPECT_NE(answer.body.find("input.width"), std::string::npos) << answer.body;
}

TEST(AnimateDiff, IsOneFilmTheSameForTheSameSeed) {
  TestServer server;
  const json p = server.run(kAnimateDiff, {{"prompt", "hills"}, {"seed", 3}});
  ASSERT_EQ(p["status"], "succeeded") << p.dump(1);
  ASSERT_TRUE(p["output"].is_string());
  const std::string film = fetch("GET", server.output_url(p)).body;
  EXPECT_EQ(film.substr(4, 4), "ftyp");
  const auto bytes = [&](int seed) {
    return fetch("GET", server.output_url(server.run(kAnimateDiff, {{"prompt", "hills"}, {"seed", seed}}))).body;
  };
  EXPECT_EQ(bytes(3), film);
  EXPECT_NE(bytes(4), film);
}

TEST(RealEsrgan, EnlargesWithoutMovingAnything) {
  TestServer server;
  const Picture photo = disc_picture(60, 40);
  const json p = server.run(kRealEsrgan, {{"image", data_uri(photo)}, {"scale", 3}});
  ASSERT_EQ(p["status"], "succeeded") << p.dump(1);
  const Picture large = server.picture(p);
  ASSERT_EQ(large.width, 180);
  ASSERT_EQ(large.height, 120);
  EXPECT_LT(difference(resize(large, 60, 40), photo), 6);
  EXPECT_EQ(server.picture(server.run(kRealEsrgan, {{"image", data_uri(photo)}})).width, 240);
}

TEST(RealEsrgan, FailsForMoreThanFitsIntoItsMemory) {
  TestServer server;
  const json p = server.run(kRealEsrgan, {{"image", data_uri(Picture(1500, 1400))}});
  EXPECT_EQ(p["status"], "failed");
  EXPECT_EQ(p["error"], "The input has 1500x1400 pixels, which is more than fit into the memory: at most 2096704");
}

}  // namespace sandbox
