#include "kernels/window.h"

#include <cstring>

namespace pixgraph::image {

Rect intersection(const Rect& a, const Rect& b) {
  Rect both{std::max(a.left, b.left), std::max(a.top, b.top), 0, 0};
  both.width = std::max(0, std::min(a.right(), b.right()) - both.left);
  both.height = std::max(0, std::min(a.bottom(), b.bottom()) - both.top);
  return both;
}

static std::size_t pixel_bytes(const Image& image) {
  return static_cast<std::size_t>(image.channels()) * sample_bytes(image.sample());
}

std::shared_ptr<Image> crop(const Image& image, const Rect& part) {
  auto out = std::make_shared<Image>(part.width, part.height, image.channels(), image.sample(), image.alpha());
  out->info = image.info;
  insert(*out, image, -part.left, -part.top);
  return out;
}

void insert(Image& canvas, const Image& part, int left, int top) {
  const Rect seen = intersection({left, top, part.width(), part.height()}, {0, 0, canvas.width(), canvas.height()});
  if (seen.empty()) return;
  const std::size_t pixel = pixel_bytes(canvas);
  for (int y = seen.top; y < seen.bottom(); ++y)
    std::memcpy(canvas.row(y) + static_cast<std::size_t>(seen.left) * pixel,
                part.row(y - top) + static_cast<std::size_t>(seen.left - left) * pixel,
                static_cast<std::size_t>(seen.width) * pixel);
}

void fill(Image& image, const Colour& colour) {
  with_sample_type(image.sample(), [&]<class T>(T) {
    const int channels = image.channels();
    T pixel[4];
    for (int c = 0; c < channels; ++c) pixel[c] = from_unit<T>(colour.channel(c, image.colour_channels()));
    T* first = image.row<T>(0);
    for (int i = 0; i < image.width() * channels; i += channels) std::copy_n(pixel, channels, first + i);
    for (int y = 1; y < image.height(); ++y)
      std::memcpy(image.row(y), image.row(0), static_cast<std::size_t>(image.width()) * pixel_bytes(image));
  });
}

}  // namespace pixgraph::image
