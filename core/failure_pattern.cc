#include "failure_pattern.h"

#include <algorithm>

namespace pixgraph {

static constexpr std::size_t kLeastId = 8, kLongestWord = 20;

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string failure_pattern(std::string message, const std::string& item) {
  // A name of a letter or two stands in other words too.
  for (std::size_t at = 0; item.size() > 2 && (at = message.find(item, at)) != std::string::npos; ++at)
    message.replace(at, item.size(), "\x01");
  std::string out;
  for (std::size_t i = 0; i < message.size();) {
    std::size_t end = i;
    while (end < message.size() && (is_digit(message[end]) || is_letter(message[end]))) ++end;
    const std::string_view word = std::string_view(message).substr(i, end - i);
    const bool mixed = std::ranges::any_of(word, is_digit) && std::ranges::any_of(word, is_letter);
    if ((mixed && word.size() >= kLeastId) || word.size() > kLongestWord) {
      out += '#';
    } else {
      for (const char c : word.empty() ? std::string_view(message).substr(end++, 1) : word)
        if (!is_digit(c) || !out.ends_with('#')) out += is_digit(c) ? '#' : c;
    }
    i = end;
  }
  return out;
}

}  // namespace pixgraph
