#include "kernels/dilate.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "kernels/instructions.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

struct Larger {
  template <class T>
  static T pick(T a, T b) {
    return a > b ? a : b;
  }
  template <class T>
  static constexpr T nothing() {
    return std::numeric_limits<T>::lowest();
  }
};
struct Smaller {
  template <class T>
  static T pick(T a, T b) {
    return a < b ? a : b;
  }
  template <class T>
  static constexpr T nothing() {
    return std::numeric_limits<T>::max();
  }
};

/// out[i] = pick(a[i], b[i])
template <class Pick, class T>
PIXGRAPH_BODY void pick_body(const T* a, const T* b, T* out, int count) {
  for (int i = 0; i < count; ++i) out[i] = Pick::pick(a[i], b[i]);
}
template <class Pick, class T>
void pick_portable(const T* a, const T* b, T* out, int count) {
  pick_body<Pick>(a, b, out, count);
}
template <class Pick, class T>
PIXGRAPH_TARGET_AVX2 void pick_avx2(const T* a, const T* b, T* out, int count) {
  pick_body<Pick>(a, b, out, count);
}

/// How far the disc reaches to the left and right in the row that is `up` rows from its centre.
int half_width(int radius, int up) {
  int half = static_cast<int>(std::sqrt(static_cast<double>(radius) * radius - static_cast<double>(up) * up));
  while ((half + 1) * (half + 1) + up * up <= radius * radius) ++half;
  while (half * half + up * up > radius * radius) --half;
  return half;
}

/// The disc is a stack of rows. Each row of the mask is widened step by step, and whenever its width is that of one of
/// the disc's rows, it goes into the result rows which have it at that distance.
template <class Pick, class T>
std::shared_ptr<Image> spread(const Image& mask, int radius) {
  const int width = mask.width(), height = mask.height();
  auto out = std::make_shared<Image>(width, height, 1, mask.sample());
  for (int y = 0; y < height; ++y) std::fill_n(out->row<T>(y), width, Pick::template nothing<T>());
  std::vector<std::vector<int>> distances(static_cast<std::size_t>(radius) + 1);  // by half width
  for (int up = 0; up <= radius; ++up) distances[static_cast<std::size_t>(half_width(radius, up))].push_back(up);

  const auto pick = use_avx2() ? pick_avx2<Pick, T> : pick_portable<Pick, T>;
  const int margin = radius + 1;
  // Two rows with margins of nothing, so that the window never needs a test for the borders.
  std::vector<T> now(static_cast<std::size_t>(width + 2 * margin), Pick::template nothing<T>()), next(now);
  for (int y = 0; y < height; ++y) {
    std::fill(now.begin(), now.end(), Pick::template nothing<T>());
    std::memcpy(now.data() + margin, mask.row<T>(y), static_cast<std::size_t>(width) * sizeof(T));
    for (int half = 0; half <= radius; ++half) {
      if (half > 0) {
        // A window one wider on both sides is the window's left neighbour and its right one, for half >= 1 where they
        // overlap; for the first step the centre is between them.
        const int from = margin - (radius - half), count = width + 2 * (radius - half);
        pick(now.data() + from - 1, now.data() + from + 1, next.data() + from, count);
        if (half == 1) pick(next.data() + from, now.data() + from, next.data() + from, count);
        now.swap(next);
      }
      for (int up : distances[static_cast<std::size_t>(half)]) {
        if (y - up >= 0) pick(out->row<T>(y - up), now.data() + margin, out->row<T>(y - up), width);
        if (up > 0 && y + up < height) pick(out->row<T>(y + up), now.data() + margin, out->row<T>(y + up), width);
      }
    }
  }
  return out;
}

template <class Pick>
std::shared_ptr<Image> spread_any(const Image& mask, int radius) {
  return with_sample_type(mask.sample(), [&]<class T>(T) { return spread<Pick, T>(mask, radius); });
}

}  // namespace

std::shared_ptr<Image> dilate(const Image& mask, int radius) {
  return spread_any<Larger>(mask, radius);
}
std::shared_ptr<Image> erode(const Image& mask, int radius) {
  return spread_any<Smaller>(mask, radius);
}

}  // namespace pixgraph::image
