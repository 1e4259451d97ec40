#include "noise.h"

#include <cmath>

namespace sandbox {

namespace {

// A cheap integer hash: pictures ask for millions of values, so the good mixer of text.h is too slow here.
float lattice(std::int32_t x, std::int32_t y, std::uint32_t seed) {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x85ebca6bU ^ static_cast<std::uint32_t>(y) * 0xc2b2ae35U ^ seed;
  h ^= h >> 15;
  h *= 0x2c1b3c6dU;
  h ^= h >> 12;
  h *= 0x297a2d39U;
  h ^= h >> 15;
  return static_cast<float>(h >> 8) * (1.0F / 16777216.0F);
}

}  // namespace

float noise(float x, float y, std::uint64_t seed) {
  const float fx = std::floor(x), fy = std::floor(y);
  const auto ix = static_cast<std::int32_t>(fx), iy = static_cast<std::int32_t>(fy);
  const auto s = static_cast<std::uint32_t>(seed ^ (seed >> 32));
  float u = x - fx, v = y - fy;
  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  const float top = lattice(ix, iy, s) + u * (lattice(ix + 1, iy, s) - lattice(ix, iy, s));
  const float low = lattice(ix, iy + 1, s) + u * (lattice(ix + 1, iy + 1, s) - lattice(ix, iy + 1, s));
  return top + v * (low - top);
}

float layered_noise(float x, float y, int octaves, std::uint64_t seed) {
  float sum = 0, scale = 0.5F, total = 0;
  for (int i = 0; i < octaves; ++i) {
    sum += scale * noise(x, y, seed + static_cast<std::uint64_t>(i) * 0x9e3779b9U);
    total += scale;
    scale *= 0.5F;
    // Turned a little each time, so that the lattice does not show.
    const float turned = 1.6F * x + 1.2F * y;
    y = 1.6F * y - 1.2F * x;
    x = turned;
  }
  return sum / total;
}

}  // namespace sandbox
