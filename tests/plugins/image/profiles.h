// profiles: ICC profiles that tests make for themselves.
#pragma once

#include <lcms2.h>

#include <memory>

#include <pixgraph/image.h>

namespace pixgraph::image {

/// The bytes of the profile, which is closed.
inline BytesPtr profile_bytes(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  auto bytes = std::make_shared<Bytes>(size);
  cmsSaveProfileToMem(profile, bytes->data(), &size);
  cmsCloseProfile(profile);
  return bytes;
}

/// Of a screen with white D65 and a plain gamma.
inline BytesPtr gamma_profile(const cmsCIExyYTRIPLE& primaries, double gamma) {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  cmsToneCurve* curve = cmsBuildGamma(nullptr, gamma);
  cmsToneCurve* curves[3] = {curve, curve, curve};
  const BytesPtr bytes = profile_bytes(cmsCreateRGBProfile(&white, &primaries, curves));
  cmsFreeToneCurve(curve);
  return bytes;
}

/// Wide primaries with a plain gamma: clearly not sRGB.
inline BytesPtr wide_profile() {
  return gamma_profile({{0.68, 0.32, 1}, {0.265, 0.69, 1}, {0.15, 0.06, 1}}, 1.8);
}

inline BytesPtr adobe_rgb_profile() {
  return gamma_profile({{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}}, 563.0 / 256);
}

inline BytesPtr grey_profile(double gamma) {
  cmsToneCurve* curve = cmsBuildGamma(nullptr, gamma);
  const BytesPtr bytes = profile_bytes(cmsCreateGrayProfile(cmsD50_xyY(), curve));
  cmsFreeToneCurve(curve);
  return bytes;
}

}  // namespace pixgraph::image
