// Completion: what may follow the words of a command line that is being typed. Answered from the tables of cli.h, the
// pipeline file that is named and what is remembered of the plugins; none is loaded, for somebody waits with a key
// down.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pixgraph {

/// `words`: what stands behind `pixgraph`; the last one is being typed and may be empty. One line per candidate, which
/// begins with what is typed: the word, a tab and what it is. The lines `:files` and `:folders` ask the shell for its
/// own. A candidate that ends in `=` goes on. Never throws for what the words name.
std::string completion_answer(std::vector<std::string> words);

/// The script for bash, zsh or fish; empty for any other.
std::string_view completion_script(std::string_view shell);

}  // namespace pixgraph
