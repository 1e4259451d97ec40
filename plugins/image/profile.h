// profile: ICC profiles, through Little CMS. No profile means sRGB (grey: sRGB's tone curve) everywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <pixgraph/image.h>

#include "kernels/samples.h"

namespace pixgraph::image {

/// The profile for pixels with that many colour channels: null where the bytes are no profile, or one of another
/// colour space (a CMYK profile that stayed behind in an RGB file would turn every viewer's colours wrong).
BytesPtr fitting_profile(std::span<const std::uint8_t> icc, int colour_channels);

/// True where the profile's colours are sRGB's, at most 2/255 apart; also for null.
bool is_srgb(const BytesPtr& icc);

/// Whether sRGB's colours come back from the profile as they went into it; also for null. Some profiles lead one way
/// only, as that of an XYB JPEG does: their tables for the way back are missing or empty, and whatever is brought into
/// them turns dark. True where the bytes cannot be used at all, which convert_profile() says.
bool leads_back(const BytesPtr& icc);

/// What a decoder gives: the picture itself, or in sRGB and without the profile where that leads no way back.
std::shared_ptr<Image> in_lasting_profile(std::shared_ptr<Image> image);

/// What becomes of colours that the other profile does not have; the values are those of ICC.
enum class Intent : std::uint8_t { perceptual = 0, relative = 1, saturation = 2, absolute = 3 };

/// The same picture, its colours converted to `profile`, or to sRGB for null. Alpha must not be premultiplied. Depth,
/// size, alpha and other info stay. A profile that cannot be used is Error E332.
std::shared_ptr<Image> convert_profile(const Image& image, const BytesPtr& profile, Intent intent = Intent::relative);

/// A colour of a pipeline, which is sRGB, as the image's own profile has it. To the bit the same where the image is
/// sRGB, where its profile cannot be used, and for what is wholly transparent. Of a grey image only `red` is looked at.
Colour in_profile_of(const Image& image, const Colour& colour);

/// Turns rows of CMYK into sRGB. Without a usable CMYK profile by the plain formula. Used by one thread.
class CmykToSrgb {
 public:
  /// `inverted`: white is no ink, as Adobe writes JPEGs. Both sides have samples of that type, u8 or u16.
  CmykToSrgb(std::span<const std::uint8_t> icc, bool inverted, Sample sample = Sample::u8);
  ~CmykToSrgb();
  CmykToSrgb(const CmykToSrgb&) = delete;
  CmykToSrgb& operator=(const CmykToSrgb&) = delete;
  void row(const void* cmyk, void* rgb, int width) const;

 private:
  void* transform_ = nullptr;
  bool inverted_;
  Sample sample_;
};

}  // namespace pixgraph::image
