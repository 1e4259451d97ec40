// Thumbnails: small pictures of what a run read and made, <state>/thumbnails/ab/cdef..., by the hash of the file that
// they show, or by their own where the picture was never a file. JPEG, or WebP or PNG where there is alpha. A memo:
// deleting it costs time.
//
// Made while pixels are in memory anyway, or afterwards from files. Safe from many threads. A picture that cannot be
// made small is no error: it has no thumbnail.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <pixgraph/image.h>

#include "codec.h"
#include "disk.h"

namespace pixgraph {

/// At most `side` pixels wide and high, 8 bits, grey, RGB or RGBA with straight alpha; the profile is kept where it is
/// small. Averages what falls on a pixel, weighted by alpha; of very large pictures a part of that.
std::shared_ptr<Image> shrunk(const Image& image, int side);

class Thumbnails {
 public:
  static constexpr int kSide = Codecs::kSmallest;
  /// Files of at most so many bytes that browsers can show are their own thumbnails.
  static constexpr std::size_t kSmallFile = 8 << 10;

  Thumbnails(Disk& disk, const Codecs& codecs, std::string folder)
      : disk_(disk), codecs_(codecs), folder_(std::move(folder)) {}

  /// Of pixels that are in no file: its name, "" where none could be made.
  std::string add(const Image& image);
  /// Of a file whose content has that hash, from its pixels; nothing where it is there already.
  void add(const std::string& hash, const Image& image);
  /// The same from the file itself. False where it cannot be had.
  bool add_file(const std::string& hash, const std::string& path);

  bool has(const std::string& hash) const { return disk_.exists(path_of(hash)); }
  std::string path_of(const std::string& hash) const;
  /// Null where there is none.
  std::optional<std::string> read(const std::string& hash) const;

 private:
  std::optional<Bytes> encoded(const Image& image) const;
  void keep(const std::string& hash, std::string_view bytes);

  Disk& disk_;
  const Codecs& codecs_;
  const std::string folder_;
};

/// "jpg", "webp", "png", "gif": what browsers show, told by the first bytes; "" for anything else.
std::string_view shown_by_browsers(std::string_view bytes);

}  // namespace pixgraph
