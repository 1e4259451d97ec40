// MemoryDisk: a Disk in memory that can lose power and run full.
//
// As on a real disk, a file's bytes are safe only after sync(), and its name only after sync_folder() of its folder;
// what is not safe is gone after lose_power(). cut_after(k) lets k more steps happen and then fails every one, so that
// a test can stop a program at each step it takes:
//
//     for (int k = 0; !done; ++k) {
//       MemoryDisk disk;
//       disk.cut_after(k);
//       ... run: Error E602 "the power is out" ...
//       disk.lose_power();
//       ... run again on what is left ...
//     }
//
// Safe from many threads. A step is anything that changes the disk: write, append, sync, link, rename, remove,
// make_folder.
#pragma once

#include <climits>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <pixgraph/error.h>

#include "disk.h"

namespace pixgraph::test {

class MemoryDisk : public Disk {
 public:
  /// Called before every step with its name and path, under the disk's lock; it may throw Error in place of the step.
  std::function<void(const std::string& step, const std::string& path)> before_step;

  void cut_after(int steps) {
    std::lock_guard lock(mutex_);
    left_ = steps;
  }
  int steps() const {
    std::lock_guard lock(mutex_);
    return steps_;
  }
  /// What was not made safe is lost, locks too; then the power is on again. Of bytes appended since the last sync the
  /// first `torn` stay, as a crash in the middle of a write leaves them.
  void lose_power(std::size_t torn = 0) {
    std::lock_guard lock(mutex_);
    left_ = INT_MAX;
    locked_.clear();
    files_.clear();
    folders_ = safe_folders_;
    for (const auto& [path, file] : safe_names_) {
      if (!reachable(path)) continue;
      const std::string bytes =
          file->bytes.starts_with(file->safe) ? file->bytes.substr(0, file->safe.size() + torn) : file->safe;
      file->bytes = file->safe = bytes;
      files_[path] = file;
    }
    safe_names_ = files_;
  }
  /// Whether the file would be there, with these bytes, after a loss of power.
  bool is_safe(const std::string& path) const {
    std::lock_guard lock(mutex_);
    const auto found = safe_names_.find(path);
    return found != safe_names_.end() && reachable(path) && found->second->safe == found->second->bytes;
  }
  std::vector<std::string> all_files() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [path, file] : files_) names.push_back(path);
    return names;
  }

  std::optional<std::string> read(const std::string& path) override {
    std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    return found == files_.end() ? std::nullopt : std::optional(found->second->bytes);
  }
  bool exists(const std::string& path) override {
    std::lock_guard lock(mutex_);
    return files_.contains(path) || folders_.contains(path);
  }
  void write(const std::string& path, std::string_view bytes) override {
    std::lock_guard lock(mutex_);
    step("write", path);
    need_folder(path);
    auto& file = files_[path];
    if (!file) file = std::make_shared<Content>();
    file->bytes = bytes;
  }
  void append(const std::string& path, std::string_view bytes) override {
    std::lock_guard lock(mutex_);
    step("append " + std::string(bytes), path);
    content(path).bytes += bytes;
  }
  void sync(const std::string& path) override {
    std::lock_guard lock(mutex_);
    step("sync", path);
    Content& file = content(path);
    file.safe = file.bytes;
  }
  void sync_folder(const std::string& path) override {
    std::lock_guard lock(mutex_);
    step("sync_folder", path);
    std::erase_if(safe_names_, [&](const auto& entry) { return folder_of(entry.first) == path; });
    for (const auto& entry : files_)
      if (folder_of(entry.first) == path) safe_names_.insert(entry);
    for (const std::string& folder : folders_)
      if (folder_of(folder) == path) safe_folders_.insert(folder);
  }
  bool link(const std::string& from, const std::string& to) override {
    std::lock_guard lock(mutex_);
    step("link", to);
    need_folder(to);
    content(from);
    return files_.emplace(to, files_.at(from)).second;
  }
  void rename(const std::string& from, const std::string& to) override {
    std::lock_guard lock(mutex_);
    step("rename", to);
    need_folder(to);
    content(from);
    files_[to] = files_.at(from);
    files_.erase(from);
  }
  void remove(const std::string& path) override {
    std::lock_guard lock(mutex_);
    step("remove", path);
    files_.erase(path);
  }
  bool make_folder(const std::string& path) override {
    std::lock_guard lock(mutex_);
    step("make_folder", path);
    need_folder(path);
    return folders_.insert(path).second;
  }
  std::vector<std::string> list(const std::string& path) override {
    std::lock_guard lock(mutex_);
    std::set<std::string> names;
    auto take = [&](const std::string& one) {
      if (folder_of(one) == path) names.insert(one.substr(one.rfind('/') + 1));
    };
    for (const auto& entry : files_) take(entry.first);
    for (const std::string& folder : folders_) take(folder);
    return {names.begin(), names.end()};
  }
  std::unique_ptr<Lock> lock(const std::string& path) override {
    std::lock_guard lock(mutex_);
    if (left_ <= 0) out_of_power(path);
    need_folder(path);
    auto& file = files_[path];
    if (!file) file = std::make_shared<Content>();
    if (const auto held = locked_[path].lock()) return nullptr;
    auto token = std::make_shared<int>();
    locked_[path] = token;
    return std::make_unique<MemoryLock>(std::move(token));
  }

 private:
  struct Content {
    std::string bytes, safe;
  };
  struct MemoryLock : Lock {
    explicit MemoryLock(std::shared_ptr<int> t) : token(std::move(t)) {}
    std::shared_ptr<int> token;
  };
  [[noreturn]] static void out_of_power(const std::string& path) {
    throw Error("E602", "`" + path + "`: the power is out").stopping_run();
  }
  void step(const std::string& name, const std::string& path) {
    if (before_step) before_step(name, path);
    if (left_ <= 0) out_of_power(path);
    if (left_ != INT_MAX) --left_;
    ++steps_;
  }
  void need_folder(const std::string& path) const {
    const std::string folder = folder_of(path);
    if (folder != "." && folder != "/" && !folders_.contains(folder))
      throw Error("E602", "`" + folder + "` is not there").stopping_run();
  }
  Content& content(const std::string& path) {
    const auto found = files_.find(path);
    if (found == files_.end()) throw Error("E602", "`" + path + "` is not there").stopping_run();
    return *found->second;
  }
  bool reachable(const std::string& path) const {
    for (std::string folder = folder_of(path); folder != "." && folder != "/"; folder = folder_of(folder))
      if (!safe_folders_.contains(folder)) return false;
    return true;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Content>> files_, safe_names_;
  std::set<std::string> folders_, safe_folders_;
  std::map<std::string, std::weak_ptr<int>> locked_;
  int left_ = INT_MAX, steps_ = 0;
};

}  // namespace pixgraph::test
