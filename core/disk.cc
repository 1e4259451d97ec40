#include "disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <pixgraph/error.h>

#include "hash.h"

namespace pixgraph {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  const int number = errno;
  Error error("E602", "`" + path + "` cannot be " + what + ": " + std::strerror(number),
              number == ENOSPC || number == EDQUOT ? "make room; everything that was paid for is kept, run again" : "");
  throw error.stopping_run();
}

void write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("written", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Straight into the container: a photo's bytes are not copied once more.
template <class Container>
std::optional<Container> read_whole(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    fail("read", path);
  }
  constexpr std::size_t kStep = 1 << 16;
  struct stat facts {};
  Container bytes;
  // One more than there should be: the read that finds the end needs no more room.
  bytes.resize(::fstat(file.get(), &facts) == 0 && facts.st_size > 0 ? static_cast<std::size_t>(facts.st_size) + 1
                                                                     : kStep);
  for (std::size_t filled = 0;;) {
    if (filled == bytes.size()) bytes.resize(filled + std::max(kStep, filled / 2));
    const ssize_t count = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("read", path);
    if (count == 0) {
      bytes.resize(filled);
      return bytes;
    }
    filled += static_cast<std::size_t>(count);
  }
}

class RealLock : public Disk::Lock {
 public:
  explicit RealLock(int fd) : file_(fd) {}

 private:
  Descriptor file_;  // closing it releases the lock
};

class RealDisk : public Disk {
 public:
  std::optional<std::string> read(const std::string& path) override { return read_whole<std::string>(path); }

  bool exists(const std::string& path) override {
    if (::access(path.c_str(), F_OK) == 0) return true;
    // "I cannot see it" is no "it is not there": a purchase that cannot be seen for a moment must not be made again.
    if (errno != ENOENT && errno != ENOTDIR) fail("looked at", path);
    return false;
  }

  void write(const std::string& path, std::string_view bytes) override { put(path, kNew, bytes, false); }
  void append(const std::string& path, std::string_view bytes) override { put(path, kAtEnd, bytes, false); }
  void write_synced(const std::string& path, std::string_view bytes) override { put(path, kNew, bytes, true); }
  void append_synced(const std::string& path, std::string_view bytes) override { put(path, kAtEnd, bytes, true); }

  void sync(const std::string& path) override {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid() || ::fdatasync(file.get()) != 0) fail("made durable", path);
  }

  void sync_folder(const std::string& path) override {
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Some shared file systems refuse fsync of a folder and are durable without it.
    if (!folder.valid() || (::fsync(folder.get()) != 0 && errno != EINVAL && errno != ENOTSUP))
      fail("made durable", path);
  }

  bool link(const std::string& from, const std::string& to) override {
    if (::link(from.c_str(), to.c_str()) == 0) return true;
    if (errno == EEXIST) return false;
    fail("put in place", to);
  }

  void rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) fail("put in place", to);
  }

  void remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("removed", path);
  }

  bool make_folder(const std::string& path) override {
    if (::mkdir(path.c_str(), 0777) == 0) return true;
    if (errno == EEXIST) return false;
    fail("made", path);
  }

  std::vector<std::string> list(const std::string& path) override {
    std::vector<std::string> names;
    DIR* folder = ::opendir(path.c_str());
    if (!folder) {
      if (errno == ENOENT || errno == ENOTDIR) return names;
      fail("read", path);
    }
    while (const dirent* entry = ::readdir(folder)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    ::closedir(folder);
    std::sort(names.begin(), names.end());
    return names;
  }

  std::unique_ptr<Lock> lock(const std::string& path) override {
    for (;;) {
      const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (fd < 0) fail("written", path);
      auto lock = std::make_unique<RealLock>(fd);
      if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return nullptr;
        fail("locked", path);
      }
      // Somebody may have removed the file between our open and our lock: then the lock is on a file without a name.
      struct stat ours {
      }, named{};
      if (::fstat(fd, &ours) == 0 && ::stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
          ours.st_dev == named.st_dev)
        return lock;
    }
  }

 private:
  static constexpr int kNew = O_CREAT | O_TRUNC, kAtEnd = O_APPEND;

  static void put(const std::string& path, int how, std::string_view bytes, bool durable) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | how, 0666));
    if (!file.valid()) fail("written", path);
    write_all(file.get(), bytes, path);
    if (durable && ::fdatasync(file.get()) != 0) fail("made durable", path);
  }
};

constexpr std::string_view kTempMark = ".new-";
constexpr std::size_t kTempBytes = 12;

std::string temp_beside(const std::string& path) {
  return join_path(folder_of(path), std::string(kTempMark) + random_hex(kTempBytes));
}

}  // namespace

bool is_temp_name(std::string_view name) {
  return name.size() == kTempMark.size() + 2 * kTempBytes && name.starts_with(kTempMark) &&
         name.find_first_not_of("0123456789abcdef", kTempMark.size()) == std::string_view::npos;
}

std::optional<std::vector<std::uint8_t>> read_bytes(const std::string& path) {
  return read_whole<std::vector<std::uint8_t>>(path);
}

Disk& real_disk() {
  static RealDisk disk;
  return disk;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty() || folder == ".") return std::string(name);
  std::string path(folder);
  if (path.back() != '/') path += '/';
  return path.append(name);
}

void make_folders(Disk& disk, const std::string& path) {
  if (path.empty() || path == "." || path == "/" || disk.exists(path)) return;
  const std::string parent = folder_of(path);
  make_folders(disk, parent);
  if (disk.make_folder(path)) disk.sync_folder(parent);
}

void DurableFolders::make(const std::string& path) {
  {
    std::lock_guard lock(mutex_);
    if (known_.contains(path)) return;
  }
  make_folders(disk_, folder_of(path));
  disk_.make_folder(path);
  disk_.sync_folder(folder_of(path));
  std::lock_guard lock(mutex_);
  known_.insert(path);
}

/// Runs `work`; where it fails nothing is left of the temp file, which may be why a disk is full.
template <class Work>
static auto or_remove(Disk& disk, const std::string& temp, Work&& work) {
  try {
    return work();
  } catch (const Error&) {
    try {
      disk.remove(temp);
    } catch (const Error&) {  // the first failure is the one to tell
    }
    throw;
  }
}

bool place_new(Disk& disk, const std::string& path, std::string_view bytes) {
  const std::string temp = temp_beside(path);
  const bool placed = or_remove(disk, temp, [&] {
    disk.write_synced(temp, bytes);
    return disk.link(temp, path);
  });
  disk.remove(temp);
  if (placed) disk.sync_folder(folder_of(path));
  return placed;
}

void replace_file(Disk& disk, const std::string& path, std::string_view bytes) {
  const std::string temp = temp_beside(path);
  or_remove(disk, temp, [&] {
    disk.write_synced(temp, bytes);
    disk.rename(temp, path);
  });
}

}  // namespace pixgraph
