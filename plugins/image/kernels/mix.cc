#include "kernels/mix.h"

#include <algorithm>

#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

template <class T>
T mixed(T under, T top, T share) {
  if constexpr (std::is_floating_point_v<T>) {
    return under + (top - under) * share;
  } else {
    constexpr std::uint64_t kWhite = white<T>();
    return static_cast<T>(
        (static_cast<std::uint64_t>(top) * share + static_cast<std::uint64_t>(under) * (kWhite - share) + kWhite / 2) /
        kWhite);
  }
}

template <class T>
T times(T a, T b) {
  return mixed<T>(T(0), a, b);
}

template <class T>
void mix_row(const T* under, const T* top, const T* mask, T* out, int width, int colours, bool under_alpha,
             bool top_alpha) {
  const int under_step = colours + under_alpha, top_step = colours + top_alpha;
  for (int x = 0; x < width; ++x, under += under_step, top += top_step, out += under_step) {
    T share = mask[x];
    if (top_alpha && !under_alpha) share = times(share, top[colours]);
    if (share == T(0)) {
      std::copy_n(under, under_step, out);
    } else if (share == white<T>()) {
      std::copy_n(top, under_step, out);
    } else if (!under_alpha || under[colours] == top[colours]) {
      for (int c = 0; c < colours; ++c) out[c] = mixed(under[c], top[c], share);
      if (under_alpha) out[colours] = under[colours];
    } else {
      // Colours count by how much of them is seen.
      const double unit = 1.0 / white<T>();
      const double top_weight = share * unit * top[colours], under_weight = (1 - share * unit) * under[colours];
      const double together = top_weight + under_weight;
      for (int c = 0; c < colours; ++c)
        out[c] = from_unit<T>((top[c] * top_weight + under[c] * under_weight) / together * unit);
      out[colours] = from_unit<T>(together * unit);
    }
  }
}

}  // namespace

std::shared_ptr<Image> mix(const Image& under, const Image& top, const Image& mask) {
  auto out = std::make_shared<Image>(under.width(), under.height(), under.channels(), under.sample(), under.alpha());
  out->info = under.info;
  with_sample_type(under.sample(), [&]<class T>(T) {
    for (int y = 0; y < under.height(); ++y)
      mix_row<T>(under.row<T>(y), top.row<T>(y), mask.row<T>(y), out->row<T>(y), under.width(), under.colour_channels(),
                 under.has_alpha(), top.has_alpha());
  });
  return out;
}

}  // namespace pixgraph::image
