// Error codes: what each code means, for `pixgraph explain E012`. Codes are stable: one that was given away never gets
// another meaning.
#pragma once

#include <string_view>
#include <vector>

namespace pixgraph {

struct ErrorCode {
  std::string_view code, meaning;  // whole sentences
};

/// All of them, in order.
const std::vector<ErrorCode>& error_codes();
/// null where there is no such code.
const ErrorCode* find_error_code(std::string_view code);

}  // namespace pixgraph
