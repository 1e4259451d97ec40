// The plugin door. A plugin is a shared object "<name>.pixgraph.so" with one constant descriptor:
//
//     static void add_all(pixgraph::Registrar& registrar) { add_invert(registrar); }
//     PIXGRAPH_PLUGIN("example", add_all)
//
// The descriptor is read and checked before any function of the plugin is called; a plugin that was built against
// another sdk or with another compiler is refused with a sentence. Plugins are never unloaded.
#pragma once

#include <cstdint>
#include <memory>

#include <pixgraph/codec.h>
#include <pixgraph/node.h>
#include <pixgraph/remote.h>
#include <pixgraph/spec.h>

namespace pixgraph {

/// Takes a plugin's node types and codecs; a name that is taken already is refused. Used by one thread.
class Registrar {
 public:
  virtual ~Registrar() = default;
  virtual void add(Spec spec, RunFunction run) = 0;
  virtual void add(Spec spec, std::shared_ptr<const RemoteNode> remote) = 0;
  virtual void add(Codec codec) = 0;
};

inline constexpr std::uint64_t kPluginMagic = 0x3150'4850'4752'4958;  // "XIRGPHP1": nothing else starts like this
inline constexpr std::uint32_t kPluginApi = 1;

struct PluginDescriptor {
  std::uint64_t magic;
  std::uint32_t api;
  char stamp[128];  // PIXGRAPH_BUILD_STAMP: compiler, C++ library and a digest of core/sdk
  char name[64];
  void (*add_all)(Registrar&);
};

}  // namespace pixgraph

#define PIXGRAPH_PLUGIN(plugin_name, function)                                                        \
  extern "C" __attribute__((visibility("default"))) const pixgraph::PluginDescriptor pixgraph_plugin; \
  const pixgraph::PluginDescriptor pixgraph_plugin = {pixgraph::kPluginMagic, pixgraph::kPluginApi,   \
                                                      PIXGRAPH_BUILD_STAMP, plugin_name, function};
