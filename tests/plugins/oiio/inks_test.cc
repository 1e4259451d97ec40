// Inks: a CMYK TIFF becomes sRGB by its own profile, as a CMYK JPEG does.
#include <gtest/gtest.h>

#include "formats.h"
#include "plugins/image/pictures.h"
#include "plugins/image/profiles.h"
#include "read.h"

namespace pixgraph::oiio {
namespace {

using image::samples_of;
using Samples = std::vector<std::uint8_t>;

Format tiff() {
  return formats().front();
}

/// Inks as grey: each of the three takes a third of the light, black takes all.
cmsInt32Number as_grey(const cmsUInt16Number* inks, cmsUInt16Number* lab, void*) {
  const double light = (1 - (inks[0] + inks[1] + inks[2]) / 3.0 / 65535) * (1 - inks[3] / 65535.0);
  const cmsCIELab colour{100 * light, 0, 0};
  cmsFloat2LabEncodedV2(lab, &colour);
  return 1;
}

BytesPtr grey_press() {
  cmsHPROFILE profile = cmsCreateProfilePlaceholder(nullptr);
  cmsSetProfileVersion(profile, 2.1);
  cmsSetDeviceClass(profile, cmsSigOutputClass);
  cmsSetColorSpace(profile, cmsSigCmykData);
  cmsSetPCS(profile, cmsSigLabData);
  cmsPipeline* pipeline = cmsPipelineAlloc(nullptr, 4, 3);
  cmsStage* table = cmsStageAllocCLut16bit(nullptr, 5, 4, 3, nullptr);
  cmsStageSampleCLut16bit(table, as_grey, nullptr, 0);
  cmsPipelineInsertStage(pipeline, cmsAT_BEGIN, table);
  cmsWriteTag(profile, cmsSigAToB0Tag, pipeline);
  cmsPipelineFree(pipeline);
  return image::profile_bytes(profile);
}

/// One row of inks, by hand: the library writes none. A fifth sample of each pixel is alpha.
template <class T>
Bytes tiff_of(int width, const std::vector<T>& inks, const BytesPtr& icc = nullptr) {
  Bytes file = {'I', 'I', 42, 0, 0, 0, 0, 0};
  const auto number = [&](std::size_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  };
  const std::size_t samples = inks.size() / static_cast<std::size_t>(width), bits_at = file.size();
  for (std::size_t i = 0; i < samples; ++i) number(sizeof(T) * 8, 2);
  const std::size_t pixels_at = file.size();
  for (const T ink : inks) number(ink, sizeof(T));
  const std::size_t icc_at = file.size();
  if (icc) file.insert(file.end(), icc->begin(), icc->end());
  if (file.size() % 2 != 0) file.push_back(0);
  const std::size_t directory = file.size();
  for (int i = 0; i < 4; ++i) file[4 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(directory >> (8 * i));
  struct Entry {
    int tag, type;
    std::size_t count, value;
  };
  std::vector<Entry> entries = {{256, 3, 1, static_cast<std::size_t>(width)},
                                {257, 3, 1, 1},
                                {258, 3, samples, bits_at},
                                {259, 3, 1, 1},
                                {262, 3, 1, 5},  // separated: inks
                                {273, 4, 1, pixels_at},
                                {277, 3, 1, samples},
                                {278, 3, 1, 1},
                                {279, 4, 1, inks.size() * sizeof(T)},
                                {332, 3, 1, 1}};  // CMYK
  if (samples == 5) entries.push_back({338, 3, 1, 2});
  if (icc) entries.push_back({34675, 7, icc->size(), icc_at});
  number(entries.size(), 2);
  for (const Entry& entry : entries) {
    number(static_cast<std::size_t>(entry.tag), 2), number(static_cast<std::size_t>(entry.type), 2);
    number(entry.count, 4), number(entry.value, 4);
  }
  number(0, 4);
  return file;
}

TEST(Inks, WithoutAProfileByThePlainFormula) {
  const Bytes file = tiff_of<std::uint8_t>(2, {0, 255, 255, 0, 0, 0, 0, 127});
  const auto seen = read(tiff(), {.bytes = file});
  EXPECT_EQ(seen->channels(), 3);
  EXPECT_EQ(samples_of(*seen), (Samples{255, 0, 0, 128, 128, 128}));
  const Bytes deep = tiff_of<std::uint16_t>(1, {0, 65535, 32768, 0});
  EXPECT_EQ(samples_of<std::uint16_t>(*read(tiff(), {.bytes = deep})), (std::vector<std::uint16_t>{65535, 0, 32767}));
}

TEST(Inks, AProfileSaysTheirColour) {
  const BytesPtr press = grey_press();
  // A third of the light's L* gone is L* 66.7, in sRGB 161.5.
  const Bytes file = tiff_of<std::uint8_t>(3, {255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255}, press);
  const auto seen = read(tiff(), {.bytes = file});
  EXPECT_FALSE(seen->info.icc);
  const Samples samples = samples_of(*seen);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(samples[c], 161, 1);
    EXPECT_NEAR(samples[3 + c], 255, 1);
    EXPECT_NEAR(samples[6 + c], 0, 1);
  }
  const Bytes deep = tiff_of<std::uint16_t>(1, {65535, 0, 0, 0}, press);
  EXPECT_EQ(read_header(tiff(), {.bytes = deep}).sample, Sample::u16);
  for (const std::uint16_t sample : samples_of<std::uint16_t>(*read(tiff(), {.bytes = deep})))
    EXPECT_NEAR(sample, 161.5 * 257, 257);
}

TEST(Inks, AlphaBesideThemStays) {
  const Bytes file = tiff_of<std::uint8_t>(1, {0, 255, 255, 0, 77});
  const ImageHeader header = read_header(tiff(), {.bytes = file});
  EXPECT_TRUE(header.alpha);
  EXPECT_EQ(header.channels, 4);
  EXPECT_EQ(samples_of(*read(tiff(), {.bytes = file})), (Samples{255, 0, 0, 77}));
}

TEST(Inks, DamageEndsInAnErrorOrAPicture) {
  std::mt19937 random(7);
  const Bytes whole = tiff_of<std::uint8_t>(2, {0, 255, 255, 0, 9, 0, 0, 0, 127, 200});
  for (int round = 0; round < 300; ++round) {
    Bytes damaged = whole;
    for (int i = 0; i < 3; ++i) damaged[8 + random() % (damaged.size() - 8)] = static_cast<std::uint8_t>(random());
    const std::string error = test::error_of([&] { read(tiff(), {.bytes = damaged, .max_pixels = 1'000'000}); });
    ASSERT_TRUE(error.empty() || error.starts_with("E31") || error.starts_with("E302")) << error;
  }
}

}  // namespace
}  // namespace pixgraph::oiio
