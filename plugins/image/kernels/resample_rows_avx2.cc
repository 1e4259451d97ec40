#include "kernels/resample_rows_avx2.h"

#include "kernels/instructions.h"
#include "kernels/resample_rows.h"
#include "kernels/resample_weights.h"

#if PIXGRAPH_HAS_AVX2
#include <immintrin.h>

#include <cstring>

namespace pixgraph::image {
namespace {

PIXGRAPH_BODY PIXGRAPH_TARGET_AVX2 __m256i load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}
PIXGRAPH_BODY PIXGRAPH_TARGET_AVX2 void store(void* to, __m256i value) {
  _mm256_storeu_si256(static_cast<__m256i*>(to), value);
}

/// The weights of two rows beside each other, as madd wants them.
PIXGRAPH_BODY PIXGRAPH_TARGET_AVX2 __m256i weight_pair(const std::int16_t* weights, int t, int taps) {
  const auto second = static_cast<std::uint16_t>(t + 1 < taps ? weights[t + 1] : 0);
  return _mm256_set1_epi32(
      static_cast<int>(static_cast<std::uint16_t>(weights[t]) | static_cast<std::uint32_t>(second) << 16));
}

template <int kShift>
PIXGRAPH_BODY PIXGRAPH_TARGET_AVX2 __m256i narrow(__m256i a, __m256i b) {
  const __m256i half = _mm256_set1_epi32(1 << (kShift - 1));
  return _mm256_packs_epi32(_mm256_srai_epi32(_mm256_add_epi32(a, half), kShift),
                            _mm256_srai_epi32(_mm256_add_epi32(b, half), kShift));
}

}  // namespace

PIXGRAPH_TARGET_AVX2 void mix_u8_avx2(const std::uint8_t* const* rows, const std::int16_t* weights, int taps,
                                      int samples, std::int16_t* mid) {
  constexpr int kShift = kWeightBits - kMidBits;
  const __m256i zero = _mm256_setzero_si256();
  for (int i = 0; i < samples; i += 32) {
    __m256i sum0 = zero, sum1 = zero, sum2 = zero, sum3 = zero;
    for (int t = 0; t < taps; t += 2) {
      const __m256i weight = weight_pair(weights, t, taps);
      const __m256i a = load(rows[t] + i), b = load(rows[t + 1 < taps ? t + 1 : t] + i);
      const __m256i low = _mm256_unpacklo_epi8(a, b), high = _mm256_unpackhi_epi8(a, b);
      sum0 = _mm256_add_epi32(sum0, _mm256_madd_epi16(_mm256_unpacklo_epi8(low, zero), weight));
      sum1 = _mm256_add_epi32(sum1, _mm256_madd_epi16(_mm256_unpackhi_epi8(low, zero), weight));
      sum2 = _mm256_add_epi32(sum2, _mm256_madd_epi16(_mm256_unpacklo_epi8(high, zero), weight));
      sum3 = _mm256_add_epi32(sum3, _mm256_madd_epi16(_mm256_unpackhi_epi8(high, zero), weight));
    }
    const __m256i first = narrow<kShift>(sum0, sum1), second = narrow<kShift>(sum2, sum3);
    store(mid + i, _mm256_permute2x128_si256(first, second, 0x20));
    store(mid + i + 16, _mm256_permute2x128_si256(first, second, 0x31));
  }
}

PIXGRAPH_TARGET_AVX2 void mix_mid_avx2(const std::int16_t* const* rows, const std::int16_t* weights, int taps,
                                       int samples, std::int16_t* mid) {
  const __m256i zero = _mm256_setzero_si256();
  for (int i = 0; i < samples; i += 32) {
    __m256i sum0 = zero, sum1 = zero, sum2 = zero, sum3 = zero;
    for (int t = 0; t < taps; t += 2) {
      const __m256i weight = weight_pair(weights, t, taps);
      const std::int16_t *row_a = rows[t] + i, *row_b = rows[t + 1 < taps ? t + 1 : t] + i;
      const __m256i a0 = load(row_a), b0 = load(row_b), a1 = load(row_a + 16), b1 = load(row_b + 16);
      sum0 = _mm256_add_epi32(sum0, _mm256_madd_epi16(_mm256_unpacklo_epi16(a0, b0), weight));
      sum1 = _mm256_add_epi32(sum1, _mm256_madd_epi16(_mm256_unpackhi_epi16(a0, b0), weight));
      sum2 = _mm256_add_epi32(sum2, _mm256_madd_epi16(_mm256_unpacklo_epi16(a1, b1), weight));
      sum3 = _mm256_add_epi32(sum3, _mm256_madd_epi16(_mm256_unpackhi_epi16(a1, b1), weight));
    }
    store(mid + i, narrow<kWeightBits>(sum0, sum1));
    store(mid + i + 16, narrow<kWeightBits>(sum2, sum3));
  }
}

namespace {

PIXGRAPH_BODY PIXGRAPH_TARGET_AVX2 void scale_grey(const std::int16_t* mid, const int* first,
                                                   const std::int16_t* weights, int taps, int width,
                                                   std::int16_t* out) {
  for (int x = 0; x < width; ++x, weights += taps) {
    const std::int16_t* from = mid + first[x];
    __m256i sum = _mm256_setzero_si256();
    for (int t = 0; t < taps; t += 16)
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(load(from + t), load(weights + t)));
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    four = _mm_hadd_epi32(four, four);
    four = _mm_hadd_epi32(four, four);
    four = _mm_srai_epi32(_mm_add_epi32(four, _mm_set1_epi32(1 << (kWeightBits - 1))), kWeightBits);
    out[x] = static_cast<std::int16_t>(_mm_cvtsi128_si32(_mm_packs_epi32(four, four)));
  }
}

