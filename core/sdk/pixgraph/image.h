// Image: a picture in memory. Plain rows that any library can wrap without a copy.
//
// Made once, then shared as shared_ptr<const Image> and never changed: passing an image is passing a pointer, and any
// number of threads may read it. A node that changes pixels makes a new Image, or writes into one that nobody else
// holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <pixgraph/error.h>
#include <pixgraph/large_blocks.h>

namespace pixgraph {

enum class Sample : std::uint8_t { u8, u16, f32 };  // f32: 0..1 is black..white, values outside are kept
enum class Alpha : std::uint8_t { none, straight, premultiplied };

constexpr std::size_t sample_bytes(Sample sample) {
  return sample == Sample::u8 ? 1 : sample == Sample::u16 ? 2 : 4;
}

using Bytes = std::vector<std::uint8_t>;
using BytesPtr = std::shared_ptr<const Bytes>;

/// Facts that travel beside the pixels; a node that keeps the picture's meaning hands them on.
struct ImageInfo {
  BytesPtr icc;   // ICC profile of the colour channels; null = sRGB (grey: sRGB's tone curve)
  BytesPtr exif;  // TIFF-structured EXIF block without the "Exif\0\0" prefix; its orientation has been applied already
  BytesPtr xmp;   // XMP packet
};

/// Rows of interleaved samples, top row first, upright (orientation has been applied).
/// channels: 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha; the alpha channel, where there is one, is the last.
/// Rows start at multiples of 64 bytes and at least 64 readable bytes follow the last one, so kernels may read (never
/// write) past a row's end. A mask is an Image with one channel and no alpha: 0 = not selected, white = selected.
class Image {
 public:
  /// Uninitialised pixels. Throws Error E302 where memory is not to be had, and on sizes that are not positive.
  Image(int width, int height, int channels, Sample sample = Sample::u8, Alpha alpha = Alpha::none)
      : width_(width), height_(height), channels_(channels), sample_(sample), alpha_(alpha) {
    if (width <= 0 || height <= 0 || channels < 1 || channels > 4)
      throw Error("E302", "an image of " + std::to_string(width) + "x" + std::to_string(height) + " with " +
                              std::to_string(channels) + " channels cannot be made");
    row_bytes_ = row_bytes_of(width, channels, sample);
    const std::size_t bytes = row_bytes_ * height + 64;
    data_ = allocated(bytes);
    if (!data_)
      throw Error("E302", "not enough memory for an image of " + std::to_string(width) + "x" + std::to_string(height));
  }

  /// A picture of the same size in the memory of another, which is left without pixels. Its rows hold what that memory
  /// held where they are now. REQUIRES: no more channels than that one has.
  Image(Image&& memory, int channels, Alpha alpha)
      : info(std::move(memory.info)),
        width_(memory.width_),
        height_(memory.height_),
        channels_(channels),
        sample_(memory.sample_),
        alpha_(alpha),
        row_bytes_(row_bytes_of(width_, channels, sample_)),
        data_(std::move(memory.data_)) {}

  static std::size_t row_bytes_of(int width, int channels, Sample sample) {
    return (static_cast<std::size_t>(width) * channels * sample_bytes(sample) + 63) / 64 * 64;
  }

  int width() const { return width_; }
  int height() const { return height_; }
  int channels() const { return channels_; }
  int colour_channels() const { return has_alpha() ? channels_ - 1 : channels_; }
  Sample sample() const { return sample_; }
  Alpha alpha() const { return alpha_; }
  bool has_alpha() const { return alpha_ != Alpha::none; }
  std::size_t row_bytes() const { return row_bytes_; }  // distance between rows, in bytes
  std::size_t byte_size() const { return row_bytes_ * height_; }

  /// Bytes from row(0) on that belong to the picture: all rows, and what lies behind them. For who fills it in place.
  std::size_t capacity() const {
    const std::size_t large = data_.get_deleter().large;
    return large > 0 ? large : byte_size() + 64;
  }

  /// T must be the type of `sample()`: uint8_t, uint16_t or float. y in [0, height).
  template <class T = std::uint8_t>
  const T* row(int y) const {
    return reinterpret_cast<const T*>(data_.get() + row_bytes_ * y);
  }
  template <class T = std::uint8_t>
  T* row(int y) {
    return reinterpret_cast<T*>(data_.get() + row_bytes_ * y);
  }

  ImageInfo info;

  /// The encoded file that these exact pixels were decoded from, while that is true: a JPEG, PNG or WebP that is
  /// upright and sRGB (or has no profile). Sending it on avoids a second lossy encoding. Null otherwise.
  BytesPtr encoded;
  std::string encoded_media_type;

 private:
  struct Free {
    std::size_t large;  // bytes of a large block; 0: it is none
    Free() : large(0) {}
    explicit Free(std::size_t large_bytes) : large(large_bytes) {}
    void operator()(std::uint8_t* bytes) const {
      if (large > 0)
        large_blocks().give_back({bytes, large});
      else
        std::free(bytes);
    }
  };
  using Data = std::unique_ptr<std::uint8_t, Free>;

  static Data allocated(std::size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
    constexpr bool may_be_large = false;  // else nobody would see a write past the end
#else
    constexpr bool may_be_large = true;
#endif
    if (may_be_large && bytes >= 2 * LargeBlocks::kPage) {
      const LargeBlocks::Block block = large_blocks().take(bytes);
      return {static_cast<std::uint8_t*>(block.address), Free(block.bytes)};
    }
    return {static_cast<std::uint8_t*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64)), Free()};
  }

  int width_, height_, channels_;
  Sample sample_;
  Alpha alpha_;
  std::size_t row_bytes_;
  Data data_;
};

using ImagePtr = std::shared_ptr<const Image>;

/// The same picture to write into, where nobody else holds it (it is no longer what its file said then); else null, and
/// `image` stays.
inline std::shared_ptr<Image> sole_owner(ImagePtr& image) {
  if (image.use_count() != 1) return nullptr;
  // What other threads read before they let go of it happens before what is written: the count is read and written,
  // which use_count() alone does not order.
  auto own = std::const_pointer_cast<Image>(image);  // no Image is made const
  image.reset();
  own->encoded.reset();
  own->encoded_media_type.clear();
  return own;
}

}  // namespace pixgraph
