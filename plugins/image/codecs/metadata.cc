#include "codecs/metadata.h"

#include <cstring>
#include <string>
#include <string_view>

#include "codecs/exif.h"
#include "kernels/alpha.h"
#include "profile.h"

namespace pixgraph::image {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// Where the next name begins, from `from` on, whose part behind the prefix is GPS..., in any case: exif:GPSLatitude by
/// any prefix of its namespace, and drones' own names.
std::size_t find_gps(const std::string& text, std::size_t from) {
  const auto is = [&](std::size_t at, char small) { return (text[at] | 0x20) == small; };
  for (std::size_t colon = text.find(':', from); colon != std::string::npos; colon = text.find(':', colon + 1)) {
    if (colon + 3 >= text.size() || !is(colon + 1, 'g') || !is(colon + 2, 'p') || !is(colon + 3, 's')) continue;
    std::size_t at = colon;
    while (at > 0 && !is_space(text[at - 1]) && text[at - 1] != '<' && text[at - 1] != '/') --at;
    if (text.compare(at, colon - at, "xmlns") != 0) return at;
  }
  return std::string::npos;
}

/// Removes the property whose name starts at `at`: exif:GPSx="..." or <exif:GPSx ...>...</exif:GPSx>.
bool remove_property(std::string& text, std::size_t at) {
  const std::size_t name_end = text.find_first_of(" =/>\t\r\n", at);
  if (at == 0 || name_end == std::string::npos) return false;
  const std::string name = text.substr(at, name_end - at);
  if (text[at - 1] == '<') {
    const std::size_t open_end = text.find('>', at);
    if (open_end == std::string::npos) return false;
    std::size_t end = open_end + 1;
    if (text[open_end - 1] != '/') {
      const std::string closing = "</" + name + ">";
      end = text.find(closing, open_end);
      if (end == std::string::npos) return false;
      end += closing.size();
    }
    text.erase(at - 1, end - (at - 1));
    return true;
  }
  if (!is_space(text[at - 1])) return false;
  const std::size_t quote = text.find_first_of("\"'", name_end);
  if (quote == std::string::npos) return false;
  const std::size_t end = text.find(text[quote], quote + 1);
  if (end == std::string::npos) return false;
  text.erase(at, end + 1 - at);
  return true;
}

}  // namespace

BytesPtr xmp_without_gps(const Bytes& xmp) {
  std::string text(xmp.begin(), xmp.end());
  // In UTF-16 no name would be found.
  if (text.find('\0') != std::string::npos) return nullptr;
  for (std::size_t at = find_gps(text, 0); at != std::string::npos; at = find_gps(text, 0))
    if (!remove_property(text, at)) return nullptr;
  return std::make_shared<const Bytes>(text.begin(), text.end());
}

ImageInfo metadata_to_write(const Image& image, Metadata choice) {
  ImageInfo out;
  if (image.info.icc) out.icc = fitting_profile(*image.info.icc, image.colour_channels());
  if (choice == Metadata::strip) return out;
  out.exif = image.info.exif;
  out.xmp = image.info.xmp;
  if (choice == Metadata::strip_gps) {
    if (out.exif) out.exif = exif_without_gps(*out.exif);
    if (out.xmp) out.xmp = xmp_without_gps(*out.xmp);
  }
  return out;
}

std::shared_ptr<Image> as_srgb(const Image& image) {
  if (!image.info.icc || is_srgb(fitting_profile(*image.info.icc, image.colour_channels()))) return nullptr;
  return convert_profile(image.alpha() == Alpha::premultiplied ? *unpremultiplied(image) : image, nullptr);
}

int take_exif(ImageInfo& info, std::span<const std::uint8_t> exif) {
  if (exif.size() >= 6 && std::memcmp(exif.data(), "Exif\0\0", 6) == 0) exif = exif.subspan(6);
  info.exif = exif_for_upright(exif);
  return exif_orientation(exif);
}

void keep_encoded(Image& image, const DecodeRequest& request, const char* media_type) {
  if (!is_srgb(image.info.icc) || !leads_back(image.info.icc)) return;
  image.encoded =
      request.owner ? request.owner : std::make_shared<const Bytes>(request.bytes.begin(), request.bytes.end());
  image.encoded_media_type = media_type;
}

}  // namespace pixgraph::image
