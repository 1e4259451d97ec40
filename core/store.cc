#include "store.h"

#include "hash.h"

namespace pixgraph {

std::string Store::path_of(std::string_view hash) const {
  return join_path(join_path(folder_, hash.substr(0, 2)), hash.substr(2));
}

bool Store::has(std::string_view hash) const {
  return hash.size() == 64 && disk_.exists(path_of(hash));
}

std::string Store::open_temp() {
  // Not in the folder of its hash, which is known only at the end: within the store, so that link() works.
  const std::string incoming = join_path(folder_, "incoming");
  folders_.make(folder_);
  folders_.make(incoming);
  return join_path(incoming, random_hex(12));
}

FilePtr Store::put(std::string_view bytes, std::string name, std::string media_type) {
  const std::string hash = sha256(bytes);
  if (!has(hash)) {
    const std::string temp = open_temp();
    disk_.write(temp, bytes);
    return adopt(temp, hash, bytes.size(), std::move(name), std::move(media_type));
  }
  // Whoever placed it may not have made its name durable yet, and we are about to name it.
  folders_.make(folder_);
  folders_.make(folder_of(path_of(hash)));
  disk_.sync_folder(folder_of(path_of(hash)));
  return file(hash, bytes.size(), std::move(name), std::move(media_type));
}

FilePtr Store::adopt(const std::string& temp, const std::string& hash, std::uint64_t size, std::string name,
                     std::string media_type) {
  const std::string path = path_of(hash);
  disk_.sync(temp);
  folders_.make(folder_of(path));
  disk_.link(temp, path);  // an existing target has the same content
  disk_.remove(temp);
  // Even where another process placed it: its entry may not be durable yet, and we are about to name it.
  disk_.sync_folder(folder_of(path));
  return file(hash, size, std::move(name), std::move(media_type));
}

FilePtr Store::file(std::string_view hash, std::uint64_t size, std::string name, std::string media_type) const {
  auto made = std::make_shared<File>();
  made->path = path_of(hash);
  made->name = name;
  made->relpath = std::move(name);
  made->media_type = std::move(media_type);
  made->hash = std::string(hash);
  made->size = size;
  return made;
}

}  // namespace pixgraph
