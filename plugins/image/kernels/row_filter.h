// row_filter: a symmetric separable filter over rows of interleaved float samples, fed row by row, so that no picture
// in between is ever held. Beyond the picture its edge pixels go on.
#pragma once

#include <algorithm>
#include <vector>

namespace pixgraph::image {

/// 2 * radius + 1 weights of a Gaussian, which sum up to 1.
std::vector<float> gaussian_weights(double sigma, int radius);

class RowFilter {
 public:
  /// `step` samples make a pixel. REQUIRES: an odd number of weights.
  RowFilter(int width, int step, std::vector<float> weights);

  /// Takes the next row of width * step samples; emit(const float* filtered) follows when the rows around are known.
  template <class Emit>
  void push(const float* row, Emit&& emit) {
    filter_along(row);
    if (pushed_ > radius_) emit(mixed());
  }
  /// After the last row: the rows that are still to come.
  template <class Emit>
  void finish(Emit&& emit) {
    while (emitted_ < pushed_) emit(mixed());
  }

 private:
  void filter_along(const float* row);
  const float* mixed();

  int width_, step_, radius_;
  std::vector<float> weights_, padded_, ring_, out_;
  int pushed_ = 0, emitted_ = 0;
};

}  // namespace pixgraph::image
