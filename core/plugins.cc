#include "plugins.h"

#include <Poco/Exception.h>
#include <Poco/SharedLibrary.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "disk.h"
#include "hash.h"
#include "spec_json.h"

namespace pixgraph {

namespace fs = std::filesystem;
using nlohmann::json;

static std::string program_folder() {
  std::error_code failure;
  return fs::read_symlink("/proc/self/exe", failure).parent_path().string();
}

std::vector<std::string> find_plugins(const std::vector<std::string>& folders) {
  std::vector<std::string> search = folders;
  if (const char* variable = std::getenv("PIXGRAPH_PLUGINS")) {
    std::string rest = variable;
    for (std::size_t colon; !rest.empty(); rest = colon == std::string::npos ? "" : rest.substr(colon + 1)) {
      colon = rest.find(':');
      if (const std::string folder = rest.substr(0, colon); !folder.empty()) search.push_back(folder);
    }
  }
  search.push_back(join_path(program_folder(), "plugins"));
  std::vector<std::string> found;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < search.size(); ++i) {
    std::error_code failure;
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(search[i], failure))
      if (entry.path().string().ends_with(".pixgraph.so")) names.insert(entry.path().filename().string());
    if (failure && i < folders.size())
      throw Error("E701", "the plugin folder `" + search[i] + "` cannot be read: " + failure.message());
    for (const std::string& name : names)
      if (taken.insert(name).second) found.push_back(fs::absolute(join_path(search[i], name)).string());
  }
  return found;
}

