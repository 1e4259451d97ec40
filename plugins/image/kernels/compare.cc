#include "kernels/compare.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/light.h"
#include "kernels/row_filter.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

/// Sample c of a pixel as 0..1, colours weighted by alpha.
template <class T>
double weighted(const T* pixel, int c, int colours, bool alpha) {
  constexpr double kWhite = white<T>();
  const double value = pixel[c] / kWhite;
  return alpha && c < colours ? value * (pixel[colours] / kWhite) : value;
}

template <class T>
double weighted_luma(const T* pixel, int colours, bool alpha) {
  if (colours == 1) return weighted(pixel, 0, colours, alpha);
  return luma_709(weighted(pixel, 0, colours, alpha), weighted(pixel, 1, colours, alpha),
                  weighted(pixel, 2, colours, alpha));
}

constexpr int kWindow = 5;  // pixels to each side

/// One row of the SSIM map, of filtered a, b, aa, bb and ab, summed from `from` up to `to`.
double ssim_sum(const float* filtered, int from, int to) {
  constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
  double sum = 0;
  for (int x = from; x < to; ++x) {
    const float* at = filtered + static_cast<std::ptrdiff_t>(x) * 5;
    const double a = at[0], b = at[1], aa = at[2] - a * a, bb = at[3] - b * b, ab = at[4] - a * b;
    sum += (2 * a * b + kC1) * (2 * ab + kC2) / ((a * a + b * b + kC1) * (aa + bb + kC2));
  }
  return sum;
}

template <class T>
double ssim_typed(const Image& a, const Image& b) {
  const int width = a.width(), height = a.height(), channels = a.channels(), colours = a.colour_channels();
  const bool fits = width > 2 * kWindow && height > 2 * kWindow;
  const int border = fits ? kWindow : 0;
  RowFilter filter(width, 5, gaussian_weights(1.5, kWindow));
  std::vector<float> row(static_cast<std::size_t>(width) * 5);
  double sum = 0;
  int done = 0;
  const auto take = [&](const float* filtered) {
    if (done >= border && done < height - border) sum += ssim_sum(filtered, border, width - border);
    ++done;
  };
  for (int y = 0; y < height; ++y) {
    const T *pixel_a = a.row<T>(y), *pixel_b = b.row<T>(y);
    float* into = row.data();
    for (int x = 0; x < width; ++x, pixel_a += channels, pixel_b += channels, into += 5) {
      const double la = weighted_luma(pixel_a, colours, a.has_alpha()),
                   lb = weighted_luma(pixel_b, colours, b.has_alpha());
      into[0] = static_cast<float>(la);
      into[1] = static_cast<float>(lb);
      into[2] = static_cast<float>(la * la);
      into[3] = static_cast<float>(lb * lb);
      into[4] = static_cast<float>(la * lb);
    }
    filter.push(row.data(), take);
  }
  filter.finish(take);
  return sum / (static_cast<double>(width - 2 * border) * (height - 2 * border));
}

template <class T>
Comparison compare_typed(const Image& a, const Image& b) {
  const int channels = a.channels(), colours = a.colour_channels();
  const bool alpha = a.has_alpha();
  Comparison found;
  for (int y = 0; y < a.height(); ++y) {
    const T *pixel_a = a.row<T>(y), *pixel_b = b.row<T>(y);
    for (int x = 0; x < a.width(); ++x, pixel_a += channels, pixel_b += channels)
      for (int c = 0; c < channels; ++c) {
        const double away = std::abs(weighted(pixel_a, c, colours, alpha) - weighted(pixel_b, c, colours, alpha));
        found.mean += away;
        found.mean_square += away * away;
        found.largest = std::max(found.largest, away);
      }
  }
  const double samples = static_cast<double>(a.width()) * a.height() * channels;
  found.mean /= samples;
  found.mean_square /= samples;
  if (found.largest > 0) found.ssim = ssim_typed<T>(a, b);
  return found;
}

}  // namespace

Comparison compare(const Image& a, const Image& b) {
  return with_sample_type(a.sample(), [&]<class T>(T) { return compare_typed<T>(a, b); });
}

std::shared_ptr<Image> difference(const Image& a, const Image& b, double amplify) {
  const int channels = a.channels(), colours = a.colour_channels();
  const bool alpha = a.has_alpha();
  auto out = std::make_shared<Image>(a.width(), a.height(), colours, a.sample());
  with_sample_type(a.sample(), [&]<class T>(T) {
    for (int y = 0; y < a.height(); ++y) {
      const T *pixel_a = a.row<T>(y), *pixel_b = b.row<T>(y);
      T* to = out->row<T>(y);
      for (int x = 0; x < a.width(); ++x, pixel_a += channels, pixel_b += channels, to += colours)
        for (int c = 0; c < colours; ++c) {
          double away = std::abs(weighted(pixel_a, c, colours, alpha) - weighted(pixel_b, c, colours, alpha));
          if (alpha)
            away = std::max(away, std::abs(weighted(pixel_a, colours, colours, alpha) -
                                           weighted(pixel_b, colours, colours, alpha)));
          to[c] = from_unit<T>(away * amplify);
        }
    }
  });
  return out;
}

}  // namespace pixgraph::image
