#include "kernels/over.h"

#include <cstring>

#include "kernels/instructions.h"
#include "kernels/samples.h"

#if PIXGRAPH_HAS_AVX2
#include <immintrin.h>
#endif

namespace pixgraph::image {
namespace {

/// x / 255 rounded to the nearest, exact for x <= 255 * 255.
constexpr unsigned divide_by_255(unsigned x) {
  return (x + 128 + ((x + 128) >> 8)) >> 8;
}

/// Opaque `under`, integers: 8 bit by the exact shift, 16 bit by a division.
template <class T>
T mix(T top, T under, unsigned alpha) {
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return static_cast<T>(divide_by_255(top * alpha + under * (255 - alpha)));
  } else {
    const std::uint64_t sum =
        static_cast<std::uint64_t>(top) * alpha + static_cast<std::uint64_t>(under) * (65535 - alpha);
    return static_cast<T>((sum + 32767) / 65535);
  }
}

/// One row. REQUIRES: opacity 1 for integers.
template <class T>
void mix_row(const T* top, const T* under, T* out, int width, int colours, bool under_alpha, double opacity) {
  const int under_step = colours + (under_alpha ? 1 : 0);
  for (int x = 0; x < width; ++x, top += colours + 1, under += under_step, out += under_step) {
    T alpha = top[colours];
    if constexpr (std::is_floating_point_v<T>) alpha = static_cast<T>(alpha * opacity);
    if (alpha == T(0)) {
      for (int c = 0; c < under_step; ++c) out[c] = under[c];
      continue;
    }
    if (alpha == white<T>()) {
      for (int c = 0; c < colours; ++c) out[c] = top[c];
      if (under_alpha) out[colours] = alpha;
      continue;
    }
    if constexpr (std::is_floating_point_v<T>) {
      const T behind = (under_alpha ? under[colours] : T(1)) * (1 - alpha), together = alpha + behind;
      for (int c = 0; c < colours; ++c) out[c] = (top[c] * alpha + under[c] * behind) / together;
      if (under_alpha) out[colours] = together;
    } else if (!under_alpha) {
      for (int c = 0; c < colours; ++c) out[c] = mix<T>(top[c], under[c], alpha);
    } else {
      // Alphas as integers of white squared, so that nothing is rounded before the end.
      constexpr std::uint64_t kWhite = white<T>();
      const std::uint64_t before = alpha * kWhite, behind = under[colours] * (kWhite - alpha),
                          together = before + behind;
      for (int c = 0; c < colours; ++c)
        out[c] = static_cast<T>((top[c] * before + under[c] * behind + together / 2) / together);
      out[colours] = static_cast<T>((together + kWhite / 2) / kWhite);
    }
  }
}

/// One row of integers with opacity. Alpha times opacity is not rounded to the samples' steps: with the mix, which is
/// rounded too, that would be off by up to a whole step.
template <class T>
void mix_row_thinned(const T* top, const T* under, T* out, int width, int colours, bool under_alpha, double opacity) {
  constexpr double kUnit = 1.0 / white<T>();
  const int under_step = colours + (under_alpha ? 1 : 0);
  for (int x = 0; x < width; ++x, top += colours + 1, under += under_step, out += under_step) {
    const double alpha = top[colours] * kUnit * opacity;
    if (alpha == 0) {
      for (int c = 0; c < under_step; ++c) out[c] = under[c];
      continue;
    }
    const double together = under_alpha ? alpha + under[colours] * kUnit * (1 - alpha) : 1, share = alpha / together;
    for (int c = 0; c < colours; ++c) {
      const double below = under[c];
      out[c] = static_cast<T>(below + (top[c] - below) * share + 0.5);
    }
    if (under_alpha) out[colours] = from_unit<T>(together);
  }
}

#if PIXGRAPH_HAS_AVX2
/// The common case: RGBA over opaque RGB, 8 bit, opacity 1. Returns how many pixels it did.
PIXGRAPH_TARGET_AVX2 int over_row_rgb_avx2(const std::uint8_t* top, const std::uint8_t* under, std::uint8_t* out,
                                           int width) {
  const __m256i to_rgbx = _mm256_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1,  //
                                           0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
  const __m256i to_rgb = _mm256_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,  //
                                          0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  const __m256i spread_alpha = _mm256_setr_epi8(3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15,  //
                                                3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
  const __m256i zero = _mm256_setzero_si256(), half = _mm256_set1_epi16(128), full = _mm256_set1_epi8(-1);
  auto mix16 = [&](__m256i a, __m256i b, __m256i alpha, __m256i rest) PIXGRAPH_TARGET_AVX2 {
    const __m256i sum =
        _mm256_add_epi16(_mm256_add_epi16(_mm256_mullo_epi16(a, alpha), _mm256_mullo_epi16(b, rest)), half);
    return _mm256_srli_epi16(_mm256_add_epi16(sum, _mm256_srli_epi16(sum, 8)), 8);
  };
  int x = 0;
  // `out` may be `under`: nothing is written behind these pixels.
  for (; x + 10 <= width; x += 8, top += 32, under += 24, out += 24) {
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(top));
    const __m256i b = _mm256_shuffle_epi8(
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(under))),
                                _mm_loadu_si128(reinterpret_cast<const __m128i*>(under + 12)), 1),
        to_rgbx);
    const __m256i alpha = _mm256_shuffle_epi8(a, spread_alpha), rest = _mm256_xor_si256(alpha, full);
    const __m256i low = mix16(_mm256_unpacklo_epi8(a, zero), _mm256_unpacklo_epi8(b, zero),
                              _mm256_unpacklo_epi8(alpha, zero), _mm256_unpacklo_epi8(rest, zero));
    const __m256i high = mix16(_mm256_unpackhi_epi8(a, zero), _mm256_unpackhi_epi8(b, zero),
                               _mm256_unpackhi_epi8(alpha, zero), _mm256_unpackhi_epi8(rest, zero));
    const __m256i mixed = _mm256_shuffle_epi8(_mm256_packus_epi16(low, high), to_rgb);
    const __m128i first = _mm256_castsi256_si128(mixed), second = _mm256_extracti128_si256(mixed, 1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), first);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + 12), second);
    const int last = _mm_extract_epi32(second, 2);
    std::memcpy(out + 20, &last, 4);
  }
  return x;
}
#endif

