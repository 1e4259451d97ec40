#include "kernels/row_filter.h"

#include <cmath>
#include <cstddef>

#include "kernels/instructions.h"

namespace pixgraph::image {
namespace {

PIXGRAPH_BODY void add_weighted_body(float* sum, const float* samples, float weight, int count) {
  for (int i = 0; i < count; ++i) sum[i] += samples[i] * weight;
}
void add_weighted_portable(float* sum, const float* samples, float weight, int count) {
  add_weighted_body(sum, samples, weight, count);
}
PIXGRAPH_TARGET_AVX2 void add_weighted_avx2(float* sum, const float* samples, float weight, int count) {
  add_weighted_body(sum, samples, weight, count);
}

void add_weighted(float* sum, const float* samples, float weight, int count) {
  if (use_avx2())
    add_weighted_avx2(sum, samples, weight, count);
  else
    add_weighted_portable(sum, samples, weight, count);
}

}  // namespace

std::vector<float> gaussian_weights(double sigma, int radius) {
  std::vector<double> exact;
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    exact.push_back(std::exp(-i * i / (2 * sigma * sigma)));
    sum += exact.back();
  }
  std::vector<float> weights;
  for (const double weight : exact) weights.push_back(static_cast<float>(weight / sum));
  return weights;
}

RowFilter::RowFilter(int width, int step, std::vector<float> weights)
    : width_(width),
      step_(step),
      radius_(static_cast<int>(weights.size()) / 2),
      weights_(std::move(weights)),
      padded_(static_cast<std::size_t>(width + 2 * radius_) * step),
      ring_(static_cast<std::size_t>(width) * step * weights_.size()),
      out_(static_cast<std::size_t>(width) * step) {}

void RowFilter::filter_along(const float* row) {
  const int samples = width_ * step_, border = radius_ * step_;
  for (int i = 0; i < border; ++i) {
    padded_[static_cast<std::size_t>(i)] = row[i % step_];
    padded_[static_cast<std::size_t>(border + samples + i)] = row[samples - step_ + i % step_];
  }
  std::copy_n(row, samples, padded_.data() + border);
  float* into =
      ring_.data() + static_cast<std::size_t>(pushed_ % (2 * radius_ + 1)) * static_cast<std::size_t>(samples);
  std::fill_n(into, samples, 0.0f);
  for (int k = 0; k <= 2 * radius_; ++k)
    add_weighted(into, padded_.data() + k * step_, weights_[static_cast<std::size_t>(k)], samples);
  ++pushed_;
}

const float* RowFilter::mixed() {
  const int samples = width_ * step_;
  std::fill_n(out_.data(), samples, 0.0f);
  for (int k = -radius_; k <= radius_; ++k) {
    const int y = std::clamp(emitted_ + k, 0, pushed_ - 1);
    add_weighted(out_.data(),
                 ring_.data() + static_cast<std::size_t>(y % (2 * radius_ + 1)) * static_cast<std::size_t>(samples),
                 weights_[static_cast<std::size_t>(k + radius_)], samples);
  }
  ++emitted_;
  return out_.data();
}

}  // namespace pixgraph::image