/// Four pixels at a time: two in each half of the register, their samples beside each other as madd wants them.
template <int kChannels>
PIXGRAPH_BODY PIXGRAPH_TARGET_AVX2 void scale_colour(const std::int16_t* mid, const int* first,
                                                     const std::int16_t* weights, int taps, int width,
                                                     std::int16_t* out) {
  const __m256i pair_samples = kChannels == 4
                                   ? _mm256_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,  //
                                                      0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15)
                                   : _mm256_setr_epi8(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1,  //
                                                      0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1);
  const __m256i pair_weights = _mm256_setr_epi8(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,  //
                                                4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
  const __m128i half = _mm_set1_epi32(1 << (kWeightBits - 1));
  for (int x = 0; x < width; ++x, weights += taps, out += kChannels) {
    const std::int16_t* from = mid + static_cast<std::ptrdiff_t>(first[x]) * kChannels;
    __m256i sum = _mm256_setzero_si256();
    for (int t = 0; t < taps; t += 4, from += 4 * kChannels) {
      const __m256i samples = _mm256_shuffle_epi8(
          _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))),
                                  _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 2 * kChannels)), 1),
          pair_samples);
      std::int64_t four_weights;
      std::memcpy(&four_weights, weights + t, 8);
      sum = _mm256_add_epi32(
          sum, _mm256_madd_epi16(samples, _mm256_shuffle_epi8(_mm256_set1_epi64x(four_weights), pair_weights)));
    }
    __m128i pixel = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    pixel = _mm_srai_epi32(_mm_add_epi32(pixel, half), kWeightBits);
    // Writes four samples; with three channels the next pixel, or the margin, takes the fourth.
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_packs_epi32(pixel, pixel));
  }
}

}  // namespace

PIXGRAPH_TARGET_AVX2 void scale_avx2(const std::int16_t* mid, const int* first, const std::int16_t* weights, int taps,
                                     int channels, int width, std::int16_t* out) {
  if (channels == 1) return scale_grey(mid, first, weights, taps, width, out);
  if (channels == 3) return scale_colour<3>(mid, first, weights, taps, width, out);
  scale_colour<4>(mid, first, weights, taps, width, out);
}

PIXGRAPH_TARGET_AVX2 int premultiply_rgba_avx2(const std::uint8_t* row, std::int16_t* mid, int pixels) {
  const __m256i spread_alpha = _mm256_setr_epi8(6, 7, 6, 7, 6, 7, -1, -1, 14, 15, 14, 15, 14, 15, -1, -1,  //
                                                6, 7, 6, 7, 6, 7, -1, -1, 14, 15, 14, 15, 14, 15, -1, -1);
  const __m256i full_alpha = _mm256_set1_epi64x(0x00ff'0000'0000'0000);
  const __m256i scale = _mm256_set1_epi16(static_cast<short>(kPremultiplyScale));
  int x = 0;
  for (; x + 4 <= pixels; x += 4) {
    const __m256i samples = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + x * 4)));
    const __m256i factors = _mm256_or_si256(_mm256_shuffle_epi8(samples, spread_alpha), full_alpha);
    store(mid + x * 4, _mm256_mulhi_epu16(_mm256_mullo_epi16(samples, factors), scale));
  }
  return x;
}

PIXGRAPH_TARGET_AVX2 int unpremultiply_rgba_avx2(const std::int16_t* row, std::uint8_t* out, int pixels) {
  const __m256 white = _mm256_set1_ps(255.0f), half = _mm256_set1_ps(0.5f);
  const __m256i alpha_lane = _mm256_setr_epi32(0, 0, 0, -1, 0, 0, 0, -1);
  const __m256i round = _mm256_set1_epi32(1 << (kMidBits - 1)), zero = _mm256_setzero_si256(),
                most = _mm256_set1_epi32(255);
  int x = 0;
  for (; x + 2 <= pixels; x += 2) {
    const __m256i samples = _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + x * 4)));
    const __m256i alpha = _mm256_shuffle_epi32(samples, 0xff);
    const __m256i alpha8 =
        _mm256_min_epi32(_mm256_max_epi32(_mm256_srai_epi32(_mm256_add_epi32(alpha, round), kMidBits), zero), most);
    const __m256 inverse = _mm256_andnot_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(alpha8, zero)),
                                            _mm256_div_ps(white, _mm256_cvtepi32_ps(alpha)));
    const __m256 colour = _mm256_add_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(samples), inverse), half);
    // Held within 0..255 before the truncation, as the portable variant does.
    const __m256i colour8 = _mm256_cvttps_epi32(_mm256_min_ps(_mm256_max_ps(colour, _mm256_setzero_ps()), white));
    const __m256i pixel = _mm256_blendv_epi8(colour8, alpha8, alpha_lane);
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(pixel), _mm256_extracti128_si256(pixel, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + x * 4), _mm_packus_epi16(words, words));
  }
  return x;
}

}  // namespace pixgraph::image
#endif
