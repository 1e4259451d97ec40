#include "kernels/seams.h"

#include <algorithm>

#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

/// For every pixel along one axis how much each part counts there, all together 1; [part][pixel within it].
std::vector<std::vector<float>> shares(const std::vector<int>& starts, int size, double fade) {
  const int length = starts.back() + size;
  std::vector<std::vector<double>> weights;
  std::vector<double> sums(static_cast<std::size_t>(length));
  for (std::size_t part = 0; part < starts.size(); ++part) {
    std::vector<double> own;
    for (int i = 0; i < size; ++i) {
      double weight = 1;
      if (fade > 0 && part > 0) weight = std::min(weight, (i + 0.5) / fade);
      if (fade > 0 && part + 1 < starts.size()) weight = std::min(weight, (size - i - 0.5) / fade);
      own.push_back(weight);
      sums[static_cast<std::size_t>(starts[part] + i)] += weight;
    }
    weights.push_back(own);
  }
  std::vector<std::vector<float>> result;
  for (std::size_t part = 0; part < starts.size(); ++part) {
    result.emplace_back();
    for (int i = 0; i < size; ++i)
      result.back().push_back(static_cast<float>(weights[part][static_cast<std::size_t>(i)] /
                                                 sums[static_cast<std::size_t>(starts[part] + i)]));
  }
  return result;
}

/// Adds a part's row to the sums, weighted; where there is alpha, colours are weighted by it too.
template <class T>
void add_row(const Image& part, int y, float share_y, const std::vector<float>& share_x, float* sums) {
  const int channels = part.channels(), colours = part.colour_channels();
  const T* from = part.row<T>(y);
  for (int x = 0; x < part.width(); ++x, from += channels, sums += channels) {
    const float share = share_y * share_x[static_cast<std::size_t>(x)];
    const float weight = part.has_alpha() ? share * static_cast<float>(from[colours]) : share;
    for (int c = 0; c < colours; ++c) sums[c] += weight * static_cast<float>(from[c]);
    if (part.has_alpha()) sums[colours] += weight;
  }
}

template <class T>
void finish_row(const float* sums, T* to, int width, int channels, bool alpha) {
  const int colours = alpha ? channels - 1 : channels;
  constexpr double kUnit = 1.0 / white<T>();
  for (int x = 0; x < width; ++x, sums += channels, to += channels) {
    double divide = 1;
    if (alpha) {
      to[colours] = from_unit<T>(sums[colours] * kUnit);
      divide = sums[colours] == 0 ? 0 : 1.0 / static_cast<double>(sums[colours]);
    }
    for (int c = 0; c < colours; ++c) to[c] = from_unit<T>(sums[c] * divide * kUnit);
  }
}

}  // namespace

std::shared_ptr<Image> join(const std::vector<ImagePtr>& parts, const Grid& grid) {
  const Image& first = *parts[0];
  const int width = grid.lefts.back() + first.width(), height = grid.tops.back() + first.height();
  const int channels = first.channels();
  auto out = std::make_shared<Image>(width, height, channels, first.sample(), first.alpha());
  out->info = first.info;
  const auto across = shares(grid.lefts, first.width(), grid.fade_x);
  const auto down = shares(grid.tops, first.height(), grid.fade_y);
  std::vector<float> sums(static_cast<std::size_t>(width) * static_cast<std::size_t>(channels));
  with_sample_type(first.sample(), [&]<class T>(T) {
    for (int y = 0; y < height; ++y) {
      std::fill(sums.begin(), sums.end(), 0.0f);
      for (std::size_t row = 0; row < grid.tops.size(); ++row) {
        const int own_y = y - grid.tops[row];
        if (own_y < 0 || own_y >= first.height()) continue;
        for (std::size_t column = 0; column < grid.lefts.size(); ++column)
          add_row<T>(*parts[row * grid.lefts.size() + column], own_y, down[row][static_cast<std::size_t>(own_y)],
                     across[column], sums.data() + static_cast<std::ptrdiff_t>(grid.lefts[column]) * channels);
      }
      finish_row<T>(sums.data(), out->row<T>(y), width, channels, first.has_alpha());
    }
  });
  return out;
}

}  // namespace pixgraph::image