template <class T>
void over_any(const T* top, const T* under, T* out, int width, int colours, bool under_alpha, double opacity) {
  if constexpr (std::is_integral_v<T>)
    if (opacity != 1) return mix_row_thinned<T>(top, under, out, width, colours, under_alpha, opacity);
  int done = 0;
#if PIXGRAPH_HAS_AVX2
  if constexpr (std::is_same_v<T, std::uint8_t>)
    if (colours == 3 && !under_alpha && use_avx2()) done = over_row_rgb_avx2(top, under, out, width);
#endif
  const std::ptrdiff_t under_step = colours + (under_alpha ? 1 : 0);
  top += static_cast<std::ptrdiff_t>(done) * (colours + 1);
  under += done * under_step;
  out += done * under_step;
  mix_row<T>(top, under, out, width - done, colours, under_alpha, opacity);
}

}  // namespace

std::shared_ptr<Image> over(const Image& top, ImagePtr lower, double opacity) {
  const Image& under = *lower;
  auto out = sole_owner(lower);
  if (!out) {
    out = std::make_shared<Image>(under.width(), under.height(), under.channels(), under.sample(), under.alpha());
    out->info = under.info;
  }
  const int width = under.width(), colours = under.colour_channels();
  const bool under_alpha = under.has_alpha();
  with_sample_type(under.sample(), [&]<class T>(T) {
    for (int y = 0; y < under.height(); ++y)
      over_any<T>(top.row<T>(y), under.row<T>(y), out->row<T>(y), width, colours, under_alpha, opacity);
  });
  return out;
}

void over_row(const std::uint8_t* top, const std::uint8_t* under, std::uint8_t* out, int width, int colours,
              double opacity) {
  over_any<std::uint8_t>(top, under, out, width, colours, false, opacity);
}

}  // namespace pixgraph::image
