#include "kernels/measure.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/light.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

class Tally {
 public:
  void add(double value, double weight) {
    weight_ += weight;
    sum_ += weight * value;
    // Squares of distances from the first value, so that a flat picture has a deviation of exactly 0.
    if (!any_) first_ = value;
    any_ = true;
    shifted_ += weight * (value - first_);
    squares_ += weight * (value - first_) * (value - first_);
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
  }
  Range01 range() const {
    if (!any_) return {};
    const double shift = shifted_ / weight_;
    return {sum_ / weight_, std::sqrt(std::max(0.0, squares_ / weight_ - shift * shift)), min_, max_};
  }

 private:
  double weight_ = 0, sum_ = 0, first_ = 0, shifted_ = 0, squares_ = 0;
  double min_ = std::numeric_limits<double>::infinity(), max_ = -min_;
  bool any_ = false;
};

/// Beyond an edge lies what lies before it, the edge itself not repeated.
int reflected(int i, int count) {
  if (count == 1) return 0;
  return i < 0 ? 1 : i == count ? count - 2 : i;
}

struct Line {
  std::vector<double> luma, alpha;
};

template <class T>
void read_line(const Image& image, int y, Line& line) {
  const int channels = image.channels(), colours = image.colour_channels();
  const T* pixel = image.row<T>(y);
  constexpr double kWhite = white<T>();
  line.luma.resize(static_cast<std::size_t>(image.width()));
  line.alpha.resize(line.luma.size());
  for (std::size_t x = 0; x < line.luma.size(); ++x, pixel += channels) {
    line.luma[x] = colours == 1 ? pixel[0] / kWhite : luma_709(pixel[0], pixel[1], pixel[2]) / kWhite;
    line.alpha[x] = image.has_alpha() ? pixel[colours] / kWhite : 1;
  }
}

void add_laplacian(const Line& above, const Line& here, const Line& below, Tally& tally) {
  const int width = static_cast<int>(here.luma.size());
  for (int x = 0; x < width; ++x) {
    const auto at = static_cast<std::size_t>(x), left = static_cast<std::size_t>(reflected(x - 1, width)),
               right = static_cast<std::size_t>(reflected(x + 1, width));
    const double alpha =
        std::min({above.alpha[at], here.alpha[left], here.alpha[at], here.alpha[right], below.alpha[at]});
    if (alpha < 0.5) continue;
    tally.add(255 * (above.luma[at] + below.luma[at] + here.luma[left] + here.luma[right] - 4 * here.luma[at]), 1);
  }
}

template <class T>
double sharpness_of(const Image& image) {
  Tally laplacian;
  Line lines[3];
  const int height = image.height();
  const auto line = [&](int y) -> Line& { return lines[y % 3]; };
  read_line<T>(image, 0, line(0));
  for (int y = 0; y < height; ++y) {
    if (y + 1 < height) read_line<T>(image, y + 1, line(y + 1));
    add_laplacian(line(reflected(y - 1, height)), line(y), line(reflected(y + 1, height)), laplacian);
  }
  const double deviation = laplacian.range().deviation;
  return deviation * deviation;
}

template <class T>
Measures measure_typed(const Image& image) {
  const int channels = image.channels(), colours = image.colour_channels();
  constexpr double kWhite = white<T>();
  Tally luma, alphas, tallies[3];
  Line line;
  for (int y = 0; y < image.height(); ++y) {
    read_line<T>(image, y, line);
    const T* pixel = image.row<T>(y);
    for (std::size_t x = 0; x < line.luma.size(); ++x, pixel += channels) {
      const double alpha = line.alpha[x];
      alphas.add(alpha, 1);
      if (alpha <= 0) continue;
      luma.add(line.luma[x], alpha);
      for (int c = 0; c < colours; ++c) tallies[c].add(pixel[c] / kWhite, alpha);
    }
  }
  Measures found;
  found.luma = luma.range();
  const Range01 alpha = alphas.range();
  found.spread = alpha.max - alpha.min;
  for (int c = 0; c < colours; ++c) {
    found.channels.push_back(tallies[c].range());
    found.spread = std::max(found.spread, found.channels.back().max - found.channels.back().min);
  }
  found.coverage = channels == 1 ? found.luma.mean : alpha.mean;
  found.sharpness = sharpness_of<T>(image);
  return found;
}

}  // namespace

Measures measure(const Image& image) {
  return with_sample_type(image.sample(), [&]<class T>(T) { return measure_typed<T>(image); });
}

}  // namespace pixgraph::image
