#include "read.h"

#include <OpenImageIO/filesystem.h>
#include <OpenImageIO/imagebuf.h>
#include <OpenImageIO/imagebufalgo.h>
#include <OpenImageIO/imageio.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include "claims.h"
#include "exif_functions.h"
#include "gif_frame.h"
#include "tiff_strips.h"
#include "tone_curve.h"
#include "../image/profile.h"

namespace pixgraph::oiio {
namespace {

[[noreturn]] void fail_damaged(const Format& format, std::string reason) {
  reason = reason.substr(0, reason.find('\n'));
  throw Error("E311",
              "the " + format.info.name + " file is damaged or truncated" + (reason.empty() ? "" : " (" + reason + ")"),
              "fetch or save it again");
}

/// Runs `work` and turns everything that is not an Error into one: readers let exceptions of all kinds out.
template <class Work>
auto guarded(const Format& format, Work&& work) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw Error("E302", "not enough memory to decode the " + format.info.name + " file");
  } catch (const std::exception& error) {
    fail_damaged(format, error.what());
  } catch (...) {
    fail_damaged(format, "");
  }
}

/// The bytes as a file with a path, for readers that take nothing else. Removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::span<const std::uint8_t> bytes) {
    const char* folder = std::getenv("TMPDIR");
    path_ = std::string(folder && *folder ? folder : "/tmp") + "/pixgraph-XXXXXX";
    const int descriptor = ::mkstemp(path_.data());
    if (descriptor < 0)
      throw Error("E302", "no temporary file can be made in `" + path_.substr(0, path_.rfind('/')) + "`");
    bool good = true;
    for (std::size_t done = 0; good && done < bytes.size();) {
      const ssize_t count = ::write(descriptor, bytes.data() + done, bytes.size() - done);
      good = count > 0;
      if (good) done += static_cast<std::size_t>(count);
    }
    ::close(descriptor);
    if (!good) {
      ::unlink(path_.c_str());
      throw Error("E302", "a temporary file cannot be written in `" + path_.substr(0, path_.rfind('/')) + "`");
    }
  }
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// An open picture and what keeps it open; members in the order in which they must be destroyed last to first.
struct Opened {
  std::unique_ptr<TemporaryFile> temporary;
  std::unique_ptr<OIIO::Filesystem::IOMemReader> memory;
  std::unique_ptr<OIIO::ImageInput> input;
  OIIO::ImageSpec spec;
  bool cmyk = false;  // the first four channels are inks
};

void open_file(Opened& opened, const Format& format, const DecodeRequest& request, const OIIO::ImageSpec& config) {
  opened.input = OIIO::ImageInput::create(format.library_name);
  if (!opened.input)
    throw Error("E312", "the OpenImageIO of this system cannot read " + format.info.name,
                OIIO::geterror().substr(0, 200));
  std::string path = request.path;
  if (format.from_memory) {
    opened.memory = std::make_unique<OIIO::Filesystem::IOMemReader>(const_cast<std::uint8_t*>(request.bytes.data()),
                                                                    request.bytes.size());
    opened.input->set_ioproxy(opened.memory.get());
    path = "picture" + format.info.extensions.front();
  } else if (path.empty()) {
    opened.temporary = std::make_unique<TemporaryFile>(request.bytes);
    path = opened.temporary->path();
  }
  if (!opened.input->open(path, opened.spec, config)) fail_damaged(format, opened.input->geterror());
}

/// CMYK, alone or with more channels: all of them count as inks for the library, alpha too.
bool holds_inks(const OIIO::ImageSpec& spec) {
  constexpr int kSeparated = 5;
  return spec.get_int_attribute("tiff:PhotometricInterpretation", 0) == kSeparated &&
         (spec.get_string_attribute("tiff:ColorSpace") == "CMYK" || spec.nchannels > 4);
}

