#include "input_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>

#include "codec.h"
#include "disk.h"

namespace pixgraph {

bool natural_less(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      std::size_t i_end = i, j_end = j;
      while (i_end < a.size() && is_digit(a[i_end])) ++i_end;
      while (j_end < b.size() && is_digit(b[j_end])) ++j_end;
      std::string_view left = a.substr(i, i_end - i), right = b.substr(j, j_end - j);
      while (left.size() > 1 && left[0] == '0') left.remove_prefix(1);
      while (right.size() > 1 && right[0] == '0') right.remove_prefix(1);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      i = i_end, j = j_end;
    } else {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i, ++j;
    }
  }
  if ((a.size() - i) != (b.size() - j)) return a.size() - i < b.size() - j;
  return a < b;  // "01" and "1": any fixed order
}

static bool image_extension(std::string_view name) {
  static const std::set<std::string, std::less<>> known = {".jpg", ".jpeg", ".png",  ".webp", ".tif",  ".tiff", ".gif",
                                                           ".bmp", ".exr",  ".heic", ".heif", ".avif", ".jp2",  ".tga",
                                                           ".hdr", ".ppm",  ".pgm",  ".pnm",  ".psd"};
  return known.contains(extension_of(name));
}

static Error unreadable(const std::string& path) {
  return Error("E601", "`" + path + "` cannot be read: " + std::strerror(errno));
}

InputFiles::InputFiles(const std::vector<std::string>& not_below) {
  struct stat facts {};
  for (const std::string& folder : not_below)  // one that is not there has nothing below it
    if (::stat(folder.c_str(), &facts) == 0) kept_.emplace_back(facts.st_dev, facts.st_ino);
}

/// Asked of every folder once, however many files it has: the way up to the root, by what the folders are instead of
/// by their names, so that no link leads around it.
bool InputFiles::is_kept(const std::string& folder) {
  if (kept_.empty()) return false;
  const auto [known, is_new] = below_.emplace(folder, false);
  if (!is_new) return known->second;
  int at = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  bool found = false;
  for (struct stat here{}, above{}; at >= 0 && !found && ::fstat(at, &here) == 0; here = above) {
    found = std::find(kept_.begin(), kept_.end(), std::pair(here.st_dev, here.st_ino)) != kept_.end();
    const int up = ::openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
    ::close(at);
    at = up;
    if (up < 0 || ::fstat(up, &above) != 0 || (above.st_ino == here.st_ino && above.st_dev == here.st_dev)) break;
  }
  if (at >= 0) ::close(at);
  return known->second = found;
}

FilePtr InputFiles::file(const std::string& path, std::string relpath) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) throw Error("E601", "`" + path + "` is not there");
    throw unreadable(path);
  }
  if (!S_ISREG(facts.st_mode)) throw Error("E601", "`" + path + "` is not a file");
  if (is_kept(folder_of(path)))
    throw Error("E625", "`" + path + "` lies in the output or state directory, whose files are never inputs");
  auto made = std::make_shared<File>();
  made->path = path;
  made->name = path.substr(path.rfind('/') + 1);
  made->relpath = std::move(relpath);
  made->size = static_cast<std::uint64_t>(facts.st_size);
  return made;
}

