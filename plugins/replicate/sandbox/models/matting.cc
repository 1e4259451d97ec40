#include "matting.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace sandbox {

namespace {

// Guided filter (He et al.): the mask as a local linear function of the grey picture, so that its edge snaps to the
// picture's edge.
Floats guided(const Floats& guide, const Floats& mask, int radius, float epsilon) {
  Floats both(guide.width, guide.height, 4);
  for (std::size_t i = 0; i < guide.pixels(); ++i) {
    const float g = guide.data[i], m = mask.data[i];
    both.data[i * 4] = g;
    both.data[i * 4 + 1] = m;
    both.data[i * 4 + 2] = g * g;
    both.data[i * 4 + 3] = g * m;
  }
  both = box_blur(both, radius);
  Floats line(guide.width, guide.height, 2);
  for (std::size_t i = 0; i < guide.pixels(); ++i) {
    const float* b = &both.data[i * 4];
    const float slope = (b[3] - b[0] * b[1]) / (b[2] - b[0] * b[0] + epsilon);
    line.data[i * 2] = slope;
    line.data[i * 2 + 1] = b[1] - slope * b[0];
  }
  line = box_blur(line, radius);
  Floats out(guide.width, guide.height, 1);
  for (std::size_t i = 0; i < guide.pixels(); ++i)
    out.data[i] = line.data[i * 2] * guide.data[i] + line.data[i * 2 + 1];
  return out;
}

}  // namespace

Picture cut_out(const Picture& picture, const Floats& rough) {
  const int w = picture.width, h = picture.height;
  // A firm edge first: the rough mask hesitates over a few of its own pixels.
  Floats firm = rough;
  for (float& v : firm.data) v = std::clamp((v - 0.5F) * 3 + 0.5F, 0.0F, 1.0F);
  const float step = std::max(1.0F, static_cast<float>(w) / static_cast<float>(rough.width));
  Floats alpha = guided(grey(picture), resize(firm, w, h), static_cast<int>(std::lround(2.0F * step)), 2e-4F);
  for (float& v : alpha.data) {
    // A little inward: half-covered pixels at the outside show the old background more than they are missed.
    v = std::clamp((v - 0.6F) * 2.1F + 0.5F, 0.0F, 1.0F);
    v = v * v * (3 - 2 * v);
  }
  // Soft pixels mix subject and background: they get the subject's colour, carried outward from where it is pure.
  Floats pure(w, h, 1);
  const Floats around = box_blur(alpha, std::max(1, static_cast<int>(step / 2)));
  for (std::size_t i = 0; i < pure.pixels(); ++i) pure.data[i] = around.data[i] > 0.995F ? 1.0F : 0.0F;
  const Floats inner = extend(colours(picture), pure);
  Picture out(w, h);
  for (std::size_t i = 0; i < alpha.pixels(); ++i) {
    const std::uint8_t a = to_byte(alpha.data[i] * 255);
    if (a == 0) continue;
    std::uint8_t* to = &out.rgba[i * 4];
    const std::uint8_t* from = &picture.rgba[i * 4];
    // As much as the pixel is the subject's own it keeps its own colour.
    const float own = std::clamp(alpha.data[i] * 6 - 5, 0.0F, 1.0F);
    for (std::size_t c = 0; c < 3; ++c) {
      to[c] = a == 255 ? from[c] : to_byte(own * from[c] + (1 - own) * inner.data[i * 3 + c]);
    }
    to[3] = a;
  }
  return out;
}

}  // namespace sandbox
