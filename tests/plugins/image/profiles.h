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

/// Wide primaries with a plain gamma: clearly not sRGB.
inline BytesPtr wide_profile() {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.68, 0.32, 1}, {0.265, 0.69, 1}, {0.15, 0.06, 1}};
  cmsToneCurve* curve = cmsBuildGamma(nullptr, 1.8);
  cmsToneCurve* curves[3] = {curve, curve, curve};
  const BytesPtr bytes = profile_bytes(cmsCreateRGBProfile(&white, &primaries, curves));
  cmsFreeToneCurve(curve);
  return bytes;
}

}  // namespace pixgraph::image
