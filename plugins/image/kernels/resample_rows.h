// resample_rows: the inner loops of the 8-bit resampler. Between its steps samples are std::int16_t with 6 bits below
// the 8-bit sample (white is 255 * 64), which leaves room for a filter's overshoot on both sides.
//
// Each has a portable and an AVX2 variant with the same bits. Buffers named `mid` and `out` must have kRowMargin
// elements behind their last sample, which may be read and written; 8-bit rows may be read 64 bytes past their end.
#pragma once

#include <cstdint>

namespace pixgraph::image {

inline constexpr int kMidBits = 6;
inline constexpr int kRowMargin = 128;

struct ResampleRows {
  /// mid[i] = sum over rows of weight * sample; `rows` has `taps` pointers, weights of kWeightBits.
  void (*mix_u8)(const std::uint8_t* const* rows, const std::int16_t* weights, int taps, int samples,
                 std::int16_t* mid);
  void (*mix_mid)(const std::int16_t* const* rows, const std::int16_t* weights, int taps, int samples,
                  std::int16_t* mid);
  /// Pixel x of `out` is the sum of `padded_taps` pixels of `mid` from first[x] on.
  void (*scale)(const std::int16_t* mid, const int* first, const std::int16_t* weights, int padded_taps, int channels,
                int width, std::int16_t* out);
  /// Samples without alpha to 8 bit.
  void (*finish)(const std::int16_t* row, std::uint8_t* out, int samples);
  /// Straight RGBA to premultiplied samples, and back; where the result's alpha is 0 so are its colours.
  void (*premultiply)(const std::uint8_t* row, std::int16_t* mid, int pixels, int channels);
  void (*unpremultiply)(const std::int16_t* row, std::uint8_t* out, int pixels, int channels);
};

/// Taps are padded to a multiple of this (zero weights) for `scale`.
constexpr int tap_multiple(int channels) {
  return channels == 1 ? 16 : 4;
}

/// The variant for this processor (see instructions.h).
const ResampleRows& resample_rows();

}  // namespace pixgraph::image