/// EXR says where the samples lie on a canvas; what of it they do not cover is nothing, what lies beyond is not seen.
bool has_canvas(const Format& format, const OIIO::ImageSpec& spec) {
  return format.info.name == "exr" && (spec.x != spec.full_x || spec.y != spec.full_y ||
                                       spec.width != spec.full_width || spec.height != spec.full_height);
}

Opened open(const Format& format, const DecodeRequest& request) {
  set_up_library();
  if (!claims_can_be(format.info.name, request.bytes, request.max_pixels))
    fail_damaged(format, "its header makes no sense");
  Opened opened;
  OIIO::ImageSpec config;
  config.attribute("oiio:UnassociatedAlpha", 1);
  open_file(opened, format, request, config);
  // The library's own way from inks to RGB knows no profile, and leaves inks beside alpha as they are.
  opened.cmyk = format.info.name == "tiff" && holds_inks(opened.spec);
  if (opened.cmyk) {
    opened.input.reset();
    config.attribute("oiio:RawColor", 1);
    open_file(opened, format, request, config);
    if (opened.spec.nchannels < 4) fail_damaged(format, "its header makes no sense");
  }
  const OIIO::ImageSpec& spec = opened.spec;
  if (spec.width <= 0 || spec.height <= 0 || spec.nchannels <= 0) fail_damaged(format, "its header makes no sense");
  refuse_too_large(static_cast<std::uint64_t>(spec.width), static_cast<std::uint64_t>(spec.height), request.max_pixels);
  if (has_canvas(format, spec)) {
    if (spec.full_width <= 0 || spec.full_height <= 0) fail_damaged(format, "its header makes no sense");
    refuse_too_large(static_cast<std::uint64_t>(spec.full_width), static_cast<std::uint64_t>(spec.full_height),
                     request.max_pixels);
  }
  if (spec.depth > 1) throw Error("E312", "the " + format.info.name + " file holds a volume, not a picture");
  return opened;
}

Sample sample_of(const Opened& opened) {
  switch (opened.spec.format.basetype) {
    case OIIO::TypeDesc::UINT8:
    case OIIO::TypeDesc::INT8: return Sample::u8;
    case OIIO::TypeDesc::UINT16:
    case OIIO::TypeDesc::INT16:
    case OIIO::TypeDesc::UINT32:
    case OIIO::TypeDesc::INT32: return Sample::u16;
    default: return opened.cmyk ? Sample::u16 : Sample::f32;
  }
}

OIIO::TypeDesc type_of(Sample sample) {
  return sample == Sample::u8    ? OIIO::TypeDesc::UINT8
         : sample == Sample::u16 ? OIIO::TypeDesc::UINT16
                                 : OIIO::TypeDesc::FLOAT;
}

struct Channels {
  int count = 0;  // from the first on
  bool alpha = false;
};

/// The reader puts R, G, B and A first. GIF says of its fourth channel that alpha is the fifth.
Channels channels_of(const Opened& opened) {
  const OIIO::ImageSpec& spec = opened.spec;
  const int alpha = spec.alpha_channel;
  if (opened.cmyk) {
    const bool has_alpha = spec.nchannels == 5 && spec.get_int_attribute("tiff:UnassociatedAlpha", 0) != 0;
    return {has_alpha ? 4 : 3, has_alpha};
  }
  if (spec.nchannels == 2) return {alpha == 1 ? 2 : 1, alpha == 1};
  if (spec.nchannels >= 4) return {alpha == 3 || alpha == 4 ? 4 : 3, alpha == 3 || alpha == 4};
  return {spec.nchannels, false};
}

/// HEIF's rotation is part of decoding; its EXIF tag repeats it.
int orientation_of(const Format& format, const OIIO::ImageSpec& spec) {
  const int orientation = spec.get_int_attribute("Orientation", 1);
  return !format.from_memory || orientation < 1 || orientation > 8 ? 1 : orientation;
}

