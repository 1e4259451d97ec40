// Failure pattern: whether two messages tell of the same, in the terminal and in the report alike.
//
// Pure functions.
#pragma once

#include <string>

namespace pixgraph {

/// The message without what differs from item to item: the item's name, numbers, and the ids that servers give.
std::string failure_pattern(std::string message, const std::string& item);

}  // namespace pixgraph
