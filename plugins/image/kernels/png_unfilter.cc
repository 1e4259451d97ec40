#include "kernels/png_unfilter.h"

#include <cstdlib>
#include <cstring>

#include "kernels/instructions.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace pixgraph::image {
namespace {

enum Filter { none, sub, up, average, paeth };

PIXGRAPH_BODY std::uint8_t predicted(int left, int above, int corner) {
  const int by_left = std::abs(above - corner), by_above = std::abs(left - corner),
            by_corner = std::abs(left + above - 2 * corner);
  if (by_left <= by_above && by_left <= by_corner) return static_cast<std::uint8_t>(left);
  return static_cast<std::uint8_t>(by_above <= by_corner ? above : corner);
}

void add_above(const std::uint8_t* from, const std::uint8_t* above, std::uint8_t* out, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::uint8_t>(from[i] + above[i]);
}

#if defined(__x86_64__)
// A pixel at a time, all of its channels at once: each needs the one before it. SSE2 is in every x86-64 processor.

PIXGRAPH_BODY __m128i load_pixel(const std::uint8_t* at) {
  int bytes = 0;
  std::memcpy(&bytes, at, 4);
  return _mm_cvtsi32_si128(bytes);
}
PIXGRAPH_BODY void store_pixel(std::uint8_t* at, __m128i pixel) {
  const int bytes = _mm_cvtsi128_si32(pixel);
  std::memcpy(at, &bytes, 4);
}

template <int kPixel>
void sub_row(const std::uint8_t* from, std::uint8_t* out, std::size_t bytes) {
  __m128i left = _mm_setzero_si128();
  for (std::size_t i = 0; i < bytes; i += kPixel) store_pixel(out + i, left = _mm_add_epi8(left, load_pixel(from + i)));
}

template <int kPixel>
void average_row(const std::uint8_t* from, const std::uint8_t* above, std::uint8_t* out, std::size_t bytes) {
  const __m128i one = _mm_set1_epi8(1);
  __m128i left = _mm_setzero_si128();
  for (std::size_t i = 0; i < bytes; i += kPixel) {
    const __m128i b = load_pixel(above + i);
    // The processor's average rounds up, PNG's down.
    const __m128i mean = _mm_sub_epi8(_mm_avg_epu8(left, b), _mm_and_si128(_mm_xor_si128(left, b), one));
    store_pixel(out + i, left = _mm_add_epi8(load_pixel(from + i), mean));
  }
}

PIXGRAPH_BODY __m128i absolute(__m128i value) {
  return _mm_max_epi16(value, _mm_sub_epi16(_mm_setzero_si128(), value));
}
PIXGRAPH_BODY __m128i choose(__m128i where, __m128i yes, __m128i no) {
  return _mm_or_si128(_mm_and_si128(where, yes), _mm_andnot_si128(where, no));
}

template <int kPixel>
void paeth_row(const std::uint8_t* from, const std::uint8_t* above, std::uint8_t* out, std::size_t bytes) {
  const __m128i zero = _mm_setzero_si128();
  __m128i left = zero, corner = zero;  // 16 bits a channel
  for (std::size_t i = 0; i < bytes; i += kPixel) {
    const __m128i b = _mm_unpacklo_epi8(load_pixel(above + i), zero);
    const __m128i to_above = _mm_sub_epi16(b, corner), to_left = _mm_sub_epi16(left, corner);
    const __m128i by_left = absolute(to_above), by_above = absolute(to_left),
                  by_corner = absolute(_mm_add_epi16(to_above, to_left));
    const __m128i least = _mm_min_epi16(by_corner, _mm_min_epi16(by_left, by_above));
    const __m128i best =
        choose(_mm_cmpeq_epi16(least, by_left), left, choose(_mm_cmpeq_epi16(least, by_above), b, corner));
    const __m128i pixel = _mm_add_epi8(load_pixel(from + i), _mm_packus_epi16(best, best));
    store_pixel(out + i, pixel);
    left = _mm_unpacklo_epi8(pixel, zero);
    corner = b;
  }
}

template <int kPixel>
void unfilter_pixels(int filter, const std::uint8_t* from, const std::uint8_t* above, std::uint8_t* out,
                     std::size_t bytes) {
  if (filter == sub) return sub_row<kPixel>(from, out, bytes);
  if (filter == average) return average_row<kPixel>(from, above, out, bytes);
  paeth_row<kPixel>(from, above, out, bytes);
}
#endif

}  // namespace

void unfilter_png_row_portable(int filter, const std::uint8_t* from, const std::uint8_t* above, std::uint8_t* out,
                               std::size_t bytes, int pixel) {
  const auto step = static_cast<std::size_t>(pixel);
  if (filter == none) {
    std::memcpy(out, from, bytes);
    return;
  }
  if (filter == up) return add_above(from, above, out, bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    const int left = i < step ? 0 : out[i - step], corner = i < step ? 0 : above[i - step];
    const int by = filter == sub ? left : filter == average ? (left + above[i]) / 2 : predicted(left, above[i], corner);
    out[i] = static_cast<std::uint8_t>(from[i] + by);
  }
}

void unfilter_png_row(int filter, const std::uint8_t* from, const std::uint8_t* above, std::uint8_t* out,
                      std::size_t bytes, int pixel) {
#if defined(__x86_64__)
  if (filter == sub || filter == average || filter == paeth) {
    if (pixel == 3) return unfilter_pixels<3>(filter, from, above, out, bytes);
    if (pixel == 4) return unfilter_pixels<4>(filter, from, above, out, bytes);
  }
#endif
  unfilter_png_row_portable(filter, from, above, out, bytes, pixel);
}

}  // namespace pixgraph::image
