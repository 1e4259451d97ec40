#include "pixels.h"

#include <algorithm>
#include <cmath>

namespace sandbox {

namespace {

struct Tap {
  int first;
  std::vector<float> weights;
};

std::vector<Tap> taps(int from, int to) {
  const double scale = static_cast<double>(from) / to;
  const double radius = std::max(1.0, scale);
  std::vector<Tap> out(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale - 0.5;
    const int first = std::max(0, static_cast<int>(std::ceil(centre - radius)));
    const int last = std::min(from - 1, static_cast<int>(std::floor(centre + radius)));
    Tap& tap = out[static_cast<std::size_t>(i)];
    tap.first = first;
    double sum = 0;
    for (int k = first; k <= last; ++k) {
      const double weight = std::max(0.0, 1 - std::abs(k - centre) / radius);
      tap.weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : tap.weights) weight = static_cast<float>(weight / sum);
  }
  return out;
}

// Running sums along one axis; `step` is the distance of neighbours, `count` how many there are on a line.
void box_line(const float* in, float* out, int count, std::size_t step, int radius) {
  double sum = 0;
  int inside = 0;
  for (int i = 0; i < std::min(radius, count); ++i, ++inside) sum += in[i * step];
  for (int i = 0; i < count; ++i) {
    if (i + radius < count) {
      sum += in[(i + radius) * step];
      ++inside;
    }
    if (i - radius - 1 >= 0) {
      sum -= in[(i - radius - 1) * step];
      --inside;
    }
    out[i * step] = static_cast<float>(sum / inside);
  }
}

}  // namespace

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
}

Floats colours(const Picture& picture) {
  Floats out(picture.width, picture.height, 3);
  for (std::size_t i = 0; i < out.pixels(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) out.data[i * 3 + c] = picture.rgba[i * 4 + c];
  }
  return out;
}

Floats grey(const Picture& picture) {
  Floats out(picture.width, picture.height, 1);
  for (std::size_t i = 0; i < out.pixels(); ++i) {
    const std::uint8_t* p = &picture.rgba[i * 4];
    out.data[i] = (0.299F * p[0] + 0.587F * p[1] + 0.114F * p[2]) / 255;
  }
  return out;
}

Picture to_picture(const Floats& colours) {
  Picture out(colours.width, colours.height);
  for (std::size_t i = 0; i < colours.pixels(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) out.rgba[i * 4 + c] = to_byte(colours.data[i * 3 + c]);
    out.rgba[i * 4 + 3] = 255;
  }
  return out;
}

Floats resize(const Floats& source, int width, int height) {
  if (source.width == width && source.height == height) return source;
  const int channels = source.channels;
  Floats wide(width, source.height, channels);
  const auto columns = taps(source.width, width);
  for (int y = 0; y < source.height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Tap& tap = columns[static_cast<std::size_t>(x)];
      float* out = wide.at(x, y);
      const float* in = source.at(tap.first, y);
      for (const float weight : tap.weights) {
        for (int c = 0; c < channels; ++c) out[c] += weight * in[c];
        in += channels;
      }
    }
  }
  Floats out(width, height, channels);
  const auto rows = taps(source.height, height);
  const std::size_t stride = static_cast<std::size_t>(width) * channels;
  for (int y = 0; y < height; ++y) {
    const Tap& tap = rows[static_cast<std::size_t>(y)];
    float* to = out.at(0, y);
    for (std::size_t k = 0; k < tap.weights.size(); ++k) {
      const float weight = tap.weights[k];
      const float* from = wide.at(0, tap.first + static_cast<int>(k));
      for (std::size_t i = 0; i < stride; ++i) to[i] += weight * from[i];
    }
  }
  return out;
}

