#include "kernels/box_blur.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/instructions.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

// Work is what lies between the passes (16-bit integers or float), Sum what a window adds up to. Integer sums are exact
// whatever the order; they are below 2^27, and their quotient is rounded well below one 16-bit step.
template <class Work>
using Sum = std::conditional_t<std::is_floating_point_v<Work>, double, std::int32_t>;

template <class Work>
PIXGRAPH_BODY Work quotient(Sum<Work> sum, float inverse) {
  if constexpr (std::is_floating_point_v<Work>)
    return static_cast<Work>(sum * inverse);
  else
    return static_cast<Work>(static_cast<std::int32_t>(static_cast<float>(sum) * inverse + 0.5f));
}

/// The window moves one row down: `entering` comes in, `leaving` goes, and the mean comes out.
template <class Work>
PIXGRAPH_BODY void slide_body(Sum<Work>* sums, const Work* entering, const Work* leaving, Work* out, int width,
                              float inverse) {
  for (int x = 0; x < width; ++x) {
    const Sum<Work> sum = sums[x] + static_cast<Sum<Work>>(entering[x]);
    out[x] = quotient<Work>(sum, inverse);
    sums[x] = sum - static_cast<Sum<Work>>(leaving[x]);
  }
}
template <class Work>
void slide_portable(Sum<Work>* sums, const Work* entering, const Work* leaving, Work* out, int width, float inverse) {
  slide_body<Work>(sums, entering, leaving, out, width, inverse);
}
template <class Work>
PIXGRAPH_TARGET_AVX2 void slide_avx2(Sum<Work>* sums, const Work* entering, const Work* leaving, Work* out, int width,
                                     float inverse) {
  slide_body<Work>(sums, entering, leaving, out, width, inverse);
}

/// Box filter down the columns, fed row by row; a row comes out `radius` rows later.
template <class Work>
class ColumnBox {
 public:
  ColumnBox(int radius, int width)
      : radius_(radius),
        width_(width),
        rows_(2 * radius + 1),
        inverse_(1.0f / static_cast<float>(2 * radius + 1)),
        ring_(static_cast<std::size_t>(rows_) * width),
        sums_(static_cast<std::size_t>(width)),
        out_(static_cast<std::size_t>(width)) {}

  /// Returns the row that is finished, or null while the window is not full yet.
  const Work* push(const Work* row) {
    if (pushed_ == 0) {
      // The edge goes on above: the first row counts radius times more.
      for (int i = 0; i < radius_; ++i) put(row);
    }
    if (pushed_ + 1 < rows_) {
      put(row);
      return nullptr;
    }
    Work* newest = slot(pushed_);
    std::copy_n(row, width_, newest);
    ++pushed_;
    const auto slide = use_avx2() ? slide_avx2<Work> : slide_portable<Work>;
    slide(sums_.data(), newest, slot(pushed_), out_.data(), width_, inverse_);  // slot(pushed_) is the oldest row now
    return out_.data();
  }
  int radius() const { return radius_; }
  std::vector<Work> last_row() {
    const Work* row = slot(pushed_ + rows_ - 1);
    return std::vector<Work>(row, row + width_);
  }

 private:
  Work* slot(int index) { return ring_.data() + static_cast<std::size_t>(index % rows_) * width_; }
  void put(const Work* row) {
    std::copy_n(row, width_, slot(pushed_++));
    for (int x = 0; x < width_; ++x) sums_[static_cast<std::size_t>(x)] += static_cast<Sum<Work>>(row[x]);
  }
  int radius_, width_, rows_;
  float inverse_;
  std::vector<Work> ring_;
  std::vector<Sum<Work>> sums_;
  std::vector<Work> out_;
  int pushed_ = 0;
};

