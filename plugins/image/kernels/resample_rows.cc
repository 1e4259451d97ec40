#include "kernels/resample_rows.h"

#include "kernels/instructions.h"
#include "kernels/resample_rows_avx2.h"
#include "kernels/resample_weights.h"

namespace pixgraph::image {
namespace {

std::int16_t saturate(int value) {
  return static_cast<std::int16_t>(value < -32768 ? -32768 : value > 32767 ? 32767 : value);
}

template <class T>
void mix_portable(const T* const* rows, const std::int16_t* weights, int taps, int samples, std::int16_t* mid) {
  // From the weights' bits down to those of mid: 8-bit samples gain kMidBits, mid samples have them already.
  constexpr int kShift = kWeightBits - (sizeof(T) == 1 ? kMidBits : 0), kHalf = 1 << (kShift - 1);
  constexpr int kBlock = 256;  // sums stay in the first-level cache
  for (int start = 0; start < samples; start += kBlock) {
    const int count = samples - start < kBlock ? samples - start : kBlock;
    std::int32_t sums[kBlock] = {};
    for (int t = 0; t < taps; ++t) {
      const T* row = rows[t] + start;
      const int weight = weights[t];
      for (int i = 0; i < count; ++i) sums[i] += weight * row[i];
    }
    for (int i = 0; i < count; ++i) mid[start + i] = saturate((sums[i] + kHalf) >> kShift);
  }
}

template <int kChannels>
void scale_pixels(const std::int16_t* mid, const int* first, const std::int16_t* weights, int taps, int width,
                  std::int16_t* out) {
  for (int x = 0; x < width; ++x, weights += taps, out += kChannels) {
    const std::int16_t* from = mid + first[x] * kChannels;
    std::int32_t sums[kChannels] = {};
    for (int t = 0; t < taps; ++t)
      for (int c = 0; c < kChannels; ++c) sums[c] += weights[t] * from[t * kChannels + c];
    for (int c = 0; c < kChannels; ++c) out[c] = saturate((sums[c] + (1 << (kWeightBits - 1))) >> kWeightBits);
  }
}

void scale_portable(const std::int16_t* mid, const int* first, const std::int16_t* weights, int taps, int channels,
                    int width, std::int16_t* out) {
  switch (channels) {
    case 1: return scale_pixels<1>(mid, first, weights, taps, width, out);
    case 2: return scale_pixels<2>(mid, first, weights, taps, width, out);
    case 3: return scale_pixels<3>(mid, first, weights, taps, width, out);
    default: return scale_pixels<4>(mid, first, weights, taps, width, out);
  }
}

PIXGRAPH_BODY void finish_body(const std::int16_t* row, std::uint8_t* out, int samples) {
  for (int i = 0; i < samples; ++i) {
    const int value = (row[i] + (1 << (kMidBits - 1))) >> kMidBits;
    out[i] = static_cast<std::uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
  }
}
void finish_portable(const std::int16_t* row, std::uint8_t* out, int samples) {
  finish_body(row, out, samples);
}
PIXGRAPH_TARGET_AVX2 void finish_avx2(const std::int16_t* row, std::uint8_t* out, int samples) {
  finish_body(row, out, samples);
}

void premultiply_portable(const std::uint8_t* row, std::int16_t* mid, int pixels, int channels) {
  const int colours = channels - 1;
  for (int x = 0; x < pixels; ++x, row += channels, mid += channels) {
    const unsigned alpha = row[colours];
    // 64 / 255 in 16 bits, rounded up so that full alpha gives exactly 64 times the sample.
    for (int c = 0; c < colours; ++c) mid[c] = static_cast<std::int16_t>((row[c] * alpha * kPremultiplyScale) >> 16);
    mid[colours] = static_cast<std::int16_t>(alpha << kMidBits);
  }
}

void unpremultiply_portable(const std::int16_t* row, std::uint8_t* out, int pixels, int channels) {
  const int colours = channels - 1;
  for (int x = 0; x < pixels; ++x, row += channels, out += channels) {
    finish_body(row + colours, out + colours, 1);
    const float inverse = out[colours] == 0 ? 0.0f : 255.0f / static_cast<float>(row[colours]);
    for (int c = 0; c < colours; ++c) {
      const float value = static_cast<float>(row[c]) * inverse + 0.5f;
      out[c] = static_cast<std::uint8_t>(value < 0.0f ? 0 : value > 255.0f ? 255 : static_cast<int>(value));
    }
  }
}

constexpr ResampleRows kPortable{
    mix_portable<std::uint8_t>, mix_portable<std::int16_t>, scale_portable, finish_portable,
    premultiply_portable,       unpremultiply_portable};

#if PIXGRAPH_HAS_AVX2
void scale_best(const std::int16_t* mid, const int* first, const std::int16_t* weights, int taps, int channels,
                int width, std::int16_t* out) {
  if (channels == 2) return scale_portable(mid, first, weights, taps, channels, width, out);
  scale_avx2(mid, first, weights, taps, channels, width, out);
}
void premultiply_best(const std::uint8_t* row, std::int16_t* mid, int pixels, int channels) {
  const int done = channels == 4 ? premultiply_rgba_avx2(row, mid, pixels) : 0;
  premultiply_portable(row + done * channels, mid + done * channels, pixels - done, channels);
}
void unpremultiply_best(const std::int16_t* row, std::uint8_t* out, int pixels, int channels) {
  const int done = channels == 4 ? unpremultiply_rgba_avx2(row, out, pixels) : 0;
  unpremultiply_portable(row + done * channels, out + done * channels, pixels - done, channels);
}
constexpr ResampleRows kAvx2{mix_u8_avx2, mix_mid_avx2, scale_best, finish_avx2, premultiply_best, unpremultiply_best};
#endif

}  // namespace

const ResampleRows& resample_rows() {
#if PIXGRAPH_HAS_AVX2
  if (use_avx2()) return kAvx2;
#endif
  return kPortable;
}

}  // namespace pixgraph::image
