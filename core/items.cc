#include "items.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "codec.h"

namespace pixgraph {

namespace fs = std::filesystem;

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

static bool image_extension(std::string_view path) {
  static const std::set<std::string, std::less<>> known = {".jpg", ".jpeg", ".png",  ".webp", ".tif",  ".tiff", ".gif",
                                                           ".bmp", ".exr",  ".heic", ".heif", ".avif", ".jp2",  ".tga",
                                                           ".hdr", ".ppm",  ".pgm",  ".pnm",  ".psd",  ".dpx"};
  return known.contains(extension_of(path));
}

static FilePtr input_file(const fs::path& path, std::string relpath) {
  auto file = std::make_shared<File>();
  file->path = path.string();
  file->name = path.filename().string();
  file->relpath = std::move(relpath);
  std::error_code ignored;
  file->size = fs::file_size(path, ignored);
  return file;
}

static bool below(const fs::path& path, const std::vector<std::string>& folders) {
  std::error_code failure;  // what cannot be followed is compared as it stands
  auto canonical = [&](const fs::path& one) {
    const fs::path made = fs::weakly_canonical(one, failure);
    return (failure ? fs::absolute(one, failure).lexically_normal() : made).string();
  };
  const std::string absolute = canonical(path);
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    const std::string root = canonical(folder);
    return absolute == root || absolute.starts_with(root + "/");
  });
}

static void list_folder(const fs::path& folder, const std::vector<std::string>& not_below, std::vector<FilePtr>& files,
                        int& skipped) {
  std::vector<std::string> found;
  std::error_code failure;
  for (auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, failure);
       !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    const bool hidden = entry->path().filename().string().starts_with(".");
    std::error_code unknown;  // a link that leads nowhere or in a circle is no image
    if (entry->is_directory(unknown)) {
      if (hidden || below(entry->path(), not_below)) entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file(unknown)) continue;
    if (hidden || !image_extension(entry->path().string()))
      ++skipped;
    else
      found.push_back(entry->path().lexically_relative(folder).string());  // not fs::relative, which follows links
  }
  if (failure) throw Error("E601", "`" + folder.string() + "` cannot be read: " + failure.message());
  std::sort(found.begin(), found.end(), natural_less);
  for (const std::string& relpath : found) files.push_back(input_file(folder / relpath, relpath));
}

ItemTable list_items(const Graph& graph, const std::vector<std::string>& named,
                     const std::vector<std::string>& not_below) {
  ItemTable table;
  std::vector<std::size_t> required;
  std::size_t photo = graph.inputs.size();  // the input that named files fill
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const GraphInput& input = graph.inputs[i];
    const bool takes_file = input.type == Type::image || input.type == Type::mask || input.type == Type::file;
    if (takes_file && photo == graph.inputs.size())
      photo = i;
    else if (!input.preset)
      required.push_back(i);
  }
  if (!required.empty())
    throw Error("E621",
                "the input `" + graph.inputs[required[0]].name +
                    "` needs a value for every item, and photos on the command line fill only one input",
                "give it a `default:`, or make it a param and use --set");
  auto presets = [&] {
    std::vector<Value> values;
    for (const GraphInput& input : graph.inputs) values.push_back(input.preset.value_or(Value()));
    return values;
  };
  if (photo == graph.inputs.size() || (named.empty() && graph.inputs[photo].preset)) {
    if (!named.empty())
      throw Error("E622", "`" + named[0] + "` has no place to go: the pipeline has no input of type image",
                  "leave the photos out");
    table.items.push_back({graph.name.empty() ? "item" : graph.name, presets()});
    return table;
  }
  if (named.empty())
    throw Error("E623", "no photo was named, and the input `" + graph.inputs[photo].name + "` needs one",
                "pixgraph run " + graph.file + " PHOTO ...");

  std::vector<FilePtr> files;
  for (const std::string& name : named) {
    std::error_code failure;
    const fs::file_status status = fs::status(name, failure);
    if (!fs::exists(status)) throw Error("E601", "`" + name + "` is not there");
    if (fs::is_directory(status)) {
      const std::size_t before = files.size();
      list_folder(name, not_below, files, table.skipped);
      if (files.size() == before) throw Error("E624", "the folder `" + name + "` has no images");
    } else {
      if (!fs::is_regular_file(status)) throw Error("E601", "`" + name + "` is not a file");
      if (below(name, not_below))
        throw Error("E625", "`" + name + "` lies in the output or state directory, whose files are never inputs");
      files.push_back(input_file(name, fs::path(name).filename().string()));
    }
  }
  std::set<std::string> taken;
  for (FilePtr& file : files) {
    std::string item = file->relpath;
    if (!taken.insert(item).second) {  // the same name from two places: tell them apart by the path as it was named
      item = file->path;
      for (int copy = 2; !taken.insert(item).second; ++copy) item = file->path + " (" + std::to_string(copy) + ")";
    }
    std::vector<Value> values = presets();
    values[photo] = Value(std::move(file));
    table.items.push_back({std::move(item), std::move(values)});
  }
  return table;
}

}  // namespace pixgraph
