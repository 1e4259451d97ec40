// Store: bytes by content hash, under <state>/store/ab/<62 hex>. A file there is complete or absent, and never changes.
//
// Safe from many threads and many processes on one folder: a name that exists already is success. Bytes are durable
// when put() or adopt() returns, so whatever names them (a ledger line) comes after.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <pixgraph/value.h>

#include "disk.h"

namespace pixgraph {

class Store {
 public:
  Store(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)), folders_(disk) {}

  /// Where the bytes of that hash are or would be.
  std::string path_of(std::string_view hash) const;
  bool has(std::string_view hash) const;

  FilePtr put(std::string_view bytes, std::string name, std::string media_type);
  /// A new path within the store's folder to stream to; adopt() or remove() it.
  std::string open_temp();
  /// Takes a finished temp file over. `hash` is the SHA-256 of its content.
  FilePtr adopt(const std::string& temp, const std::string& hash, std::uint64_t size, std::string name,
                std::string media_type);
  /// The File of bytes that are in the store already. REQUIRES: has(hash).
  FilePtr file(std::string_view hash, std::uint64_t size, std::string name, std::string media_type) const;

 private:
  Disk& disk_;
  std::string folder_;
  DurableFolders folders_;
};

}  // namespace pixgraph
