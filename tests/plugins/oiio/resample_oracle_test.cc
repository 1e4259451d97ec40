// OpenImageIO's slow resize as the oracle for the fast one.
#include <OpenImageIO/imagebuf.h>
#include <OpenImageIO/imagebufalgo.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/alpha.h"
#include "kernels/resample.h"
#include "plugins/image/pictures.h"
#include "read.h"

namespace pixgraph::image {
namespace {

OIIO::ImageBuf wrapped(Image& image) {
  const OIIO::ImageSpec spec(image.width(), image.height(), image.channels(), OIIO::TypeDesc::UINT8);
  return OIIO::ImageBuf(spec, image.row(0), OIIO::AutoStride, static_cast<OIIO::stride_t>(image.row_bytes()));
}

void expect_near_oracle(Image& image, int width, int height, Filter filter, const char* oracle_filter) {
  const auto scaled = resample(image, {0, 0, static_cast<double>(image.width()), static_cast<double>(image.height())},
                               width, height, filter);
  const OIIO::ImageBuf oracle = OIIO::ImageBufAlgo::resize(wrapped(image), oracle_filter, 0.0f,
                                                           OIIO::ROI(0, width, 0, height, 0, 1, 0, image.channels()));
  ASSERT_FALSE(oracle.has_error()) << oracle.geterror();
  std::vector<std::uint8_t> expected(static_cast<std::size_t>(width * height * image.channels()));
  oracle.get_pixels(oracle.roi(), OIIO::TypeDesc::UINT8, expected.data());
  const auto got = samples_of(*scaled);
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(got[i], expected[i], 1) << oracle_filter << " " << image.width() << "x" << image.height() << " to "
                                        << width << "x" << height << " at " << i;
}

TEST(ResampleOracle, Lanczos3IsWithinOneOfOpenImageIO) {
  oiio::set_up_library();
  for (int channels : {1, 3})
    for (auto [width, height] : {std::pair{64, 48}, {97, 61}, {33, 120}}) {
      const auto smooth = scene(width, height, channels), rough = noise(width, height, channels, 4);
      for (auto [to_width, to_height] : {std::pair{32, 24}, {50, 31}, {17, 11}, {150, 100}, {1, 1}}) {
        expect_near_oracle(*smooth, to_width, to_height, Filter::lanczos3, "lanczos3");
        expect_near_oracle(*rough, to_width, to_height, Filter::lanczos3, "lanczos3");
      }
      expect_near_oracle(*rough, 40, 30, Filter::triangle, "triangle");
    }
}

TEST(ResampleOracle, AlphaWeightsAsPremultipliedDoes) {
  // The oracle works on the premultiplied picture in float; ours is given and gives straight alpha.
  const auto image = scene(80, 60, 4);
  auto weighted = premultiplied(*convert_depth(*image, Sample::f32));
  const OIIO::ImageSpec spec(80, 60, 4, OIIO::TypeDesc::FLOAT);
  const OIIO::ImageBuf source(spec, weighted->row(0), OIIO::AutoStride,
                              static_cast<OIIO::stride_t>(weighted->row_bytes()));
  const OIIO::ImageBuf oracle =
      OIIO::ImageBufAlgo::resize(source, "lanczos3", 0.0f, OIIO::ROI(0, 33, 0, 25, 0, 1, 0, 4));
  const auto scaled = resample(*image, {0, 0, 80, 60}, 33, 25, Filter::lanczos3);
  for (int y = 0; y < 25; ++y)
    for (int x = 0; x < 33; ++x) {
      float pixel[4];
      oracle.getpixel(x, y, pixel);
      const std::uint8_t* got = scaled->row(y) + x * 4;
      ASSERT_NEAR(got[3], std::clamp(pixel[3], 0.0f, 1.0f) * 255, 1);
      if (got[3] < 16) continue;
      for (int c = 0; c < 3; ++c)
        ASSERT_NEAR(got[c], std::clamp(pixel[c] / pixel[3], 0.0f, 1.0f) * 255, 1.5) << x << "," << y;
    }
}

}  // namespace
}  // namespace pixgraph::image
