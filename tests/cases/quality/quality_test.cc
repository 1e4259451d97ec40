// What the main pipeline does to real photos: the subject's pixels stay, photos come out upright, one bad file stops no
// other. Runs the program as a user does; the photos are those of PIXGRAPH_PHOTOS, or pipelines/photos where there are
// none.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "../process.h"
#include "pixels.h"

namespace cases {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFitted =
    "  fitted: {type: Fit, image: \"${photo}\", width: 768, height: 768, multiple_of: 64}\n";

class Quality : public testing::Test {
 public:
  void SetUp() override {
    const char* given = std::getenv("PIXGRAPH_PHOTOS");
    photos_ = given ? given : PIXGRAPH_PHOTOS_DEFAULT;
    real_ = fs::exists(photos_ + "/car-1.jpg");
    if (!real_) {
      std::cout << "the photos of PIXGRAPH_PHOTOS are absent (" << photos_
                << "): the same is checked on pipelines/photos\n";
      photos_ = PIXGRAPH_PIPELINES "/photos";
    } else {
      std::cout << "photos: " << photos_ << "\n";
    }
    std::string pattern = (fs::temp_directory_path() / "pixgraph-quality-XXXXXX").string();
    ASSERT_TRUE(::mkdtemp(pattern.data()));
    top_ = fs::canonical(pattern).string();
    fs::create_directories(top_ + "/desk");
    fs::create_directories(top_ + "/scratch");
    write_file(top_ + "/desk/fit.yaml", std::string("pixgraph: 1\ninputs: {photo: {type: image}}\nnodes:\n") + kFitted +
                                            "outputs: {fitted: {value: \"${fitted}\", file: \"${photo.stem}.png\"}}\n");
    // The same request as the main pipeline's first one, so that its prediction is shared.
    write_file(top_ + "/desk/cut.yaml",
               std::string("pixgraph: 1\ninputs: {photo: {type: image}}\nnodes:\n") + kFitted +
                   "  cutout:\n    type: ReplicatePredict\n    version: "
                   "cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003\n"
                   "    input: {image: \"${fitted}\"}\n"
                   "outputs: {cutout: {value: \"${cutout.file}\", file: \"${photo.stem}.png\"}}\n");
    // The main pipeline, which also writes what it made without the loss of a JPEG.
    write_file(top_ + "/desk/main.yaml", read_file(PIXGRAPH_PIPELINES "/cutout-inpaint.yaml") +
                                             "  exact: {value: \"${final}\", file: \"${photo.stem}.png\"}\n");
  }
  void TearDown() override { fs::remove_all(top_); }

  Ended run(const std::string& pipeline, const std::vector<std::string>& files, const std::string& out) {
    std::vector<std::string> words = {PIXGRAPH_PROGRAM, "run", pipeline, "--sandbox", "--out", out};
    for (const std::string& file : files) words.push_back(file.starts_with("/") ? file : photos_ + "/" + file);
    return Process(words, top_ + "/desk", clean_environment(top_), top_ + "/scratch", "run")
        .wait(std::chrono::seconds(60));
  }
  std::string made(const std::string& folder, const std::string& photo, const std::string& extension) const {
    return top_ + "/desk/" + folder + "/" + fs::path(photo).stem().string() + extension;
  }

  /// The subject in the result is the photo's own, where it was.
  void expect_subject_untouched(const std::string& photo) {
    SCOPED_TRACE(photo);
    const Pixels result = read_pixels(made("result", photo, ".png")), jpeg = read_pixels(made("result", photo, ".jpg"));
    const Pixels fitted = read_pixels(made("fit", photo, ".png")), cutout = read_pixels(made("cut", photo, ".png"));
    ASSERT_GT(result.width, 0);
    ASSERT_EQ(std::make_pair(result.width, result.height), std::make_pair(jpeg.width, jpeg.height));
    ASSERT_EQ(std::make_pair(result.width, result.height), std::make_pair(fitted.width, fitted.height));
    ASSERT_EQ(std::make_pair(result.width, result.height), std::make_pair(cutout.width, cutout.height));
    const std::vector<bool> subject = inside(cutout, 250, 6);
    const auto size = std::count(subject.begin(), subject.end(), true);
    ASSERT_GT(size, 2000) << "there is hardly a subject";
    const double still = psnr(result, fitted, subject);
    const double as_jpeg = psnr(jpeg, fitted, subject);
    std::cout << photo << ": " << still << " dB over " << size << " pixels; " << as_jpeg << " dB as JPEG\n";
    // What is lost is the way to the model and back (JPEG, quality 95, no subsampling).
    EXPECT_GE(still, 38);
    // Quality 90 with 4:2:0 takes the rest: fur and leaves alone, only encoded so, are near 36 dB.
    EXPECT_GE(as_jpeg, 34);
    for (int dy = -3; dy <= 3; ++dy)
      for (int dx = -3; dx <= 3; ++dx)
        if (dx != 0 || dy != 0) {
          EXPECT_LT(psnr(result, fitted, subject, dx, dy), still) << dx << "," << dy;
        }
  }

