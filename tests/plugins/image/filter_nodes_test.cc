// Blur and Sharpen, and the filter under them against the plain sum over a window.
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/instructions.h"
#include "kernels/row_filter.h"
#include "kernels/sharpness.h"
#include "plugins/image/pictures.h"

namespace pixgraph::image {
namespace {

using test::error_of;
using test::Values;
using U8 = std::vector<std::uint8_t>;

ImagePtr run(const std::string& type, Values values) {
  return test::run_node(image_nodes(), type, std::move(values)).at("image").image();
}

/// A Gaussian, straight from its formula: every pixel the weighted sum of a square around it, colours weighted by
/// alpha.
std::vector<double> naive_gaussian(const Image& image, double sigma) {
  const int radius = static_cast<int>(std::ceil(3 * sigma)), channels = image.channels();
  std::vector<double> out;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) {
      double sums[4] = {}, weights = 0, alphas = 0;
      for (int dy = -radius; dy <= radius; ++dy)
        for (int dx = -radius; dx <= radius; ++dx) {
          const double weight = std::exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
          const std::uint8_t* pixel = image.row(std::clamp(y + dy, 0, image.height() - 1)) +
                                      std::clamp(x + dx, 0, image.width() - 1) * channels;
          const double alpha = image.has_alpha() ? pixel[channels - 1] / 255.0 : 1;
          for (int c = 0; c < image.colour_channels(); ++c) sums[c] += weight * alpha * pixel[c];
          weights += weight;
          alphas += weight * alpha;
        }
      for (int c = 0; c < image.colour_channels(); ++c) out.push_back(alphas > 0 ? sums[c] / alphas : 0);
      if (image.has_alpha()) out.push_back(255 * alphas / weights);
    }
  return out;
}

TEST(Blur, IsTheGaussianOfItsFormula) {
  for (const int channels : {1, 2, 3, 4})
    for (const double sigma : {0.5, 1.0, 2.0}) {
      const auto image = noise(23, 17, channels, static_cast<unsigned>(channels));
      const U8 blurred = samples_of(*run("Blur", {{"image", image}, {"sigma", sigma}}));
      const std::vector<double> wanted = naive_gaussian(*image, sigma);
      for (std::size_t i = 0; i < blurred.size(); ++i)
        ASSERT_NEAR(blurred[i], wanted[i], 0.51) << channels << " channels, sigma " << sigma << ", sample " << i;
    }
}

TEST(Blur, WideOnesAreCloseToTheGaussian) {
  const auto image = scene(90, 70, 3);
  const U8 blurred = samples_of(*run("Blur", {{"image", image}, {"sigma", 5.0}}));
  const std::vector<double> wanted = naive_gaussian(*image, 5);
  for (std::size_t i = 0; i < blurred.size(); ++i) ASSERT_NEAR(blurred[i], wanted[i], 4) << i;
}

TEST(Blur, HiddenColoursDoNotBleed) {
  // Red beside transparent green: whatever is seen of the edge is red.
  for (const double sigma : {1.0, 4.0}) {
    const auto image = picture(2, 1, 4, {255, 0, 0, 255, 0, 255, 0, 0});
    const U8 soft = samples_of(*run("Blur", {{"image", image}, {"sigma", sigma}}));
    for (const std::size_t pixel : {0u, 4u}) {
      EXPECT_EQ(soft[pixel], 255) << sigma;
      EXPECT_EQ(soft[pixel + 1], 0) << sigma;
      EXPECT_GT(soft[pixel + 3], 50) << sigma;
      EXPECT_LT(soft[pixel + 3], 205) << sigma;
    }
  }
  const auto nothing = picture(3, 3, 4, {9, 9, 9, 0});
  EXPECT_EQ(samples_of(*run("Blur", {{"image", nothing}})), U8(36, 0));
}

TEST(Blur, FlatPicturesDepthsAndSmallestSizes) {
  for (const double sigma : {1.0, 3.0, 100.0}) {
    EXPECT_EQ(samples_of(*run("Blur", {{"image", picture(5, 7, 3, {10, 20, 30})}, {"sigma", sigma}})),
              samples_of(*picture(5, 7, 3, {10, 20, 30})));
    EXPECT_EQ(samples_of(*run("Blur", {{"image", picture(1, 1, 2, {99, 17})}, {"sigma", sigma}})), (U8{99, 17}));
    const auto deep = picture<std::uint16_t>(3, 3, 1, {40001});
    EXPECT_EQ(samples_of<std::uint16_t>(*run("Blur", {{"image", deep}, {"sigma", sigma}})),
              std::vector<std::uint16_t>(9, 40001));
    const auto light = picture<float>(3, 3, 1, {2.5f});
    for (const float sample : samples_of<float>(*run("Blur", {{"image", light}, {"sigma", sigma}})))
      EXPECT_NEAR(sample, 2.5f, 1e-5);
  }
  auto image = scene(4, 4, 3);
  image->info.exif = std::make_shared<const Bytes>(Bytes{1});
  EXPECT_EQ(run("Blur", {{"image", image}, {"sigma", 0.0}}).get(), image.get());
  EXPECT_EQ(run("Blur", {{"image", image}, {"sigma", 1.0}})->info.exif, image->info.exif);
  EXPECT_EQ(run("Blur", {{"image", image}, {"sigma", 9.0}})->info.exif, image->info.exif);
}

TEST(Blur, Avx2AndPortableGiveTheSameBits) {
  for (const int channels : {1, 3, 4}) {
    const auto image = noise(37, 21, channels, 5, Sample::f32);
    use_portable_only(true);
    const auto portable = bytes_of(*blur_picture(*image, 1.3));
    use_portable_only(false);
    EXPECT_EQ(bytes_of(*blur_picture(*image, 1.3)), portable);
  }
}

TEST(Sharpen, AStepOvershootsByHand) {
  // With radius 1 (sigma 0.3) a weight of e^(-1 / 0.18) = 0.003866 lies on each neighbour before they are made to sum
  // up to 1: 0.003836. At a step of 200 the blur takes 0.767 from the upper side; times 10 that is 7.67.
  const auto step = picture(6, 1, 1, {20, 20, 20, 220, 220, 220});
  const Values values{{"image", step}, {"sigma", 0.3}, {"amount", 10.0}};
  EXPECT_EQ(samples_of(*run("Sharpen", values)), (U8{20, 20, 12, 228, 220, 220}));
  Values spared = values;
  spared["threshold"] = 0.004;  // 1.02 of 255
  EXPECT_EQ(samples_of(*run("Sharpen", spared)), samples_of(*step));
  const auto deep = picture<std::uint16_t>(2, 1, 1, {0, 65535});
  EXPECT_EQ(samples_of<std::uint16_t>(*run("Sharpen", {{"image", deep}, {"amount", 5.0}})),
            (std::vector<std::uint16_t>{0, 65535}))
      << "held within black and white";
}

TEST(Sharpen, LooksPastTransparentNeighbours) {
  // Beside a solid grey only transparent white: nothing differs that is seen, so nothing changes.
  const auto cutout = picture(4, 1, 4, {90, 90, 90, 255, 90, 90, 90, 128, 255, 255, 255, 0, 255, 255, 255, 0});
  EXPECT_EQ(samples_of(*run("Sharpen", {{"image", cutout}, {"sigma", 1.0}, {"amount", 8.0}})), samples_of(*cutout));
  const auto dot = picture(1, 1, 3, {1, 128, 255});
  EXPECT_EQ(samples_of(*run("Sharpen", {{"image", dot}})), samples_of(*dot));
  EXPECT_EQ(run("Sharpen", {{"image", dot}, {"amount", 0.0}}).get(), dot.get());
}

TEST(RowFilter, WeightsSumUpToOne) {
  for (const double sigma : {0.01, 0.3, 1.0, 7.0}) {
    double sum = 0;
    for (const float weight : gaussian_weights(sigma, 9)) sum += weight;
    EXPECT_NEAR(sum, 1, 1e-6) << sigma;
  }
}

}  // namespace
}  // namespace pixgraph::image
