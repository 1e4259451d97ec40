#include "segmentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "mixture.h"

namespace sandbox {

namespace {

constexpr int kWorkSize = 288;

float linear(float v) {
  v /= 255;
  return v <= 0.04045F ? v / 12.92F : std::pow((v + 0.055F) / 1.055F, 2.4F);
}

Floats to_lab(const Floats& rgb) {
  Floats lab(rgb.width, rgb.height, 3);
  const auto f = [](float t) { return t > 0.008856F ? std::cbrt(t) : 7.787F * t + 16.0F / 116; };
  for (std::size_t i = 0; i < rgb.pixels(); ++i) {
    const float r = linear(rgb.data[i * 3]), g = linear(rgb.data[i * 3 + 1]), b = linear(rgb.data[i * 3 + 2]);
    const float x = f((0.4124F * r + 0.3576F * g + 0.1805F * b) / 0.9505F);
    const float y = f(0.2126F * r + 0.7152F * g + 0.0722F * b);
    const float z = f((0.0193F * r + 0.1192F * g + 0.9505F * b) / 1.089F);
    lab.data[i * 3] = 116 * y - 16;
    lab.data[i * 3 + 1] = 500 * (x - y);
    lab.data[i * 3 + 2] = 200 * (y - z);
  }
  return lab;
}

// Local detail, 0 (blurred away) to about 1: subjects are in focus more often than what is behind them.
Floats focus(const Picture& picture, int width, int height) {
  Floats fine = resize(grey(picture), width * 2, height * 2);
  Floats detail(fine.width, fine.height, 1);
  for (int y = 1; y + 1 < fine.height; ++y) {
    for (int x = 1; x + 1 < fine.width; ++x) {
      *detail.at(x, y) = std::abs(4 * *fine.at(x, y) - *fine.at(x - 1, y) - *fine.at(x + 1, y) - *fine.at(x, y - 1) -
                                  *fine.at(x, y + 1));
    }
  }
  Floats out = soft_blur(resize(detail, width, height), 3);
  for (float& v : out.data) v = std::clamp((std::log(v + 0.002F) + 6.2F) / 4.5F, 0.0F, 1.0F);
  return out;
}

// The least barrier that a path to the border has to cross (fast raster approximation): what is enclosed and differs
// from the border stands out, what merges into the border does not.
Floats barrier_from_border(const Floats& lab) {
  const int w = lab.width, h = lab.height;
  Floats total(w, h, 1);
  for (int c = 0; c < 3; ++c) {
    Floats high(w, h, 1), low(w, h, 1), cost(w, h, 1, 1e9F);
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        *high.at(x, y) = *low.at(x, y) = lab.at(x, y)[c];
        // The bottom's middle is where subjects stand: no way out there.
        const bool bottom = y == h - 1 && (x < w / 5 || x > w * 4 / 5);
        if (x == 0 || y == 0 || x == w - 1 || bottom) *cost.at(x, y) = 0;
      }
    }
    const auto relax = [&](int x, int y, int nx, int ny) {
      if (nx < 0 || ny < 0 || nx >= w || ny >= h) return;
      const float value = lab.at(x, y)[c];
      const float up = std::max(*high.at(nx, ny), value);
      const float down = std::min(*low.at(nx, ny), value);
      if (*cost.at(nx, ny) < 1e8F && up - down < *cost.at(x, y)) {
        *cost.at(x, y) = up - down;
        *high.at(x, y) = up;
        *low.at(x, y) = down;
      }
    };
    for (int pass = 0; pass < 4; ++pass) {
      for (int i = 0; i < h; ++i) {
        for (int j = 0; j < w; ++j) {
          const int s = pass % 2 == 0 ? -1 : 1;
          const int x = s < 0 ? j : w - 1 - j;
          const int y = s < 0 ? i : h - 1 - i;
          relax(x, y, x + s, y);
          relax(x, y, x, y + s);
        }
      }
    }
    for (std::size_t i = 0; i < total.data.size(); ++i) total.data[i] += std::min(cost.data[i], 200.0F);
  }
  return total;
}

void scale_to_one(Floats& values, double top_share) {
  std::vector<float> sorted = values.data;
  const auto at =
      sorted.begin() + static_cast<std::ptrdiff_t>((1 - top_share) * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), at, sorted.end());
  const float top = std::max(*at, 1e-6F);
  for (float& v : values.data) v = std::min(1.0F, v / top);
}

