#include "on_error.h"

namespace pixgraph {

Ending covered(const GraphNode& node, Ending ending, const ItemValues& values, const Codecs& codecs) {
  if (ending.outcome != Outcome::failed || node.on_error == OnError::fail || ending.error->stops_run() ||
      ending.error->code().starts_with("E9"))
    return ending;
  ending.outcome = Outcome::skipped;
  ending.cause = "on_error: ";
  ending.substituted = true;
  if (node.on_error == OnError::skip) return ending;
  try {
    ending.outputs.assign(node.spec->outputs.size(), Value());
    ending.outputs[0] = converted(evaluate(node.substitute, values, codecs), node.spec->outputs[0].type, codecs,
                                  "`use` of `" + node.name + "`");
    return ending;
  } catch (const Error& error) {
    return {Outcome::failed, error};
  }
}

}  // namespace pixgraph
