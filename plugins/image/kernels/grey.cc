#include "kernels/grey.h"

#include <vector>

#include "kernels/light.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

/// grey_of(const T* rgb) for every pixel.
template <class T, class GreyOf>
void fill_grey(const Image& image, Image& out, GreyOf&& grey_of) {
  const int in_step = image.channels(), out_step = out.channels();
  for (int y = 0; y < image.height(); ++y) {
    const T* from = image.row<T>(y);
    T* to = out.row<T>(y);
    for (int x = 0; x < image.width(); ++x, from += in_step, to += out_step) {
      to[0] = grey_of(from);
      if (out_step == 2) to[1] = from[3];
    }
  }
}

/// The light of every sample, by a table where there are few.
template <class T>
class LightOf {
 public:
  LightOf() {
    if constexpr (!std::is_floating_point_v<T>)
      for (unsigned i = 0; i <= white<T>(); ++i) table_.push_back(srgb_to_light(static_cast<double>(i) / white<T>()));
  }
  double operator()(T sample) const {
    if constexpr (std::is_floating_point_v<T>)
      return srgb_to_light(sample);
    else
      return table_[sample];
  }

 private:
  std::vector<double> table_;
};

template <class T>
T average_of(const T* rgb) {
  if constexpr (std::is_floating_point_v<T>)
    return (rgb[0] + rgb[1] + rgb[2]) / 3;
  else
    return static_cast<T>((rgb[0] + rgb[1] + rgb[2] + 1) / 3);
}

}  // namespace

Grey grey_named(std::string_view name) {
  if (name == "luminance") return Grey::luminance;
  if (name == "average") return Grey::average;
  if (name == "red") return Grey::red;
  if (name == "green") return Grey::green;
  return name == "blue" ? Grey::blue : Grey::luma;
}

std::shared_ptr<Image> to_grey(const Image& image, Grey method) {
  if (method == Grey::luma) return rgb_to_grey(image);
  auto out =
      std::make_shared<Image>(image.width(), image.height(), image.has_alpha() ? 2 : 1, image.sample(), image.alpha());
  out->info = image.info;
  out->info.icc = nullptr;
  with_sample_type(image.sample(), [&]<class T>(T) {
    if (method == Grey::luminance) {
      const LightOf<T> light;
      fill_grey<T>(image, *out, [&](const T* rgb) {
        return from_unit<T>(light_to_srgb(luma_709(light(rgb[0]), light(rgb[1]), light(rgb[2]))));
      });
    } else if (method == Grey::average) {
      fill_grey<T>(image, *out, average_of<T>);
    } else {
      const int c = method == Grey::red ? 0 : method == Grey::green ? 1 : 2;
      fill_grey<T>(image, *out, [c](const T* rgb) { return rgb[c]; });
    }
  });
  return out;
}

}  // namespace pixgraph::image