template <class T>
void divide_by_alpha(Image& image) {
  const int channels = image.channels();
  constexpr double kWhite = std::is_floating_point_v<T> ? 1 : static_cast<double>(std::numeric_limits<T>::max());
  for (int y = 0; y < image.height(); ++y) {
    T* row = image.row<T>(y);
    for (int x = 0; x < image.width(); ++x, row += channels) {
      const T alpha = row[channels - 1];
      if (alpha == T(0)) continue;
      for (int c = 0; c < channels - 1; ++c) {
        const double colour = static_cast<double>(row[c]) * kWhite / alpha;
        row[c] = std::is_floating_point_v<T> ? static_cast<T>(colour) : static_cast<T>(std::min(kWhite, colour) + 0.5);
      }
    }
  }
}

void bring_to_srgb(Image& image) {
  const int channels = image.channels(), colours = image.colour_channels();
  for (int y = 0; y < image.height(); ++y) {
    float* row = image.row<float>(y);
    for (int x = 0; x < image.width(); ++x, row += channels)
      for (int c = 0; c < colours; ++c) row[c] = light_to_srgb(row[c]);
  }
}

/// Renderers leave samples that are no numbers: one would spread over all that a filter makes of the picture, and no
/// figure about it could be told. They become black, infinite ones the largest that EXR's half holds.
void make_finite(Image& image) {
  constexpr float kLargest = 65504;
  for (int y = 0; y < image.height(); ++y) {
    float* row = image.row<float>(y);
    for (int i = 0; i < image.width() * image.channels(); ++i)
      if (!std::isfinite(row[i])) row[i] = std::isnan(row[i]) ? 0 : std::copysign(kLargest, row[i]);
  }
}

std::shared_ptr<Image> on_canvas(const Image& stored, const OIIO::ImageSpec& spec) {
  auto canvas =
      std::make_shared<Image>(spec.full_width, spec.full_height, stored.channels(), stored.sample(), stored.alpha());
  const std::int64_t left = std::int64_t{spec.x} - spec.full_x, top = std::int64_t{spec.y} - spec.full_y;
  const std::size_t pixel = static_cast<std::size_t>(stored.channels()) * sample_bytes(stored.sample());
  const std::int64_t from = std::max<std::int64_t>(0, -left);
  const std::int64_t count = std::min<std::int64_t>(stored.width(), canvas->width() - left) - from;
  for (int y = 0; y < canvas->height(); ++y) {
    std::memset(canvas->row(y), 0, static_cast<std::size_t>(canvas->width()) * pixel);
    const std::int64_t row = y - top;
    if (count <= 0 || row < 0 || row >= stored.height()) continue;
    std::memcpy(canvas->row(y) + static_cast<std::size_t>(left + from) * pixel,
                stored.row(static_cast<int>(row)) + static_cast<std::size_t>(from) * pixel,
                static_cast<std::size_t>(count) * pixel);
  }
  return canvas;
}

std::shared_ptr<Image> turn_upright(std::shared_ptr<Image> stored, int orientation) {
  OIIO::ImageSpec spec(stored->width(), stored->height(), stored->channels(), type_of(stored->sample()));
  spec.attribute("Orientation", orientation);
  const OIIO::ImageBuf wrapped(spec, stored->row(0), OIIO::AutoStride,
                               static_cast<OIIO::stride_t>(stored->row_bytes()));
  const OIIO::ImageBuf turned = OIIO::ImageBufAlgo::reorient(wrapped, 1);
  if (turned.has_error()) throw Error("E302", "the picture cannot be turned upright (" + turned.geterror() + ")");
  auto upright = std::make_shared<Image>(turned.spec().width, turned.spec().height, stored->channels(),
                                         stored->sample(), stored->alpha());
  turned.get_pixels(turned.roi(), type_of(stored->sample()), upright->row(0), OIIO::AutoStride,
                    static_cast<OIIO::stride_t>(upright->row_bytes()));
  upright->info = stored->info;
  return upright;
}

