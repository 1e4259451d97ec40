// Built with another compiler: nothing of it may be called.
#include <pixgraph/plugin.h>

static void add_all(pixgraph::Registrar&) {
  __builtin_trap();
}
extern "C" __attribute__((visibility("default"))) const pixgraph::PluginDescriptor pixgraph_plugin;
const pixgraph::PluginDescriptor pixgraph_plugin = {pixgraph::kPluginMagic, pixgraph::kPluginApi, "sdk of yesterday",
                                                    "wrong_stamp", add_all};