// Weights between a pixel and its right, lower, lower-right and lower-left neighbours: small across edges.
struct Links {
  static constexpr std::array<int, 4> kDx = {1, 0, 1, -1};
  static constexpr std::array<int, 4> kDy = {0, 1, 1, 1};
  std::array<Floats, 4> weight;
};

Links links(const Floats& lab) {
  Links out;
  double sum = 0;
  std::size_t count = 0;
  const auto distance = [&](int x, int y, int d) {
    const float* a = lab.at(x, y);
    const float* b = lab.at(x + Links::kDx[d], y + Links::kDy[d]);
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]);
  };
  const auto inside = [&](int x, int y, int d) {
    const int nx = x + Links::kDx[d];
    return nx >= 0 && nx < lab.width && y + Links::kDy[d] < lab.height;
  };
  for (int y = 0; y < lab.height; ++y) {
    for (int x = 0; x < lab.width; ++x) {
      for (int d = 0; d < 4; ++d) {
        if (!inside(x, y, d)) continue;
        sum += distance(x, y, d);
        ++count;
      }
    }
  }
  const float beta = static_cast<float>(1 / (2 * sum / static_cast<double>(std::max<std::size_t>(1, count)) + 1e-6));
  for (int d = 0; d < 4; ++d) {
    out.weight[d] = Floats(lab.width, lab.height, 1);
    for (int y = 0; y < lab.height; ++y) {
      for (int x = 0; x < lab.width; ++x) {
        if (inside(x, y, d))
          *out.weight[d].at(x, y) = (d < 2 ? 1.0F : 0.707F) * std::exp(-beta * distance(x, y, d)) + 0.002F;
      }
    }
  }
  return out;
}

// Solves for labels that are close to `target` (as much as `trust` says) and change only across edges.
void settle(Floats& label, const Floats& target, const Floats& trust, const Links& links, int rounds) {
  const int w = label.width, h = label.height;
  for (int round = 0; round < rounds; ++round) {
    const bool forward = round % 2 == 0;
    for (int i = 0; i < h; ++i) {
      const int y = forward ? i : h - 1 - i;
      for (int j = 0; j < w; ++j) {
        const int x = forward ? j : w - 1 - j;
        float sum = *trust.at(x, y) * *target.at(x, y);
        float weight = *trust.at(x, y);
        for (int d = 0; d < 4; ++d) {
          const int dx = Links::kDx[d], dy = Links::kDy[d];
          const float there = *links.weight[d].at(x, y);
          if (there > 0) {
            sum += there * *label.at(x + dx, y + dy);
            weight += there;
          }
          if (x - dx >= 0 && x - dx < w && y - dy >= 0) {
            const float back = *links.weight[d].at(x - dx, y - dy);
            sum += back * *label.at(x - dx, y - dy);
            weight += back;
          }
        }
        float& value = *label.at(x, y);
        value += 1.6F * (sum / weight - value);
      }
    }
  }
  for (float& v : label.data) v = std::clamp(v, 0.0F, 1.0F);
}

// Connected areas of `inside`; calls visit(pixels, touches the border) for each.
template <typename Visit>
void for_each_area(const std::vector<char>& inside, int w, int h, Visit visit) {
  std::vector<char> seen(inside.size(), 0);
  std::vector<int> area;
  for (int start = 0; start < w * h; ++start) {
    if (seen[start] || !inside[start]) continue;
    area.assign(1, start);
    seen[start] = 1;
    bool border = false;
    for (std::size_t k = 0; k < area.size(); ++k) {
      const int x = area[k] % w, y = area[k] / w;
      border = border || x == 0 || y == 0 || x == w - 1 || y == h - 1;
      const std::array<int, 4> near = {x > 0 ? area[k] - 1 : -1, x + 1 < w ? area[k] + 1 : -1, area[k] - w,
                                       y + 1 < h ? area[k] + w : -1};
      for (const int n : near) {
        if (n < 0 || seen[n] || !inside[n]) continue;
        seen[n] = 1;
        area.push_back(n);
      }
    }
    visit(area, border);
  }
}

