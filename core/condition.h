// Condition: whether `when:` holds for an item (graph.h has its form, bind_when.cc its grammar).
//
// Pure function.
#pragma once

#include "evaluate.h"

namespace pixgraph {

/// Numbers are compared as numbers, whatever wrote them; what is not there is equal to nothing. What json holds is
/// seen here: throws Error E110 where two values are of kinds that cannot be compared.
bool holds(const Condition& condition, const ItemValues& values, const Codecs& codecs);

}  // namespace pixgraph
