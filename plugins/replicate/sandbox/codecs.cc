#include "codecs.h"

#include <jpeglib.h>
#include <libdeflate.h>
#include <png.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "text.h"

namespace sandbox {

namespace {

constexpr std::int64_t kMaxPixels = 100'000'000;

void check_size(std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1) throw std::runtime_error("cannot identify image file: it has no pixels");
  if (width * height > kMaxPixels) throw std::runtime_error("image is larger than 100 megapixels");
}

struct JpegErrors {
  jpeg_error_mgr manager;
  std::jmp_buf escape;
  std::array<char, JMSG_LENGTH_MAX> message;
};

void jpeg_fail(j_common_ptr info) {
  auto* errors = reinterpret_cast<JpegErrors*>(info->err);
  info->err->format_message(info, errors->message.data());
  std::longjmp(errors->escape, 1);
}

void jpeg_quiet(j_common_ptr) {}

unsigned orientation_of(const jpeg_decompress_struct& info) {
  for (auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1 || marker->data_length < 14) continue;
    const unsigned char* tiff = marker->data + 6;
    const std::size_t size = marker->data_length - 6;
    if (std::memcmp(marker->data, "Exif\0\0", 6) != 0) continue;
    const bool big = tiff[0] == 'M';
    const auto read = [&](std::size_t at, int bytes) {
      unsigned value = 0;
      for (int i = 0; i < bytes && at + bytes <= size; ++i)
        value |= unsigned{tiff[at + i]} << (8 * (big ? bytes - 1 - i : i));
      return value;
    };
    const std::size_t directory = read(4, 4);
    if (directory + 2 > size) return 1;
    const unsigned count = read(directory, 2);
    for (unsigned i = 0; i < count; ++i) {
      const std::size_t entry = directory + 2 + 12 * std::size_t{i};
      if (entry + 12 > size) break;
      if (read(entry, 2) == 0x0112) return read(entry + 8, 2);
    }
  }
  return 1;
}

Picture upright(const Picture& in, unsigned orientation) {
  if (orientation < 2 || orientation > 8) return in;
  const bool turned = orientation >= 5;
  Picture out(turned ? in.height : in.width, turned ? in.width : in.height);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      int sx = turned ? y : x;
      int sy = turned ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) sx = in.width - 1 - sx;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) sy = in.height - 1 - sy;
      std::memcpy(out.at(x, y), in.at(sx, sy), 4);
    }
  }
  return out;
}

Picture decode_jpeg(std::string_view bytes) {
  jpeg_decompress_struct info{};
  JpegErrors errors{};
  info.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = jpeg_fail;
  errors.manager.output_message = jpeg_quiet;
  // Both live across setjmp, so they are made before it.
  auto picture = std::make_unique<Picture>();
  auto row = std::make_unique<std::vector<std::uint8_t>>();
  if (setjmp(errors.escape) != 0) {
    jpeg_destroy_decompress(&info);
    throw std::runtime_error(std::string("broken JPEG: ") + errors.message.data());
  }
  jpeg_create_decompress(&info);
  jpeg_save_markers(&info, JPEG_APP0 + 1, 0xffff);
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&info, TRUE);
  if (std::int64_t{info.image_width} * info.image_height > kMaxPixels) {
    jpeg_destroy_decompress(&info);
    throw std::runtime_error("image is larger than 100 megapixels");
  }
  const bool cmyk = info.num_components == 4;
  info.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&info);
  *picture = Picture(static_cast<int>(info.output_width), static_cast<int>(info.output_height));
  const unsigned channels = cmyk ? 4 : 3;
  row->resize(std::size_t{info.output_width} * channels);
  while (info.output_scanline < info.output_height) {
    std::uint8_t* to = picture->at(0, static_cast<int>(info.output_scanline));
    JSAMPROW line = row->data();
    jpeg_read_scanlines(&info, &line, 1);
    for (unsigned x = 0; x < info.output_width; ++x, to += 4) {
      const std::uint8_t* from = row->data() + x * channels;
      // Adobe's CMYK is inverted: 255 is no ink.
      for (int c = 0; c < 3; ++c) to[c] = cmyk ? static_cast<std::uint8_t>(from[c] * from[3] / 255) : from[c];
      to[3] = 255;
    }
  }
  const unsigned orientation = orientation_of(info);
  const bool cut = errors.manager.num_warnings > 0 && info.err->msg_code != 0;
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  // PIL refuses a file that ends early; libjpeg only warns and fills with grey.
  if (cut && bytes.substr(bytes.size() > 64 ? bytes.size() - 64 : 0).find("\xff\xd9") == std::string_view::npos) {
    throw std::runtime_error("image file is truncated");
  }
  return upright(*picture, orientation);
}

Picture decode_png(std::string_view bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) {
    throw std::runtime_error(std::string("broken PNG: ") + image.message);
  }
  if (std::int64_t{image.width} * image.height > kMaxPixels) {
    png_image_free(&image);
    throw std::runtime_error("image is larger than 100 megapixels");
  }
  image.format = PNG_FORMAT_RGBA;
  Picture picture(static_cast<int>(image.width), static_cast<int>(image.height));
  if (png_image_finish_read(&image, nullptr, picture.rgba.data(), 0, nullptr) == 0) {
    throw std::runtime_error(std::string("broken PNG: ") + image.message);
  }
  return picture;
}

