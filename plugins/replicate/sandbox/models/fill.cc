#include "fill.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "../text.h"

namespace sandbox {

namespace {

constexpr int kPatch = 3;  // half the side: patches are 7 x 7

struct Place {
  int x = 0;
  int y = 0;
};

// PatchMatch (Barnes et al.) on one level: for every pixel of the hole the most alike patch that lies wholly in the
// known part. `nearest` comes in as a guess and goes out improved.
class Search {
 public:
  Search(const Floats& rgb, const std::vector<char>& inside, std::uint64_t seed)
      : rgb_(rgb), inside_(inside), state_(seed) {
    for (int y = kPatch; y < rgb.height - kPatch; ++y) {
      for (int x = kPatch; x < rgb.width - kPatch; ++x) {
        bool known = true;
        for (int dy = -kPatch; dy <= kPatch && known; ++dy) {
          for (int dx = -kPatch; dx <= kPatch && known; ++dx) known = !inside_[index(x + dx, y + dy)];
        }
        if (known) sources_.push_back({x, y});
      }
    }
    is_source_.assign(inside.size(), 0);
    for (const Place& p : sources_) is_source_[index(p.x, p.y)] = 1;
  }

  bool possible() const { return sources_.size() >= 16; }
  Place any() { return sources_[random() % sources_.size()]; }
  bool is_source(int x, int y) const {
    return x >= 0 && y >= 0 && x < rgb_.width && y < rgb_.height && is_source_[index(x, y)] != 0;
  }

  void improve(std::vector<Place>& nearest, int rounds) {
    std::vector<float> cost(nearest.size(), 1e30F);
    for (int y = 0; y < rgb_.height; ++y) {
      for (int x = 0; x < rgb_.width; ++x) {
        if (inside_[index(x, y)]) cost[index(x, y)] = distance(x, y, nearest[index(x, y)], 1e30F);
      }
    }
    for (int round = 0; round < rounds; ++round) {
      const int step = round % 2 == 0 ? -1 : 1;
      for (int i = 0; i < rgb_.height; ++i) {
        const int y = step < 0 ? i : rgb_.height - 1 - i;
        for (int j = 0; j < rgb_.width; ++j) {
          const int x = step < 0 ? j : rgb_.width - 1 - j;
          const std::size_t at = index(x, y);
          if (!inside_[at]) continue;
          const auto attempt = [&](int sx, int sy) {
            if (!is_source(sx, sy)) return;
            const float d = distance(x, y, {sx, sy}, cost[at]);
            if (d < cost[at]) {
              cost[at] = d;
              nearest[at] = {sx, sy};
            }
          };
          if (x + step >= 0 && x + step < rgb_.width && inside_[index(x + step, y)]) {
            const Place& p = nearest[index(x + step, y)];
            attempt(p.x - step, p.y);
          }
          if (y + step >= 0 && y + step < rgb_.height && inside_[index(x, y + step)]) {
            const Place& p = nearest[index(x, y + step)];
            attempt(p.x, p.y - step);
          }
          for (int radius = std::max(rgb_.width, rgb_.height) / 2; radius >= 1; radius /= 2) {
            const Place p = nearest[at];
            const int span = 2 * radius + 1;
            attempt(p.x - radius + static_cast<int>(random() % span), p.y - radius + static_cast<int>(random() % span));
          }
        }
      }
    }
  }

 private:
  std::size_t index(int x, int y) const { return static_cast<std::size_t>(y) * rgb_.width + x; }
  std::uint64_t random() { return mix64(++state_); }

  float distance(int x, int y, Place p, float limit) const {
    // What lies at another height in the picture is likely to be something else.
    const float height = static_cast<float>(y - p.y) / static_cast<float>(rgb_.height);
    float sum = 60000 * height * height;
    for (int dy = -kPatch; dy <= kPatch; ++dy) {
      const int ty = y + dy;
      if (ty < 0 || ty >= rgb_.height) continue;
      for (int dx = -kPatch; dx <= kPatch; ++dx) {
        const int tx = x + dx;
        if (tx < 0 || tx >= rgb_.width) continue;
        const float* a = rgb_.at(tx, ty);
        const float* b = rgb_.at(p.x + dx, p.y + dy);
        // What is really known counts more than what was filled before.
        const float weight = inside_[index(tx, ty)] ? 1.0F : 3.0F;
        sum += weight * ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
      }
      if (sum > limit) return sum;
    }
    return sum;
  }

