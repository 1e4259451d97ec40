#include "kernels/rotate.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/resample_weights.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

// Weights come from a table: where a pixel lies between two others is rounded to 1/256 of a pixel.
constexpr int kSteps = 256;

/// For every place between two pixels the weights of the pixels around it, from the `reach - 1`-th on the left.
std::vector<float> weight_table(Filter filter, int reach) {
  std::vector<float> table;
  for (int step = 0; step <= kSteps; ++step) {
    double sum = 0;
    std::vector<double> weights;
    for (int tap = 0; tap < 2 * reach; ++tap) {
      weights.push_back(filter_value(filter, tap - (reach - 1) - static_cast<double>(step) / kSteps));
      sum += weights.back();
    }
    for (double weight : weights) table.push_back(static_cast<float>(weight / sum));
  }
  return table;
}

/// A place in the source along one axis: the first pixel that counts and the weights.
struct Taps {
  Taps(double centre, int reach, const std::vector<float>& table) {
    const double pixel = std::floor(centre - 0.5);
    first = static_cast<int>(pixel) - (reach - 1);
    weights = &table[static_cast<std::size_t>(std::lround((centre - 0.5 - pixel) * kSteps)) *
                     static_cast<std::size_t>(2 * reach)];
  }
  int first;
  const float* weights;
};

template <class T>
void rotate_typed(const Image& image, Image& out, double degrees, Filter filter) {
  const int channels = image.channels(), colours = channels - 1;
  const int reach = std::max(1, static_cast<int>(std::ceil(filter_radius(filter))));
  const std::vector<float> table = weight_table(filter, reach);
  const double angle = degrees * std::numbers::pi / 180, cosine = std::cos(angle), sine = std::sin(angle);
  constexpr double kUnit = 1.0 / white<T>();
  for (int y = 0; y < out.height(); ++y) {
    T* to = out.row<T>(y);
    for (int x = 0; x < out.width(); ++x, to += channels) {
      const double from_middle_x = x + 0.5 - out.width() / 2.0, from_middle_y = y + 0.5 - out.height() / 2.0;
      const Taps across(cosine * from_middle_x + sine * from_middle_y + image.width() / 2.0, reach, table);
      const Taps down(cosine * from_middle_y - sine * from_middle_x + image.height() / 2.0, reach, table);
      double sums[4] = {}, alpha = 0;
      const int begin_y = std::max(0, -down.first), end_y = std::min(2 * reach, image.height() - down.first);
      const int begin_x = std::max(0, -across.first), end_x = std::min(2 * reach, image.width() - across.first);
      for (int v = begin_y; v < end_y; ++v) {
        const T* row = image.row<T>(down.first + v);
        for (int u = begin_x; u < end_x; ++u) {
          const T* from = row + (across.first + u) * channels;
          const double weight = static_cast<double>(down.weights[v]) * across.weights[u] * from[colours];
          alpha += weight;
          for (int c = 0; c < colours; ++c) sums[c] += weight * from[c];
        }
      }
      to[colours] = from_unit<T>(alpha * kUnit);
      const bool seen = to[colours] > T(0);
      for (int c = 0; c < colours; ++c) to[c] = seen ? from_unit<T>(sums[c] / alpha * kUnit) : T(0);
    }
  }
}

}  // namespace

std::shared_ptr<Image> rotate(const Image& image, double degrees, int width, int height, Filter filter) {
  auto out = std::make_shared<Image>(width, height, image.channels(), image.sample(), image.alpha());
  out->info = image.info;
  with_sample_type(image.sample(), [&]<class T>(T) { rotate_typed<T>(image, *out, degrees, filter); });
  return out;
}

}  // namespace pixgraph::image
