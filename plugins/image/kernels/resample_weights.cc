#include "kernels/resample_weights.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pixgraph::image {
namespace {

double sinc(double x) {
  if (std::abs(x) < 1e-4) return 1;
  return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

}  // namespace

double filter_radius(Filter filter) {
  switch (filter) {
    case Filter::lanczos3: return 3;
    case Filter::cubic: return 2;
    case Filter::triangle: return 1;
    case Filter::box:
    case Filter::nearest: break;
  }
  return 0.5;
}

double filter_value(Filter filter, double x) {
  const double far = std::abs(x);
  switch (filter) {
    case Filter::lanczos3: return far < 3 ? sinc(x) * sinc(x / 3) : 0;
    case Filter::cubic:  // Catmull and Rom
      if (far < 1) return (1.5 * far - 2.5) * far * far + 1;
      return far < 2 ? ((-0.5 * far + 2.5) * far - 4) * far + 2 : 0;
    case Filter::triangle: return std::max(0.0, 1 - far);
    case Filter::box:
    case Filter::nearest: break;
  }
  return x >= -0.5 && x < 0.5 ? 1 : 0;
}

Weights make_weights(int source_size, double start, double length, int result_size, Filter filter) {
  const double step = length / result_size;
  // Shrinking widens the filter, so that every source pixel counts; nearest looks at one whatever the step.
  const double widen = filter == Filter::nearest ? 1 : std::max(1.0, step), reach = filter_radius(filter) * widen;
  Weights result;
  result.first.resize(static_cast<std::size_t>(result_size));
  result.taps = std::min(source_size, filter == Filter::nearest ? 1 : static_cast<int>(std::ceil(2 * reach)) + 1);
  result.weights.resize(static_cast<std::size_t>(result_size) * static_cast<std::size_t>(result.taps));
  for (int i = 0; i < result_size; ++i) {
    const double centre = start + (i + 0.5) * step;
    const int nearest = std::clamp(static_cast<int>(std::floor(centre)), 0, source_size - 1);
    const int from = filter == Filter::nearest ? nearest : static_cast<int>(std::floor(centre - reach));
    const int first = std::clamp(from, 0, source_size - result.taps);
    float* weights = &result.weights[static_cast<std::size_t>(i) * static_cast<std::size_t>(result.taps)];
    double sum = 0;
    std::vector<double> exact(static_cast<std::size_t>(result.taps));
    if (filter != Filter::nearest)
      for (int j = from; j + 0.5 <= centre + reach; ++j) {
        // What lies beyond the picture counts for its edge pixel.
        double weight = filter_value(filter, (j + 0.5 - centre) / widen);
        // sin(pi * n) is not quite 0, and a picture that is not scaled must keep its bits.
        if (std::abs(weight) < 1e-9) weight = 0;
        exact[static_cast<std::size_t>(std::clamp(j, 0, source_size - 1) - first)] += weight;
        sum += weight;
      }
    if (sum == 0) exact[static_cast<std::size_t>(nearest - first)] = sum = 1;
    for (int t = 0; t < result.taps; ++t) weights[t] = static_cast<float>(exact[static_cast<std::size_t>(t)] / sum);
    result.first[static_cast<std::size_t>(i)] = first;
  }
  return result;
}

std::vector<std::int16_t> fixed_weights(const Weights& weights, int padded_taps) {
  const std::size_t taps = static_cast<std::size_t>(weights.taps), padded = static_cast<std::size_t>(padded_taps);
  std::vector<std::int16_t> fixed(weights.first.size() * padded);
  for (std::size_t i = 0; i < weights.first.size(); ++i) {
    // Rounding the running sum instead of each weight makes the total exact and spreads the error.
    double sum = 0;
    long before = 0;
    for (std::size_t t = 0; t < taps; ++t) {
      sum += weights.weights[i * taps + t];
      const long now = t + 1 == taps ? 1L << kWeightBits : std::lround(sum * (1 << kWeightBits));
      fixed[i * padded + t] = static_cast<std::int16_t>(now - before);
      before = now;
    }
  }
  return fixed;
}

}  // namespace pixgraph::image
