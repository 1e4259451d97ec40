#include "tiff_strips.h"

#include <algorithm>
#include <map>

#include "claims.h"

namespace pixgraph::oiio {
namespace {

constexpr std::string_view kTruncated = "truncated: its data end before the picture does",
                           kNoJpeg = "damaged: a part of it that should be JPEG is not";

enum Tag {
  kWidth = 256,
  kHeight = 257,
  kBits = 258,
  kCompression = 259,
  kPhotometric = 262,
  kStripOffsets = 273,
  kSamples = 277,
  kRowsPerStrip = 278,
  kStripCounts = 279,
  kPlanes = 284,
  kTileWidth = 322,
  kTileHeight = 323,
  kTileOffsets = 324,
  kTileCounts = 325,
};

enum Compression { kNone = 1, kLzw = 5, kOldJpeg = 6, kJpeg = 7, kDeflate = 8, kPackBits = 32773, kOldDeflate = 32946 };

/// Numbers of one tag; `at` is where the first lies.
struct Field {
  std::uint64_t at = 0, count = 0;
  int bytes = 0;  // of each; 0: not whole numbers
};

int bytes_of_type(std::uint64_t type) {
  switch (type) {
    case 1: return 1;
    case 3: return 2;
    case 4:
    case 13: return 4;  // the last is an offset of a directory, which some writers use for others
    case 16:
    case 18: return 8;
    default: return 0;
  }
}

/// The first directory. TIFF 6.0, section 2; BigTIFF has 8 bytes where that has 4, or 2 for the number of entries.
class Directory {
 public:
  explicit Directory(std::span<const std::uint8_t> file) : file_(file) {
    if (file.size() < 16) return;
    high_first_ = file[0] == 'M';
    const bool big = number(2, 2) == 43;
    const int word = big ? 8 : 4, entry_bytes = big ? 20 : 12, count_bytes = big ? 8 : 2;
    std::uint64_t at = number(big ? 8 : 4, word);
    if (!fits(at, static_cast<unsigned>(count_bytes))) return;
    const std::uint64_t entries = number(at, count_bytes);
    at += static_cast<unsigned>(count_bytes);
    if (entries > (file.size() - at) / static_cast<unsigned>(entry_bytes)) return;
    for (std::uint64_t i = 0; i < entries; ++i, at += static_cast<unsigned>(entry_bytes)) {
      Field field{at + 4 + static_cast<unsigned>(word), number(at + 4, word), bytes_of_type(number(at + 2, 2))};
      const auto bytes = static_cast<unsigned>(field.bytes);
      if (bytes != 0 && field.count > static_cast<unsigned>(word) / bytes) field.at = number(field.at, word);
      fields_.emplace(number(at, 2), field);  // of two with the same tag, libtiff takes the first
    }
    whole_ = true;
  }

  bool whole() const { return whole_; }
  const Field* find(Tag tag) const {
    const auto found = fields_.find(tag);
    return found == fields_.end() ? nullptr : &found->second;
  }
  const Field* find(Tag tag, Tag other) const { return find(tag) ? find(tag) : find(other); }
  bool holds(const Field& field) const {
    return field.count <= file_.size() / static_cast<unsigned>(field.bytes) &&
           fits(field.at, field.count * static_cast<unsigned>(field.bytes));
  }
  std::uint64_t value(const Field& field, std::uint64_t i) const {
    return number(field.at + i * static_cast<unsigned>(field.bytes), field.bytes);
  }
  std::uint64_t value_or(Tag tag, std::uint64_t preset) const {
    const Field* field = find(tag);
    return field && field->bytes != 0 && field->count != 0 && holds(*field) ? value(*field, 0) : preset;
  }

 private:
  bool fits(std::uint64_t at, std::uint64_t bytes) const { return at <= file_.size() && bytes <= file_.size() - at; }
  std::uint64_t number(std::uint64_t at, int bytes) const { return number_at(file_, at, bytes, high_first_); }

