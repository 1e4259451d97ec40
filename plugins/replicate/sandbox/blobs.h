// Bytes that the server keeps for a while (uploads, outputs, large data: URIs). Small ones stay in memory; large ones
// go to one unlinked temporary file, so that memory stays bounded and a killed server leaves nothing behind.
// Thread-safe. A blob lives as long as its last handle.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace sandbox {

class Blobs {
 public:
  // Throws std::system_error when the temporary file cannot be made.
  Blobs();
  ~Blobs();
  Blobs(const Blobs&) = delete;
  Blobs& operator=(const Blobs&) = delete;

  class Blob {
   public:
    ~Blob();
    std::size_t size() const { return size_; }
    std::string read() const;

   private:
    friend class Blobs;
    Blobs* owner_ = nullptr;
    std::string small_;
    std::uint64_t offset_ = 0;
    std::size_t size_ = 0;
  };
  // The handles must not outlive the Blobs.
  using Handle = std::shared_ptr<const Blob>;
  Handle put(std::string bytes);

 private:
  int file_ = -1;
  std::mutex mutex_;
  std::uint64_t end_ = 0;
};

}  // namespace sandbox
