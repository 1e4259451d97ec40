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

static std::string shortened(const std::string& name) {
  return name.size() > 80 ? name.substr(0, 77) + "..." : name;
}

std::string OutputWriter::claim(const std::string& name, const std::string& owner) {
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
  const std::string path = join_path(out_folder_, relative.string());
  std::lock_guard lock(mutex_);
  const auto [place, is_new] = claimed_.emplace(path, owner);
  if (!is_new && place->second != owner)
    throw Error("E612", "`" + path + "` would be written twice: by " + place->second + " and by " + owner,
                "put ${photo.relpath} or another part that differs into `file:`");
  struct stat facts {};
  if (!protected_.empty() && ::stat(path.c_str(), &facts) == 0 && protected_.contains({facts.st_dev, facts.st_ino}))
    throw Error("E613", "`" + path + "` is an input of this run and would be overwritten",
                "choose another --out or another `file:`");
  return path;
}

bool OutputWriter::is_as_written(const std::string& path, const std::string& hash) const {
  return disk_.exists(path) && sha256_file(path) == hash;
}

static Error touched(const std::string& path) {
  return Error("E614", "`" + path + "` was not written by pixgraph or was changed since, and is not overwritten",
               "move it away, or say --overwrite");
}

void OutputWriter::check_untouched(const std::string& path) {
  if (overwrite_ || !disk_.exists(path)) return;
  if (!is_ours(absolute(path), index_.hash_of(path))) throw touched(path);
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