std::span<const std::uint8_t> icc_of(const OIIO::ImageSpec& spec) {
  const OIIO::ParamValue* icc = spec.find_attribute("ICCProfile");
  if (!icc || icc->datasize() < 132) return {};
  return {static_cast<const std::uint8_t*>(icc->data()), static_cast<std::size_t>(icc->datasize())};
}

BytesPtr profile_of(const OIIO::ImageSpec& spec, int colour_channels) {
  const auto icc = icc_of(spec);
  // One of another colour space would turn every viewer's colours wrong.
  if (icc.empty() || std::memcmp(icc.data() + 16, colour_channels == 1 ? "GRAY" : "RGB ", 4) != 0) return nullptr;
  return std::make_shared<const Bytes>(icc.begin(), icc.end());
}

/// Where a strip of a TIFF cannot be decoded, the library may still say that all went well. Mostly it keeps the error;
/// for deflated strips, which it inflates itself, it has none. Single rows it leaves to libtiff.
void read_tiff_samples(const Format& format, Opened& opened, int channels, Sample sample, void* into,
                       std::size_t row_bytes) {
  OIIO::ImageInput& input = *opened.input;
  const OIIO::ImageSpec& spec = opened.spec;
  const bool by_rows = spec.tile_width == 0 && spec.get_string_attribute("compression") == "zip" &&
                       spec.get_string_attribute("planarconfig") != "separate";
  const auto stride = static_cast<OIIO::stride_t>(row_bytes);
  input.geterror();  // forget what open() did not mind
  bool good = by_rows || input.read_image(0, 0, 0, channels, type_of(sample), into, OIIO::AutoStride, stride);
  for (int y = 0; by_rows && good && y < spec.height; ++y)
    good = input.read_scanlines(0, 0, spec.y + y, spec.y + y + 1, 0, 0, channels, type_of(sample),
                                static_cast<std::uint8_t*>(into) + static_cast<std::size_t>(y) * row_bytes,
                                OIIO::AutoStride, stride);
  if (!good || input.has_error()) fail_damaged(format, input.geterror());
}

void read_samples(const Format& format, Opened& opened, int channels, Sample sample, void* into,
                  std::size_t row_bytes) {
  if (format.info.name == "tiff") return read_tiff_samples(format, opened, channels, sample, into, row_bytes);
  if (!opened.input->read_image(0, 0, 0, channels, type_of(sample), into, OIIO::AutoStride,
                                static_cast<OIIO::stride_t>(row_bytes)))
    fail_damaged(format, opened.input->geterror());
}

/// The four inks, and alpha where there is one, as sRGB.
template <class T>
void read_inks(const Format& format, Opened& opened, Image& image) {
  const std::size_t width = static_cast<std::size_t>(image.width()), stored = image.has_alpha() ? 5 : 4;
  std::vector<T> all(width * static_cast<std::size_t>(image.height()) * stored), inks(width * 4), rgb(width * 3);
  read_samples(format, opened, static_cast<int>(stored), image.sample(), all.data(), width * stored * sizeof(T));
  const image::CmykToSrgb convert(icc_of(opened.spec), false, image.sample());
  const T* from = all.data();
  for (int y = 0; y < image.height(); ++y) {
    T* row = image.row<T>(y);
    const T* line = from;
    for (std::size_t x = 0; x < width; ++x, from += stored) std::copy_n(from, 4, &inks[x * 4]);
    convert.row(inks.data(), rgb.data(), image.width());
    for (std::size_t x = 0; x < width; ++x, row += image.channels(), line += stored) {
      std::copy_n(&rgb[x * 3], 3, row);
      if (image.has_alpha()) row[3] = line[4];
    }
  }
}

