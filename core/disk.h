// Disk: the files that pixgraph itself keeps, behind an interface small enough that a test can stand in for it and lose
// power at any step. Everything under the state directory and every output goes through it.
//
// Safe from many threads. Failures throw Error E602 (stops_run: state that cannot be written must stop the next
// create); what a caller expects to happen (a file is not there, a name is taken) is a return value.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pixgraph {

class Disk {
 public:
  virtual ~Disk() = default;
  /// Whole content; nullopt where there is no such file.
  virtual std::optional<std::string> read(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  /// Creates or truncates. Not durable before sync() and, for a new name, sync_folder().
  virtual void write(const std::string& path, std::string_view bytes) = 0;
  /// One write(2) at the end of an existing file.
  virtual void append(const std::string& path, std::string_view bytes) = 0;
  virtual void sync(const std::string& path) = 0;
  /// write() or append(), then sync(): the same steps, which the real disk does with one open file.
  virtual void write_synced(const std::string& path, std::string_view bytes) {
    write(path, bytes);
    sync(path);
  }
  virtual void append_synced(const std::string& path, std::string_view bytes) {
    append(path, bytes);
    sync(path);
  }
  virtual void sync_folder(const std::string& path) = 0;
  /// A second name for a file. False where `to` exists already.
  virtual bool link(const std::string& from, const std::string& to) = 0;
  virtual void rename(const std::string& from, const std::string& to) = 0;
  /// No error where it is not there.
  virtual void remove(const std::string& path) = 0;
  /// One level. False where it exists already.
  virtual bool make_folder(const std::string& path) = 0;
  /// Names of files and folders within, sorted; empty where there is no such folder.
  virtual std::vector<std::string> list(const std::string& path) = 0;
  /// An exclusive lock that ends with the holder or the process. Null where somebody else holds it.
  class Lock {
   public:
    virtual ~Lock() = default;
  };
  virtual std::unique_ptr<Lock> lock(const std::string& path) = 0;
};

/// The real one.
Disk& real_disk();
/// A user's file: real_disk().read() as bytes.
std::optional<std::vector<std::uint8_t>> read_bytes(const std::string& path);

// What is built from the above:

/// All missing levels, each made durable in its parent.
void make_folders(Disk& disk, const std::string& path);
/// Makes folders and has every name of theirs durable before it returns, whoever made them: another thread or process
/// may have made one a moment ago and not be done with its fsync. Costs one fsync per folder and object. Safe from many
/// threads.
class DurableFolders {
 public:
  explicit DurableFolders(Disk& disk) : disk_(disk) {}
  void make(const std::string& path);

 private:
  Disk& disk_;
  std::mutex mutex_;
  std::set<std::string> known_;
};
/// Puts a file in place complete and durable, or not at all: temp file, fsync, link, fsync of the folder. False where
/// the name is taken (the existing file is left as it is). The temp name is random: pids repeat across hosts.
bool place_new(Disk& disk, const std::string& path, std::string_view bytes);
/// Replaces what is there by a complete file. After a loss of power the old one may be back: not for what must stay.
void replace_file(Disk& disk, const std::string& path, std::string_view bytes);
/// Whether `name` is one that those two give a file before it is in place.
bool is_temp_name(std::string_view name);

std::string folder_of(const std::string& path);
std::string join_path(std::string_view folder, std::string_view name);

}  // namespace pixgraph
