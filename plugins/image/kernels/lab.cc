#include "kernels/lab.h"

#include <cmath>

#include "kernels/light.h"

namespace pixgraph::image {
namespace {

// CIE 15: the curve is a line below (6/29)^3.
constexpr double kEdge = 6.0 / 29;

double bent(double t) {
  return t > kEdge * kEdge * kEdge ? std::cbrt(static_cast<float>(t)) : t / (3 * kEdge * kEdge) + 4.0 / 29;
}
double straightened(double f) {
  return f > kEdge ? f * f * f : 3 * kEdge * kEdge * (f - 4.0 / 29);
}

// XYZ of white is the sum of each row, so that grey has a* = b* = 0.
constexpr double kToXyz[3][3] = {
    {0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}};
constexpr double kFromXyz[3][3] = {
    {3.2404542, -1.5371385, -0.4985314}, {-0.9692660, 1.8760108, 0.0415560}, {0.0556434, -0.2040259, 1.0572252}};

constexpr double white_of(int row) {
  return kToXyz[row][0] + kToXyz[row][1] + kToXyz[row][2];
}

}  // namespace

std::array<double, 3> light_to_lab(const std::array<double, 3>& light) {
  double f[3];
  for (int i = 0; i < 3; ++i)
    f[i] = bent((kToXyz[i][0] * light[0] + kToXyz[i][1] * light[1] + kToXyz[i][2] * light[2]) / white_of(i));
  return {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

std::array<double, 3> lab_to_light(const std::array<double, 3>& lab) {
  const double fy = (lab[0] + 16) / 116;
  const double x = straightened(fy + lab[1] / 500) * white_of(0), y = straightened(fy) * white_of(1),
               z = straightened(fy - lab[2] / 200) * white_of(2);
  std::array<double, 3> light;
  for (std::size_t i = 0; i < 3; ++i) light[i] = kFromXyz[i][0] * x + kFromXyz[i][1] * y + kFromXyz[i][2] * z;
  return light;
}

std::array<double, 3> srgb_to_lab(const std::array<double, 3>& rgb) {
  return light_to_lab({srgb_to_light(rgb[0]), srgb_to_light(rgb[1]), srgb_to_light(rgb[2])});
}

std::array<double, 3> lab_to_srgb(const std::array<double, 3>& lab) {
  const std::array<double, 3> light = lab_to_light(lab);
  return {light_to_srgb(light[0]), light_to_srgb(light[1]), light_to_srgb(light[2])};
}

}  // namespace pixgraph::image
