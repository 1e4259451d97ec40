#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "codecs/codecs.h"
#include "codecs/metadata.h"
#include "codecs/orientation.h"
#include "kernels/alpha.h"
#include "kernels/samples.h"
#include "profile.h"

namespace pixgraph::image {
namespace {

struct Parsed {
  WebPBitstreamFeatures features{};
  BytesPtr icc, xmp;
  ImageInfo info;  // exif
  int orientation = 1;
};

[[noreturn]] void fail_truncated() {
  throw Error("E311", "the WebP file is truncated: its data end before the picture does", "fetch or save it again");
}
[[noreturn]] void fail_damaged() {
  throw Error("E311", "the WebP file is damaged", "fetch or save it again");
}

std::uint32_t u32(const std::uint8_t* at) {
  return at[0] | at[1] << 8 | at[2] << 16 | static_cast<std::uint32_t>(at[3]) << 24;
}

std::span<const std::uint8_t> chunk(const WebPDemuxer* demuxer, const char* name, WebPChunkIterator& iterator) {
  if (!WebPDemuxGetChunk(demuxer, name, 1, &iterator)) return {};
  return {iterator.chunk.bytes, iterator.chunk.size};
}

void read_metadata(std::span<const std::uint8_t> file, Parsed& parsed) {
  const WebPData data{file.data(), file.size()};
  const std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)> demuxer(WebPDemux(&data), WebPDemuxDelete);
  if (!demuxer) fail_damaged();
  const std::uint32_t flags = WebPDemuxGetI(demuxer.get(), WEBP_FF_FORMAT_FLAGS);
  WebPChunkIterator iterator{};
  if (flags & ICCP_FLAG) {
    parsed.icc = fitting_profile(chunk(demuxer.get(), "ICCP", iterator), 3);
    WebPDemuxReleaseChunkIterator(&iterator);
  }
  if (flags & XMP_FLAG) {
    const auto xmp = chunk(demuxer.get(), "XMP ", iterator);
    if (!xmp.empty()) parsed.xmp = std::make_shared<const Bytes>(xmp.begin(), xmp.end());
    WebPDemuxReleaseChunkIterator(&iterator);
  }
  if (flags & EXIF_FLAG) {
    parsed.orientation = take_exif(parsed.info, chunk(demuxer.get(), "EXIF", iterator));
    WebPDemuxReleaseChunkIterator(&iterator);
  }
}

Parsed parse(const DecodeRequest& request) {
  const auto file = request.bytes;
  if (file.size() < 12 || std::memcmp(file.data(), "RIFF", 4) != 0 || std::memcmp(file.data() + 8, "WEBP", 4) != 0)
    throw Error("E312", "the file is not a WebP");
  if (file.size() - 8 < u32(file.data() + 4)) fail_truncated();
  Parsed parsed;
  switch (WebPGetFeatures(file.data(), file.size(), &parsed.features)) {
    case VP8_STATUS_OK: break;
    case VP8_STATUS_NOT_ENOUGH_DATA: fail_truncated();
    case VP8_STATUS_UNSUPPORTED_FEATURE: throw Error("E312", "the WebP is of a kind that cannot be read");
    default: fail_damaged();
  }
  refuse_too_large(static_cast<std::uint64_t>(parsed.features.width),
                   static_cast<std::uint64_t>(parsed.features.height), request.max_pixels);
  read_metadata(file, parsed);
  return parsed;
}

void decode_still(std::span<const std::uint8_t> file, Image& image) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) fail_damaged();
  config.output.colorspace = image.has_alpha() ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {image.row(0), static_cast<int>(image.row_bytes()), image.byte_size()};
  const VP8StatusCode status = WebPDecode(file.data(), file.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status == VP8_STATUS_NOT_ENOUGH_DATA || status == VP8_STATUS_SUSPENDED) fail_truncated();
  if (status == VP8_STATUS_OUT_OF_MEMORY) throw Error("E302", "not enough memory to decode the WebP");
  if (status != VP8_STATUS_OK) fail_damaged();
}

void decode_first_frame(std::span<const std::uint8_t> file, Image& image) {
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) fail_damaged();
  options.color_mode = MODE_RGBA;
  const WebPData data{file.data(), file.size()};
  const std::unique_ptr<WebPAnimDecoder, void (*)(WebPAnimDecoder*)> decoder(WebPAnimDecoderNew(&data, &options),
                                                                             WebPAnimDecoderDelete);
  std::uint8_t* canvas = nullptr;
  int timestamp = 0;
  if (!decoder || !WebPAnimDecoderGetNext(decoder.get(), &canvas, &timestamp)) fail_damaged();
  const std::size_t row_bytes = static_cast<std::size_t>(image.width()) * 4;
  for (int y = 0; y < image.height(); ++y)
    std::memcpy(image.row(y), canvas + row_bytes * static_cast<std::size_t>(y), row_bytes);
}

/// RGBA whose alpha is full, without it.
std::shared_ptr<Image> three_channels(const Image& rgba) {
  auto rgb = std::make_shared<Image>(rgba.width(), rgba.height(), 3);
  for (int y = 0; y < rgba.height(); ++y)
    for (int x = 0; x < rgba.width(); ++x) std::copy_n(rgba.row(y) + x * 4, 3, rgb->row(y) + x * 3);
  return rgb;
}

bool needs_container(const ImageInfo& facts) {
  return facts.icc || facts.exif || facts.xmp;
}