/// RGBA of 8 bits without its alpha where that is full everywhere, else as it is.
std::shared_ptr<Image> without_full_alpha(std::shared_ptr<Image> rgba) {
  auto rgb = std::make_shared<Image>(rgba->width(), rgba->height(), 3);
  for (int y = 0; y < rgba->height(); ++y)
    for (int x = 0; x < rgba->width(); ++x) {
      const std::uint8_t* from = rgba->row(y) + x * 4;
      if (from[3] < 255) return rgba;
      std::copy_n(from, 3, rgb->row(y) + x * 3);
    }
  return rgb;
}

BytesPtr exif_of(OIIO::ImageSpec spec) {
  if (!spec.find_attribute("Make") && !spec.find_attribute("DateTime") && !spec.find_attribute("Exif:DateTimeOriginal"))
    return nullptr;
  spec.attribute("Orientation", 1);
  std::vector<char> blob;
  OIIO::encode_exif(spec, blob);
  return blob.empty() ? nullptr : std::make_shared<const Bytes>(blob.begin(), blob.end());
}

}  // namespace

void set_up_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    OIIO::attribute("threads", 1);
    OIIO::attribute("exr_threads", -1);  // in the calling thread
    OIIO::attribute("try_all_readers", 0);
  });
}

ImageHeader read_header(const Format& format, const DecodeRequest& request) {
  return guarded(format, [&] {
    const Opened opened = open(format, request);
    const Channels channels = channels_of(opened);
    const bool swapped = orientation_of(format, opened.spec) >= 5, canvas = has_canvas(format, opened.spec);
    const int width = canvas ? opened.spec.full_width : opened.spec.width,
              height = canvas ? opened.spec.full_height : opened.spec.height;
    return ImageHeader{swapped ? height : width, swapped ? width : height, channels.count, sample_of(opened),
                       channels.alpha};
  });
}

std::shared_ptr<Image> read(const Format& format, const DecodeRequest& request) {
  return guarded(format, [&] {
    if (format.info.name == "gif" && !first_gif_frame_is_whole(request.bytes))
      fail_damaged(format, "its first frame is not whole");
    if (format.info.name == "tiff")
      if (const auto wrong = wrong_with_tiff_data(request.bytes); !wrong.empty())
        throw Error("E311", "the TIFF file is " + std::string(wrong), "fetch or save it again");
    Opened opened = open(format, request);
    const OIIO::ImageSpec& spec = opened.spec;
    const Channels channels = channels_of(opened);
    auto image = std::make_shared<Image>(spec.width, spec.height, channels.count, sample_of(opened),
                                         channels.alpha ? Alpha::straight : Alpha::none);
    if (!opened.cmyk)
      read_samples(format, opened, channels.count, image->sample(), image->row(0), image->row_bytes());
    else if (image->sample() == Sample::u8)
      read_inks<std::uint8_t>(format, opened, *image);
    else
      read_inks<std::uint16_t>(format, opened, *image);
    if (has_canvas(format, spec)) image = on_canvas(*image, spec);
    // The library gives every GIF alpha.
    if (format.info.name == "gif" && channels.count == 4 && image->sample() == Sample::u8)
      image = without_full_alpha(std::move(image));
    const bool straight =
        format.straight_alpha || opened.cmyk || spec.get_int_attribute("oiio:UnassociatedAlpha", 0) != 0;
    if (image->has_alpha() && !straight) switch (image->sample()) {
        case Sample::u8: divide_by_alpha<std::uint8_t>(*image); break;
        case Sample::u16: divide_by_alpha<std::uint16_t>(*image); break;
        case Sample::f32: divide_by_alpha<float>(*image); break;
      }
    if (format.linear_light && image->sample() == Sample::f32)
      bring_to_srgb(*image);
    else
      image->info.icc = profile_of(spec, image->colour_channels());
    if (image->sample() == Sample::f32) make_finite(*image);
    image = image::in_lasting_profile(std::move(image));
    image->info.exif = exif_of(spec);
    const int orientation = orientation_of(format, spec);
    return orientation == 1 ? image : turn_upright(std::move(image), orientation);
  });
}

}  // namespace pixgraph::oiio