namespace {

/// What one plugin registered, functions included.
class Taken : public Registrar {
 public:
  void add(Spec spec, RunFunction run) override { nodes.push_back({std::move(spec), {std::move(run), nullptr}}); }
  void add(Spec spec, std::shared_ptr<const RemoteNode> remote) override {
    nodes.push_back({std::move(spec), {nullptr, std::move(remote)}});
  }
  void add(Codec codec) override { codecs.push_back(std::move(codec)); }
  std::vector<std::pair<Spec, Behaviour>> nodes;
  std::vector<Codec> codecs;
};

class Door {
 public:
  const Taken& open(const std::string& file) {
    std::lock_guard lock(mutex_);
    auto& taken = opened_[file];
    if (taken) return *taken;
    auto library = std::make_unique<Poco::SharedLibrary>();
    try {
      library->load(file, Poco::SharedLibrary::SHLIB_LOCAL);
    } catch (const Poco::Exception& failure) {
      throw Error("E701", "the plugin `" + file + "` cannot be loaded: " + failure.message());
    }
    if (!library->hasSymbol("pixgraph_plugin"))
      throw Error("E702", "`" + file + "` is not a pixgraph plugin: it has no `pixgraph_plugin` descriptor",
                  "docs/plugins.md shows how one is made");
    const auto& descriptor = *static_cast<const PluginDescriptor*>(library->getSymbol("pixgraph_plugin"));
    if (descriptor.magic != kPluginMagic)
      throw Error("E702", "`" + file + "` is not a pixgraph plugin: its descriptor starts with something else",
                  "docs/plugins.md shows how one is made");
    if (descriptor.api != kPluginApi ||
        std::strncmp(descriptor.stamp, PIXGRAPH_BUILD_STAMP, sizeof descriptor.stamp) != 0)
      throw Error("E703",
                  "the plugin `" + file + "` was built for plugin API " + std::to_string(descriptor.api) + " (" +
                      std::string(descriptor.stamp, strnlen(descriptor.stamp, sizeof descriptor.stamp)) +
                      "), and this pixgraph has API " + std::to_string(kPluginApi) + " (" PIXGRAPH_BUILD_STAMP ")",
                  "build the plugin again with this pixgraph's headers and compiler");
    auto made = std::make_unique<Taken>();
    try {
      descriptor.add_all(*made);
    } catch (const std::exception& failure) {
      throw Error("E701", "the plugin `" + file + "` failed while it registered: " + failure.what());
    }
    library.release();  // never unloaded: its code may be on any stack
    taken = std::move(made);
    return *taken;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Taken>> opened_;
};

constexpr int kCacheFormat = 2;  // raised where spec_json.cc writes more or less: what is older is made anew

std::string cache_path() {
  const char* xdg = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (xdg && *xdg) return join_path(xdg, "pixgraph/registry.json");
  if (home && *home) return join_path(home, ".cache/pixgraph/registry.json");
  return "";
}

/// Which file exactly: another build of it is another identity.
json identity_of(const std::string& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return nullptr;
  return {{"size", facts.st_size},
          {"inode", facts.st_ino},
          {"mtime", facts.st_mtim.tv_sec * 1'000'000'000LL + facts.st_mtim.tv_nsec},
          {"stamp", PIXGRAPH_BUILD_STAMP}};
}

json offer_of(const Taken& taken) {
  json nodes = json::array(), codecs = json::array();
  for (const auto& [spec, behaviour] : taken.nodes) nodes.push_back(spec_to_json(spec));
  for (const Codec& codec : taken.codecs) codecs.push_back(codec_to_json(codec.info));
  return {{"nodes", nodes}, {"codecs", codecs}};
}

struct Offer {
  std::vector<Spec> specs;
  std::vector<CodecInfo> codecs;
};

/// Nothing where the memo is damaged.
std::optional<Offer> read_offer(const json& kept) {
  try {
    Offer offer;
    for (const json& node : kept.at("offer").at("nodes")) offer.specs.push_back(spec_from_json(node));
    for (const json& codec : kept.at("offer").at("codecs")) offer.codecs.push_back(codec_from_json(codec));
    return offer;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

json read_cache() {
  const std::string path = cache_path();
  if (path.empty()) return json::object();
  try {
    const json cache = json::parse(real_disk().read(path).value_or(""), nullptr, false);
    if (cache.is_object() && cache.value("format", 0) == kCacheFormat)
      if (const auto plugins = cache.find("plugins"); plugins != cache.end() && plugins->is_object()) return *plugins;
  } catch (const std::exception&) {  // a memo that cannot be read is no memo
  }
  return json::object();
}

void write_cache(const json& plugins) {
  const std::string path = cache_path();
  if (path.empty()) return;
  try {
    make_folders(real_disk(), folder_of(path));
    const std::string temp = path + "." + random_hex(6);
    real_disk().write(temp, json{{"format", kCacheFormat}, {"plugins", plugins}}.dump());
    real_disk().rename(temp, path);
  } catch (const Error&) {  // a read-only home: every start loads the plugins
  }
}

}  // namespace

static std::optional<Offer> remembered(const json& kept, const json& identity) {
  if (kept.is_object() && kept.value("identity", json()) == identity) return read_offer(kept);
  return std::nullopt;
}

void load_remembered(Registry& registry, const std::vector<std::string>& files) {
  json cache = read_cache();
  for (const std::string& file : files) {
    auto offer = remembered(cache[file], identity_of(file));
    if (!offer) continue;
    for (Spec& spec : offer->specs) registry.add(std::move(spec), file);
    for (CodecInfo& codec : offer->codecs) registry.add(std::move(codec), file);
  }
}

void load_registry(Registry& registry, const std::vector<std::string>& files) {
  auto door = std::make_shared<Door>();
  json cache = read_cache();
  bool changed = false;
  for (const std::string& file : files) {
    const json identity = identity_of(file);
    json& kept = cache[file];
    std::optional<Offer> offer = remembered(kept, identity);
    if (!offer) {
      kept = {{"identity", identity}, {"offer", offer_of(door->open(file))}};
      offer = read_offer(kept);
      changed = true;
    }
    for (Spec& spec : offer->specs) registry.add(std::move(spec), file);
    for (CodecInfo& codec : offer->codecs) registry.add(std::move(codec), file);
  }
  if (changed) write_cache(cache);
  registry.set_source({
      .behaviour =
          [door](const std::string& plugin, const std::string& type_name) {
            for (const auto& [spec, behaviour] : door->open(plugin).nodes)
              if (spec.name == type_name) return behaviour;
            throw Error("E701", "the plugin `" + plugin + "` no longer offers `" + type_name + "`");
          },
      .codec =
          [door](const std::string& plugin, const std::string& name) {
            for (const Codec& codec : door->open(plugin).codecs)
              if (codec.info.name == name) return codec;
            throw Error("E701", "the plugin `" + plugin + "` no longer offers the codec `" + name + "`");
          },
  });
}

}  // namespace pixgraph
