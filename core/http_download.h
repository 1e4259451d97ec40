// Parts of a download: its name, its media type, and the temporary file that it is written to while being hashed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http.h"

namespace pixgraph {

/// A name that is safe as a file's: what follows the last separator, without control characters and leading dots, valid
/// UTF-8, at most 200 bytes with the extension kept. Empty where nothing is left.
std::string safe_file_name(std::string_view name);

/// From a Content-Disposition header ("filename*" before "filename"), else the last part of the URL's path, else
/// "download" with the extension of the media type.
std::string download_name(std::string_view content_disposition, std::string_view url, std::string_view media_type);

/// What the first bytes say, for PNG, JPEG, WebP, GIF and MP4; else `declared` without its parameters, in lower case;
/// else application/octet-stream.
std::string media_type_of(std::string_view first_bytes, std::string_view declared);

/// A file of the sink that is written once and hashed on the way. Used by one thread. Unless committed, the destructor
/// removes it. Throws Error E213, which stops the run, where the disk does not take the bytes.
class DownloadFile {
 public:
  explicit DownloadFile(DownloadSink& sink);
  ~DownloadFile();
  DownloadFile(const DownloadFile&) = delete;
  DownloadFile& operator=(const DownloadFile&) = delete;

  void write(std::string_view bytes);
  /// `asked` is the URL before redirects, `found` the one after them, which may name the file.
  FilePtr commit(std::string_view content_disposition, std::string_view asked, std::string_view found,
                 std::string_view content_type);

 private:
  struct Digest;
  DownloadSink& sink_;
  std::string path_;
  int file_ = -1;
  bool committed_ = false;
  std::unique_ptr<Digest> digest_;
  std::string first_bytes_;
  std::uint64_t size_ = 0;
};

}  // namespace pixgraph
