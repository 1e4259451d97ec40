// A plugin as it should be: one node type.
#include <pixgraph/plugin.h>

static void add_all(pixgraph::Registrar& registrar) {
  registrar.add(pixgraph::Spec("Echo", "Says what it hears")
                    .in("text", pixgraph::Type::text, "heard")
                    .out("text", pixgraph::Type::text, "said"),
                [](pixgraph::Call& call) { call.set("text", pixgraph::Value(call.text("text"))); });
}
PIXGRAPH_PLUGIN("good", add_all)
