#include "scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string_view>

#include "../text.h"
#include "noise.h"

namespace sandbox {

namespace {

using Colour = std::array<float, 3>;

Colour mix(const Colour& a, const Colour& b, float t) {
  t = std::clamp(t, 0.0F, 1.0F);
  return {a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])};
}

Colour times(const Colour& a, float k) {
  return {a[0] * k, a[1] * k, a[2] * k};
}

float smooth(float from, float to, float v) {
  const float t = std::clamp((v - from) / (to - from), 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

// Hue 0..1, saturation and value 0..1.
Colour hsv(float hue, float saturation, float value) {
  Colour out;
  for (int c = 0; c < 3; ++c) {
    float k = std::fmod(hue * 6 + (c == 0 ? 5.0F : c == 1 ? 3.0F : 1.0F), 6.0F);
    if (k < 0) k += 6;
    out[c] = 255 * (value - value * saturation * std::max(0.0F, std::min({k, 4 - k, 1.0F})));
  }
  return out;
}

struct KindWord {
  std::string_view word;
  SceneKind kind;
};
constexpr KindWord kKinds[] = {
    {"table", SceneKind::table},     {"studio", SceneKind::table},    {"marble", SceneKind::table},
    {"desk", SceneKind::table},      {"kitchen", SceneKind::table},   {"room", SceneKind::table},
    {"wall", SceneKind::table},      {"backdrop", SceneKind::table},  {"product", SceneKind::table},
    {"sea", SceneKind::sea},         {"ocean", SceneKind::sea},       {"beach", SceneKind::sea},
    {"lake", SceneKind::sea},        {"water", SceneKind::sea},       {"harbour", SceneKind::sea},
    {"night", SceneKind::night},     {"space", SceneKind::night},     {"star", SceneKind::night},
    {"moon", SceneKind::night},      {"mars", SceneKind::night},      {"planet", SceneKind::night},
    {"galaxy", SceneKind::night},    {"mountain", SceneKind::hills},  {"forest", SceneKind::hills},
    {"landscape", SceneKind::hills}, {"field", SceneKind::hills},     {"hill", SceneKind::hills},
    {"meadow", SceneKind::hills},    {"desert", SceneKind::hills},    {"garden", SceneKind::hills},
    {"paradise", SceneKind::hills},  {"abstract", SceneKind::shapes}, {"pattern", SceneKind::shapes},
    {"poster", SceneKind::shapes},   {"logo", SceneKind::shapes},
};

struct HueWord {
  std::string_view word;
  float hue;
};
constexpr HueWord kHues[] = {
    {"sunset", 0.05F}, {"dawn", 0.95F},   {"golden", 0.11F}, {"autumn", 0.07F}, {"desert", 0.09F}, {"wood", 0.08F},
    {"warm", 0.07F},   {"red", 0.0F},     {"mars", 0.03F},   {"orange", 0.07F}, {"yellow", 0.14F}, {"green", 0.34F},
    {"forest", 0.36F}, {"meadow", 0.29F}, {"teal", 0.49F},   {"sea", 0.53F},    {"ocean", 0.55F},  {"blue", 0.6F},
    {"winter", 0.58F}, {"night", 0.66F},  {"purple", 0.77F}, {"pink", 0.92F},   {"rose", 0.95F},   {"spring", 0.3F},
};

// At the beginning of a word, so that "stars" is found and "redwood" is not "wood".
bool has_word(const std::string& text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    if (at == 0 || !((text[at - 1] >= 'a' && text[at - 1] <= 'z'))) return true;
  }
  return false;
}

std::optional<SceneKind> asked_kind(const std::string& prompt) {
  const std::string text = lower(prompt);
  for (const KindWord& row : kKinds) {
    if (has_word(text, row.word)) return row.kind;
  }
  return std::nullopt;
}

// What the painters share: size, randomness and the colours.
struct Canvas {
  int width, height;
  std::uint64_t seed;
  std::string prompt;
  float hue;     // the main one
  float other;   // its companion
  float aspect;  // width / height
  // How much of a pixel lies below an edge that is `distance` above it, so that edges are not jagged.
  float cover(float distance) const {
    return std::clamp(distance * static_cast<float>(height) * 0.7F + 0.5F, 0.0F, 1.0F);
  }
  float chance(int which) const { return static_cast<float>(unit(seed + static_cast<std::uint64_t>(which) * 7919)); }
};

Colour sky(const Canvas& c, float u, float v, float horizon) {
  const float t = std::clamp(v / horizon, 0.0F, 1.0F);
  Colour colour = mix(hsv(c.hue, 0.55F, 0.72F), hsv(c.other, 0.25F, 0.98F), std::pow(t, 1.3F));
  const float cloud = layered_noise(u * 3 * c.aspect + 5, v * 9, 5, c.seed + 1);
  colour = mix(colour, hsv(c.other, 0.06F, 1.0F), 0.7F * smooth(0.5F, 0.8F, cloud) * (0.35F + 0.65F * t));
  const float sx = 0.2F + 0.6F * c.chance(1), sy = horizon * (0.35F + 0.4F * c.chance(2));
  const float d = std::hypot((u - sx) * c.aspect, v - sy);
  const float radius = 0.045F + 0.05F * c.chance(3);
  colour = mix(colour, hsv(c.other, 0.2F, 1.0F), 0.75F * std::exp(-d * d / 0.05F));
  return mix(hsv(c.other, 0.08F, 1.0F), colour, smooth(radius, radius + 0.006F, d));
}

Colour hills(const Canvas& c, float u, float v) {
  const float horizon = 0.5F + 0.12F * c.chance(4);
  Colour colour = sky(c, u, v, horizon);
  constexpr int kLayers = 5;
  for (int layer = 0; layer < kLayers; ++layer) {
    const float depth = static_cast<float>(layer) / (kLayers - 1);
    const std::uint64_t seed = c.seed + 100 + static_cast<std::uint64_t>(layer);
    const float frequency = 2.2F - 0.9F * depth;
    const float ridge =
        horizon - 0.14F + 0.5F * depth +
        (0.26F - 0.1F * depth) * (0.5F - layered_noise(u * c.aspect * frequency + 3 * layer, 0.5F, 5, seed));
    const float cover = c.cover(v - ridge);
    if (cover <= 0) continue;
    const float grain = layered_noise(u * c.aspect * 14, v * 22, 4, seed + 9);
    const float below = smooth(0, 0.35F, v - ridge);
    const Colour near = hsv(c.hue + 0.04F * (depth - 0.5F), 0.35F + 0.3F * depth, 0.62F - 0.3F * depth);
    const Colour far = hsv(c.other, 0.22F, 0.92F);
    const Colour body = mix(far, near, 0.25F + 0.75F * depth);
    const float light = 0.92F + 0.3F * (grain - 0.5F) * (0.3F + depth) + 0.16F * (1 - below);
    colour = mix(colour, mix(times(body, light), times(far, 0.98F), 0.45F * below * (1 - depth)), cover);
  }
  return colour;
}

Colour sea(const Canvas& c, float u, float v) {
  const float horizon = 0.46F + 0.1F * c.chance(4);
  if (v < horizon) {
    const float ridge = horizon - 0.09F * layered_noise(u * c.aspect * 2 + 8, 0.3F, 5, c.seed + 31) + 0.02F;
    const Colour above = sky(c, u, v, horizon);
    return mix(above, hsv(c.hue, 0.3F, 0.55F), 0.6F * c.cover(v - ridge));
  }
  const float depth = (v - horizon) / (1 - horizon);
  const float beach = 0.72F + 0.2F * c.chance(5) + 0.05F * std::sin(u * 5 + 6 * c.chance(6)) +
                      0.03F * layered_noise(u * 6, v * 4, 3, c.seed + 4);
  const float scale = 4 + 60 * (1 - depth);
  const float wave = layered_noise(u * c.aspect * (5 + 12 * (1 - depth)), std::log(0.04F + depth) * 11, 4, c.seed + 5);
  Colour water = mix(hsv(c.other, 0.3F, 0.9F), hsv(c.hue, 0.62F, 0.55F), std::pow(depth, 0.6F));
  water = mix(water, hsv(c.other, 0.1F, 1.0F), 0.55F * smooth(0.55F, 0.78F, wave));
  const float sx = 0.2F + 0.6F * c.chance(1);
  const float glint = std::exp(-(u - sx) * (u - sx) * scale * 0.9F) * smooth(0.45F, 0.65F, wave);
  water = mix(water, {255, 250, 235}, 0.8F * glint);
  const float shore = smooth(beach - 0.02F, beach + 0.004F, depth);
  const float foam = std::exp(-(depth - beach) * (depth - beach) / 0.0004F);
  const float grain = layered_noise(u * c.aspect * 60, v * 60, 3, c.seed + 6);
  Colour sand = times(hsv(0.1F, 0.28F, 0.9F), 0.9F + 0.2F * (grain - 0.5F));
  return mix(mix(water, sand, shore), {250, 252, 252}, 0.7F * foam);
}

Colour night(const Canvas& c, float u, float v) {
  const float band = std::exp(-std::pow((v - 0.35F - 0.5F * (u - 0.5F) * (c.chance(1) - 0.5F)) / 0.2F, 2.0F));
  const float dust = layered_noise(u * c.aspect * 3.5F, v * 3.5F, 6, c.seed + 2);
  Colour colour = mix(hsv(c.hue, 0.75F, 0.13F), hsv(c.hue, 0.55F, 0.34F), v);
  colour = mix(colour, hsv(c.other, 0.5F, 0.75F), 0.75F * band * smooth(0.42F, 0.8F, dust));
  const float cell = 70;
  const float gx = u * c.aspect * cell, gy = v * cell;
  const float ix = std::floor(gx), iy = std::floor(gy);
  const auto key = hash64("", c.seed + static_cast<std::uint64_t>(ix) * 4096 + static_cast<std::uint64_t>(iy));
  const float px = 0.2F + 0.6F * static_cast<float>(unit(key)), py = 0.2F + 0.6F * static_cast<float>(unit(key + 1));
  const float glow = static_cast<float>(std::pow(unit(key + 2), 7.0));
  const float d = std::hypot(gx - ix - px, gy - iy - py);
  colour = mix(colour, {255, 250, 240}, glow * std::exp(-d * d * 60) * 1.4F);
  const float mx = 0.22F + 0.56F * c.chance(3), my = 0.2F + 0.18F * c.chance(4), radius = 0.08F + 0.08F * c.chance(5);
  const float dx = (u - mx) * c.aspect, dy = v - my, dm = std::hypot(dx, dy);
  const float craters = layered_noise(dx * 30, dy * 30, 4, c.seed + 8);
  const float lit = std::clamp(0.75F - 0.6F * (dx + dy) / radius * 0.6F, 0.15F, 1.0F);
  colour = mix(colour, hsv(c.other, 0.25F, 0.9F), 0.35F * std::exp(-dm * dm / (radius * radius * 3.5F)));
  const Colour moon = times(hsv(c.other, 0.16F, 0.98F), lit * (0.8F + 0.35F * (craters - 0.3F)));
  colour = mix(moon, colour, smooth(radius - 0.002F, radius + 0.002F, dm));
  for (int layer = 0; layer < 3; ++layer) {
    const float ridge =
        0.72F + 0.1F * layer +
        0.2F * (0.5F - layered_noise(u * c.aspect * (1.6F + layer) + 9 * layer, 0.2F, 6, c.seed + 40 + layer));
    const float cover = c.cover(v - ridge);
    if (cover <= 0) continue;
    const float grain = layered_noise(u * c.aspect * 30, v * 30, 3, c.seed + 50);
    colour = mix(colour, times(hsv(c.hue, 0.5F, 0.3F - 0.1F * layer), 0.8F + 0.4F * grain), cover);
  }
  return colour;
}

Colour table(const Canvas& c, float u, float v) {
  const bool stone = !has_word(lower(c.prompt), "wood");
  const float edge = 0.6F + 0.06F * c.chance(1);
  const float window = c.chance(2) < 0.5F ? 0.1F : 0.9F;  // where the light comes from
  const float light = std::exp(-((u - window) * (u - window) * 0.9F + (v - 0.2F) * (v - 0.2F) * 0.7F));
  if (v < edge) {
    const float plaster = layered_noise(u * c.aspect * 9, v * 9, 5, c.seed + 2);
    Colour wall = mix(hsv(c.hue, 0.2F, 0.52F), hsv(c.other, 0.11F, 0.96F), light * 1.05F);
    wall = times(wall, 0.975F + 0.06F * (plaster - 0.5F));
    // Out-of-focus lights far behind.
    for (int i = 0; i < 7; ++i) {
      const float bx = c.chance(20 + i), by = 0.08F + 0.4F * c.chance(40 + i), r = 0.03F + 0.05F * c.chance(60 + i);
      const float d = std::hypot((u - bx) * c.aspect, v - by);
      wall = mix(wall, hsv(c.other + 0.03F, 0.12F, 1.0F), 0.22F * (1 - smooth(r * 0.82F, r, d)));
    }
    return times(wall, 1 - 0.28F * smooth(edge - 0.1F, edge, v));
  }
  const float depth = (v - edge) / (1 - edge);
  const float z = 1 / (0.25F + depth);  // perspective: far texture is fine
  const float x = (u - 0.5F) * c.aspect * z * 1.6F;
  Colour surface;
  if (stone) {
    const float warp = layered_noise(x * 1.2F, z * 2.2F, 5, c.seed + 5);
    const float vein = std::abs(layered_noise(x * 1.1F + 2.4F * warp, z * 1.9F + 2 * warp, 5, c.seed + 6) - 0.5F);
    const float fine = std::abs(layered_noise(x * 3 + 2 * warp, z * 5, 4, c.seed + 7) - 0.5F);
    const float cloud = layered_noise(x * 0.7F + 20, z * 1.2F, 4, c.seed + 9);
    surface = mix(hsv(c.other, 0.03F, 0.97F), hsv(c.hue, 0.05F, 0.8F), smooth(0.4F, 0.75F, cloud));
    surface = mix(hsv(c.hue, 0.08F, 0.6F), surface, 0.25F + 0.75F * std::sqrt(smooth(0, 0.035F, vein)));
    surface = mix(hsv(c.hue, 0.06F, 0.75F), surface, 0.5F + 0.5F * smooth(0, 0.012F, fine));
  } else {
    const float plank = std::floor(x * 2.2F);
    const float tone = static_cast<float>(unit(c.seed + 300 + static_cast<std::uint64_t>(plank + 50)));
    const float fibre = layered_noise(x * 26 + tone * 90, z * 2.5F, 4, c.seed + 8);
    const float joint = std::abs(x * 2.2F - plank - 0.5F);
    surface = times(hsv(0.075F, 0.5F, 0.66F), (0.78F + 0.22F * tone) * (0.78F + 0.44F * fibre));
    surface = times(surface, 1 - 0.55F * smooth(0.475F, 0.495F, joint));
  }
  const float shine = std::exp(-(u - window) * (u - window) * 3) * std::exp(-depth * 2.4F);
  surface = mix(times(surface, 0.72F + 0.3F * light + 0.1F * depth), {255, 253, 248}, 0.3F * shine);
  return times(surface, 1 - 0.3F * (1 - smooth(0, 0.03F, depth)));
}

Colour shapes(const Canvas& c, float u, float v) {
  const float x = u * c.aspect * 1.7F, y = v * 1.7F;
  const float wx = layered_noise(x + 3, y, 4, c.seed), wy = layered_noise(x, y + 7, 4, c.seed + 1);
  const float field = layered_noise(x + 2.6F * wx, y + 2.6F * wy, 5, c.seed + 2);
  Colour colour = mix(hsv(c.hue, 0.72F, 0.3F), hsv(c.hue + 0.06F, 0.62F, 0.88F), smooth(0.25F, 0.62F, field));
  colour = mix(colour, hsv(c.other, 0.5F, 0.98F), smooth(0.52F, 0.72F, wx) * 0.85F);
  colour = mix(colour, hsv(c.other + 0.08F, 0.15F, 1.0F), 0.8F * smooth(0.62F, 0.78F, wy));
  for (int i = 0; i < 5; ++i) {
    const float cx = c.chance(10 + i), cy = c.chance(20 + i), r = 0.05F + 0.17F * c.chance(30 + i) * c.chance(31 + i);
    const float d = std::hypot((u - cx) * c.aspect, v - cy);
    const Colour shade = times(
        colour,
        1 - 0.35F * std::exp(-std::pow(
                        std::max(0.0F, std::hypot((u - cx - 0.012F) * c.aspect, v - cy - 0.02F) - r) / 0.03F, 2.0F)));
    const float lit = std::clamp(0.75F + 0.5F * (-(u - cx) * c.aspect - (v - cy)) / r * 0.5F, 0.0F, 1.2F);
    const Colour disc = times(hsv(i % 2 == 0 ? c.other : c.hue + 0.5F, 0.5F, 0.97F), 0.62F + 0.38F * lit);
    colour = mix(disc, shade, smooth(r - 0.002F, r + 0.002F, d));
  }
  return colour;
}

}  // namespace

