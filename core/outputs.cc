#include "outputs.h"

#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "evaluate.h"
#include "hash.h"
#include "pixels.h"
#include "unicode.h"

namespace pixgraph {

namespace fs = std::filesystem;

static std::string canonical(const std::string& path) {
  std::error_code failure;
  // Absolute first: weakly_canonical leaves a relative path relative where not even its first folder is there.
  return fs::weakly_canonical(fs::absolute(path, failure), failure).string();
}

OutputWriter::OutputWriter(Disk& disk, Index& index, const Codecs& codecs, std::string out_folder, bool overwrite,
                           WroteBefore wrote_before)
    : disk_(disk),
      index_(index),
      codecs_(codecs),
      out_folder_(std::move(out_folder)),
      overwrite_(overwrite),
      wrote_before_(std::move(wrote_before)) {}

void OutputWriter::sweep() const {
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(out_folder_, failure))
    if (is_temp_name(entry.path().filename().string()) && entry.is_regular_file(failure) &&
        fs::file_time_type::clock::now() - entry.last_write_time(failure) > std::chrono::hours(1))
      fs::remove(entry.path(), failure);
}

std::string OutputWriter::folder() const {
  return canonical(out_folder_);
}

std::string OutputWriter::absolute(const std::string& path) {
  // Most of the way is the same for all files below --out, and asked for once.
  const std::string folder = folder_of(path);
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) == 0 && S_ISLNK(facts.st_mode)) return canonical(path);
  std::lock_guard lock(canonical_mutex_);
  auto known = canonical_folders_.find(folder);
  // Until it is there it may still become a link to elsewhere.
  if (known == canonical_folders_.end()) {
    const std::string made = canonical(folder);
    if (!disk_.exists(folder)) return join_path(made, fs::path(path).filename().string());
    known = canonical_folders_.emplace(folder, made).first;
  }
  return join_path(known->second, fs::path(path).filename().string());
}

void OutputWriter::keep_out_of(const std::string& folder) {
  const std::string absolute_folder = canonical(folder);
  if ((this->folder() + "/").starts_with(absolute_folder + "/")) return;
  kept_out_ = absolute_folder;
  kept_out_shown_ = folder;
}

void OutputWriter::protect(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return;  // what is not there cannot be overwritten
  std::lock_guard lock(mutex_);
  protected_.emplace(facts.st_dev, facts.st_ino);
}

void OutputWriter::check_folder() const {
  std::error_code failure;
  fs::path nearest = fs::absolute(out_folder_, failure);
  while (nearest.has_relative_path() && !fs::exists(fs::symlink_status(nearest, failure)))
    nearest = nearest.parent_path();
  const auto refuse = [&](const std::string& why) {
    throw Error("E602", "`" + out_folder_ + "` cannot be written: " + why, "choose another --out").stopping_run();
  };
  if (!fs::is_directory(nearest, failure)) refuse("`" + nearest.string() + "` is not a folder");
  if (::access(nearest.c_str(), W_OK | X_OK) != 0) refuse("`" + nearest.string() + "`: " + std::strerror(errno));
}

void OutputWriter::try_folder() const {
  fs::path there = folder();
  while (!fs::exists(there) && there.has_relative_path()) there = there.parent_path();
  if (there == folder()) return;
  const std::string probe = (there / (".new-" + random_hex(8))).string();
  if (::mkdir(probe.c_str(), 0777) != 0)
    throw Error("E602", ticked(out_folder_) + " cannot be made: " + std::strerror(errno)).stopping_run();
  ::rmdir(probe.c_str());
}

static std::string shortened(const std::string& name) {
  return name.size() > 80 ? name.substr(0, 77) + "..." : name;
}

/// Where the file itself will be: a link of its name is replaced, links on the way are followed.
std::string OutputWriter::place_of(const std::string& path) {
  const std::string folder = folder_of(path);
  std::lock_guard lock(canonical_mutex_);
  auto known = claim_folders_.find(folder);
  if (known == claim_folders_.end()) known = claim_folders_.emplace(folder, canonical(folder)).first;
  return join_path(known->second, fs::path(path).filename().string());
}

std::string OutputWriter::path_of(const std::string& name) {
  const bool control = std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 32 || c == 127; });
  if (name.empty() || control || name.back() == '/')
    throw Error("E611", "`" + name + "` cannot be the name of an output file");
  const fs::path relative = fs::path(name).lexically_normal();
  const bool too_long =
      std::any_of(relative.begin(), relative.end(), [](const fs::path& part) { return part.native().size() > 240; });
  if (relative == "." || !relative.has_filename() || too_long)
    throw Error("E611", "`" + shortened(name) + "` cannot be the name of an output file" +
                            (too_long ? ": it is too long" : ""));
  if (relative.is_absolute() || *relative.begin() == "..")
    throw Error("E611", "the output file `" + name + "` would lie outside of " + out_folder_,
                "names in `file:` are below --out");
  std::string path = join_path(out_folder_, relative.string());
  if (!kept_out_.empty() && (place_of(path) + "/").starts_with(kept_out_ + "/"))
    throw Error("E611", "the output file `" + name + "` would lie in the state directory " + kept_out_shown_,
                "choose another `file:`, --out or --state");
  return path;
}

