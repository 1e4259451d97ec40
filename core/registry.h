// Registry: the node types and codecs that are known, and where each comes from.
//
// Specs are known without loading plugins (plugins.h fills the registry from its cache); the function behind a type is
// fetched on first use, which may load the plugin. Filled by one thread at start; then safe from many threads.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <pixgraph/plugin.h>

namespace pixgraph {

/// What a node type does. Exactly one of the two is set.
struct Behaviour {
  RunFunction run;
  std::shared_ptr<const RemoteNode> remote;
};

class Registry {
 public:
  /// Throws Error E704 where the name is taken, naming both plugins. The Spec itself is checked too (every port and
  /// param documented, defaults in range, names in the forms the file format allows): E705.
  void add(Spec spec, std::string plugin);
  void add(CodecInfo codec, std::string plugin);

  const Spec* find(std::string_view type_name) const;
  /// By name.
  std::vector<const Spec*> all() const;
  std::vector<std::string> names() const;
  /// The plugin file a type came from.
  std::string plugin_of(std::string_view type_name) const;
  std::vector<CodecInfo> codecs() const;

  /// How to get at the insides of a plugin; set once by whoever filled the registry.
  struct Source {
    std::function<Behaviour(const std::string& plugin, const std::string& type_name)> behaviour;
    std::function<Codec(const std::string& plugin, const std::string& codec_name)> codec;
  };
  void set_source(Source source) { source_ = std::move(source); }
  /// May load a plugin; throws Error E70x where that fails.
  Behaviour behaviour(std::string_view type_name) const;
  Codec codec(std::string_view codec_name) const;

 private:
  struct NodeEntry {
    Spec spec;
    std::string plugin;
  };
  struct CodecEntry {
    CodecInfo info;
    std::string plugin;
  };
  std::map<std::string, NodeEntry, std::less<>> nodes_;
  std::map<std::string, CodecEntry, std::less<>> codecs_;
  Source source_;
};

}  // namespace pixgraph
