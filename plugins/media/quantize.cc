#include "quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace pixgraph::media {
namespace {

/// How often colours occur, and what they sum up to, in a box from black to (r, g, b) inclusive: Wu's moments.
struct Moments {
  double weight = 0, red = 0, green = 0, blue = 0, squares = 0;
  void add(const Moments& other, double sign) {
    weight += sign * other.weight;
    red += sign * other.red;
    green += sign * other.green;
    blue += sign * other.blue;
    squares += sign * other.squares;
  }
  /// What the parts of a box explain; the larger, the better a cut.
  double energy() const { return weight > 0 ? (red * red + green * green + blue * blue) / weight : 0; }
  /// The squared error that one colour for all would make.
  double error() const { return squares - energy(); }
};

constexpr int kSide = 33;  // five bits of a channel, and a plane of zeros before them

/// Lower bounds exclusive, upper bounds inclusive, along red, green and blue.
struct Cell {
  std::array<int, 3> low{}, high{kSide - 1, kSide - 1, kSide - 1};
  double error = 0;
};

class Histogram {
 public:
  explicit Histogram(const std::vector<std::shared_ptr<Image>>& pictures)
      : moments_(static_cast<std::size_t>(kSide) * kSide * kSide) {
    for (const auto& picture : pictures)
      for (int y = 0; y < picture->height(); ++y) {
        const std::uint8_t* pixel = picture->row(y);
        for (int x = 0; x < picture->width(); ++x, pixel += 4)
          if (pixel[3] >= kSeen) count(pixel);
      }
    accumulate();
  }

  Moments of(const Cell& cell) const {
    Moments sum;
    for (int corner = 0; corner < 8; ++corner) {
      const auto side = [&](int axis) {
        return corner >> axis & 1 ? cell.low[static_cast<std::size_t>(axis)]
                                  : cell.high[static_cast<std::size_t>(axis)];
      };
      const int lows = (corner & 1) + (corner >> 1 & 1) + (corner >> 2 & 1);
      sum.add(at(side(0), side(1), side(2)), lows % 2 == 0 ? 1 : -1);
    }
    return sum;
  }

 private:
  void count(const std::uint8_t* pixel) {
    Moments& moments = at(1 + (pixel[0] >> 3), 1 + (pixel[1] >> 3), 1 + (pixel[2] >> 3));
    moments.weight += 1;
    moments.red += pixel[0];
    moments.green += pixel[1];
    moments.blue += pixel[2];
    moments.squares += pixel[0] * pixel[0] + pixel[1] * pixel[1] + pixel[2] * pixel[2];
  }
  void accumulate() {
    for (int r = 0; r < kSide; ++r)
      for (int g = 0; g < kSide; ++g)
        for (int b = 1; b < kSide; ++b) at(r, g, b).add(at(r, g, b - 1), 1);
    for (int r = 0; r < kSide; ++r)
      for (int g = 1; g < kSide; ++g)
        for (int b = 0; b < kSide; ++b) at(r, g, b).add(at(r, g - 1, b), 1);
    for (int r = 1; r < kSide; ++r)
      for (int g = 0; g < kSide; ++g)
        for (int b = 0; b < kSide; ++b) at(r, g, b).add(at(r - 1, g, b), 1);
  }
  Moments& at(int r, int g, int b) { return moments_[static_cast<std::size_t>((r * kSide + g) * kSide + b)]; }
  const Moments& at(int r, int g, int b) const {
    return moments_[static_cast<std::size_t>((r * kSide + g) * kSide + b)];
  }
  std::vector<Moments> moments_;
};

/// Cuts the cell where its two parts explain most. False where it is one colour already.
bool cut(const Histogram& histogram, Cell& cell, Cell& other) {
  double best = 0;
  Cell left, right;
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (int at = cell.low[axis] + 1; at < cell.high[axis]; ++at) {
      Cell below = cell, above = cell;
      below.high[axis] = above.low[axis] = at;
      const Moments one = histogram.of(below), two = histogram.of(above);
      if (one.weight == 0 || two.weight == 0) continue;
      if (const double energy = one.energy() + two.energy(); energy > best) best = energy, left = below, right = above;
    }
  if (best == 0) return false;
  cell = left;
  other = right;
  cell.error = histogram.of(cell).error();
  other.error = histogram.of(other).error();
  return true;
}

/// The colours that are seen, unless there are more than that many.
std::set<Rgb> few_colours(const std::vector<std::shared_ptr<Image>>& pictures, std::size_t at_most) {
  std::set<Rgb> found;
  Rgb last{};
  bool any = false;
  for (const auto& picture : pictures)
    for (int y = 0; y < picture->height(); ++y) {
      const std::uint8_t* pixel = picture->row(y);
      for (int x = 0; x < picture->width(); ++x, pixel += 4) {
        const Rgb colour{pixel[0], pixel[1], pixel[2]};
        if (pixel[3] < kSeen || (any && colour == last)) continue;
        found.insert(last = colour);
        any = true;
        if (found.size() > at_most) return {};
      }
    }
  if (!any) found.insert(Rgb{});
  return found;
}

// Of a corner of the table of nearest colours.
constexpr std::int16_t kUnknown = -1, kOnlyExact = -2;

std::size_t corner_of(int red, int green, int blue) {
  return static_cast<std::size_t>((red >> 2) << 12 | (green >> 2) << 6 | blue >> 2);
}

/// Bayer's pattern, 8 x 8, from -0.5 to 0.5.
double bayer(int x, int y) {
  int value = 0;
  for (int bit = 0; bit < 3; ++bit) value = value << 2 | (((x ^ y) >> bit & 1) << 1) | (y >> bit & 1);
  return (value + 0.5) / 64 - 0.5;
}

}  // namespace

