#include "on_error.h"

namespace pixgraph {

/// Whether it is the same for every item.
static bool names_one_model(const GraphNode& node) {
  bool one = true;
  for (std::size_t i = node.spec->inputs.size(); i < node.arguments.size(); ++i)
    for_each_reference(node.arguments[i],
                       [&](const Reference& reference) { one = one && reference.to == Reference::To::param; });
  return one;
}

Ending covered(const GraphNode& node, Ending ending, const ItemValues& values, const Codecs& codecs) {
  if (ending.outcome != Outcome::failed || node.on_error == OnError::fail || ending.error->stops_run() ||
      ending.error->code().starts_with("E9")) {
    const bool of_model =
        ending.outcome == Outcome::failed && (ending.error->code() == "E434" || ending.error->code() == "E436");
    if (of_model && names_one_model(node)) ending.error->stopping_run();
    return ending;
  }
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
