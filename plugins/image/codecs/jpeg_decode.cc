#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

#include <jpeglib.h>
// After jpeglib.h: the message codes.
#include <jerror.h>

#include "codecs/codecs.h"
#include "codecs/metadata.h"
#include "codecs/orientation.h"
#include "profile.h"

namespace pixgraph::image {
namespace {

constexpr int kMaxScans = 500;            // a progressive file with more is an attack on time
constexpr int kMaxExtraneousBytes = 256;  // cameras leave some between segments; more means that data went missing

struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char text[JMSG_LENGTH_MAX];
  int code;
  bool ended_early;
};

ErrorManager& errors_of(j_common_ptr info) {
  return *reinterpret_cast<ErrorManager*>(info->err);
}

[[noreturn]] void on_error(j_common_ptr info) {
  ErrorManager& errors = errors_of(info);
  errors.base.format_message(info, errors.text);
  errors.code = errors.base.msg_code;
  std::longjmp(errors.jump, 1);
}

/// libjpeg warns and fills with grey where data are damaged; here that is an error.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  const ErrorManager& errors = errors_of(info);
  switch (errors.base.msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_JFIF_MAJOR:
    case JWRN_BOGUS_ICC: return;
    case JWRN_EXTRANEOUS_DATA:
      if (errors.base.msg_parm.i[0] <= kMaxExtraneousBytes) return;
      break;
    default: break;
  }
  on_error(info);
}

void on_progress(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMaxScans) ERREXIT(info, JERR_BAD_PROGRESSION);
}

boolean on_end_of_bytes(j_decompress_ptr info) {
  auto* common = reinterpret_cast<j_common_ptr>(info);
  errors_of(common).ended_early = true;
  ERREXIT(common, JERR_INPUT_EOF);
  return FALSE;
}

void skip_bytes(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if (static_cast<std::size_t>(count) > info->src->bytes_in_buffer) on_end_of_bytes(info);
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

/// One JPEG being read. Calls of libjpeg go through guarded(), which turns its jump out into an Error.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) {
    info.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = on_error;
    errors_.base.emit_message = on_message;
    errors_.base.output_message = [](j_common_ptr) {};
    errors_.ended_early = false;
    guarded([&] { jpeg_create_decompress(&info); });
    source_.next_input_byte = bytes.data();
    source_.bytes_in_buffer = bytes.size();
    source_.init_source = [](j_decompress_ptr) {};
    source_.fill_input_buffer = on_end_of_bytes;
    source_.skip_input_data = skip_bytes;
    source_.resync_to_restart = jpeg_resync_to_restart;
    source_.term_source = [](j_decompress_ptr) {};
    info.src = &source_;
    progress_.progress_monitor = on_progress;
    info.progress = &progress_;
  }
  ~Reader() { jpeg_destroy_decompress(&info); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// No object with a destructor may be made inside of `work`: a jump would skip it.
  template <class Work>
  void guarded(Work&& work) {
    if (setjmp(errors_.jump)) fail();
    work();
  }

  void read_header(std::uint64_t max_pixels) {
    guarded([&] {
      jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
      jpeg_save_markers(&info, JPEG_APP0 + 2, 0xFFFF);
      jpeg_read_header(&info, TRUE);
    });
    refuse_too_large(info.image_width, info.image_height, max_pixels);
    if (info.num_components == 2 || info.num_components > 4)
      throw Error("E312",
                  "the JPEG has " + std::to_string(info.num_components) + " channels, which no program can show",
                  "save it as RGB with another program");
  }

  /// Payload of the first marker of that number that starts with `prefix`, without the prefix; empty where none does.
  std::span<const std::uint8_t> marker(int number, std::string_view prefix) const {
    for (const auto* saved = info.marker_list; saved; saved = saved->next)
      if (saved->marker == number && saved->data_length >= prefix.size() &&
          std::memcmp(saved->data, prefix.data(), prefix.size()) == 0)
        return {saved->data + prefix.size(), saved->data_length - prefix.size()};
    return {};
  }

  Bytes profile() {
    JOCTET* data = nullptr;
    unsigned int size = 0;
    guarded([&] { jpeg_read_icc_profile(&info, &data, &size); });
    Bytes joined(data, data + size);
    std::free(data);
    return joined;
  }

  jpeg_decompress_struct info{};

 private:
  [[noreturn]] void fail() const {
    if (errors_.ended_early)
      throw Error("E311", "the JPEG file is truncated: its data end before the picture does", "fetch or save it again");
    switch (errors_.code) {
      case JERR_BAD_PRECISION:
      case JERR_SOF_UNSUPPORTED:
      case JERR_CONVERSION_NOTIMPL:
      case JERR_NOTIMPL:
        throw Error("E312", std::string("the JPEG is of a kind that cannot be read (") + errors_.text + ")",
                    "save it as an ordinary 8-bit JPEG or as PNG");
      case JERR_NO_SOI: throw Error("E312", "the file is not a JPEG");
      case JERR_OUT_OF_MEMORY: throw Error("E302", "not enough memory to decode the JPEG");
      default:
        throw Error("E311", std::string("the JPEG file is damaged (") + errors_.text + ")", "fetch or save it again");
    }
  }

  ErrorManager errors_{};
  jpeg_source_mgr source_{};
  jpeg_progress_mgr progress_{};
};

constexpr std::string_view kExifPrefix("Exif\0\0", 6), kXmpPrefix("http://ns.adobe.com/xap/1.0/\0", 29);