void InputFiles::look_into(int parent, const std::string& path, const std::string& prefix, std::vector<Found>& found,
                           int& skipped) {
  const std::string shown = prefix.empty() ? path : join_path(path, prefix.substr(0, prefix.size() - 1));
  const int opened = ::openat(parent, prefix.empty() ? path.c_str() : shown.c_str() + shown.rfind('/') + 1,
                              O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opened < 0 ? nullptr : ::fdopendir(opened), ::closedir);
  if (!folder) throw unreadable(shown);
  std::vector<std::string> below;
  struct stat facts {};
  while (errno = 0, true) {
    const dirent* entry = ::readdir(folder.get());
    if (!entry) break;
    const std::string_view name = entry->d_name;
    const bool hidden = name[0] == '.';
    unsigned char type = entry->d_type;
    if (type == DT_UNKNOWN) {  // file systems that do not tell
      if (::fstatat(opened, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
      type = S_ISDIR(facts.st_mode) ? DT_DIR : S_ISREG(facts.st_mode) ? DT_REG : S_ISLNK(facts.st_mode) ? DT_LNK : 0;
    }
    if (type == DT_DIR && !hidden) {
      const bool kept = !kept_.empty() && ::fstatat(opened, entry->d_name, &facts, 0) == 0 &&
                        std::find(kept_.begin(), kept_.end(), std::pair(facts.st_dev, facts.st_ino)) != kept_.end();
      if (!kept) below.emplace_back(name);
    }
    if (type != DT_REG && type != DT_LNK) continue;
    if (hidden) continue;
    const bool wanted = image_extension(name);
    if (!wanted && type == DT_REG) {
      ++skipped;
      continue;
    }
    // A link that leads nowhere, in a circle or to a folder is no image.
    if (::fstatat(opened, entry->d_name, &facts, 0) != 0 || !S_ISREG(facts.st_mode)) continue;
    if (wanted)
      found.push_back({prefix + entry->d_name, static_cast<std::uint64_t>(facts.st_size)});
    else
      ++skipped;
  }
  if (errno != 0) throw unreadable(shown);
  for (const std::string& name : below) look_into(opened, path, prefix + name + "/", found, skipped);
}

std::vector<InputFiles::Found> InputFiles::images_of(const std::string& folder, int& skipped) {
  std::vector<Found> found;
  look_into(AT_FDCWD, folder, "", found, skipped);
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return natural_less(a.relpath, b.relpath); });
  return found;
}

bool is_glob(std::string_view name) {
  return name.find_first_of("*?[") != std::string_view::npos;
}

static std::vector<std::string> components_of(const std::string& pattern) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', at), pattern.size());
    if (end > at) parts.push_back(pattern.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::string glob_base(const std::string& pattern) {
  const std::size_t wildcard = pattern.find_first_of("*?[");
  const std::size_t slash = pattern.rfind('/', wildcard);
  return slash == std::string::npos ? "" : pattern.substr(0, slash + 1);
}

/// What is in `base` (which ends in a slash or is empty) and fits the parts from `part` on.
static void match_below(const std::string& base, const std::vector<std::string>& parts, std::size_t part,
                        std::set<std::string>& found) {
  const bool any_depth = parts[part] == "**";
  const bool last = part + 1 == parts.size();
  if (any_depth && !last) match_below(base, parts, part + 1, found);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(base.empty() ? "." : base.c_str()), ::closedir);
  if (!folder) return;  // as a shell does: a pattern says what is wanted, not what must be there
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (any_depth ? name[0] == '.' : ::fnmatch(parts[part].c_str(), name.c_str(), FNM_PERIOD) != 0) continue;
    struct stat facts {};
    const auto is_folder = [&](int flags) {
      return ::fstatat(::dirfd(folder.get()), entry->d_name, &facts, flags) == 0 && S_ISDIR(facts.st_mode);
    };
    if (any_depth) {
      if (is_folder(AT_SYMLINK_NOFOLLOW))
        match_below(base + name + "/", parts, part, found);
      else if (last)
        found.insert(base + name);
    } else if (last) {
      found.insert(base + name);
    } else if (is_folder(0)) {
      match_below(base + name + "/", parts, part + 1, found);
    }
  }
}

std::vector<std::string> expand_glob(const std::string& pattern) {
  const std::string base = glob_base(pattern);
  std::set<std::string> found;
  match_below(base, components_of(pattern.substr(base.size())), 0, found);
  std::vector<std::string> sorted(found.begin(), found.end());
  std::sort(sorted.begin(), sorted.end(), natural_less);
  return sorted;
}

}  // namespace pixgraph
