// resample_rows_avx2: the loops of resample_rows.h written with AVX2. Only for a processor that has it.
#pragma once

#include <cstdint>

namespace pixgraph::image {

inline constexpr unsigned kPremultiplyScale = 16449;  // see resample_rows.cc

void mix_u8_avx2(const std::uint8_t* const* rows, const std::int16_t* weights, int taps, int samples,
                 std::int16_t* mid);
void mix_mid_avx2(const std::int16_t* const* rows, const std::int16_t* weights, int taps, int samples,
                  std::int16_t* mid);
/// 1, 3 or 4 channels.
void scale_avx2(const std::int16_t* mid, const int* first, const std::int16_t* weights, int taps, int channels,
                int width, std::int16_t* out);
/// Both return how many pixels they did; the caller does the rest.
int premultiply_rgba_avx2(const std::uint8_t* row, std::int16_t* mid, int pixels);
int unpremultiply_rgba_avx2(const std::int16_t* row, std::uint8_t* out, int pixels);

}  // namespace pixgraph::image
