#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <jpeglib.h>

#include "codecs/codecs.h"
#include "codecs/metadata.h"

namespace pixgraph::image {
namespace {

constexpr std::size_t kMaxMarkerBytes = 65533;

struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char text[JMSG_LENGTH_MAX];
};

[[noreturn]] void on_error(j_common_ptr info) {
  auto& errors = *reinterpret_cast<ErrorManager*>(info->err);
  errors.base.format_message(info, errors.text);
  std::longjmp(errors.jump, 1);
}

/// Owns libjpeg's state and its output buffer.
struct Writer {
  Writer() {
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = on_error;
    errors.base.output_message = [](j_common_ptr) {};
    jpeg_create_compress(&info);
  }
  ~Writer() {
    jpeg_destroy_compress(&info);
    std::free(buffer);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  jpeg_compress_struct info{};
  ErrorManager errors{};
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
};

/// Bytes of an APP1 segment, or nothing where they do not fit into one.
Bytes app1(const BytesPtr& payload, const char* prefix, std::size_t prefix_bytes) {
  if (!payload || payload->size() + prefix_bytes > kMaxMarkerBytes) return {};
  Bytes segment(prefix, prefix + prefix_bytes);
  segment.insert(segment.end(), payload->begin(), payload->end());
  return segment;
}

void refuse_what_jpeg_cannot_hold(const Image& image) {
  if (image.has_alpha())
    throw Error("E321", "JPEG cannot keep alpha, and the image has it",
                "write PNG or WebP, or put a Convert with `alpha: remove` before");
  if (image.sample() != Sample::u8)
    throw Error("E321", "JPEG holds 8 bits per channel, and the image has more",
                "put a Convert with `depth: 8` before");
  if (image.width() > JPEG_MAX_DIMENSION || image.height() > JPEG_MAX_DIMENSION)
    throw Error("E321",
                "JPEG holds at most 65500 pixels a side, and the image is " + std::to_string(image.width()) + "x" +
                    std::to_string(image.height()),
                "write PNG, or put a Resize before");
}

}  // namespace

Bytes encode_jpeg(const Image& image, const EncodeRequest& request) {
  refuse_what_jpeg_cannot_hold(image);
  int sample_width = 0, sample_height = 0;
  if (request.subsampling == "4:4:4") sample_width = 1, sample_height = 1;
  if (request.subsampling == "4:2:2") sample_width = 2, sample_height = 1;
  if (request.subsampling == "4:2:0") sample_width = 2, sample_height = 2;
  if (sample_width == 0)
    throw Error("E321", "`" + request.subsampling + "` is not a subsampling of JPEG", "use 4:4:4, 4:2:2 or 4:2:0");

  const ImageInfo facts = metadata_to_write(image, request.metadata);
  const Bytes exif = app1(facts.exif, "Exif\0\0", 6), xmp = app1(facts.xmp, "http://ns.adobe.com/xap/1.0/\0", 29);
  Writer writer;
  if (setjmp(writer.errors.jump))
    throw Error("E321", std::string("the image cannot be written as JPEG (") + writer.errors.text + ")");
  jpeg_compress_struct& info = writer.info;
  jpeg_mem_dest(&info, &writer.buffer, &writer.size);
  info.image_width = static_cast<JDIMENSION>(image.width());
  info.image_height = static_cast<JDIMENSION>(image.height());
  info.input_components = image.channels();
  info.in_color_space = image.channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, request.quality, TRUE);
  info.comp_info[0].h_samp_factor = image.channels() == 1 ? 1 : sample_width;
  info.comp_info[0].v_samp_factor = image.channels() == 1 ? 1 : sample_height;
  jpeg_start_compress(&info, TRUE);
  if (!exif.empty()) jpeg_write_marker(&info, JPEG_APP0 + 1, exif.data(), static_cast<unsigned>(exif.size()));
  if (!xmp.empty()) jpeg_write_marker(&info, JPEG_APP0 + 1, xmp.data(), static_cast<unsigned>(xmp.size()));
  if (facts.icc) jpeg_write_icc_profile(&info, facts.icc->data(), static_cast<unsigned>(facts.icc->size()));
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(image.row(static_cast<int>(info.next_scanline)));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  return Bytes(writer.buffer, writer.buffer + writer.size);
}

}  // namespace pixgraph::image