// Only areas that matter stay, and small holes in them are closed.
void tidy(Floats& label) {
  const int w = label.width, h = label.height;
  std::vector<char> inside(label.data.size());
  for (std::size_t i = 0; i < inside.size(); ++i) inside[i] = label.data[i] > 0.5F;
  std::size_t largest = 0;
  for_each_area(inside, w, h, [&](const std::vector<int>& area, bool) { largest = std::max(largest, area.size()); });
  for_each_area(inside, w, h, [&](const std::vector<int>& area, bool) {
    if (area.size() * 5 >= largest) return;
    for (const int i : area) label.data[i] = std::min(label.data[i], 0.1F);
  });
  for (std::size_t i = 0; i < inside.size(); ++i) inside[i] = label.data[i] <= 0.5F;
  for_each_area(inside, w, h, [&](const std::vector<int>& area, bool border) {
    if (border || area.size() * 12 >= largest) return;
    for (const int i : area) label.data[i] = std::max(label.data[i], 0.95F);
  });
}

Floats find_in_frame(const Picture& picture) {
  const double scale = std::min(1.0, static_cast<double>(kWorkSize) / std::max(picture.width, picture.height));
  const int w = std::max(1, static_cast<int>(std::lround(picture.width * scale)));
  const int h = std::max(1, static_cast<int>(std::lround(picture.height * scale)));
  const Floats lab = to_lab(resize(colours(picture), w, h));
  const Floats sharp = focus(picture, w, h);
  const std::size_t count = lab.pixels();

  std::vector<Feature> features(count);
  Floats centre(w, h, 1);  // closeness to the middle, 0..1
  Floats edge(w, h, 1);    // how surely a pixel is background because it lies at the border
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * w + x;
      const float u = (x + 0.5F) / w - 0.5F, v = (y + 0.5F) / h - 0.5F;
      features[i] = {
          lab.data[i * 3], lab.data[i * 3 + 1] * 1.4F, lab.data[i * 3 + 2] * 1.4F, sharp.data[i] * 30, u * 60, v * 60};
      centre.data[i] = std::exp(-0.5F * (u * u / (0.27F * 0.27F) + (v - 0.06F) * (v - 0.06F) / (0.24F * 0.24F)));
      const float sides = std::min({x + 0.5F, w - x - 0.5F, y + 0.5F}) / std::max(w, h);
      const float below = (h - y - 0.5F) / std::max(w, h) + std::max(0.0F, 0.35F - std::abs(u)) * 0.3F;
      edge.data[i] = std::clamp(1.5F - std::min(sides, below) / 0.02F, 0.0F, 1.0F);
    }
  }

  // First guess: unlike the border, enclosed, in focus, in the middle.
  Mixture behind(8), subject(6);
  // What lies at the border goes on inwards at about its height: x says nothing yet.
  const Feature border_floor = {12, 12, 12, 16, 1e6F, 50};
  const Feature floor = {12, 12, 12, 16, 60, 60};
  const Feature behind_floor = {12, 12, 12, 16, 300, 60};
  Floats odd(w, h, 1);
  for (const Feature& around : {border_floor, floor}) {
    behind.fit(features, edge.data, around);
    Floats unlike(w, h, 1);
    for (std::size_t i = 0; i < count; ++i) unlike.data[i] = std::max(0.0F, -behind.log_density(features[i]) - 12);
    scale_to_one(unlike, 0.05);
    for (std::size_t i = 0; i < count; ++i) odd.data[i] += 0.5F * unlike.data[i];
  }
  Floats barrier = barrier_from_border(lab);
  scale_to_one(barrier, 0.05);
  Floats guess(w, h, 1);
  for (std::size_t i = 0; i < count; ++i) {
    guess.data[i] =
        (0.6F * odd.data[i] + 0.35F * barrier.data[i] + 0.2F * sharp.data[i]) * (0.25F + 0.75F * centre.data[i]);
  }
  guess = soft_blur(guess, 2);
  scale_to_one(guess, 0.03);

  const Links edges = links(lab);
  Floats label = guess;
  Floats trust(w, h, 1, 0.3F);
  settle(label, guess, trust, edges, 40);
  const double mean = std::accumulate(label.data.begin(), label.data.end(), 0.0) / static_cast<double>(count);
  const float cut = static_cast<float>(std::clamp(2.4 * mean, 0.2, 0.7));
  for (float& v : label.data) v = std::clamp((v - cut) * 4 + 0.5F, 0.0F, 1.0F);

  // Then both sides are modelled from the guess and the guess from the models, until they agree.
  std::vector<float> ours(count), theirs(count);
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      ours[i] = label.data[i] * (1 - edge.data[i]) + 1e-4F;
      theirs[i] = std::max(1 - label.data[i], edge.data[i]) + 1e-4F;
    }
    subject.fit(features, ours, floor);
    behind.fit(features, theirs, behind_floor);
    Floats target(w, h, 1);
    for (std::size_t i = 0; i < count; ++i) {
      float odds = std::clamp(subject.log_density(features[i]) - behind.log_density(features[i]), -3.0F, 3.0F);
      odds += 1.2F * (centre.data[i] - 0.65F) + 1.5F * (guess.data[i] - 0.45F) - 3 * edge.data[i];
      target.data[i] = 1 / (1 + std::exp(-odds));
      trust.data[i] = 0.03F + 0.25F * std::abs(target.data[i] - 0.5F) + edge.data[i] * 0.5F;
    }
    settle(label, target, trust, edges, 50);
  }
  tidy(label);
  return label;
}