void OutputWriter::take(const std::string& place, const std::string& shown, const std::string& owner) {
  const auto refuse = [&](const std::string& what) {
    throw Error("E612", what, "put ${photo.relpath} or another part that differs into `file:`");
  };
  const auto [known, is_new] = claimed_.emplace(place, owner);
  if (!is_new) {
    if (known->second == owner) return;
    refuse("`" + shown + "` would be written twice: by " + known->second + " and by " + owner);
  }
  if (const auto folder = folders_.find(place); folder != folders_.end()) {
    claimed_.erase(known);
    refuse("`" + shown + "` would be a folder, for " + folder->second + ", and a file, by " + owner);
  }
  for (std::string above = folder_of(place); above != folder_of(above); above = folder_of(above)) {
    if (const auto file = claimed_.find(above); file != claimed_.end()) {
      claimed_.erase(known);
      refuse("`" + shown + "` of " + owner + " would lie in a file, which " + file->second + " writes");
    }
    if (!folders_.emplace(above, owner).second) break;  // and so were those above it
  }
}

void OutputWriter::claim_kept(const std::string& absolute_path, const std::string& owner) {
  const std::string place = place_of(absolute_path);
  std::lock_guard lock(mutex_);
  take(place, absolute_path, owner);
}

std::string OutputWriter::claim(const std::string& name, const std::string& owner) {
  const std::string path = path_of(name), place = place_of(path);
  std::lock_guard lock(mutex_);
  take(place, path, owner);
  struct stat facts {};
  if (!protected_.empty() && ::stat(path.c_str(), &facts) == 0 && protected_.contains({facts.st_dev, facts.st_ino}))
    throw Error("E613", "`" + path + "` is an input of this run and would be overwritten",
                "choose another --out or another `file:`");
  return path;
}

bool OutputWriter::is_as_written(const std::string& path, const std::string& hash) const {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && sha256_file(path) == hash;
}

static Error touched(const std::string& path) {
  return Error("E614", "`" + path + "` was not written by pixgraph or was changed since, and is not overwritten",
               "move it away, or say --overwrite");
}

/// Throws E614 where a file can neither be nor be put.
static void check_place(const std::string& path) {
  struct stat facts {};
  const auto refuse = [](const std::string& what) { throw Error("E614", what, "move it away"); };
  if (::stat(path.c_str(), &facts) == 0) {
    if (S_ISDIR(facts.st_mode)) refuse("`" + path + "` is a folder, which no file takes the place of");
    if (!S_ISREG(facts.st_mode)) refuse("`" + path + "` is no ordinary file, and is not overwritten");
  } else if (errno == ENOTDIR) {
    std::string above = folder_of(path);
    while (::stat(above.c_str(), &facts) != 0 && above != folder_of(above)) above = folder_of(above);
    refuse("`" + above + "` is no folder, so `" + path + "` cannot lie in it");
  }
}

bool OutputWriter::check_untouched(const std::string& path) {
  check_place(path);
  if (!disk_.exists(path)) return false;
  if (overwrite_) return true;
  const std::string own = absolute(path);
  if (const auto known = index_.output(own); known && known->untouched) return true;
  if (!is_ours(own, index_.hash_of(path))) throw touched(path);
  return true;
}

bool OutputWriter::is_ours(const std::string& absolute_path, const std::string& hash) {
  const auto known = index_.output(absolute_path);
  if (known && (hash == known->hash || hash == known->previous)) return true;
  return wrote_before_ && wrote_before_(absolute_path, hash);
}

std::string OutputWriter::encoded(const std::string& path, const Value& value, const GraphOutput& settings) const {
  const CodecInfo* codec = codecs_.of_extension(extension_of(path));
  if (const FilePtr file = value.file()) {
    auto bytes = disk_.read(file->path);
    if (!bytes) throw Error("E601", "`" + file->path + "` cannot be read: it is not there");
    // A file keeps its bytes, unless the name asks for another image format.
    const CodecInfo* own = codecs_.of_content({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()});
    if (!codec || (codec == own && settings.profile == "keep")) return std::move(*bytes);
  }
  if (value.file() || value.image()) {
    ImagePtr image = value.image() ? value.image() : codecs_.decode(*value.file());
    if (!codec) throw Error("E323", "no format is known for `" + path + "`");
    if (!settings.flatten.empty() && image->has_alpha()) image = flattened(*image, settings.flatten);
    EncodeRequest request;
    request.quality = settings.quality;
    request.subsampling = settings.subsampling;
    request.metadata = settings.metadata == "keep"    ? Metadata::keep
                       : settings.metadata == "strip" ? Metadata::strip
                                                      : Metadata::strip_gps;
    request.profile = settings.profile == "srgb" ? Profile::srgb : Profile::keep;
    const Bytes bytes = codecs_.encode(*image, *codec, request);
    return {bytes.begin(), bytes.end()};
  }
  if (value.json() && value.json()->is_structured())
    return value.json()->dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return as_text(value) + "\n";
}

OutputWriter::Written OutputWriter::write(const std::string& path, const Value& value, const GraphOutput& settings) {
  const std::string bytes = encoded(path, value, settings);
  const std::string own = absolute(path);
  Written written{path, own, sha256(bytes), true};
  check_place(path);
  if (disk_.exists(path)) {
    const std::string now = sha256_file(path);
    if (now == written.hash) {
      index_.will_write(own, written.hash);
      written.changed = false;
      return written;
    }
    if (!overwrite_ && !is_ours(own, now)) throw touched(path);
  }
  make_folders(disk_, folder_of(path));
  index_.will_write(own, written.hash);
  replace_file(disk_, path, bytes);
  return written;
}

}  // namespace pixgraph
