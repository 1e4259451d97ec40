#include "kernels/blend.h"

#include <algorithm>
#include <utility>

#include "kernels/over.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

// One sample's colour by top's and under's colour and alpha, all 0..1; `alpha` is the result's.
struct In {
  static double alpha(double top, double under) { return top * under; }
  static double colour(double top, double, double, double, double) { return top; }
};
struct Out {
  static double alpha(double top, double under) { return top * (1 - under); }
  static double colour(double top, double, double, double, double) { return top; }
};
struct Atop {
  static double alpha(double, double under) { return under; }
  static double colour(double top, double under, double top_alpha, double, double) {
    return top * top_alpha + under * (1 - top_alpha);
  }
};
struct Add {
  static double alpha(double top, double under) { return std::min(1.0, top + under); }
  static double colour(double top, double under, double top_alpha, double under_alpha, double alpha) {
    return (top * top_alpha + under * under_alpha) / alpha;
  }
};

/// Blended where both are, each itself where the other is not.
template <double (*kMix)(double, double)>
struct Mixed {
  static double alpha(double top, double under) { return top + under - top * under; }
  static double colour(double top, double under, double top_alpha, double under_alpha, double alpha) {
    const double mixed = (1 - under_alpha) * top + under_alpha * kMix(top, under);
    return (mixed * top_alpha + under * under_alpha * (1 - top_alpha)) / alpha;
  }
};
double multiply(double a, double b) {
  return a * b;
}
double screen(double a, double b) {
  return a + b - a * b;
}

template <class How, class T>
void blend_row(const T* top, const T* under, T* out, int width, int colours, bool under_has_alpha, bool out_has_alpha,
               bool shaped_by_top, double opacity) {
  constexpr double kUnit = 1.0 / white<T>();
  const int under_step = colours + under_has_alpha, out_step = colours + out_has_alpha;
  for (int x = 0; x < width; ++x, top += colours + 1, under += under_step, out += out_step) {
    const double top_alpha = top[colours] * kUnit * opacity;
    const double under_alpha = under_has_alpha ? under[colours] * kUnit : 1;
    if (top_alpha == 0 && !shaped_by_top) {
      std::copy_n(under, out_step, out);
      continue;
    }
    const double alpha = How::alpha(top_alpha, under_alpha);
    for (int c = 0; c < colours; ++c)
      out[c] = shaped_by_top || alpha == 0
                   ? top[c]
                   : from_unit<T>(How::colour(top[c] * kUnit, under[c] * kUnit, top_alpha, under_alpha, alpha));
    if (out_has_alpha) out[colours] = from_unit<T>(alpha);
  }
}

template <class How>
std::shared_ptr<Image> blend_with(const Image& top, ImagePtr lower, bool shaped_by_top, double opacity) {
  const Image& under = *lower;
  const int colours = under.colour_channels();
  const bool under_alpha = under.has_alpha(), has_alpha = shaped_by_top || under_alpha;
  auto out = has_alpha == under_alpha ? sole_owner(lower) : nullptr;
  if (!out) {
    out = std::make_shared<Image>(under.width(), under.height(), colours + has_alpha, under.sample(),
                                  has_alpha ? Alpha::straight : Alpha::none);
    out->info = under.info;
  }
  with_sample_type(under.sample(), [&]<class T>(T) {
    for (int y = 0; y < under.height(); ++y)
      blend_row<How, T>(top.row<T>(y), under.row<T>(y), out->row<T>(y), under.width(), colours, under_alpha, has_alpha,
                        shaped_by_top, opacity);
  });
  return out;
}

}  // namespace

Blend blend_named(std::string_view name) {
  if (name == "in") return Blend::in;
  if (name == "out") return Blend::out;
  if (name == "atop") return Blend::atop;
  if (name == "multiply") return Blend::multiply;
  if (name == "screen") return Blend::screen;
  return name == "add" ? Blend::add : Blend::over;
}

std::shared_ptr<Image> blend(const Image& top, ImagePtr under, Blend how, double opacity) {
  switch (how) {
    case Blend::over: break;
    case Blend::in: return blend_with<In>(top, std::move(under), true, opacity);
    case Blend::out: return blend_with<Out>(top, std::move(under), true, opacity);
    case Blend::atop: return blend_with<Atop>(top, std::move(under), false, opacity);
    case Blend::multiply: return blend_with<Mixed<multiply>>(top, std::move(under), false, opacity);
    case Blend::screen: return blend_with<Mixed<screen>>(top, std::move(under), false, opacity);
    case Blend::add: return blend_with<Add>(top, std::move(under), false, opacity);
  }
  return over(top, std::move(under), opacity);
}

}  // namespace pixgraph::image
