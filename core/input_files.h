// Input files: from a name on the command line or in a manifest to the File that an item holds.
//
// Used by one thread. Contents are not read: a File is its path, its names and its size.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <pixgraph/value.h>

namespace pixgraph {

/// Order of names as people count: "img2" before "img10".
bool natural_less(std::string_view a, std::string_view b);

class InputFiles {
 public:
  /// Nothing below `not_below` (--out, the state directory) is ever an input.
  explicit InputFiles(const std::vector<std::string>& not_below);

  /// One file. Throws Error E601 (not there, not a file), E625 (it lies below `not_below`).
  FilePtr file(const std::string& path, std::string relpath);

  /// Whether the folder is one of `not_below` or lies below one.
  bool is_kept(const std::string& folder);

  /// The images of a folder and all folders in it, in natural order, by their paths below it. Hidden files and folders
  /// are left out, links to folders are not followed. `skipped` grows by the others that are no images.
  /// Throws Error E601 where a folder cannot be read.
  struct Found {
    std::string relpath;
    std::uint64_t size = 0;
  };
  std::vector<Found> images_of(const std::string& folder, int& skipped);

 private:
  void look_into(int parent, const std::string& path, const std::string& prefix, std::vector<Found>& found,
                 int& skipped);

  std::vector<std::pair<dev_t, ino_t>> kept_;
  std::unordered_map<std::string, bool> below_;  // by folder: whether it lies below a kept one
};

/// Whether the name has `*`, `?` or `[` in it.
bool is_glob(std::string_view name);

/// The files and folders that a pattern names, in natural order; `*` and `?` do not reach over a `/`, `**` stands for
/// any number of folders. What is hidden must be asked for with its dot.
std::vector<std::string> expand_glob(const std::string& pattern);

/// The part of a pattern before its first component with a wildcard: the matches' relative paths begin behind it.
std::string glob_base(const std::string& pattern);

}  // namespace pixgraph
