// pictures: small images that tests make for themselves.
#pragma once

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "kernels/samples.h"
#include "nodes.h"
#include "support/fake_call.h"

extern "C" const pixgraph::PluginDescriptor pixgraph_plugin;  // plugin.cc: what this plugin registers

namespace pixgraph::image {

/// Samples row by row; alpha is straight where channels are 2 or 4.
template <class T = std::uint8_t>
std::shared_ptr<Image> picture(int width, int height, int channels, const std::vector<T>& samples) {
  const Sample sample = sizeof(T) == 1 ? Sample::u8 : sizeof(T) == 2 ? Sample::u16 : Sample::f32;
  auto image =
      std::make_shared<Image>(width, height, channels, sample, channels % 2 == 0 ? Alpha::straight : Alpha::none);
  const std::size_t row = static_cast<std::size_t>(width * channels);
  for (int y = 0; y < height; ++y)
    for (std::size_t i = 0; i < row; ++i)
      image->row<T>(y)[i] = samples.at((static_cast<std::size_t>(y) * row + i) % samples.size());
  return image;
}

/// What comes in rows, as a picture.
struct GatheredRows : RowSink {
  void begin(int width, int height, int channels, const ImageInfo& info) override {
    image = std::make_shared<Image>(width, height, channels);
    image->info = info;
  }
  void row(const std::uint8_t* samples) override {
    std::memcpy(image->row(rows++), samples, static_cast<std::size_t>(image->width()) * image->channels());
  }
  std::shared_ptr<Image> image;
  int rows = 0;
};

/// The samples of an image, row by row.
template <class T = std::uint8_t>
std::vector<T> samples_of(const Image& image) {
  std::vector<T> samples;
  for (int y = 0; y < image.height(); ++y)
    samples.insert(samples.end(), image.row<T>(y), image.row<T>(y) + image.width() * image.channels());
  return samples;
}

/// Noise, the same for the same seed.
inline std::shared_ptr<Image> noise(int width, int height, int channels, unsigned seed, Sample sample = Sample::u8) {
  std::mt19937 random(seed);
  auto image =
      std::make_shared<Image>(width, height, channels, sample, channels % 2 == 0 ? Alpha::straight : Alpha::none);
  with_sample_type(sample, [&]<class T>(T) {
    for (int y = 0; y < height; ++y)
      for (int i = 0; i < width * channels; ++i) {
        // Black and white come often: the ends of the range are where kernels differ.
        const unsigned kind = random() % 4;
        image->row<T>(y)[i] = kind == 0 ? T(0) : kind == 1 ? white<T>() : from_unit<T>((random() % 65536) / 65535.0);
      }
  });
  return image;
}

/// A smooth picture with edges, for what lossy codecs and filters do.
inline std::shared_ptr<Image> scene(int width, int height, int channels) {
  auto image =
      std::make_shared<Image>(width, height, channels, Sample::u8, channels % 2 == 0 ? Alpha::straight : Alpha::none);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c) {
        const int slope = (x * (c + 2) * 255 / (width * 4) + y * 255 / (height * 2)) % 256;
        const bool disc = (x - width / 2) * (x - width / 2) + (y - height / 2) * (y - height / 2) < width * height / 9;
        image->row(y)[x * channels + c] = static_cast<std::uint8_t>(disc ? 255 - slope / 2 : slope);
      }
  return image;
}

inline std::vector<std::uint8_t> bytes_of(const Image& image) {
  std::vector<std::uint8_t> bytes;
  const std::size_t row = static_cast<std::size_t>(image.width() * image.channels()) * sample_bytes(image.sample());
  for (int y = 0; y < image.height(); ++y) bytes.insert(bytes.end(), image.row(y), image.row(y) + row);
  return bytes;
}

/// The node types of this plugin.
inline const test::FakeRegistrar& image_nodes() {
  static const test::FakeRegistrar* const all = [] {
    auto* registrar = new test::FakeRegistrar;
    pixgraph_plugin.add_all(*registrar);
    return registrar;
  }();
  return *all;
}

}  // namespace pixgraph::image