  const Floats& rgb_;
  const std::vector<char>& inside_;
  std::vector<Place> sources_;
  std::vector<char> is_source_;
  std::uint64_t state_;
};

std::vector<char> holes(const Floats& hole, int width, int height) {
  const Floats small = resize(hole, width, height);
  std::vector<char> inside(small.data.size());
  for (std::size_t i = 0; i < inside.size(); ++i) inside[i] = small.data[i] > 0.02F;
  return inside;
}

// Every pixel of the hole becomes the mean of what the overlapping patches say about it.
void vote(Floats& rgb, const std::vector<char>& inside, const std::vector<Place>& nearest) {
  const Floats source = rgb;
  for (int y = 0; y < rgb.height; ++y) {
    for (int x = 0; x < rgb.width; ++x) {
      if (!inside[static_cast<std::size_t>(y) * rgb.width + x]) continue;
      float sum[3] = {0, 0, 0};
      float count = 0;
      for (int dy = -2; dy <= 2; ++dy) {
        for (int dx = -2; dx <= 2; ++dx) {
          const int tx = x + dx, ty = y + dy;
          if (tx < 0 || ty < 0 || tx >= rgb.width || ty >= rgb.height) continue;
          const std::size_t at = static_cast<std::size_t>(ty) * rgb.width + tx;
          if (!inside[at]) continue;
          const Place p = nearest[at];
          const float* from = source.at(p.x - dx, p.y - dy);
          const float weight = dx == 0 && dy == 0 ? 4.0F : 1.0F;
          for (int c = 0; c < 3; ++c) sum[c] += weight * from[c];
          count += weight;
        }
      }
      for (int c = 0; c < 3; ++c) rgb.at(x, y)[c] = sum[c] / count;
    }
  }
}

}  // namespace

Floats fill_hole(const Floats& colours, const Floats& hole, std::uint64_t seed) {
  Floats known(hole.width, hole.height, 1);
  for (std::size_t i = 0; i < known.data.size(); ++i) known.data[i] = hole.data[i] > 0.004F ? 0.0F : 1.0F;
  // Most pictures are layered from top to bottom: squeezed to a fifth of its width, a picture's nearest known pixels
  // are those to the left and right.
  const int narrow = std::max(2, colours.width / 5);
  Floats weighted(colours.width, colours.height, 4);
  for (std::size_t i = 0; i < known.data.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) weighted.data[i * 4 + c] = colours.data[i * 3 + c] * known.data[i];
    weighted.data[i * 4 + 3] = known.data[i];
  }
  weighted = resize(weighted, narrow, colours.height);
  Floats squeezed(narrow, colours.height, 3), squeezed_known(narrow, colours.height, 1);
  for (std::size_t i = 0; i < squeezed_known.data.size(); ++i) {
    const float weight = weighted.data[i * 4 + 3];
    squeezed_known.data[i] = weight > 0.3F ? weight : 0.0F;
    for (std::size_t c = 0; c < 3; ++c) squeezed.data[i * 3 + c] = weight > 0 ? weighted.data[i * 4 + c] / weight : 0;
  }
  Floats smooth = resize(extend(squeezed, squeezed_known), colours.width, colours.height);
  for (std::size_t i = 0; i < known.data.size(); ++i) {
    for (std::size_t c = 0; c < 3 && known.data[i] > 0; ++c) smooth.data[i * 3 + c] = colours.data[i * 3 + c];
  }

  // Coarse to fine: the first level decides what goes where, the last gives each pixel its place to copy from.
  const int longest = std::max(colours.width, colours.height);
  std::vector<Place> nearest;
  int last_width = 0, last_height = 0;
  Floats level;
  bool found = false;
  int round_count = 5;
  for (const int side : {40, 72, 128, 232}) {
    if (side > longest && found) break;
    const double scale = std::min(1.0, static_cast<double>(side) / longest);
    const int w = std::max(1, static_cast<int>(std::lround(colours.width * scale)));
    const int h = std::max(1, static_cast<int>(std::lround(colours.height * scale)));
    const std::vector<char> inside = holes(hole, w, h);
    Floats next = resize(smooth, w, h);
    if (found) {
      const Floats before = resize(level, w, h);
      for (std::size_t i = 0; i < inside.size(); ++i) {
        for (std::size_t c = 0; c < 3 && inside[i]; ++c) next.data[i * 3 + c] = before.data[i * 3 + c];
      }
    }
    Search search(next, inside, seed + static_cast<std::uint64_t>(side));
    if (!search.possible()) continue;
    std::vector<Place> guess(inside.size());
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        Place p = search.any();
        if (found) {
          const int lx = std::min(last_width - 1, x * last_width / w),
                    ly = std::min(last_height - 1, y * last_height / h);
          const Place& old = nearest[static_cast<std::size_t>(ly) * last_width + lx];
          const int px = old.x * w / last_width + (x - lx * w / last_width),
                    py = old.y * h / last_height + (y - ly * h / last_height);
          if (search.is_source(px, py)) p = {px, py};
        }
        guess[static_cast<std::size_t>(y) * w + x] = p;
      }
    }
    for (int round = 0; round < round_count; ++round) {
      search.improve(guess, 2);
      vote(next, inside, guess);
    }
    round_count = std::max(2, round_count - 1);
    nearest = std::move(guess);
    level = std::move(next);
    last_width = w;
    last_height = h;
    found = true;
  }
  if (!found) return smooth;

  // At full size: the low tones of the level that was solved, and the detail of the places it found.
  const Floats tones = resize(level, colours.width, colours.height);
  const float step = static_cast<float>(colours.width) / static_cast<float>(last_width);
  const Floats low = resize(resize(colours, last_width, last_height), colours.width, colours.height);
  Floats out = colours;
  for (int y = 0; y < colours.height; ++y) {
    for (int x = 0; x < colours.width; ++x) {
      if (*known.at(x, y) > 0) continue;
      const int cx = std::min(last_width - 1, static_cast<int>(static_cast<float>(x) / step));
      const int cy = std::min(last_height - 1, y * last_height / colours.height);
      const Place p = nearest[static_cast<std::size_t>(cy) * last_width + cx];
      const int sx =
          std::clamp(x + static_cast<int>(std::lround(static_cast<float>(p.x - cx) * step)), 0, colours.width - 1);
      const int sy =
          std::clamp(y + static_cast<int>(std::lround(static_cast<float>(p.y - cy) * step)), 0, colours.height - 1);
      const bool real = *known.at(sx, sy) > 0;
      for (int c = 0; c < 3; ++c) {
        const float detail = real ? colours.at(sx, sy)[c] - low.at(sx, sy)[c] : 0.0F;
        out.at(x, y)[c] = std::clamp(tones.at(x, y)[c] + detail, 0.0F, 255.0F);
      }
    }
  }
  return out;
}

}  // namespace sandbox