Picture decode_webp(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  int width = 0;
  int height = 0;
  if (WebPGetInfo(data, bytes.size(), &width, &height) == 0) throw std::runtime_error("broken WebP");
  check_size(width, height);
  Picture picture(width, height);
  if (WebPDecodeRGBAInto(data, bytes.size(), picture.rgba.data(), picture.rgba.size(), width * 4) == nullptr) {
    throw std::runtime_error("broken WebP");
  }
  return picture;
}

void big_endian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

void chunk(std::string& out, std::string_view type, std::string_view content) {
  big_endian(out, static_cast<std::uint32_t>(content.size()));
  const std::size_t from = out.size();
  out += type;
  out += content;
  big_endian(out, libdeflate_crc32(0, out.data() + from, out.size() - from));
}

std::uint8_t paeth(int a, int b, int c) {
  const int pa = std::abs(b - c), pb = std::abs(a - c), pc = std::abs(a + b - 2 * c);
  return static_cast<std::uint8_t>(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

}  // namespace

Picture decode_picture(std::string_view bytes) {
  const std::string type = media_type_of(bytes);
  if (type == "image/jpeg") return decode_jpeg(bytes);
  if (type == "image/png") return decode_png(bytes);
  if (type == "image/webp") return decode_webp(bytes);
  throw std::runtime_error("cannot identify image file (this sandbox reads JPEG, PNG and WebP)");
}

// Written here rather than by libpng: with libdeflate it costs a tenth, and a sandbox should not be what a test waits
// for.
std::string encode_png(const Picture& picture, bool with_alpha) {
  const std::size_t channels = with_alpha ? 4 : 3;
  const std::size_t stride = picture.width * channels;
  std::string raw;
  raw.reserve((stride + 1) * picture.height);
  std::vector<std::uint8_t> above(stride, 0), row(stride);
  std::array<std::string, 3> tries;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) std::memcpy(&row[x * channels], picture.at(x, y), channels);
    std::size_t best = 0;
    std::array<std::uint64_t, 3> cost{};
    constexpr std::array<char, 3> kFilters = {1, 2, 4};  // Sub, Up, Paeth: the row with the smallest sum wins
    for (std::size_t f = 0; f < tries.size(); ++f) {
      std::string& out = tries[f];
      out.resize(stride);
      for (std::size_t i = 0; i < stride; ++i) {
        const int a = i >= channels ? row[i - channels] : 0;
        const int b = above[i];
        const int c = i >= channels ? above[i - channels] : 0;
        const int guess = f == 0 ? a : f == 1 ? b : paeth(a, b, c);
        const auto rest = static_cast<std::uint8_t>(row[i] - guess);
        out[i] = static_cast<char>(rest);
        cost[f] += rest < 128 ? rest : 256 - rest;
      }
      if (cost[f] < cost[best]) best = f;
    }
    raw += kFilters[best];
    raw += tries[best];
    above.swap(row);
  }
  std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(libdeflate_alloc_compressor(3),
                                                                                      libdeflate_free_compressor);
  std::string packed(libdeflate_zlib_compress_bound(compressor.get(), raw.size()), '\0');
  packed.resize(libdeflate_zlib_compress(compressor.get(), raw.data(), raw.size(), packed.data(), packed.size()));
  std::string out = "\x89PNG\r\n\x1a\n";
  std::string header;
  big_endian(header, static_cast<std::uint32_t>(picture.width));
  big_endian(header, static_cast<std::uint32_t>(picture.height));
  header += {'\x08', with_alpha ? '\x06' : '\x02', '\0', '\0', '\0'};
  chunk(out, "IHDR", header);
  chunk(out, "IDAT", packed);
  chunk(out, "IEND", "");
  return out;
}

std::string encode_jpeg(const Picture& picture, int quality) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_width = static_cast<JDIMENSION>(picture.width);
  info.image_height = static_cast<JDIMENSION>(picture.height);
  info.input_components = 4;
  info.in_color_space = JCS_EXT_RGBX;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, std::clamp(quality, 1, 100), TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<std::uint8_t*>(picture.at(0, static_cast<int>(info.next_scanline)));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string out(reinterpret_cast<char*>(buffer), size);
  std::free(buffer);
  return out;
}

std::string encode_webp(const Picture& picture, int quality) {
  WebPConfig config;
  WebPPicture image;
  if (WebPConfigInit(&config) == 0 || WebPPictureInit(&image) == 0) throw std::runtime_error("libwebp does not fit");
  config.quality = static_cast<float>(quality);
  config.method = 2;  // a quarter of the default's time for a few percent of size
  image.width = picture.width;
  image.height = picture.height;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  image.writer = WebPMemoryWrite;
  image.custom_ptr = &writer;
  const bool done =
      WebPPictureImportRGBX(&image, picture.rgba.data(), picture.width * 4) != 0 && WebPEncode(&config, &image) != 0;
  std::string out(reinterpret_cast<char*>(writer.mem), writer.size);
  WebPMemoryWriterClear(&writer);
  WebPPictureFree(&image);
  if (!done) throw std::runtime_error("WebP encoding failed");
  return out;
}

std::string encode_picture(const Picture& picture, const std::string& format, int quality) {
  if (format == "jpg") return encode_jpeg(picture, quality);
  if (format == "webp") return encode_webp(picture, quality);
  return encode_png(picture, false);
}

}  // namespace sandbox
