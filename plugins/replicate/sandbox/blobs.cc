#include "blobs.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace sandbox {

namespace {
constexpr std::size_t kSmall = 4096;
constexpr std::uint64_t kPage = 4096;
}  // namespace

Blobs::Blobs() {
  std::string name = (std::filesystem::temp_directory_path() / "pixgraph-sandbox-XXXXXX").string();
  file_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (file_ < 0) throw std::system_error(errno, std::generic_category(), name);
  ::unlink(name.c_str());
}

Blobs::~Blobs() {
  ::close(file_);
}

Blobs::Handle Blobs::put(std::string bytes) {
  auto blob = std::make_shared<Blob>();
  blob->size_ = bytes.size();
  if (bytes.size() <= kSmall) {
    blob->small_ = std::move(bytes);
    return blob;
  }
  {
    std::lock_guard lock(mutex_);
    blob->offset_ = end_;
    end_ += (bytes.size() + kPage - 1) / kPage * kPage;
  }
  blob->owner_ = this;
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n =
        ::pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(blob->offset_ + done));
    if (n < 0) throw std::system_error(errno, std::generic_category(), "the sandbox's temporary file");
    done += static_cast<std::size_t>(n);
  }
  return blob;
}

std::string Blobs::Blob::read() const {
  if (owner_ == nullptr) return small_;
  std::string bytes(size_, '\0');
  for (std::size_t done = 0; done < size_;) {
    const ssize_t n = ::pread(owner_->file_, bytes.data() + done, size_ - done, static_cast<off_t>(offset_ + done));
    if (n <= 0) throw std::system_error(errno, std::generic_category(), "the sandbox's temporary file");
    done += static_cast<std::size_t>(n);
  }
  return bytes;
}

Blobs::Blob::~Blob() {
  // Offsets are never used again; the hole gives the disk back.
  if (owner_ != nullptr) {
    ::fallocate(owner_->file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset_),
                static_cast<off_t>((size_ + kPage - 1) / kPage * kPage));
  }
}

}  // namespace sandbox
