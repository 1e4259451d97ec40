#include "bare_picture.h"

#include <algorithm>
#include <array>

namespace pixgraph::replicate {
namespace {

std::string_view text_of(const Bytes& file, std::size_t at, std::size_t length) {
  return {reinterpret_cast<const char*>(file.data()) + at, length};
}

void copy(const Bytes& file, std::size_t begin, std::size_t end, Bytes& out) {
  out.insert(out.end(), file.begin() + static_cast<std::ptrdiff_t>(begin),
             file.begin() + static_cast<std::ptrdiff_t>(end));
}

/// Whether a segment is of the picture: tables, frames, scans, JFIF, Adobe's colour transform and the profile.
bool of_the_picture(int marker, std::string_view payload) {
  if (marker == 0xE0 || marker == 0xEE) return true;
  if (marker == 0xE2) return payload.starts_with("ICC_PROFILE");
  return marker != 0xFE && (marker < 0xE0 || marker > 0xEF);
}

std::optional<Bytes> bare_jpeg(const Bytes& file) {
  constexpr int kStart = 0xD8, kEnd = 0xD9, kScan = 0xDA;
  if (file.size() < 4 || file[0] != 0xFF || file[1] != kStart) return std::nullopt;
  Bytes out;
  copy(file, 0, 2, out);
  for (std::size_t at = 2; at + 2 <= file.size();) {
    if (file[at] != 0xFF) return std::nullopt;
    while (at + 1 < file.size() && file[at + 1] == 0xFF) ++at;  // fill bytes
    if (at + 1 >= file.size()) return std::nullopt;
    const int marker = file[at + 1];
    if (marker == kEnd) {
      copy(file, at, at + 2, out);
      return out;
    }
    if (at + 4 > file.size()) return std::nullopt;
    const std::size_t length = static_cast<std::size_t>(file[at + 2]) << 8 | file[at + 3];
    std::size_t end = at + 2 + length;
    if (length < 2 || end > file.size()) return std::nullopt;
    // Within a scan's data 0xFF is followed by 0 or by a restart marker.
    if (marker == kScan)
      while (end + 1 < file.size() &&
             !(file[end] == 0xFF && file[end + 1] != 0 && (file[end + 1] < 0xD0 || file[end + 1] > 0xD7)))
        ++end;
    if (of_the_picture(marker, text_of(file, at + 4, length - 2))) copy(file, at, end, out);
    at = end;
  }
  return std::nullopt;
}

std::optional<Bytes> bare_png(const Bytes& file) {
  constexpr std::size_t kSignature = 8, kAround = 12;  // length, type and check of a chunk
  Bytes out;
  if (file.size() < kSignature || text_of(file, 1, 3) != "PNG") return std::nullopt;
  copy(file, 0, kSignature, out);
  for (std::size_t at = kSignature; at + kAround <= file.size();) {
    const std::size_t length = static_cast<std::size_t>(file[at]) << 24 | static_cast<std::size_t>(file[at + 1]) << 16 |
                               static_cast<std::size_t>(file[at + 2]) << 8 | file[at + 3];
    if (length > file.size() - at - kAround) return std::nullopt;
    const std::string_view type = text_of(file, at + 4, 4);
    static constexpr std::array<std::string_view, 5> kBeside = {"eXIf", "tEXt", "zTXt", "iTXt", "tIME"};
    if (std::find(kBeside.begin(), kBeside.end(), type) == kBeside.end()) copy(file, at, at + kAround + length, out);
    if (type == "IEND") return out;
    at += kAround + length;
  }
  return std::nullopt;
}

std::uint32_t little_endian(const Bytes& file, std::size_t at) {
  return file[at] | static_cast<std::uint32_t>(file[at + 1]) << 8 | static_cast<std::uint32_t>(file[at + 2]) << 16 |
         static_cast<std::uint32_t>(file[at + 3]) << 24;
}

std::optional<Bytes> bare_webp(const Bytes& file) {
  constexpr std::size_t kHead = 12, kChunkHead = 8;
  constexpr std::uint8_t kHasExif = 0x08, kHasXmp = 0x04;
  if (file.size() < kHead || text_of(file, 0, 4) != "RIFF" || text_of(file, 8, 4) != "WEBP") return std::nullopt;
  const std::size_t said = little_endian(file, 4) + std::size_t{8};
  if (said > file.size()) return std::nullopt;
  Bytes out;
  copy(file, 0, kHead, out);
  for (std::size_t at = kHead; at + kChunkHead <= said;) {
    const std::size_t length = little_endian(file, at + 4);
    if (length > said - at - kChunkHead) return std::nullopt;
    const std::size_t end = std::min(at + kChunkHead + length + length % 2, said);
    const std::string_view type = text_of(file, at, 4);
    if (type != "EXIF" && type != "XMP ") copy(file, at, end, out);
    if (type == "VP8X" && length >= 1)
      out[out.size() - (end - at) + kChunkHead] &= static_cast<std::uint8_t>(~(kHasExif | kHasXmp));
    at = end;
  }
  const std::size_t size = out.size() - 8;
  for (std::size_t i = 0; i < 4; ++i) out[4 + i] = static_cast<std::uint8_t>(size >> (8 * i));
  return out;
}

}  // namespace

std::optional<Bytes> bare_picture(const Bytes& file, std::string_view media_type) {
  if (media_type == "image/jpeg") return bare_jpeg(file);
  if (media_type == "image/png") return bare_png(file);
  if (media_type == "image/webp") return bare_webp(file);
  return std::nullopt;
}

}  // namespace pixgraph::replicate