/// Box filter along a row, from `in` to `out` (not the same).
template <class Work>
void box_along_row(const Work* in, Work* out, int width, int radius) {
  const float inverse = 1.0f / static_cast<float>(2 * radius + 1);
  Sum<Work> sum = static_cast<Sum<Work>>(in[0]) * static_cast<Sum<Work>>(radius);
  for (int x = 0; x < radius; ++x) sum += static_cast<Sum<Work>>(in[std::min(x, width - 1)]);
  auto step = [&](int x, int leaving, int entering) {
    sum += static_cast<Sum<Work>>(in[entering]);
    out[x] = quotient<Work>(sum, inverse);
    sum -= static_cast<Sum<Work>>(in[leaving]);
  };
  const int middle_end = std::max(width - radius, std::min(radius, width));
  int x = 0;
  for (; x < std::min(radius, width); ++x) step(x, 0, std::min(x + radius, width - 1));
  for (; x < middle_end; ++x) step(x, x - radius, x + radius);
  for (; x < width; ++x) step(x, x - radius, width - 1);
}

/// A chain of three boxes; rows go in at the first and come out at the last.
template <class Work, class Emit>
void push_through(std::vector<ColumnBox<Work>>& chain, std::size_t stage, const Work* row, Emit&& emit) {
  if (stage == chain.size()) return emit(row);
  if (const Work* done = chain[stage].push(row)) push_through(chain, stage + 1, done, emit);
}

template <class T>
std::shared_ptr<Image> blur_typed(const Image& mask, const std::array<int, 3>& radii) {
  using Work = std::conditional_t<std::is_floating_point_v<T>, float, std::uint16_t>;
  constexpr int kScale = sizeof(T) == 1 ? 256 : 1;  // u8 keeps eight bits more: 255 * 256 fits into 16
  const int width = mask.width(), height = mask.height();
  auto out = std::make_shared<Image>(width, height, 1, mask.sample());
  std::vector<ColumnBox<Work>> chain;
  for (int radius : radii) chain.emplace_back(radius, width);

  int written = 0;
  auto emit = [&](const Work* row) {
    T* to = out->row<T>(written++);
    for (int x = 0; x < width; ++x) {
      if constexpr (sizeof(T) == 1)
        to[x] = static_cast<T>((row[x] + kScale / 2) / kScale);
      else
        to[x] = row[x];
    }
  };
  std::vector<Work> first(static_cast<std::size_t>(width)), second(first);
  for (int y = 0; y < height; ++y) {
    const T* from = mask.row<T>(y);
    for (int x = 0; x < width; ++x) first[static_cast<std::size_t>(x)] = static_cast<Work>(from[x] * kScale);
    box_along_row(first.data(), second.data(), width, radii[0]);
    box_along_row(second.data(), first.data(), width, radii[1]);
    box_along_row(first.data(), second.data(), width, radii[2]);
    push_through(chain, 0, second.data(), emit);
  }
  // The edge goes on below: each stage gets its last row `radius` times more, the first stage first.
  for (std::size_t stage = 0; stage < chain.size(); ++stage) {
    const std::vector<Work> last = chain[stage].last_row();
    for (int i = 0; i < chain[stage].radius(); ++i) push_through(chain, stage, last.data(), emit);
  }
  return out;
}

}  // namespace

std::array<int, 3> box_radii(double sigma) {
  const double ideal = std::sqrt(4 * sigma * sigma + 1);
  int smaller = static_cast<int>(ideal);
  if (smaller % 2 == 0) --smaller;
  const int how_many_smaller = static_cast<int>(
      std::lround((12 * sigma * sigma - 3 * smaller * smaller - 12 * smaller - 9) / (-4.0 * smaller - 4)));
  std::array<int, 3> radii;
  for (int i = 0; i < 3; ++i)
    radii[static_cast<std::size_t>(i)] = ((i < how_many_smaller ? smaller : smaller + 2) - 1) / 2;
  return radii;
}

std::shared_ptr<Image> blur(const Image& mask, double sigma) {
  const std::array<int, 3> radii = sigma <= 0.2 ? std::array<int, 3>{} : box_radii(sigma);
  return with_sample_type(mask.sample(), [&]<class T>(T) { return blur_typed<T>(mask, radii); });
}

}  // namespace pixgraph::image
