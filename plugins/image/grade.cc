// Grade - exposure, temperature, contrast, gamma and saturation of a picture, in this order.
// Exposure and temperature are factors on light, by sRGB's tone curve; the rest works on samples as they are stored.
// All of it is computed at once and rounded once.
#include <array>

#include "kernels/alpha.h"
#include "kernels/curves.h"
#include "kernels/light.h"
#include "nodes.h"

namespace pixgraph::image {

static constexpr double kNeutral = 6500;  // K

/// Linear sRGB of a black body's light, of any brightness. CIE x and y after Kim et al., "Design of Advanced Color
/// Temperature Control System for HDTV Applications" (2002), good for 1667 to 25000 K.
static std::array<double, 3> light_of(double kelvin) {
  const double t = 1e3 / kelvin;
  const double x = kelvin < 4000 ? ((-0.2661239 * t - 0.2343589) * t + 0.8776956) * t + 0.179910
                                 : ((-3.0258469 * t + 2.1070379) * t + 0.2226347) * t + 0.240390;
  const double y = kelvin < 2222   ? ((-1.1063814 * x - 1.34811020) * x + 2.18555832) * x - 0.20219683
                   : kelvin < 4000 ? ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867
                                   : ((3.0817580 * x - 5.87338670) * x + 3.75112997) * x - 0.37001483;
  const double bright = x / y, dark = (1 - x - y) / y;  // X and Z where Y is 1
  return {3.2404542 * bright - 1.5371385 - 0.4985314 * dark, -0.9692660 * bright + 1.8760108 + 0.0415560 * dark,
          0.0556434 * bright - 0.2040259 + 1.0572252 * dark};
}

/// What brings that light to neutral, and grey's luminance nowhere else.
static std::array<double, 3> gains_of(double kelvin) {
  const std::array<double, 3> from = light_of(kelvin), to = light_of(kNeutral);
  std::array<double, 3> gains;
  for (std::size_t c = 0; c < 3; ++c) gains[c] = to[c] / from[c];
  const double luminance = luma_709(gains[0], gains[1], gains[2]);
  for (double& gain : gains) gain /= luminance;
  return gains;
}

static Curve curve_of(const Call& call, double gain) {
  const double factor = std::exp2(call.number("exposure")) * gain, contrast = call.number("contrast"),
               power = 1 / call.number("gamma");
  return [=](double value) {
    if (factor != 1) value = light_to_srgb(srgb_to_light(value) * factor);
    value = 0.5 + contrast * (value - 0.5);
    return power == 1 ? value : std::copysign(std::pow(std::abs(value), power), value);
  };
}

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  const double temperature = call.number("temperature"), saturation = call.number("saturation");
  const bool grey = image->colour_channels() == 1;
  if (grey && temperature != kNeutral)
    throw Error("E331", "the picture is grey, so it has no colours that `temperature` could shift",
                "put a Convert with `colour: rgb` before, or leave `temperature` out");
  if (call.number("exposure") == 0 && call.number("contrast") == 1 && call.number("gamma") == 1 &&
      temperature == kNeutral && (grey || saturation == 1))
    return call.set("image", image);
  std::vector<Curve> curves;
  if (temperature == kNeutral)
    curves.push_back(curve_of(call, 1));
  else
    for (const double gain : gains_of(temperature)) curves.push_back(curve_of(call, gain));
  call.set("image", ImagePtr(apply_curves(*image, curves, saturation)));
}

void add_grade(Registrar& registrar) {
  registrar.add(
      Spec("Grade", "Changes exposure, temperature, contrast, gamma and saturation")
          .in("image", Type::image, "the picture")
          .param("exposure", 0.0, {-10, 10}, "stops", "1 is twice the light, -1 half of it")
          .param(
              "temperature", kNeutral, {2500, 25000}, "K",
              "of the light the photo was taken in, which becomes neutral: 3000 (lamps) makes it bluer, 9000 (shade) "
              "warmer; 6500 changes nothing")
          .param("contrast", 1.0, {0, 10}, "", "a factor on the distance from middle grey (0.5)")
          .param("gamma", 1.0, {0.1, 10}, "", "the exponent 1 / gamma: above 1 the middle tones get lighter")
          .param("saturation", 1.0, {0, 10}, "", "a factor on the distance from grey; 0 leaves none of the colours")
          .out("image", Type::image, "same size and depth; alpha, profile and metadata stay")
          .example("graded: {type: Grade, image: \"${photo}\", exposure: 0.5, contrast: 1.1, saturation: 1.2}"),
      run);
}

}  // namespace pixgraph::image
