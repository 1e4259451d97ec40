#include "profile.h"

#include <lcms2.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace pixgraph::image {
namespace {

struct CloseProfile {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
using Profile = std::unique_ptr<void, CloseProfile>;

struct DeleteTransform {
  void operator()(void* transform) const { cmsDeleteTransform(transform); }
};
using Transform = std::unique_ptr<void, DeleteTransform>;

Profile srgb_profile(bool grey) {
  Profile rgb(cmsCreate_sRGBProfile());
  if (!grey) return rgb;
  // The same tone curve on the one channel.
  auto* curve = static_cast<cmsToneCurve*>(cmsReadTag(rgb.get(), cmsSigGreenTRCTag));
  return Profile(cmsCreateGrayProfile(cmsD50_xyY(), curve));
}

Profile open_profile(const BytesPtr& icc, bool grey) {
  if (!icc) return srgb_profile(grey);
  return Profile(cmsOpenProfileFromMem(icc->data(), static_cast<cmsUInt32Number>(icc->size())));
}

cmsUInt32Number pixel_format(const Image& image) {
  const bool grey = image.colour_channels() == 1, is_float = image.sample() == Sample::f32;
  return COLORSPACE_SH(grey ? PT_GRAY : PT_RGB) | CHANNELS_SH(image.colour_channels()) |
         EXTRA_SH(image.has_alpha() ? 1 : 0) | BYTES_SH(sample_bytes(image.sample())) | FLOAT_SH(is_float ? 1 : 0);
}

}  // namespace

BytesPtr fitting_profile(std::span<const std::uint8_t> icc, int colour_channels) {
  if (icc.size() < 132) return nullptr;
  const char* wanted = colour_channels == 1 ? "GRAY" : "RGB ";
  if (std::memcmp(icc.data() + 16, wanted, 4) != 0 || std::memcmp(icc.data() + 36, "acsp", 4) != 0) return nullptr;
  return std::make_shared<const Bytes>(icc.begin(), icc.end());
}

bool is_srgb(const BytesPtr& icc) {
  if (!icc) return true;
  const Profile profile = open_profile(icc, false);
  if (!profile) return false;
  const bool grey = cmsGetColorSpace(profile.get()) == cmsSigGrayData;
  const Profile srgb = srgb_profile(grey);
  const cmsUInt32Number format = grey ? TYPE_GRAY_8 : TYPE_RGB_8;
  const Transform transform(cmsCreateTransform(profile.get(), format, srgb.get(), format, INTENT_RELATIVE_COLORIMETRIC,
                                               cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE));
  if (!transform) return false;
  constexpr int kSteps = 6;
  for (int i = 0; i < kSteps * kSteps * kSteps; ++i) {
    const std::uint8_t colour[3] = {static_cast<std::uint8_t>(i % kSteps * 51),
                                    static_cast<std::uint8_t>(i / kSteps % kSteps * 51),
                                    static_cast<std::uint8_t>(i / kSteps / kSteps * 51)};
    std::uint8_t seen[3] = {};
    cmsDoTransform(transform.get(), colour, seen, 1);
    for (int c = 0; c < (grey ? 1 : 3); ++c)
      if (std::abs(seen[c] - colour[c]) > 2) return false;
  }
  return true;
}

/// What leads_back() finds out; it takes some milliseconds, for curves are to be turned round.
static bool brings_colours_back(const BytesPtr& icc) {
  const Profile profile = open_profile(icc, false);
  if (!profile) return true;
  const bool grey = cmsGetColorSpace(profile.get()) == cmsSigGrayData;
  const Profile srgb = srgb_profile(grey);
  const cmsUInt32Number eight = grey ? TYPE_GRAY_8 : TYPE_RGB_8;
  // 16 bits between: a linear profile's steps are wide in the dark.
  const cmsUInt32Number between = grey ? TYPE_GRAY_16 : TYPE_RGB_16;
  const auto transform = [](const Profile& from, cmsUInt32Number in, const Profile& to, cmsUInt32Number out) {
    return Transform(cmsCreateTransform(from.get(), in, to.get(), out, INTENT_RELATIVE_COLORIMETRIC,
                                        cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE));
  };
  const Transform back = transform(profile, between, srgb, eight);
  if (!back) return true;
  const Transform there = transform(srgb, eight, profile, between);
  if (!there) return false;
  // Greys and muted colours, which every printer and screen has; tables of few nodes are off by some units.
  constexpr int kTolerance = 16;
  constexpr std::uint8_t kColours[][3] = {{64, 64, 64},    {128, 128, 128}, {192, 192, 192}, {144, 112, 96},
                                          {104, 136, 112}, {104, 112, 144}, {168, 160, 128}};
  for (const auto& colour : kColours) {
    std::uint16_t held[3] = {};
    std::uint8_t seen[3] = {};
    cmsDoTransform(there.get(), colour, held, 1);
    cmsDoTransform(back.get(), held, seen, 1);
    for (int c = 0; c < (grey ? 1 : 3); ++c)
      if (std::abs(seen[c] - colour[c]) > kTolerance) return false;
  }
  return true;
}

bool leads_back(const BytesPtr& icc) {
  if (!icc) return true;
  // A folder of photos has few profiles.
  constexpr std::size_t kKept = 8;
  static std::mutex mutex;
  static std::vector<std::pair<BytesPtr, bool>> judged;
  {
    const std::lock_guard lock(mutex);
    for (const auto& [known, back] : judged)
      if (known == icc || *known == *icc) return back;
  }
  const bool back = brings_colours_back(icc);
  const std::lock_guard lock(mutex);
  if (judged.size() == kKept) judged.erase(judged.begin());
  judged.emplace_back(icc, back);
  return back;
}

std::shared_ptr<Image> in_lasting_profile(std::shared_ptr<Image> image) {
  return leads_back(image->info.icc) ? std::move(image) : convert_profile(*image, nullptr);
}

Colour in_profile_of(const Image& image, const Colour& colour) {
  if (is_srgb(image.info.icc) || colour.alpha == 0) return colour;
  const bool grey = image.colour_channels() == 1;
  const Profile from = srgb_profile(grey), to = open_profile(image.info.icc, grey);
  Transform transform;
  // As convert_profile() does it, so that a colour becomes what pixels of that colour become.
  if (to)
    transform.reset(cmsCreateTransform(from.get(), grey ? TYPE_GRAY_FLT : TYPE_RGB_FLT, to.get(),
                                       grey ? TYPE_GRAY_FLT : TYPE_RGB_FLT, INTENT_RELATIVE_COLORIMETRIC,
                                       cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOCACHE));
  if (!transform) return colour;
  const float in[3] = {static_cast<float>(colour.red), static_cast<float>(colour.green),
                       static_cast<float>(colour.blue)};
  float out[3] = {};
  cmsDoTransform(transform.get(), in, out, 1);
  // A profile's numbers are rounded: white may come out a hair beside 1, which 16 bits would show.
  const auto unit = [](float value) {
    constexpr float kHair = 1e-4F;
    return value < kHair ? 0.0 : value > 1 - kHair ? 1.0 : static_cast<double>(value);
  };
  const double red = unit(out[0]);
  return {red, grey ? red : unit(out[1]), grey ? red : unit(out[2]), colour.alpha};
}

std::shared_ptr<Image> convert_profile(const Image& image, const BytesPtr& profile, Intent intent) {
  const bool grey = image.colour_channels() == 1;
  const Profile from = open_profile(image.info.icc, grey), to = open_profile(profile, grey);
  const cmsUInt32Number format = pixel_format(image);
  Transform transform;
  if (from && to)
    transform.reset(cmsCreateTransform(from.get(), format, to.get(), format, static_cast<cmsUInt32Number>(intent),
                                       cmsFLAGS_COPY_ALPHA | cmsFLAGS_BLACKPOINTCOMPENSATION));
  if (!transform)
    throw Error("E332", "the image's colour profile cannot be used",
                "save the image without a profile, or with another one");
  auto converted =
      std::make_shared<Image>(image.width(), image.height(), image.channels(), image.sample(), image.alpha());
  converted->info = image.info;
  converted->info.icc = profile;
  cmsDoTransformLineStride(transform.get(), image.row(0), converted->row(0), image.width(), image.height(),
                           static_cast<cmsUInt32Number>(image.row_bytes()),
                           static_cast<cmsUInt32Number>(converted->row_bytes()), 0, 0);
  return converted;
}

CmykToSrgb::CmykToSrgb(std::span<const std::uint8_t> icc, bool inverted, Sample sample)
    : inverted_(inverted), sample_(sample) {
  if (icc.size() < 132) return;
  const Profile from(cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size())));
  if (!from || cmsGetColorSpace(from.get()) != cmsSigCmykData) return;
  const Profile to = srgb_profile(false);
  const bool deep = sample == Sample::u16;
  const cmsUInt32Number inks = (deep ? TYPE_CMYK_16 : TYPE_CMYK_8) | FLAVOR_SH(inverted ? 1 : 0);
  transform_ = cmsCreateTransform(from.get(), inks, to.get(), deep ? TYPE_RGB_16 : TYPE_RGB_8,
                                  INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_BLACKPOINTCOMPENSATION);
}

CmykToSrgb::~CmykToSrgb() {
  if (transform_) cmsDeleteTransform(transform_);
}

template <class T>
static void by_formula(const T* cmyk, T* rgb, int width, bool inverted) {
  constexpr std::uint32_t kWhite = std::numeric_limits<T>::max();
  const std::uint32_t flip = inverted ? 0 : kWhite;
  for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3)
    for (int c = 0; c < 3; ++c)
      rgb[c] = static_cast<T>(((cmyk[c] ^ flip) * std::uint64_t{cmyk[3] ^ flip} + kWhite / 2) / kWhite);
}

void CmykToSrgb::row(const void* cmyk, void* rgb, int width) const {
  if (transform_) return cmsDoTransform(transform_, cmyk, rgb, static_cast<cmsUInt32Number>(width));
  if (sample_ == Sample::u16)
    by_formula(static_cast<const std::uint16_t*>(cmyk), static_cast<std::uint16_t*>(rgb), width, inverted_);
  else
    by_formula(static_cast<const std::uint8_t*>(cmyk), static_cast<std::uint8_t*>(rgb), width, inverted_);
}

}  // namespace pixgraph::image
