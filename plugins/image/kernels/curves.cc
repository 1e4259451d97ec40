#include "kernels/curves.h"

#include <vector>

#include "kernels/light.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

/// A curve ready for samples of type T, as a table of Out where T has few values.
template <class T, class Out>
class Lookup {
 public:
  explicit Lookup(const Curve& curve) : curve_(curve) {
    if constexpr (!std::is_floating_point_v<T>) {
      table_.resize(std::size_t{white<T>()} + 1);
      for (std::size_t i = 0; i < table_.size(); ++i)
        table_[i] = from_unit<Out>(curve(static_cast<double>(i) / white<T>()));
    }
  }
  Out operator()(T sample) const {
    if constexpr (std::is_floating_point_v<T>)
      return from_unit<Out>(curve_(sample));
    else
      return table_[sample];
  }

 private:
  const Curve& curve_;
  std::vector<Out> table_;
};

template <class T, class Out>
std::vector<Lookup<T, Out>> lookups_of(std::span<const Curve> curves, int colours) {
  std::vector<Lookup<T, Out>> lookups;
  for (int c = 0; c < colours; ++c) lookups.emplace_back(curves[curves.size() == 1 ? 0 : static_cast<std::size_t>(c)]);
  return lookups;
}

template <class T>
void through_curves(const Image& image, Image& out, std::span<const Curve> curves) {
  const int channels = image.channels(), colours = image.colour_channels();
  const auto lookups = lookups_of<T, T>(curves, colours);
  for (int y = 0; y < image.height(); ++y) {
    const T* from = image.row<T>(y);
    T* to = out.row<T>(y);
    for (int x = 0; x < image.width(); ++x, from += channels, to += channels) {
      for (int c = 0; c < colours; ++c) to[c] = lookups[static_cast<std::size_t>(c)](from[c]);
      if (channels > colours) to[colours] = from[colours];
    }
  }
}

template <class T>
void through_curves_and_luma(const Image& image, Image& out, std::span<const Curve> curves, double saturation) {
  const int channels = image.channels();
  const auto lookups = lookups_of<T, float>(curves, 3);
  for (int y = 0; y < image.height(); ++y) {
    const T* from = image.row<T>(y);
    T* to = out.row<T>(y);
    for (int x = 0; x < image.width(); ++x, from += channels, to += channels) {
      const double red = lookups[0](from[0]), green = lookups[1](from[1]), blue = lookups[2](from[2]);
      const double luma = luma_709(red, green, blue);
      to[0] = from_unit<T>(luma + saturation * (red - luma));
      to[1] = from_unit<T>(luma + saturation * (green - luma));
      to[2] = from_unit<T>(luma + saturation * (blue - luma));
      if (channels == 4) to[3] = from[3];
    }
  }
}

}  // namespace

std::shared_ptr<Image> apply_curves(const Image& image, std::span<const Curve> curves, double saturation) {
  auto out = std::make_shared<Image>(image.width(), image.height(), image.channels(), image.sample(), image.alpha());
  out->info = image.info;
  with_sample_type(image.sample(), [&]<class T>(T) {
    if (saturation == 1 || image.colour_channels() < 3)
      through_curves<T>(image, *out, curves);
    else
      through_curves_and_luma<T>(image, *out, curves, saturation);
  });
  return out;
}

}  // namespace pixgraph::image