std::vector<Rgb> palette_of(const std::vector<std::shared_ptr<Image>>& pictures, int colours) {
  if (const std::set<Rgb> few = few_colours(pictures, static_cast<std::size_t>(colours)); !few.empty())
    return {few.begin(), few.end()};
  const Histogram histogram(pictures);
  std::vector<Cell> cells(1);
  cells[0].error = histogram.of(cells[0]).error();
  while (static_cast<int>(cells.size()) < colours) {
    const auto worst = std::ranges::max_element(cells, {}, &Cell::error);
    if (worst->error <= 0) break;
    Cell other;
    if (cut(histogram, *worst, other))
      cells.push_back(other);
    else
      worst->error = 0;  // a single cell of the histogram: it cannot be cut
  }
  std::vector<Rgb> palette;
  for (const Cell& cell : cells) {
    const Moments all = histogram.of(cell);
    palette.push_back({static_cast<std::uint8_t>(std::lround(all.red / all.weight)),
                       static_cast<std::uint8_t>(std::lround(all.green / all.weight)),
                       static_cast<std::uint8_t>(std::lround(all.blue / all.weight))});
  }
  return palette;
}

Quantizer::Quantizer(std::vector<Rgb> palette, Dither dither)
    : palette_(std::move(palette)), dither_(dither), nearest_(std::size_t{1} << 18, kUnknown) {
  spread_ = 255 / std::cbrt(static_cast<double>(palette_.size()));
  for (std::size_t i = 0; i < palette_.size(); ++i) {
    const Rgb& colour = palette_[i];
    exact_.emplace(colour, static_cast<std::uint8_t>(i));
    nearest_[corner_of(colour[0], colour[1], colour[2])] = kOnlyExact;
  }
}

std::uint8_t Quantizer::nearest(int red, int green, int blue) {
  red = std::clamp(red, 0, 255), green = std::clamp(green, 0, 255), blue = std::clamp(blue, 0, 255);
  std::int16_t& known = nearest_[corner_of(red, green, blue)];
  if (known >= 0) return static_cast<std::uint8_t>(known);
  // A corner of the table that holds colours of the palette: they are all told apart.
  if (known == kOnlyExact) {
    const auto found = exact_.find(
        Rgb{static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green), static_cast<std::uint8_t>(blue)});
    return found != exact_.end() ? found->second : search(red, green, blue);
  }
  known = search((red & ~3) + 2, (green & ~3) + 2, (blue & ~3) + 2);
  return static_cast<std::uint8_t>(known);
}

std::uint8_t Quantizer::search(int red, int green, int blue) const {
  int best = std::numeric_limits<int>::max();
  std::size_t found = 0;
  for (std::size_t i = 0; i < palette_.size(); ++i) {
    const int dr = red - palette_[i][0], dg = green - palette_[i][1], db = blue - palette_[i][2];
    // Eyes tell greens apart best and blues worst; the weights are those of luma, flattened.
    const int distance = 3 * dr * dr + 4 * dg * dg + 2 * db * db;
    if (distance < best) best = distance, found = i;
  }
  return static_cast<std::uint8_t>(found);
}

std::vector<std::uint8_t> Quantizer::indices(const Image& rgba) {
  const int width = rgba.width(), height = rgba.height();
  std::vector<std::uint8_t> out(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  // Errors of this row and the next, three to a pixel, with one pixel more at either end.
  std::vector<float> here(static_cast<std::size_t>(width + 2) * 3), below(here.size());
  for (int y = 0; y < height; ++y) {
    const bool forward = y % 2 == 0;
    std::fill(below.begin(), below.end(), 0.0f);
    for (int i = 0; i < width; ++i) {
      const int x = forward ? i : width - 1 - i, ahead = forward ? 3 : -3;
      const std::uint8_t* pixel = rgba.row(y) + x * 4;
      std::uint8_t& index =
          out[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
      if (pixel[3] < kSeen) {
        index = static_cast<std::uint8_t>(palette_.size());
        continue;
      }
      float* error = here.data() + (x + 1) * 3;
      double wanted[3];
      for (int c = 0; c < 3; ++c)
        wanted[c] = pixel[c] + (dither_ == Dither::floyd_steinberg ? error[c]
                                : dither_ == Dither::ordered       ? spread_ * bayer(x & 7, y & 7)
                                                                   : 0);
      index = nearest(static_cast<int>(std::lround(wanted[0])), static_cast<int>(std::lround(wanted[1])),
                      static_cast<int>(std::lround(wanted[2])));
      if (dither_ != Dither::floyd_steinberg) continue;
      float* under = below.data() + (x + 1) * 3;
      for (int c = 0; c < 3; ++c) {
        const auto off =
            static_cast<float>(std::clamp(wanted[c], 0.0, 255.0) - palette_[index][static_cast<std::size_t>(c)]);
        error[c + ahead] += off * 7 / 16;
        under[c - ahead] += off * 3 / 16;
        under[c] += off * 5 / 16;
        under[c + ahead] += off * 1 / 16;
      }
    }
    std::swap(here, below);
  }
  return out;
}

}  // namespace pixgraph::media
