#include "kernels/planes.h"

#include <algorithm>

#include "kernels/samples.h"

namespace pixgraph::image {

std::shared_ptr<Image> plane(const Image& image, int c, int margin) {
  const int width = image.width(), height = image.height(), channels = image.channels();
  auto out = std::make_shared<Image>(width + 2 * margin, height + 2 * margin, 1, image.sample());
  with_sample_type(image.sample(), [&]<class T>(T) {
    for (int y = 0; y < out->height(); ++y) {
      const T* from = image.row<T>(std::clamp(y - margin, 0, height - 1)) + c;
      T* to = out->row<T>(y);
      std::fill_n(to, margin, from[0]);
      for (int x = 0; x < width; ++x) to[margin + x] = from[x * channels];
      std::fill_n(to + margin + width, margin, from[(width - 1) * channels]);
    }
  });
  return out;
}

std::shared_ptr<Image> join(const std::vector<std::shared_ptr<Image>>& planes, Alpha alpha, int margin) {
  const int channels = static_cast<int>(planes.size());
  const Image& first = *planes.at(0);
  auto out =
      std::make_shared<Image>(first.width() - 2 * margin, first.height() - 2 * margin, channels, first.sample(), alpha);
  with_sample_type(first.sample(), [&]<class T>(T) {
    for (int y = 0; y < out->height(); ++y)
      for (int c = 0; c < channels; ++c) {
        const T* from = planes[static_cast<std::size_t>(c)]->row<T>(y + margin) + margin;
        T* to = out->row<T>(y) + c;
        for (int x = 0; x < out->width(); ++x) to[x * channels] = from[x];
      }
  });
  return out;
}

}  // namespace pixgraph::image