  std::span<const std::uint8_t> file_;
  std::map<std::uint64_t, Field> fields_;
  bool high_first_ = false, whole_ = false;
};

/// How many bytes one of these can become at most; 0: no bound is known.
std::uint64_t most_from_a_byte(std::uint64_t compression) {
  switch (compression) {
    case kNone: return 1;
    case kPackBits: return 64;  // 128 from 2
    case kLzw: return 4096;     // a code of 9 bits or more stands for less than the table has entries
    case kDeflate:
    case kOldDeflate: return 1032;  // 258 from 2 bits
    default: return 0;
  }
}

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) {
  return a / b + (a % b != 0);
}

}  // namespace

std::string_view wrong_with_tiff_data(std::span<const std::uint8_t> file) {
  const Directory directory(file);
  if (!directory.whole()) return kTruncated;
  constexpr std::uint64_t kLongest = 1u << 31;
  const std::uint64_t width = directory.value_or(kWidth, 0), height = directory.value_or(kHeight, 0),
                      compression = directory.value_or(kCompression, kNone), bits = directory.value_or(kBits, 1);
  std::uint64_t samples = directory.value_or(kSamples, 1);
  const bool tiled = directory.find(kTileWidth), separate = directory.value_or(kPlanes, 1) == 2;
  const std::uint64_t across = tiled ? directory.value_or(kTileWidth, 0) : width,
                      rows = tiled ? directory.value_or(kTileHeight, 0)
                                   : std::min(height, directory.value_or(kRowsPerStrip, height));
  for (const std::uint64_t size : {width, height, across, rows})
    if (size == 0 || size > kLongest) return {};
  // The first JPEG in TIFF has its data elsewhere.
  if (bits == 0 || bits > 64 || samples == 0 || samples > 0xffff || compression == kOldJpeg) return {};

  const Field* offsets = directory.find(kStripOffsets, kTileOffsets);
  const Field* counts = directory.find(kStripCounts, kTileCounts);
  if (!offsets || offsets->bytes == 0 || (counts && counts->bytes == 0)) return {};
  const std::uint64_t planes = separate ? samples : 1,
                      parts = divide_up(width, across) * divide_up(height, rows);  // of each plane
  if (offsets->count / planes < parts || !directory.holds(*offsets)) return kTruncated;
  const std::uint64_t all = parts * planes;
  if (counts && (counts->count < all || !directory.holds(*counts))) return kTruncated;

  // libtiff works the counts out for itself where there are none, and where there is one strip that cannot have its.
  const auto count_of = [&](std::uint64_t i) { return counts ? directory.value(*counts, i) : 0; };
  const bool plain = compression == kNone;
  const bool uneven = plain && !tiled && !separate && all > 2 && count_of(0) != count_of(1) && count_of(0) != 0 &&
                      count_of(1) != 0;  // some old writers'
  const bool lenient = !counts || uneven || (all == 1 && !tiled && (plain || count_of(0) == 0));
  constexpr int kYcbcr = 6;
  if (separate || directory.value_or(kPhotometric, 0) == kYcbcr) samples = 1;  // at least: two may be subsampled
  const std::uint64_t row_bytes = divide_up(across * samples * bits, 8), most = most_from_a_byte(compression);
  for (std::uint64_t i = 0; i < all; ++i) {
    const std::uint64_t offset = directory.value(*offsets, i), count = count_of(i);
    if (offset >= file.size() || (!lenient && count == 0)) return kTruncated;
    const std::uint64_t left = file.size() - offset;
    if (!lenient && !plain && count > left) return kTruncated;
    const std::uint64_t held = lenient ? left : std::min(count, left);
    const std::uint64_t needed_rows = tiled ? rows : std::min(rows, height - i % parts * rows);
    if (most != 0 && held * most / row_bytes < needed_rows) return kTruncated;
    // libtiff leaves the part black and tells nobody.
    if (compression == kJpeg && (held < 2 || file[offset] != 0xff || file[offset + 1] != 0xd8)) return kNoJpeg;
  }
  return {};
}

}  // namespace pixgraph::oiio
