#include "items.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

#include "disk.h"
#include "html.h"
#include "input_files.h"
#include "manifest.h"
#include "unicode.h"

namespace pixgraph {

namespace {

/// What is named by itself and not in a manifest fills one input; the others have their defaults.
class Photos {
 public:
  Photos(const Graph& graph, InputFiles& files, ItemNames& names, ItemTable& table)
      : graph_(graph), files_(files), names_(names), table_(table) {
    for (const GraphInput& input : graph.inputs) {
      const bool takes_file = input.type == Type::image || input.type == Type::mask || input.type == Type::file;
      const std::size_t index = presets_.size();
      presets_.push_back(input.preset.value_or(Value()));
      if (takes_file && !photo_)
        photo_ = index;
      else if (!input.preset && !unfilled_)
        unfilled_ = index;
    }
  }

  /// Throws Error E621, E622 where files alone make no items.
  void check(const std::string& name) const {
    if (unfilled_)
      throw Error(
          "E621",
          "the input `" + graph_.inputs[*unfilled_].name +
              "` needs a value for every item, and photos on the command line fill only one input",
          "name a manifest, items.csv or items.jsonl, with a column for each input; or give it a `default:`, or "
          "make it a param and use --set");
    if (!photo_ && !name.empty())
      throw Error("E622", "`" + name + "` has no place to go: the pipeline has no input of type image",
                  "leave the photos out");
  }

  void add_one_without() {
    if (photo_ && !graph_.inputs[*photo_].preset)
      throw Error("E623", "no photo was named, and the input `" + graph_.inputs[*photo_].name + "` needs one",
                  "name it after the file: " + shell_word(graph_.file) + " PHOTO ...");
    if (const auto name = names_.admit(graph_.name.empty() ? "item" : graph_.name))
      table_.items.push_back({*name, presets_});
  }

  /// A file or folder; `base` is the part of its path that is none of its relative path, which is all but its name
  /// where that is not given.
  void add(const std::string& name, const std::optional<std::string>& base = {}) {
    struct stat facts {};
    if (::stat(name.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) return add_folder(name, base);
    FilePtr file =
        files_.file(name, base ? name.substr(base->size()) : std::filesystem::path(name).filename().string());
    // The same name from two places: told apart by the path as it was named.
    const bool taken = !seen_.insert(file->relpath).second;
    add_file(taken ? file->path : file->relpath, [&] { return std::move(file); });
  }

 private:
  void add_folder(const std::string& name, const std::optional<std::string>& base) {
    if (files_.is_kept(name))
      throw Error("E625", "`" + name + "` lies in the output or state directory, whose files are never inputs");
    const auto found = files_.images_of(name, table_.skipped);
    if (found.empty()) throw Error("E624", "the folder `" + name + "` has no images");
    const std::string inner = base ? name.substr(base->size()) + "/" : "";
    for (const InputFiles::Found& one : found) {
      const std::string relpath = inner + one.relpath;
      const std::string path = join_path(name, one.relpath);
      add_file(seen_.insert(relpath).second ? relpath : path, [&] {
        auto file = std::make_shared<File>();
        file->path = path;
        file->name = one.relpath.substr(one.relpath.rfind('/') + 1);
        file->relpath = relpath;
        file->size = one.size;
        return FilePtr(std::move(file));
      });
    }
  }

  template <class Make>
  void add_file(const std::string& item, const Make& make) {
    if (find_invalid_utf8(item) != std::string::npos)
      throw Error("E634", "the name of `" + item + "` is not UTF-8",
                  "rename it; `convmv -r -f latin1 -t utf8 --notest FOLDER` does so for all of a folder");
    auto name = names_.admit(item);
    if (!name) return;
    table_.items.push_back({std::move(*name), presets_});
    table_.items.back().inputs[*photo_] = Value(make());
  }

  const Graph& graph_;
  InputFiles& files_;
  ItemNames& names_;
  ItemTable& table_;
  std::vector<Value> presets_;
  std::optional<std::size_t> photo_, unfilled_;  // the input that files fill; the first that they leave empty
  std::unordered_set<std::string> seen_;
};

}  // namespace

ItemTable list_items(const Graph& graph, const std::vector<std::string>& named,
                     const std::vector<std::string>& not_below, const ItemChoice& choice) {
  ItemTable table;
  InputFiles files(not_below);
  ItemNames names(choice);
  Photos photos(graph, files, names, table);
  if (named.empty()) {
    photos.check("");
    photos.add_one_without();
  }
  bool stdin_read = false;
  for (const std::string& name : named) {
    if (is_manifest(name)) {
      if (name == "-" && std::exchange(stdin_read, true))
        throw Error("E627", "`-` is named twice, and standard input can be read once");
      read_manifest(graph, open_manifest(graph, name), files, names, table);
      continue;
    }
    photos.check(name);
    if (!is_glob(name) || real_disk().exists(name)) {
      photos.add(name);
      continue;
    }
    std::vector<std::string> matches = expand_glob(name);
    if (matches.empty()) throw Error("E601", "`" + name + "` is not there, and no name fits it as a pattern");
    // As of a folder: what a run wrote is left out, unless it is all there is.
    const auto is_kept = [&](const std::string& match) {
      return files.is_kept(std::filesystem::is_directory(match) ? match : folder_of(match));
    };
    if (!std::all_of(matches.begin(), matches.end(), is_kept)) std::erase_if(matches, is_kept);
    for (const std::string& match : matches) photos.add(match, glob_base(name));
  }
  return table;
}

}  // namespace pixgraph
