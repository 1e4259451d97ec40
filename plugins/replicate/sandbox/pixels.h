// The sandbox's two kinds of picture and the few operations that the stand-in models share.
// Plain values; every function is pure and safe on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sandbox {

// 8-bit RGBA with straight alpha, rows without padding.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgba;

  Picture() = default;
  Picture(int w, int h) : width(w), height(h), rgba(static_cast<std::size_t>(w) * h * 4) {}
  std::uint8_t* at(int x, int y) { return &rgba[(static_cast<std::size_t>(y) * width + x) * 4]; }
  const std::uint8_t* at(int x, int y) const { return &rgba[(static_cast<std::size_t>(y) * width + x) * 4]; }
};

// Floats, `channels` interleaved; colours are 0..255, masks and weights 0..1.
struct Floats {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<float> data;

  Floats() = default;
  Floats(int w, int h, int c, float value = 0)
      : width(w), height(h), channels(c), data(static_cast<std::size_t>(w) * h * c, value) {}
  float* at(int x, int y) { return &data[(static_cast<std::size_t>(y) * width + x) * channels]; }
  const float* at(int x, int y) const { return &data[(static_cast<std::size_t>(y) * width + x) * channels]; }
  std::size_t pixels() const { return static_cast<std::size_t>(width) * height; }
};

// The colours (3 channels); alpha is left out, as the real models' conversion to RGB does.
Floats colours(const Picture& picture);
// Grey of the colours, 0..1 (ITU 601, as PIL's "L").
Floats grey(const Picture& picture);
// Back to 8 bits, rounded and clamped; alpha 255.
Picture to_picture(const Floats& colours);

// Triangle filter: area-weighted when it shrinks, bilinear when it grows.
Floats resize(const Floats& source, int width, int height);
// Returns the same bytes when the size is already right.
Picture resize(const Picture& source, int width, int height);

// Mean over (2 radius + 1)^2, edges by the part that lies inside.
Floats box_blur(const Floats& source, int radius);
// Close to a Gaussian: three boxes.
Floats soft_blur(const Floats& source, float sigma);

// Fills where weight is small from where it is large, smoothly, by a pyramid (push, then pull).
// colours has any number of channels, weight one; both the same size.
Floats extend(const Floats& colours, const Floats& weight);

std::uint8_t to_byte(float value);

}  // namespace sandbox