/// The largest of 8, 4, 2, 1 by which the picture may be divided and still be at least as large as asked for. Other
/// fractions exist, but without SIMD: 5/8 costs more than the whole. The last pixel of a side that is no multiple
/// stands for less than the others, which nobody expects on the left or at the top, where turning may bring it.
int shrink_by(const DecodeRequest& request, int width, int height, bool turned) {
  if (request.enough_width <= 0 && request.enough_height <= 0) return 1;
  for (int by : {8, 4, 2})
    if (!(turned && (width % by != 0 || height % by != 0)) && (width + by - 1) / by >= request.enough_width &&
        (height + by - 1) / by >= request.enough_height)
      return by;
  return 1;
}

void read_rows(Reader& reader, Image& image) {
  jpeg_decompress_struct& info = reader.info;
  reader.guarded([&] {
    while (info.output_scanline < info.output_height) {
      JSAMPROW rows[4];
      const unsigned count = std::min(4u, info.output_height - info.output_scanline);
      for (unsigned i = 0; i < count; ++i) rows[i] = image.row(static_cast<int>(info.output_scanline + i));
      jpeg_read_scanlines(&info, rows, count);
    }
  });
}

/// libjpeg gives no more rows at a time than a block of samples is high.
void read_rows(Reader& reader, int width, int channels, RowSink& sink) {
  constexpr unsigned kRows = 4;
  Image some(width, kRows, channels);
  JSAMPROW rows[kRows];
  for (unsigned i = 0; i < kRows; ++i) rows[i] = some.row(static_cast<int>(i));
  while (reader.info.output_scanline < reader.info.output_height) {
    unsigned count = 0;
    reader.guarded([&] { count = jpeg_read_scanlines(&reader.info, rows, kRows); });
    for (unsigned i = 0; i < count; ++i) sink.row(rows[i]);
  }
}

void read_cmyk_rows(Reader& reader, Image& image) {
  const Bytes icc = reader.profile();
  const CmykToSrgb convert(icc, reader.info.saw_Adobe_marker);
  std::vector<std::uint8_t> cmyk(static_cast<std::size_t>(image.width()) * 4);
  JSAMPROW line = cmyk.data();
  for (int y = 0; y < image.height(); ++y) {
    reader.guarded([&] { jpeg_read_scanlines(&reader.info, &line, 1); });
    convert.row(cmyk.data(), image.row(y), image.width());
  }
}

}  // namespace

ImageHeader jpeg_header(const DecodeRequest& request) {
  Reader reader(request.bytes);
  reader.read_header(request.max_pixels);
  ImageInfo info;
  const bool swapped = swaps_sides(take_exif(info, reader.marker(JPEG_APP0 + 1, kExifPrefix)));
  const int width = static_cast<int>(reader.info.image_width), height = static_cast<int>(reader.info.image_height);
  return {swapped ? height : width, swapped ? width : height, reader.info.num_components == 1 ? 1 : 3, Sample::u8,
          false};
}

std::shared_ptr<Image> decode_jpeg(const DecodeRequest& request) {
  Reader reader(request.bytes);
  reader.read_header(request.max_pixels);
  jpeg_decompress_struct& info = reader.info;

  ImageInfo facts;
  const int orientation = take_exif(facts, reader.marker(JPEG_APP0 + 1, kExifPrefix));
  if (const auto xmp = reader.marker(JPEG_APP0 + 1, kXmpPrefix); !xmp.empty())
    facts.xmp = std::make_shared<const Bytes>(xmp.begin(), xmp.end());

  const bool swapped = swaps_sides(orientation), cmyk = info.num_components == 4, grey = info.num_components == 1;
  const int width = static_cast<int>(info.image_width), height = static_cast<int>(info.image_height);
  const int by = shrink_by(request, swapped ? height : width, swapped ? width : height, orientation != 1);
  info.scale_num = 1;
  info.scale_denom = static_cast<unsigned>(by);
  info.out_color_space = cmyk ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
  reader.guarded([&] { jpeg_start_decompress(&info); });

  const int out_width = static_cast<int>(info.output_width), out_height = static_cast<int>(info.output_height);
  const int channels = grey ? 1 : 3;
  if (!cmyk) facts.icc = fitting_profile(reader.profile(), channels);
  if (request.rows && orientation == 1 && !cmyk && leads_back(facts.icc)) {
    request.rows->begin(out_width, out_height, channels, facts);
    read_rows(reader, out_width, channels, *request.rows);
    reader.guarded([&] { jpeg_finish_decompress(&info); });
    return nullptr;
  }
  auto image = std::make_shared<Image>(out_width, out_height, channels);
  if (cmyk)
    read_cmyk_rows(reader, *image);
  else
    read_rows(reader, *image);
  // Reads on to the end marker, so a file that ends before it is found out.
  reader.guarded([&] { jpeg_finish_decompress(&info); });
  image->info = std::move(facts);
  if (orientation == 1 && by == 1 && !cmyk) keep_encoded(*image, request, "image/jpeg");
  return upright(in_lasting_profile(std::move(image)), orientation);
}

void add_jpeg(Registrar& registrar) {
  Codec codec;
  codec.info.name = "jpeg";
  codec.info.media_type = "image/jpeg";
  codec.info.extensions = {".jpg", ".jpeg", ".jpe", ".jfif"};
  codec.info.magics = {{0, "\xff\xd8\xff", 0}};
  codec.info.rank = 10;
  codec.header = jpeg_header;
  codec.decode = decode_jpeg;
  codec.encode = [](const Image& image, const EncodeRequest& request) {
    const auto converted = request.profile == Profile::srgb ? as_srgb(image) : nullptr;
    return encode_jpeg(converted ? *converted : image, request);
  };
  registrar.add(std::move(codec));
}

}  // namespace pixgraph::image
