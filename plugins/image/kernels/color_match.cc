#include "kernels/color_match.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "kernels/lab.h"
#include "kernels/light.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

template <class T>
std::array<double, 3> unit_colour(const T* pixel) {
  return {static_cast<double>(pixel[0]) / white<T>(), static_cast<double>(pixel[1]) / white<T>(),
          static_cast<double>(pixel[2]) / white<T>()};
}

/// The light of samples; integers by a table.
template <class T>
class LightOf {
 public:
  LightOf() {
    if constexpr (!std::is_floating_point_v<T>)
      for (unsigned i = 0; i <= white<T>(); ++i) table_.push_back(srgb_to_light(static_cast<double>(i) / white<T>()));
  }
  std::array<double, 3> operator()(const T* pixel) const { return {one(pixel[0]), one(pixel[1]), one(pixel[2])}; }

 private:
  double one(T sample) const {
    if constexpr (std::is_floating_point_v<T>)
      return srgb_to_light(sample);
    else
      return table_[sample];
  }
  std::vector<double> table_;
};

/// light_to_srgb(); for integer samples by a table whose straight pieces are less than 1e-6 off.
template <class T>
class SrgbOf {
 public:
  SrgbOf() {
    if constexpr (!std::is_floating_point_v<T>)
      for (int i = 0; i <= kSteps + 1; ++i) table_.push_back(light_to_srgb(static_cast<double>(i) / kSteps));
  }
  double operator()(double light) const {
    if constexpr (std::is_floating_point_v<T>) return light_to_srgb(light);
    const double place = std::clamp(light, 0.0, 1.0) * kSteps;
    const auto below = static_cast<std::size_t>(place);
    return table_[below] + (place - static_cast<double>(below)) * (table_[below + 1] - table_[below]);
  }

 private:
  static constexpr int kSteps = 65536;
  std::vector<double> table_;
};

template <class T>
double unit_alpha(const Image& image, const T* pixel) {
  return image.has_alpha() ? static_cast<double>(pixel[image.colour_channels()]) / white<T>() : 1;
}

template <class T>
LabStatistics lab_statistics_typed(const Image& image, int step) {
  double weight = 0, sum[3] = {}, squares[3] = {};
  const LightOf<T> light;
  for (int y = 0; y < image.height(); y += step) {
    const T* pixel = image.row<T>(y);
    for (int x = 0; x < image.width(); x += step, pixel += step * image.channels()) {
      const double alpha = unit_alpha(image, pixel);
      if (alpha <= 0) continue;
      const std::array<double, 3> lab = light_to_lab(light(pixel));
      weight += alpha;
      for (std::size_t c = 0; c < 3; ++c) sum[c] += alpha * lab[c], squares[c] += alpha * lab[c] * lab[c];
    }
  }
  LabStatistics found;
  // What little is to be seen may lie between the pixels that were looked at.
  if (weight == 0) return step > 1 ? lab_statistics_typed<T>(image, 1) : found;
  for (std::size_t c = 0; c < 3; ++c) {
    found.mean[c] = sum[c] / weight;
    found.deviation[c] = std::sqrt(std::max(0.0, squares[c] / weight - found.mean[c] * found.mean[c]));
  }
  return found;
}

/// How much of the picture lies at or below each level, 0..1. Float is held within 0..1 and has the levels of 16 bit.
template <class T>
std::vector<double> cumulative(const Image& image, int c) {
  constexpr std::size_t kLevels = sizeof(T) == 1 ? 256 : 65536;
  std::vector<double> share(kLevels);
  double total = 0;
  for (int y = 0; y < image.height(); ++y) {
    const T* pixel = image.row<T>(y);
    for (int x = 0; x < image.width(); ++x, pixel += image.channels()) {
      const double alpha = unit_alpha(image, pixel);
      std::size_t level;
      if constexpr (std::is_floating_point_v<T>)
        level = from_unit<std::uint16_t>(pixel[c]);
      else
        level = pixel[c];
      share[level] += alpha;
      total += alpha;
    }
  }
  double sum = 0;
  for (double& one : share) one = total > 0 ? (sum += one) / total : 0;
  return share;
}

}  // namespace

LabStatistics lab_statistics(const Image& image) {
  // A million pixels, evenly spread, know the mean and spread of any picture well enough.
  const int step = std::max(1, static_cast<int>(std::sqrt(1e-6 * image.width() * image.height())));
  return with_sample_type(image.sample(), [&]<class T>(T) { return lab_statistics_typed<T>(image, step); });
}

std::shared_ptr<Image> transfer_lab(const Image& image, const LabStatistics& from, const LabStatistics& to,
                                    double strength) {
  auto out = std::make_shared<Image>(image.width(), image.height(), image.channels(), image.sample(), image.alpha());
  out->info = image.info;
  double scale[3];
  // A hundredth of a unit cannot be seen; a flat picture has rounding noise below it, which must not be blown up.
  for (std::size_t c = 0; c < 3; ++c) scale[c] = from.deviation[c] > 0.01 ? to.deviation[c] / from.deviation[c] : 1;
  const int channels = image.channels();
  with_sample_type(image.sample(), [&]<class T>(T) {
    const LightOf<T> light;
    const SrgbOf<T> srgb;
    for (int y = 0; y < image.height(); ++y) {
      const T* pixel = image.row<T>(y);
      T* result = out->row<T>(y);
      for (int x = 0; x < image.width(); ++x, pixel += channels, result += channels) {
        const std::array<double, 3> rgb = unit_colour(pixel);
        std::array<double, 3> lab = light_to_lab(light(pixel));
        for (std::size_t c = 0; c < 3; ++c) lab[c] = (lab[c] - from.mean[c]) * scale[c] + to.mean[c];
        const std::array<double, 3> matched = lab_to_light(lab);
        for (std::size_t c = 0; c < 3; ++c) result[c] = from_unit<T>(rgb[c] + strength * (srgb(matched[c]) - rgb[c]));
        if (channels == 4) result[3] = pixel[3];
      }
    }
  });
  return out;
}

std::vector<Curve> histogram_curves(const Image& image, const Image& reference, double strength) {
  std::vector<Curve> curves;
  for (int c = 0; c < image.colour_channels(); ++c)
    with_sample_type(image.sample(), [&]<class T>(T) {
      const std::vector<double> own = cumulative<T>(image, c), wanted = cumulative<T>(reference, c);
      const double top = static_cast<double>(own.size()) - 1;
      auto levels = std::make_shared<std::vector<double>>();
      std::size_t at = 0;
      for (const double share : own) {
        while (at + 1 < wanted.size() && wanted[at] < share - 1e-9) ++at;
        levels->push_back(static_cast<double>(at) / top);
      }
      curves.emplace_back([levels, top, strength](double value) {
        const double place = std::clamp(value, 0.0, 1.0) * top;
        const std::size_t below = std::min(static_cast<std::size_t>(place), levels->size() - 2);
        const double matched =
            (*levels)[below] + (place - static_cast<double>(below)) * ((*levels)[below + 1] - (*levels)[below]);
        return value + strength * (matched - value);
      });
    });
  return curves;
}

}  // namespace pixgraph::image
