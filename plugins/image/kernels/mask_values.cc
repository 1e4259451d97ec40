#include "kernels/mask_values.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace pixgraph::image {
namespace {

template <class T, class Change>
void each_value(const Image& mask, Image& out, Change&& change) {
  for (int y = 0; y < mask.height(); ++y)
    std::transform(mask.row<T>(y), mask.row<T>(y) + mask.width(), out.row<T>(y), change);
}

template <class T, class Join>
void each_pair(const Image& a, const Image& b, Image& out, Join&& join) {
  for (int y = 0; y < a.height(); ++y)
    std::transform(a.row<T>(y), a.row<T>(y) + a.width(), b.row<T>(y), out.row<T>(y), join);
}

std::shared_ptr<Image> mask_like(const Image& image) {
  return std::make_shared<Image>(image.width(), image.height(), 1, image.sample());
}

}  // namespace

std::shared_ptr<Image> inverted(const Image& mask) {
  auto out = mask_like(mask);
  with_sample_type(mask.sample(), [&]<class T>(T) {
    each_value<T>(mask, *out, [](T value) { return static_cast<T>(white<T>() - value); });
  });
  return out;
}

std::shared_ptr<Image> ramp(const Image& mask, double threshold, double soft) {
  auto out = mask_like(mask);
  const double begin = threshold - soft / 2;
  with_sample_type(mask.sample(), [&]<class T>(T) {
    const auto change = [=](T value) {
      const double unit = static_cast<double>(value) / white<T>();
      if (soft == 0) return unit >= threshold ? white<T>() : T(0);
      return from_unit<T>(std::clamp((unit - begin) / soft, 0.0, 1.0));
    };
    if constexpr (std::is_floating_point_v<T>) {
      each_value<T>(mask, *out, change);
    } else {
      std::vector<T> table;
      for (std::size_t value = 0; value <= white<T>(); ++value) table.push_back(change(static_cast<T>(value)));
      each_value<T>(mask, *out, [&](T value) { return table[value]; });
    }
  });
  return out;
}

std::shared_ptr<Image> combine(const Image& a, const Image& b, Combination how) {
  auto out = mask_like(a);
  with_sample_type(a.sample(), [&]<class T>(T) {
    switch (how) {
      case Combination::unite: each_pair<T>(a, b, *out, [](T x, T y) { return std::max(x, y); }); break;
      case Combination::intersect: each_pair<T>(a, b, *out, [](T x, T y) { return std::min(x, y); }); break;
      case Combination::subtract:
        each_pair<T>(a, b, *out, [](T x, T y) { return std::min(x, static_cast<T>(white<T>() - y)); });
        break;
    }
  });
  return out;
}

std::shared_ptr<Image> multiplied(const Image& a, const Image& b) {
  auto out = mask_like(a);
  with_sample_type(a.sample(), [&]<class T>(T) {
    each_pair<T>(a, b, *out, [](T x, T y) {
      if constexpr (std::is_floating_point_v<T>) {
        return x * y;
      } else {
        constexpr std::uint64_t kWhite = white<T>();
        return static_cast<T>((static_cast<std::uint64_t>(x) * y + kWhite / 2) / kWhite);
      }
    });
  });
  return out;
}

std::shared_ptr<Image> nearness(const Image& image, const Colour& colour) {
  auto out = mask_like(image);
  const int channels = image.channels(), colours = image.colour_channels();
  const double wanted[3] = {colour.red, colour.green, colour.blue};
  with_sample_type(image.sample(), [&]<class T>(T) {
    for (int y = 0; y < image.height(); ++y) {
      const T* from = image.row<T>(y);
      T* to = out->row<T>(y);
      for (int x = 0; x < image.width(); ++x, from += channels) {
        double squares = 0;
        for (int c = 0; c < 3; ++c) {
          const double apart = static_cast<double>(from[colours == 1 ? 0 : c]) / white<T>() - wanted[c];
          squares += apart * apart;
        }
        to[x] = from_unit<T>(1 - std::sqrt(squares / 3));
      }
    }
  });
  return out;
}

}  // namespace pixgraph::image