/// Puts metadata around a plain WebP.
Bytes in_container(const Bytes& plain, const ImageInfo& facts) {
  const std::unique_ptr<WebPMux, void (*)(WebPMux*)> mux(WebPMuxNew(), WebPMuxDelete);
  const WebPData picture{plain.data(), plain.size()};
  bool good = mux && WebPMuxSetImage(mux.get(), &picture, 0) == WEBP_MUX_OK;
  auto add = [&](const char* name, const BytesPtr& bytes) {
    if (!bytes) return;
    const WebPData data{bytes->data(), bytes->size()};
    good = good && WebPMuxSetChunk(mux.get(), name, &data, 0) == WEBP_MUX_OK;
  };
  add("ICCP", facts.icc);
  add("EXIF", facts.exif);
  add("XMP ", facts.xmp);
  WebPData assembled{};
  good = good && WebPMuxAssemble(mux.get(), &assembled) == WEBP_MUX_OK;
  Bytes out(assembled.bytes, assembled.bytes + assembled.size);
  WebPDataClear(&assembled);
  if (!good) throw Error("E321", "the image's metadata cannot be written as WebP", "write it with `metadata: strip`");
  return out;
}

Bytes encode_plain(const Image& image, const EncodeRequest& request) {
  WebPConfig config;
  WebPPicture picture;
  if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) throw Error("E321", "libwebp is of another version");
  config.quality = static_cast<float>(request.quality);
  config.method = 4;
  config.lossless = request.lossless ? 1 : 0;
  config.exact = config.lossless;  // colour under alpha 0 stays; a lossy file does better without it
  picture.width = image.width();
  picture.height = image.height();
  picture.use_argb = config.lossless;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  const int stride = static_cast<int>(image.row_bytes());
  const bool good = (image.has_alpha() ? WebPPictureImportRGBA(&picture, image.row(0), stride)
                                       : WebPPictureImportRGB(&picture, image.row(0), stride)) &&
                    WebPEncode(&config, &picture);
  WebPPictureFree(&picture);
  Bytes out(writer.mem, writer.mem + writer.size);
  WebPMemoryWriterClear(&writer);
  if (!good)
    throw Error("E321",
                "the image cannot be written as WebP (libwebp error " + std::to_string(picture.error_code) + ")");
  return out;
}

}  // namespace

ImageHeader webp_header(const DecodeRequest& request) {
  const Parsed parsed = parse(request);
  const bool swapped = swaps_sides(parsed.orientation),
             alpha = parsed.features.has_alpha || parsed.features.has_animation;
  return {swapped ? parsed.features.height : parsed.features.width,
          swapped ? parsed.features.width : parsed.features.height, alpha ? 4 : 3, Sample::u8, alpha};
}

std::shared_ptr<Image> decode_webp(const DecodeRequest& request) {
  const Parsed parsed = parse(request);
  const bool animated = parsed.features.has_animation, alpha = parsed.features.has_alpha || animated;
  auto image = std::make_shared<Image>(parsed.features.width, parsed.features.height, alpha ? 4 : 3, Sample::u8,
                                       alpha ? Alpha::straight : Alpha::none);
  if (animated) {
    // The canvas always has alpha; whether the picture has it only its pixels say.
    decode_first_frame(request.bytes, *image);
    if (opaque(*image)) image = three_channels(*image);
  } else {
    decode_still(request.bytes, *image);
  }
  image->info = parsed.info;
  image->info.icc = parsed.icc;
  image->info.xmp = parsed.xmp;
  if (parsed.orientation == 1 && !animated) keep_encoded(*image, request, "image/webp");
  return upright(in_lasting_profile(std::move(image)), parsed.orientation);
}

Bytes encode_webp(const Image& given, const EncodeRequest& request) {
  if (given.sample() != Sample::u8)
    throw Error("E321", "WebP holds 8 bits per channel, and the image has more",
                "put a Convert with `depth: 8` before");
  if (given.width() > WEBP_MAX_DIMENSION || given.height() > WEBP_MAX_DIMENSION)
    throw Error("E321",
                "WebP holds at most 16383 pixels a side, and the image is " + std::to_string(given.width()) + "x" +
                    std::to_string(given.height()),
                "write PNG, or put a Resize before");
  std::shared_ptr<const Image> changed;
  if (given.alpha() == Alpha::premultiplied) changed = unpremultiplied(given);
  if (given.colour_channels() == 1) {
    const Image& grey = changed ? *changed : given;
    changed = grey_to_rgb(grey.info.icc ? *convert_profile(grey, nullptr) : grey);
  }
  const Image& image = changed ? *changed : given;
  const ImageInfo facts = metadata_to_write(image, request.metadata);
  Bytes plain = encode_plain(image, request);
  return needs_container(facts) ? in_container(plain, facts) : plain;
}

void add_webp(Registrar& registrar) {
  Codec codec;
  codec.info.name = "webp";
  codec.info.media_type = "image/webp";
  codec.info.extensions = {".webp"};
  codec.info.magics = {{0, "RIFF", 0}, {8, "WEBP", 0}};
  codec.info.writes_alpha = true;
  codec.info.rank = 10;
  codec.header = webp_header;
  codec.decode = decode_webp;
  codec.encode = [](const Image& image, const EncodeRequest& request) {
    const auto converted = request.profile == Profile::srgb ? as_srgb(image) : nullptr;
    return encode_webp(converted ? *converted : image, request);
  };
  registrar.add(std::move(codec));
}

}  // namespace pixgraph::image