  std::string photos_, top_;
  bool real_ = false;
};

TEST_F(Quality, TheSubjectIsUntouchedAndABadFileStopsNoOther) {
  // plants-1.jpg is a PNG.
  std::vector<std::string> good = {"car-1.jpg", "animal-1.jpg", "girl-2.jpg", "plants-1.jpg"};
  std::string bad = photos_ + "/truncated.jpg";
  if (!real_) {
    good = {"mug.jpg", "toy-car.jpg", "apple.jpg"};
    bad = top_ + "/desk/truncated.jpg";
    fs::copy_file(photos_ + "/mug.jpg", bad);
    fs::resize_file(bad, 10000);
  }
  std::vector<std::string> all = good;
  all.push_back(bad);
  const Ended main = run("main.yaml", all, "result");
  EXPECT_EQ(main.code, 1) << main.err;
  EXPECT_NE(main.err.find("truncated.jpg"), std::string::npos) << main.err;
  EXPECT_NE(main.err.find("[E311]"), std::string::npos) << main.err;
  EXPECT_FALSE(fs::exists(made("result", "truncated.jpg", ".jpg")));
  ASSERT_EQ(run("fit.yaml", good, "fit").code, 0);
  const Ended cut = run("cut.yaml", good, "cut");
  ASSERT_EQ(cut.code, 0) << cut.err;
  EXPECT_NE(cut.err.find("0 predictions bought"), std::string::npos) << "the same request was bought again\n"
                                                                     << cut.err;
  for (const std::string& photo : good) expect_subject_untouched(photo);
}

TEST_F(Quality, RotatedPhotosComeOutUpright) {
  const std::vector<std::string> rotated =
      real_ ? std::vector<std::string>{"Landscape_6.jpg", "Portrait_3.jpg", "Portrait_8.jpg"}
            : std::vector<std::string>{"bottle.jpg"};
  std::vector<std::string> all = rotated;
  if (real_) all.push_back("Landscape_1.jpg");
  const Ended fit = run("fit.yaml", all, "fit");
  ASSERT_EQ(fit.code, 0) << fit.err;
  const Ended main = run("main.yaml", rotated, "result");
  ASSERT_EQ(main.code, 0) << main.err;
  for (const std::string& photo : rotated) {
    const Pixels result = read_pixels(made("result", photo, ".jpg")), fitted = read_pixels(made("fit", photo, ".png"));
    EXPECT_EQ(result.width < result.height, !photo.starts_with("Landscape")) << photo;
    EXPECT_EQ(std::make_pair(result.width, result.height), std::make_pair(fitted.width, fitted.height)) << photo;
  }
  if (!real_) {
    // The bottle's cap is at the top: brown, where the foot is green.
    const Pixels bottle = read_pixels(made("fit", "bottle.jpg", ".png"));
    const auto* cap = bottle.at(bottle.width / 2, bottle.height * 15 / 100);
    const auto* foot = bottle.at(bottle.width / 2, bottle.height * 78 / 100);
    EXPECT_GT(cap[0], cap[1]);
    EXPECT_GT(foot[1], foot[0]);
    return;
  }
  // The same scene in other orientations, each compressed by itself.
  const auto alike = [&](const char* a, const char* b) {
    const Pixels left = read_pixels(made("fit", a, ".png")), right = read_pixels(made("fit", b, ".png"));
    ASSERT_EQ(std::make_pair(left.width, left.height), std::make_pair(right.width, right.height));
    const double same = psnr(left, right, std::vector<bool>(left.rgba.size() / 4, true));
    std::cout << a << " and " << b << ": " << same << " dB\n";
    EXPECT_GT(same, 25);
  };
  alike("Landscape_6.jpg", "Landscape_1.jpg");
  alike("Portrait_3.jpg", "Portrait_8.jpg");
}

TEST_F(Quality, TheStandInCutsAsTheRealModelDid) {
  if (!real_) {
    ASSERT_EQ(run("cut.yaml", {"mug.jpg", "apple.jpg"}, "cut").code, 0);
    for (const char* photo : {"mug.jpg", "apple.jpg"}) {
      const Pixels cutout = read_pixels(made("cut", photo, ".png"));
      const std::vector<bool> subject = inside(cutout, 128, 0);
      const double share =
          static_cast<double>(std::count(subject.begin(), subject.end(), true)) / static_cast<double>(subject.size());
      EXPECT_TRUE(share > 0.05 && share < 0.5) << photo << ": " << share;
    }
    return;
  }
  const std::vector<std::string> names = {"animal-1", "animal-3", "car-1", "car-2", "car-3", "girl-2", "plants-1"};
  std::vector<std::string> photos, cutouts;
  for (const std::string& name : names) photos.push_back(name + ".jpg"), cutouts.push_back(name + ".cutout.png");
  const Ended cut = run("cut.yaml", photos, "cut"), fit = run("fit.yaml", cutouts, "fit");
  ASSERT_EQ(cut.code, 0) << cut.err;
  ASSERT_EQ(fit.code, 0) << fit.err;
  for (const std::string& name : names) {
    const double share = overlap(read_pixels(made("cut", name + ".jpg", ".png")),
                                 read_pixels(made("fit", name + ".cutout.png", ".png")));
    std::cout << name << ": overlap " << share << "\n";
    if (name == "animal-1" || name == "animal-3" || name == "car-1" || name == "car-2") {
      EXPECT_GE(share, 0.6) << name;
    }
  }
}

}  // namespace
}  // namespace cases
