#include "formats.h"

#include <string_view>

namespace pixgraph::oiio {
namespace {

/// Alternatives, each at one offset.
std::vector<Magic> any_of(std::size_t offset, std::initializer_list<std::string_view> all) {
  std::vector<Magic> magics;
  for (std::string_view bytes : all) magics.push_back({offset, std::string(bytes), static_cast<int>(magics.size())});
  return magics;
}

/// An ISO media file of one of these brands.
std::vector<Magic> brands(std::initializer_list<std::string_view> all) {
  std::vector<Magic> magics;
  int group = 0;
  for (std::string_view brand : all) {
    magics.push_back({4, "ftyp", group});
    magics.push_back({8, std::string(brand), group++});
  }
  return magics;
}

/// TGA has no signature: the kind of pixels, a colour table or none, and bits per pixel that go with it are one.
std::vector<Magic> tga_headers() {
  std::vector<Magic> magics;
  int group = 0;
  const auto add = [&](std::string kind, std::initializer_list<char> all_bits) {
    for (const char bits : all_bits) {
      magics.push_back({1, kind, group});
      magics.push_back({16, std::string(1, bits), group++});
    }
  };
  for (const char kind : {2, 10}) add({0, kind, 0, 0, 0, 0, 0}, {15, 16, 24, 32});
  for (const char kind : {3, 11}) add({0, kind, 0, 0, 0, 0, 0}, {8, 16});
  // A table from its first colour on; its length may be any.
  for (const char kind : {1, 9})
    for (const char colour_bits : {15, 16, 24, 32}) {
      magics.push_back({7, std::string(1, colour_bits), group});
      add({1, kind, 0, 0}, {8});
    }
  return magics;
}

Format read_only(const char* name, const char* library_name, const char* media_type,
                 std::vector<std::string> extensions, std::vector<Magic> magics) {
  Format format{};
  format.info.name = name;
  format.info.media_type = media_type;
  format.info.extensions = std::move(extensions);
  format.info.magics = std::move(magics);
  format.info.writes = false;
  format.library_name = library_name;
  return format;
}

struct Abilities {
  bool alpha, sixteen_bit, floating;
};

Format writable(Format format, Abilities abilities) {
  format.info.writes = true;
  format.info.writes_alpha = abilities.alpha;
  format.info.writes_16bit = abilities.sixteen_bit;
  format.info.writes_float = abilities.floating;
  return format;
}

}  // namespace

std::vector<Format> formats() {
  using namespace std::string_view_literals;
  std::vector<Format> all;
  all.push_back(writable(read_only("tiff", "tiff", "image/tiff", {".tif", ".tiff"},
                                   any_of(0, {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv})),
                         {true, true, true}));
  all.push_back(writable(read_only("exr", "openexr", "image/x-exr", {".exr"}, any_of(0, {"\x76\x2f\x31\x01"sv})),
                         {true, true, true}));
  all.back().linear_light = true;
  all.push_back(read_only("gif", "gif", "image/gif", {".gif"}, any_of(0, {"GIF87a"sv, "GIF89a"sv})));
  // Two letters would claim any text that starts with BM; the four reserved bytes are 0 in every BMP.
  all.push_back(
      writable(read_only("bmp", "bmp", "image/bmp", {".bmp", ".dib"}, {{0, "BM", 0}, {6, std::string(4, '\0'), 0}}),
               {false, false, false}));
  all.push_back(read_only("jpeg2000", "jpeg2000", "image/jp2", {".jp2", ".j2k", ".j2c", ".jpx"},
                          any_of(0, {"\0\0\0\x0cjP  \r\n\x87\n"sv, "\xff\x4f\xff\x51"sv})));
  all.push_back(read_only("heic", "heif", "image/heic", {".heic", ".heif", ".hif"},
                          brands({"heic", "heix", "heim", "heis", "mif1", "msf1"})));
  all.back().from_memory = false;
  all.push_back(read_only("avif", "heif", "image/avif", {".avif"}, brands({"avif", "avis"})));
  all.back().from_memory = false;
  all.push_back(writable(read_only("tga", "targa", "image/x-tga", {".tga"}, tga_headers()), {true, false, false}));
  all.push_back(
      read_only("hdr", "hdr", "image/vnd.radiance", {".hdr", ".rgbe"}, any_of(0, {"#?RADIANCE"sv, "#?RGBE"sv})));
  all.back().linear_light = true;
  all.push_back(read_only("psd", "psd", "image/vnd.adobe.photoshop", {".psd", ".psb"}, any_of(0, {"8BPS"sv})));
  // Not DPX: OpenImageIO's reader crashes on damaged files.
  all.push_back(writable(read_only("pnm", "pnm", "image/x-portable-anymap", {".ppm", ".pgm", ".pbm", ".pnm"},
                                   any_of(0, {"P1\n"sv, "P2\n"sv, "P3\n"sv, "P4\n"sv, "P5\n"sv, "P6\n"sv, "P1 "sv,
                                              "P2 "sv, "P3 "sv, "P4 "sv, "P5 "sv, "P6 "sv})),
                         {false, false, false}));
  return all;
}

}  // namespace pixgraph::oiio
