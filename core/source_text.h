// Source text: the text of a pipeline file before it is YAML: read, brought into one form, and checked for what no
// parser should see.
//
// One thread.
#pragma once

#include <string>

#include "diagnostics.h"
#include "lines.h"

namespace pixgraph {

/// The file's content; a little more than the limit of 4 MB at most. Throws Error E601 for a folder and for what cannot
/// be read.
std::string read_source(const std::string& file);

/// Without a byte order mark; line ends are \n.
std::string normalised_source(std::string text);

/// Whether the text may be given to a parser; says so (E004 size, E005 not UTF-8) where it may not.
bool check_source(const std::string& text, Lines& lines, Diagnostics& diagnostics);

/// The text with a space for every control character, each reported (E005): yaml-cpp takes U+0004 for the file's end.
std::string without_controls(const std::string& text, Lines& lines, Diagnostics& diagnostics);

}  // namespace pixgraph
