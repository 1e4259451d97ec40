// clips: small animations that tests make for themselves, and the nodes run on them.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "animation.h"
#include "nodes.h"
#include "support/fake_call.h"
#include "support/scripted_host.h"

namespace pixgraph::media {

using test::Values;
using U8 = std::vector<std::uint8_t>;

/// RGB or RGBA, all of one colour.
inline std::shared_ptr<Image> flat(int width, int height, const U8& pixel) {
  const int channels = static_cast<int>(pixel.size());
  auto image =
      std::make_shared<Image>(width, height, channels, Sample::u8, channels % 2 == 0 ? Alpha::straight : Alpha::none);
  for (int y = 0; y < height; ++y)
    for (int i = 0; i < width * channels; ++i) image->row(y)[i] = pixel[static_cast<std::size_t>(i % channels)];
  return image;
}

/// Smooth colours that move with `step`.
inline std::shared_ptr<Image> slope(int width, int height, int step) {
  auto image = std::make_shared<Image>(width, height, 3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      std::uint8_t* pixel = image->row(y) + x * 3;
      pixel[0] = static_cast<std::uint8_t>((x + step) * 255 / (width + 8));
      pixel[1] = static_cast<std::uint8_t>(y * 255 / height);
      pixel[2] = static_cast<std::uint8_t>(128 + step);
    }
  return image;
}

inline U8 samples_of(const Image& image) {
  U8 samples;
  for (int y = 0; y < image.height(); ++y)
    samples.insert(samples.end(), image.row(y), image.row(y) + image.width() * image.channels());
  return samples;
}

inline const test::FakeRegistrar& media_nodes() {
  static const test::FakeRegistrar* const all = [] {
    auto* registrar = new test::FakeRegistrar;
    add_animate(*registrar);
    add_frames(*registrar);
    return registrar;
  }();
  return *all;
}

/// Keeps the bytes of what it saves.
class KeepingHost : public test::ScriptedHost {
 public:
  FilePtr save(std::span<const std::uint8_t> bytes, std::string name, std::string media_type) override {
    saved_bytes.assign(bytes.begin(), bytes.end());
    return ScriptedHost::save(bytes, std::move(name), std::move(media_type));
  }
  Bytes saved_bytes;
};

/// The bytes that Animate makes, and its file.
struct Made {
  Bytes bytes;
  FilePtr file;
  std::vector<std::string> warnings;
};
inline Made animate(const std::vector<ImagePtr>& frames, Values values = {}) {
  KeepingHost host;
  values["frames"] = Value(List(frames.begin(), frames.end()));
  const auto& node = media_nodes().nodes.at("Animate");
  test::FakeCall call(node.spec, std::move(values), &host);
  node.run(call);
  return {host.saved_bytes, call.outputs.at("file").file(), call.warnings};
}

/// What Frames gives for these bytes.
inline Values frames_of(const Bytes& bytes, Values values = {}, const std::string& name = "clip.gif") {
  const std::string path = testing::TempDir() + "pixgraph-clip-" + std::to_string(::getpid());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  auto file = std::make_shared<File>();
  file->path = path;
  file->name = name;
  file->size = bytes.size();
  values["file"] = Value(FilePtr(file));
  const struct Remove {
    std::string path;
    ~Remove() { std::filesystem::remove(path); }
  } remove{path};
  return test::run_node(media_nodes(), "Frames", std::move(values));
}

inline ImagePtr frame(const Values& outputs, std::size_t index) {
  return outputs.at("frames").list()->at(index).image();
}
inline std::vector<double> durations(const Values& outputs) {
  std::vector<double> all;
  for (const Value& one : *outputs.at("durations").list()) all.push_back(*one.number());
  return all;
}
inline void expect_durations(const Values& outputs, const std::vector<double>& wanted) {
  const std::vector<double> got = durations(outputs);
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 0.0006) << i;
}

inline Value times(const std::vector<double>& seconds) {
  return Value(List(seconds.begin(), seconds.end()));
}

}  // namespace pixgraph::media
