// Syntax: says in plain words what is wrong with a text that is not YAML. The parser knows where it stopped; what was
// meant there is told from the text around it.
//
// Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "diagnostics.h"
#include "lines.h"

namespace pixgraph {

/// Where and how the parser gave up. Offsets are bytes of `text`.
struct SyntaxFault {
  std::string_view text;
  std::string_view parser_message;
  std::size_t at = 0;
  std::optional<std::size_t> last_scalar;  // where the last scalar that it read begins
  std::optional<std::size_t> open_flow;    // the innermost `{` or `[` that is still open
};

/// An E001 (E003 for an alias).
Diagnostic explain_syntax(const SyntaxFault& fault, Lines& lines);

/// Where the quoted scalar that begins at `start` ends: the offset after its closing quote, npos where there is none.
/// REQUIRES: text[start] is ' or ".
std::size_t end_of_quoted(std::string_view text, std::size_t start);

/// For `type:Fit`, a word that was meant as key and value: where the value begins; npos for anything else. URLs are
/// something else.
std::size_t missing_space_after_colon(std::string_view word);

}  // namespace pixgraph
