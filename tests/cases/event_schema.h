// Event schema: whether a file of events is as the table in docs/manual.md says, "Events": every event has the fields
// that its row asks for, of their types, and no other.
#pragma once

#include <string>
#include <vector>

namespace cases {

/// Nothing where the events are as documented and every type of `wanted` is among them; else a sentence.
std::string undocumented(const std::string& manual, const std::string& events, const std::vector<std::string>& wanted);

}  // namespace cases