// Bars of one colour above and below or at the sides are no part of the photo. Returns how many lines to leave out.
struct Bars {
  int left = 0, top = 0, right = 0, bottom = 0;
};
Bars find_bars(const Floats& lab) {
  const auto flat = [&](int x0, int y0, int dx, int dy, int count) {
    const float* first = lab.at(x0, y0);
    if (first[0] > 8 && first[0] < 96) return false;  // bars are black or white
    for (int i = 1; i < count; ++i) {
      const float* p = lab.at(x0 + i * dx, y0 + i * dy);
      if (std::abs(p[0] - first[0]) + std::abs(p[1] - first[1]) + std::abs(p[2] - first[2]) > 4) return false;
    }
    return true;
  };
  Bars bars;
  const int w = lab.width, h = lab.height;
  while (bars.top < h / 4 && flat(0, bars.top, 1, 0, w)) ++bars.top;
  while (bars.bottom < h / 4 && flat(0, h - 1 - bars.bottom, 1, 0, w)) ++bars.bottom;
  while (bars.left < w / 4 && flat(bars.left, 0, 0, 1, h)) ++bars.left;
  while (bars.right < w / 4 && flat(w - 1 - bars.right, 0, 0, 1, h)) ++bars.right;
  // A plain background reaches as far as the subject lets it: only bars on both sides are bars.
  const auto pair = [](int& a, int& b, int limit) {
    const bool both = a > 2 && b > 2 && a < limit && b < limit && std::abs(a - b) <= 3;
    a = both ? a + 1 : 0;
    b = both ? b + 1 : 0;
  };
  pair(bars.top, bars.bottom, h / 4);
  pair(bars.left, bars.right, w / 4);
  return bars;
}

}  // namespace

Floats find_subject(const Picture& whole) {
  const Floats preview = to_lab(resize(colours(whole), std::min(whole.width, 160), std::min(whole.height, 160)));
  const Bars bars = find_bars(preview);
  const auto scaled = [](int lines, int from, int to) { return (lines * to + from - 1) / from; };
  const int x0 = scaled(bars.left, preview.width, whole.width),
            x1 = whole.width - scaled(bars.right, preview.width, whole.width);
  const int y0 = scaled(bars.top, preview.height, whole.height),
            y1 = whole.height - scaled(bars.bottom, preview.height, whole.height);
  if (x0 == 0 && y0 == 0 && x1 == whole.width && y1 == whole.height) return find_in_frame(whole);
  Picture frame(x1 - x0, y1 - y0);
  for (int y = y0; y < y1; ++y)
    std::copy_n(whole.at(x0, y), static_cast<std::size_t>(frame.width) * 4, frame.at(0, y - y0));
  const Floats inner = find_in_frame(frame);
  // Put back in its place, at the inner mask's scale.
  const float scale = static_cast<float>(inner.width) / static_cast<float>(frame.width);
  Floats out(std::max(inner.width, static_cast<int>(std::lround(static_cast<float>(whole.width) * scale))),
             std::max(inner.height, static_cast<int>(std::lround(static_cast<float>(whole.height) * scale))), 1);
  const int ox = std::min(static_cast<int>(std::lround(static_cast<float>(x0) * scale)), out.width - inner.width);
  const int oy = std::min(static_cast<int>(std::lround(static_cast<float>(y0) * scale)), out.height - inner.height);
  for (int y = 0; y < inner.height; ++y)
    std::copy_n(inner.at(0, y), static_cast<std::size_t>(inner.width), out.at(ox, oy + y));
  return out;
}

}  // namespace sandbox
