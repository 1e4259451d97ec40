#include <bit>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

#include <png.h>

#include "codecs/codecs.h"
#include "codecs/metadata.h"
#include "codecs/orientation.h"
#include "codecs/png_chunks.h"
#include "codecs/png_rows.h"
#include "profile.h"

namespace pixgraph::image {
namespace {

struct Failure {
  std::jmp_buf jump;
  char text[160];
  bool ended_early;
};

void on_error(png_structp png, png_const_charp text) {
  auto& failure = *static_cast<Failure*>(png_get_error_ptr(png));
  std::snprintf(failure.text, sizeof failure.text, "%s", text);
  std::longjmp(failure.jump, 1);
}

void on_warning(png_structp, png_const_charp) {}

struct Source {
  std::span<const std::uint8_t> bytes;
  Failure* failure;
};

void on_read(png_structp png, png_bytep out, std::size_t count) {
  auto& source = *static_cast<Source*>(png_get_io_ptr(png));
  if (count > source.bytes.size()) {
    source.failure->ended_early = true;
    png_error(png, "end of file");
  }
  std::memcpy(out, source.bytes.data(), count);
  source.bytes = source.bytes.subspan(count);
}

/// One PNG being read. Calls of libpng go through guarded(), which turns its jump out into an Error.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : source_{bytes, &failure_} {
    failure_.ended_early = false;
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &failure_, on_error, on_warning);
    info = png ? png_create_info_struct(png) : nullptr;
    if (!info) throw Error("E302", "not enough memory to decode the PNG");
    png_set_read_fn(png, &source_, on_read);
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// No object with a destructor may be made inside of `work`: a jump would skip it.
  template <class Work>
  void guarded(Work&& work) {
    if (setjmp(failure_.jump)) {
      if (failure_.ended_early)
        throw Error("E311", "the PNG file is truncated: its data end before the picture does",
                    "fetch or save it again");
      throw Error("E311", std::string("the PNG file is damaged (") + failure_.text + ")", "fetch or save it again");
    }
    work();
  }

  png_structp png = nullptr;
  png_infop info = nullptr;

 private:
  Failure failure_{};
  Source source_;
};

bool has_alpha(const PngHeader& header, std::span<const std::uint8_t> file) {
  return (header.colour_type & PNG_COLOR_MASK_ALPHA) || find_png_chunk(file, "tRNS").found;
}

}  // namespace

ImageHeader png_header(const DecodeRequest& request) {
  const PngHeader header = read_png_header(request.bytes);
  refuse_too_large(header.width, header.height, request.max_pixels);
  ImageInfo info;
  const bool swapped = swaps_sides(take_exif(info, find_png_chunk(request.bytes, "eXIf").data));
  const bool alpha = has_alpha(header, request.bytes);
  const int width = static_cast<int>(header.width), height = static_cast<int>(header.height);
  return {swapped ? height : width, swapped ? width : height,
          ((header.colour_type & PNG_COLOR_MASK_COLOR) ? 3 : 1) + (alpha ? 1 : 0),
          header.bit_depth == 16 ? Sample::u16 : Sample::u8, alpha};
}

std::shared_ptr<Image> decode_png(const DecodeRequest& request) {
  const PngHeader header = read_png_header(request.bytes);
  refuse_too_large(header.width, header.height, request.max_pixels);

  Reader reader(request.bytes);
  reader.guarded([&] {
    png_set_user_limits(reader.png, 0x7fffffff, 0x7fffffff);
    png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
    png_read_info(reader.png, reader.info);
    png_set_expand(reader.png);  // palette, 1 to 4 bit, tRNS
    if (std::endian::native == std::endian::little) png_set_swap(reader.png);
    png_set_interlace_handling(reader.png);
    png_read_update_info(reader.png, reader.info);
  });
  const int channels = png_get_channels(reader.png, reader.info);
  const Sample sample = png_get_bit_depth(reader.png, reader.info) == 16 ? Sample::u16 : Sample::u8;
  auto image = std::make_shared<Image>(static_cast<int>(header.width), static_cast<int>(header.height), channels,
                                       sample, channels % 2 == 0 ? Alpha::straight : Alpha::none);
  if (png_get_rowbytes(reader.png, reader.info) > image->row_bytes())
    throw Error("E312", "the PNG is of a kind that cannot be read");

  const bool plain = (header.colour_type & PNG_COLOR_MASK_PALETTE) == 0 && !find_png_chunk(request.bytes, "tRNS").found;
  if (!plain || !read_png_rows(request.bytes, header, *image)) {
    std::vector<png_bytep> rows(header.height);
    for (std::uint32_t y = 0; y < header.height; ++y) rows[y] = image->row(static_cast<int>(y));
    reader.guarded([&] {
      png_read_image(reader.png, rows.data());
      png_read_end(reader.png, nullptr);
    });
  }

  png_charp name = nullptr;
  png_bytep icc = nullptr;
  png_uint_32 icc_bytes = 0;
  int compression = 0;
  if (png_get_iCCP(reader.png, reader.info, &name, &compression, &icc, &icc_bytes))
    image->info.icc = fitting_profile({icc, icc_bytes}, image->colour_channels());
  if (const auto xmp = find_png_xmp(request.bytes); !xmp.empty())
    image->info.xmp = std::make_shared<const Bytes>(xmp.begin(), xmp.end());
  const int orientation = take_exif(image->info, find_png_chunk(request.bytes, "eXIf").data);
  if (orientation == 1) keep_encoded(*image, request, "image/png");
  return upright(in_lasting_profile(std::move(image)), orientation);
}

void add_png(Registrar& registrar) {
  Codec codec;
  codec.info.name = "png";
  codec.info.media_type = "image/png";
  codec.info.extensions = {".png"};
  codec.info.magics = {{0, std::string(kPngSignature), 0}};
  codec.info.writes_alpha = true;
  codec.info.writes_16bit = true;
  codec.info.rank = 10;
  codec.header = png_header;
  codec.decode = decode_png;
  codec.encode = [](const Image& image, const EncodeRequest& request) {
    const auto converted = request.profile == Profile::srgb ? as_srgb(image) : nullptr;
    return encode_png(converted ? *converted : image, request);
  };
  registrar.add(std::move(codec));
}

}  // namespace pixgraph::image
