// Its descriptor starts with something else.
#include <pixgraph/plugin.h>

static void add_all(pixgraph::Registrar&) {
  __builtin_trap();
}
extern "C" __attribute__((visibility("default"))) const pixgraph::PluginDescriptor pixgraph_plugin;
const pixgraph::PluginDescriptor pixgraph_plugin = {1, pixgraph::kPluginApi, PIXGRAPH_BUILD_STAMP, "wrong_magic",
                                                    add_all};
