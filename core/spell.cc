#include "spell.h"

#include <algorithm>
#include <cstdlib>

#include "unicode.h"

namespace pixgraph {

namespace {

std::string folded(std::string_view word) {
  std::string out;
  for (char c : word)
    if (c != '-' && c != '_') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// A word that long is no misspelt name, and the table of distances grows with it.
constexpr std::size_t kLongestWord = 100;

}  // namespace

int edit_distance(std::string_view a, std::string_view b, int limit) {
  if (std::abs(static_cast<int>(a.size()) - static_cast<int>(b.size())) > limit) return limit + 1;
  const std::size_t columns = b.size() + 1;
  std::vector<int> before(columns), above(columns), row(columns);
  for (std::size_t j = 0; j < columns; ++j) above[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    int best = row[0];
    for (std::size_t j = 1; j < columns; ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
      best = std::min(best, row[j]);
    }
    if (best > limit) return limit + 1;
    std::swap(before, above);
    std::swap(above, row);
  }
  return std::min(above[columns - 1], limit + 1);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kLongestWord) return {};
  const std::string plain = folded(word);
  if (plain.empty()) return {};
  // Two letters may have one wrong, six two, and so on: beyond that a suggestion is a guess.
  const int limit = word.size() < 2 ? 0 : std::max(1, static_cast<int>(plain.size()) / 3);
  const std::string* best = nullptr;
  // Twice the edits, so that a word cut short fits in between: after a single slip, before two.
  constexpr int kSameLetters = -1, kCutShort = 3, kFar = 1000;
  int best_rank = kFar;
  for (const std::string& candidate : candidates) {
    if (candidate == word || candidate.size() > kLongestWord) continue;
    const std::string other = folded(candidate);
    const int edits = edit_distance(plain, other, limit);
    int rank = other == plain ? kSameLetters : edits <= limit ? 2 * edits : kFar;
    const bool prefix =
        plain.size() >= 3 && other.size() >= 3 && (other.starts_with(plain) || plain.starts_with(other));
    if (prefix) rank = std::min(rank, kCutShort);
    if (rank < best_rank) {
      best = &candidate;
      best_rank = rank;
    }
  }
  return best ? *best : std::string();
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates, std::string otherwise) {
  const std::string meant = did_you_mean(word, candidates);
  return meant.empty() ? otherwise : "did you mean " + ticked(meant) + "?";
}

std::string listed(const std::vector<std::string>& words, std::size_t most) {
  std::string out;
  const std::size_t shown = words.size() > most ? most - 1 : words.size();
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += ticked(words[i]);
  }
  if (shown < words.size()) out += " and " + std::to_string(words.size() - shown) + " more";
  return out;
}

}  // namespace pixgraph
