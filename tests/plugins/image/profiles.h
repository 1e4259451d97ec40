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

/// A table from and to Lab, as a tag of a profile; `node` is called with a node's place and makes its value.
inline void write_table(cmsHPROFILE profile, cmsTagSignature tag, cmsSAMPLER16 node, void* data) {
  cmsPipeline* table = cmsPipelineAlloc(nullptr, 3, 3);
  cmsStage* nodes = cmsStageAllocCLut16bit(nullptr, 17, 3, 3, nullptr);
  cmsStageSampleCLut16bit(nodes, node, data, 0);
  cmsPipelineInsertStage(table, cmsAT_BEGIN, cmsStageAllocToneCurves(nullptr, 3, nullptr));
  cmsPipelineInsertStage(table, cmsAT_END, nodes);
  cmsPipelineInsertStage(table, cmsAT_END, cmsStageAllocToneCurves(nullptr, 3, nullptr));
  cmsWriteTag(profile, tag, table);
  cmsPipelineFree(table);
}

enum class WayBack { empty, none, whole };

/// The colours of wide_profile() by a table. Like an XYB JPEG's its way back is an empty table, or there is none.
inline BytesPtr table_profile(WayBack way_back) {
  const BytesPtr colours = wide_profile();
  cmsHPROFILE model = cmsOpenProfileFromMem(colours->data(), static_cast<cmsUInt32Number>(colours->size()));
  cmsHPROFILE lab = cmsCreateLab4Profile(nullptr), profile = cmsCreateProfilePlaceholder(nullptr);
  const auto convert = [](const cmsUInt16Number* in, cmsUInt16Number* out, void* transform) -> cmsInt32Number {
    cmsDoTransform(transform, in, out, 1);
    return 1;
  };
  const auto black = [](const cmsUInt16Number*, cmsUInt16Number* out, void*) -> cmsInt32Number {
    out[0] = out[1] = out[2] = 0;
    return 1;
  };
  cmsSetProfileVersion(profile, 4.3);
  cmsSetDeviceClass(profile, cmsSigDisplayClass);
  cmsSetColorSpace(profile, cmsSigRgbData);
  cmsSetPCS(profile, cmsSigLabData);
  cmsWriteTag(profile, cmsSigMediaWhitePointTag, cmsD50_XYZ());
  cmsHTRANSFORM there = cmsCreateTransform(model, TYPE_RGB_16, lab, TYPE_Lab_16, INTENT_RELATIVE_COLORIMETRIC, 0);
  cmsHTRANSFORM back = cmsCreateTransform(lab, TYPE_Lab_16, model, TYPE_RGB_16, INTENT_RELATIVE_COLORIMETRIC, 0);
  write_table(profile, cmsSigAToB0Tag, convert, there);
  if (way_back == WayBack::empty) write_table(profile, cmsSigBToA0Tag, black, nullptr);
  if (way_back == WayBack::whole) write_table(profile, cmsSigBToA0Tag, convert, back);
  cmsDeleteTransform(there);
  cmsDeleteTransform(back);
  cmsCloseProfile(lab);
  cmsCloseProfile(model);
  return profile_bytes(profile);
}

}  // namespace pixgraph::image
