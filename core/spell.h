// Spell: "did you mean". Finds the word that was probably meant.
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pixgraph {

/// How many insertions, deletions, replacements and swaps of neighbours (each letter moved at most once) turn one word
/// into the other. Gives up and returns limit + 1 where it would be more than `limit`. Bytes, case counts.
int edit_distance(std::string_view a, std::string_view b, int limit);

/// The candidate that `word` most likely stands for, empty where none is near. What differs only in case or in `-` and
/// `_` comes first, then what begins with the word (three letters at least), then what is at most a third of its
/// letters away. The first of equals.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// "did you mean `x`?", or `otherwise` where nothing is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates, std::string otherwise = {});

/// "`a`, `b` and `c`", at most `most` of them ("`a`, `b` and 7 more").
std::string listed(const std::vector<std::string>& words, std::size_t most = 12);

}  // namespace pixgraph
