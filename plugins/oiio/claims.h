// claims: what a file's first bytes say of sizes, checked before a reader that believes them takes memory: OpenImageIO
// makes room for a GIF's whole screen, for a Photoshop section and for an OpenEXR attribute before it looks further.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <pixgraph/codec.h>

namespace pixgraph::oiio {

inline std::uint64_t number_at(std::span<const std::uint8_t> file, std::size_t at, int bytes, bool high_first) {
  std::uint64_t number = 0;
  for (int i = 0; i < bytes; ++i)
    number = number << 8 | file[at + static_cast<std::size_t>(high_first ? i : bytes - 1 - i)];
  return number;
}

/// Photoshop File Formats Specification: colour mode data, image resources, layers, each with its length before it.
inline bool psd_sections_fit(std::span<const std::uint8_t> file) {
  const bool large = file[5] == 2;  // PSB: the layers' length has 8 bytes
  std::uint64_t at = 26;
  for (const int bytes : {4, 4, large ? 8 : 4}) {
    if (at + static_cast<unsigned>(bytes) > file.size()) return false;
    const std::uint64_t length = number_at(file, at, bytes, true);
    at += static_cast<unsigned>(bytes);
    if (length > file.size() - at) return false;
    at += length;
  }
  return true;
}

/// OpenEXR File Layout: name, type, length and value of each attribute; an empty name ends a header, and in a file of
/// several parts another empty one ends the headers.
inline bool exr_attributes_fit(std::span<const std::uint8_t> file) {
  const bool parts = file.size() > 5 && (file[5] & 0x10) != 0;
  std::size_t at = 8;
  const auto skip_text = [&] {
    while (at < file.size() && file[at] != 0) ++at;
    return ++at <= file.size();
  };
  for (bool first = true;; first = false) {
    if (parts && !first && at < file.size() && file[at] == 0) return true;
    while (at < file.size() && file[at] != 0) {
      if (!skip_text() || !skip_text() || at + 4 > file.size()) return false;
      const std::uint64_t length = number_at(file, at, 4, false);
      at += 4;
      if (length > file.size() - at) return false;
      at += length;
    }
    if (at >= file.size()) return false;
    ++at;
    if (!parts) return true;
  }
}

/// RLE8 packs pixels of 8 bits, RLE4 of 4; the reader takes any for that and reads past its own rows.
inline bool bmp_packing_fits(std::span<const std::uint8_t> file) {
  if (file.size() < 34) return false;
  if (number_at(file, 14, 4, false) < 40) return true;  // OS/2's header knows none
  const std::uint64_t bits = number_at(file, 28, 2, false), packing = number_at(file, 30, 4, false);
  return packing != 1 ? packing != 2 || bits == 4 : bits == 8;
}

/// False where a size within the file cannot be. Throws E313 for a picture over the limit.
inline bool claims_can_be(std::string_view format, std::span<const std::uint8_t> file, std::uint64_t max_pixels) {
  if (format == "gif") {
    if (file.size() < 13) return false;
    refuse_too_large(number_at(file, 6, 2, false), number_at(file, 8, 2, false), max_pixels);
  }
  if (format == "psd") {
    if (file.size() < 26) return false;
    refuse_too_large(number_at(file, 18, 4, true), number_at(file, 14, 4, true), max_pixels);
    return psd_sections_fit(file);
  }
  if (format == "bmp") return bmp_packing_fits(file);
  return format != "exr" || exr_attributes_fit(file);
}

}  // namespace pixgraph::oiio
