// resample_weights: which source pixels make one result pixel, along one axis, and how much each counts.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/resample.h"

namespace pixgraph::image {

/// How far the filter reaches to each side, and its value at a distance from its middle, in pixels that are not shrunk.
double filter_radius(Filter filter);
double filter_value(Filter filter, double x);

/// Result pixel i is the sum of source pixels first[i] .. first[i] + taps - 1, weighted by weights[i * taps ...], which
/// sum up to 1. All pixels lie within the source.
struct Weights {
  int taps = 0;
  std::vector<int> first;
  std::vector<float> weights;
};

/// `start` and `length` are the region along this axis, in source pixels.
Weights make_weights(int source_size, double start, double length, int result_size, Filter filter);

/// The weights as integers of `1 << kWeightBits`; each pixel's sum up to that exactly, so flat areas stay flat.
/// `padded_taps` >= taps: that many per pixel, zeros after the taps.
inline constexpr int kWeightBits = 14;
std::vector<std::int16_t> fixed_weights(const Weights& weights, int padded_taps);

}  // namespace pixgraph::image
