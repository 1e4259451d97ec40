#include "kernels/planes.h"

#include "kernels/samples.h"

namespace pixgraph::image {

std::shared_ptr<Image> plane(const Image& image, int c) {
  auto out = std::make_shared<Image>(image.width(), image.height(), 1, image.sample());
  const int channels = image.channels();
  with_sample_type(image.sample(), [&]<class T>(T) {
    for (int y = 0; y < image.height(); ++y) {
      const T* from = image.row<T>(y) + c;
      T* to = out->row<T>(y);
      for (int x = 0; x < image.width(); ++x) to[x] = from[x * channels];
    }
  });
  return out;
}

std::shared_ptr<Image> join(const std::vector<std::shared_ptr<Image>>& planes, Alpha alpha) {
  const int channels = static_cast<int>(planes.size());
  const Image& first = *planes.at(0);
  auto out = std::make_shared<Image>(first.width(), first.height(), channels, first.sample(), alpha);
  with_sample_type(first.sample(), [&]<class T>(T) {
    for (int y = 0; y < first.height(); ++y)
      for (int c = 0; c < channels; ++c) {
        const T* from = planes[static_cast<std::size_t>(c)]->row<T>(y);
        T* to = out->row<T>(y) + c;
        for (int x = 0; x < first.width(); ++x) to[x * channels] = from[x];
      }
  });
  return out;
}

}  // namespace pixgraph::image
