#include "codecs/exif.h"

#include <algorithm>
#include <cstring>

namespace pixgraph::image {
namespace {

constexpr std::size_t kEntryBytes = 12;
constexpr std::uint16_t kOrientation = 0x0112, kThumbnailOffset = 0x0201, kThumbnailBytes = 0x0202, kGps = 0x8825;

/// A TIFF block whose reads outside of the bytes give 0 and whose writes outside do nothing.
class TiffBlock {
 public:
  explicit TiffBlock(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {
    if (bytes.size() < 14) return;
    little_ = bytes[0] == 'I' && bytes[1] == 'I';
    const bool big = bytes[0] == 'M' && bytes[1] == 'M';
    valid_ = (little_ || big) && u16(2) == 42 && entries(first_ifd()) > 0;
  }
  bool valid() const { return valid_; }
  std::size_t size() const { return bytes_.size(); }
  std::size_t first_ifd() const { return u32(4); }

  std::uint16_t u16(std::size_t at) const {
    if (at + 2 > bytes_.size()) return 0;
    return little_ ? bytes_[at] | bytes_[at + 1] << 8 : bytes_[at] << 8 | bytes_[at + 1];
  }
  std::uint32_t u32(std::size_t at) const {
    const std::uint32_t first = u16(at), second = u16(at + 2);
    return little_ ? second << 16 | first : first << 16 | second;
  }
  void put_u16(std::size_t at, std::uint16_t value) {
    if (at + 2 > bytes_.size()) return;
    bytes_[at + (little_ ? 0 : 1)] = value & 0xff;
    bytes_[at + (little_ ? 1 : 0)] = value >> 8;
  }

  /// How many whole entries the IFD at this offset really has.
  std::size_t entries(std::size_t ifd) const {
    if (ifd < 8 || ifd + 2 > bytes_.size()) return 0;
    return std::min<std::size_t>(u16(ifd), (bytes_.size() - ifd - 2) / kEntryBytes);
  }
  static std::size_t entry(std::size_t ifd, std::size_t index) { return ifd + 2 + index * kEntryBytes; }
  /// Offset of the entry with that tag; 0 where there is none.
  std::size_t find(std::size_t ifd, std::uint16_t tag) const {
    for (std::size_t i = 0; i < entries(ifd); ++i)
      if (u16(entry(ifd, i)) == tag) return entry(ifd, i);
    return 0;
  }
  std::uint32_t value_of(std::size_t ifd, std::uint16_t tag) const {
    const std::size_t at = find(ifd, tag);
    return at ? u32(at + 8) : 0;
  }

  void zero(std::size_t at, std::size_t count) {
    if (at >= bytes_.size()) return;
    std::memset(bytes_.data() + at, 0, std::min(count, bytes_.size() - at));
  }
  /// Takes an entry out; what follows in the IFD (entries and the link to the next IFD) moves up.
  void remove(std::size_t ifd, std::size_t at) {
    const std::size_t end = std::min(entry(ifd, entries(ifd)) + 4, bytes_.size());
    std::memmove(bytes_.data() + at, bytes_.data() + at + kEntryBytes, end - at - kEntryBytes);
    zero(end - kEntryBytes, kEntryBytes);
    put_u16(ifd, static_cast<std::uint16_t>(u16(ifd) - 1));
  }
  void cut_to(std::size_t size) { bytes_.resize(size); }
  BytesPtr take() { return std::make_shared<const Bytes>(std::move(bytes_)); }

 private:
  Bytes bytes_;
  bool little_ = false, valid_ = false;
};

std::size_t type_bytes(std::uint16_t type) {
  constexpr std::size_t kBytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
  return type < std::size(kBytes) ? kBytes[type] : 0;
}

/// Overwrites an IFD and what its entries point at.
void wipe(TiffBlock& block, std::size_t ifd) {
  const std::size_t count = block.entries(ifd);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = TiffBlock::entry(ifd, i);
    const std::size_t bytes = type_bytes(block.u16(at + 2)) * block.u32(at + 4);
    if (bytes > 4) block.zero(block.u32(at + 8), bytes);
  }
  if (count) block.zero(ifd, 2 + count * kEntryBytes + 4);
}

void remove_thumbnail(TiffBlock& block) {
  const std::size_t link = TiffBlock::entry(block.first_ifd(), block.entries(block.first_ifd()));
  const std::size_t second_ifd = block.u32(link);
  if (second_ifd == 0) return;
  const std::size_t offset = block.value_of(second_ifd, kThumbnailOffset);
  const std::size_t bytes = block.value_of(second_ifd, kThumbnailBytes);
  block.zero(link, 4);
  if (offset < 8 || offset >= block.size() || bytes > block.size() - offset) return;
  if (offset < link + 4 && offset + bytes > block.first_ifd()) return;  // over what is to stay
  // Cameras put the thumbnail last; where it is not, its bytes stay as zeros.
  block.zero(offset, bytes);
  if (offset + bytes + 4 >= block.size()) block.cut_to(offset);
}

}  // namespace

int exif_orientation(std::span<const std::uint8_t> exif) {
  const TiffBlock block(exif);
  if (!block.valid()) return 1;
  const std::size_t at = block.find(block.first_ifd(), kOrientation);
  const int orientation = at ? block.u16(at + 8) : 1;
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

BytesPtr exif_for_upright(std::span<const std::uint8_t> exif) {
  TiffBlock block(exif);
  if (!block.valid()) return nullptr;
  if (const std::size_t at = block.find(block.first_ifd(), kOrientation)) block.put_u16(at + 8, 1);
  remove_thumbnail(block);
  return block.take();
}

BytesPtr exif_without_gps(std::span<const std::uint8_t> exif) {
  TiffBlock block(exif);
  if (!block.valid()) return nullptr;
  while (const std::size_t at = block.find(block.first_ifd(), kGps)) {
    const std::size_t gps_ifd = block.u32(at + 8);
    block.remove(block.first_ifd(), at);
    wipe(block, gps_ifd);
  }
  return block.take();
}

}  // namespace pixgraph::image