Picture resize(const Picture& source, int width, int height) {
  if (source.width == width && source.height == height) return source;
  Floats all(source.width, source.height, 4);
  for (std::size_t i = 0; i < all.data.size(); ++i) all.data[i] = source.rgba[i];
  const Floats small = resize(all, width, height);
  Picture out(width, height);
  for (std::size_t i = 0; i < small.data.size(); ++i) out.rgba[i] = to_byte(small.data[i]);
  return out;
}

Floats box_blur(const Floats& source, int radius) {
  if (radius < 1) return source;
  Floats across(source.width, source.height, source.channels);
  Floats out = across;
  const std::size_t step = static_cast<std::size_t>(source.channels);
  const std::size_t stride = step * source.width;
  for (int y = 0; y < source.height; ++y) {
    for (std::size_t c = 0; c < step; ++c) {
      box_line(source.at(0, y) + c, across.at(0, y) + c, source.width, step, radius);
    }
  }
  // Down the columns row by row, so that memory is read in order.
  std::vector<float> sums(stride, 0.0F);
  int inside = 0;
  const auto add = [&](int y, float sign) {
    const float* row = across.at(0, y);
    for (std::size_t i = 0; i < stride; ++i) sums[i] += sign * row[i];
    inside += sign > 0 ? 1 : -1;
  };
  for (int y = 0; y < std::min(radius, source.height); ++y) add(y, 1);
  for (int y = 0; y < source.height; ++y) {
    if (y + radius < source.height) add(y + radius, 1);
    if (y - radius - 1 >= 0) add(y - radius - 1, -1);
    const float scale = 1.0F / static_cast<float>(inside);
    float* row = out.at(0, y);
    for (std::size_t i = 0; i < stride; ++i) row[i] = sums[i] * scale;
  }
  return out;
}

Floats soft_blur(const Floats& source, float sigma) {
  const int radius = std::max(1, static_cast<int>(std::lround((std::sqrt(4 * sigma * sigma + 1) - 1) / 2)));
  return box_blur(box_blur(box_blur(source, radius), radius), radius);
}

Floats extend(const Floats& colours, const Floats& weight) {
  const int channels = colours.channels;
  Floats out(colours.width, colours.height, channels);
  if (colours.width <= 2 && colours.height <= 2) {
    std::vector<double> mean(static_cast<std::size_t>(channels), 0);
    double sum = 1e-9;
    for (std::size_t i = 0; i < colours.pixels(); ++i) {
      sum += weight.data[i];
      for (int c = 0; c < channels; ++c) mean[c] += weight.data[i] * colours.data[i * channels + c];
    }
    for (std::size_t i = 0; i < out.data.size(); ++i) out.data[i] = static_cast<float>(mean[i % channels] / sum);
  } else {
    const int w = (colours.width + 1) / 2;
    const int h = (colours.height + 1) / 2;
    Floats small(w, h, channels);
    Floats small_weight(w, h, 1);
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        float sum = 0;
        float* to = small.at(x, y);
        for (int dy = 0; dy < 2 && 2 * y + dy < colours.height; ++dy) {
          for (int dx = 0; dx < 2 && 2 * x + dx < colours.width; ++dx) {
            const float k = *weight.at(2 * x + dx, 2 * y + dy);
            const float* from = colours.at(2 * x + dx, 2 * y + dy);
            for (int c = 0; c < channels; ++c) to[c] += k * from[c];
            sum += k;
          }
        }
        for (int c = 0; c < channels && sum > 0; ++c) to[c] /= sum;
        // Saturates, so that one known pixel is as good as four: the fill stays close to its edge.
        *small_weight.at(x, y) = std::min(1.0F, sum);
      }
    }
    out = resize(extend(small, small_weight), colours.width, colours.height);
  }
  for (std::size_t i = 0; i < out.pixels(); ++i) {
    const float k = std::clamp(weight.data[i], 0.0F, 1.0F);
    for (int c = 0; c < channels; ++c) {
      float& value = out.data[i * channels + c];
      value += k * (colours.data[i * channels + c] - value);
    }
  }
  return out;
}

}  // namespace sandbox