SceneKind scene_kind(const std::string& prompt, SceneKind otherwise) {
  return asked_kind(prompt).value_or(otherwise);
}

SceneKind scene_kind(const std::string& prompt) {
  return scene_kind(prompt, static_cast<SceneKind>(hash64(prompt) % 5));
}

Floats paint_scene(SceneKind kind, const std::string& prompt, std::uint64_t seed, int width, int height) {
  Canvas canvas{
      width, height, hash64(prompt, seed), prompt, 0, 0, static_cast<float>(width) / static_cast<float>(height)};
  canvas.hue = static_cast<float>(unit(hash64(prompt)));
  canvas.other = canvas.hue + (canvas.chance(90) < 0.5F ? 0.09F : 0.45F);
  if (kind == SceneKind::table) {
    canvas.hue = 0.09F + 0.04F * canvas.chance(91);
    canvas.other = canvas.hue;
  } else if (kind == SceneKind::sea) {
    canvas.hue = 0.52F + 0.06F * canvas.chance(91);
    canvas.other = canvas.chance(92) < 0.5F ? 0.08F : 0.55F;
  } else if (kind == SceneKind::night) {
    canvas.hue = 0.6F + 0.14F * canvas.chance(91);
    canvas.other = canvas.hue + 0.25F;
  }
  const std::string text = lower(prompt);
  for (const HueWord& row : kHues) {
    if (!has_word(text, row.word)) continue;
    canvas.hue = row.hue;
    canvas.other = row.hue + (canvas.chance(93) < 0.5F ? 0.03F : 0.07F);
    break;
  }
  Floats out(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const float u = (x + 0.5F) / width, v = (y + 0.5F) / height;
      Colour colour{};
      switch (kind) {
        case SceneKind::hills: colour = hills(canvas, u, v); break;
        case SceneKind::sea: colour = sea(canvas, u, v); break;
        case SceneKind::night: colour = night(canvas, u, v); break;
        case SceneKind::table: colour = table(canvas, u, v); break;
        case SceneKind::shapes: colour = shapes(canvas, u, v); break;
      }
      // Grain hides the steps of 8 bits in the gradients.
      const float grain =
          3 * (noise(static_cast<float>(x) * 0.9F, static_cast<float>(y) * 0.9F, canvas.seed + 77) - 0.5F);
      for (int c = 0; c < 3; ++c) out.at(x, y)[c] = colour[c] + grain;
    }
  }
  return out;
}

}  // namespace sandbox
