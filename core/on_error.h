// What `on_error:` of a node makes of its failure.
//
// Pure function.
#pragma once

#include "evaluate.h"
#include "outcome.h"

namespace pixgraph {

/// A failure that the node's `on_error` covers becomes skipped, with its error as the cause and with the substitute
/// where there is one; every other ending stays. What stops the run, the end of the run and our own mistakes (E9xx)
/// are not covered. A failure that is not covered and that no item can escape stops the run, before others buy what
/// comes to nothing: a server that does not know or sell the model (E434, E436), where the model is named by nothing of
/// the items.
Ending covered(const GraphNode& node, Ending ending, const ItemValues& values, const Codecs& codecs);

}  // namespace pixgraph
