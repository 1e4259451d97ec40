#include "retry.h"

#include <algorithm>
#include <array>
#include <random>

namespace pixgraph {

using std::chrono::milliseconds;

static constexpr std::array<std::string_view, 6> kPassing = {"E201", "E202", "E203", "E204", "E206", "E212"};
static constexpr std::array<std::string_view, 5> kServerTrouble = {"E1000", "E6716", "E8765", "E8367", "E9825"};

static bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool names_code(std::string_view text, std::string_view code) {
  for (std::size_t at = text.find(code); at != text.npos; at = text.find(code, at + 1)) {
    const std::size_t end = at + code.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

bool worth_retrying(const Retry& retry, const Error& error) {
  if (error.stops_run() || error.code() == "E901") return false;
  auto is_it = [&](std::string_view code) { return code == error.code(); };
  return retry.on.empty() ? std::any_of(kPassing.begin(), kPassing.end(), is_it)
                          : std::any_of(retry.on.begin(), retry.on.end(), is_it);
}

bool worth_buying_again(const Retry& retry, std::string_view reason) {
  auto is_it = [&](std::string_view code) { return code == "E411" || names_code(reason, code); };
  return retry.on.empty() ? std::any_of(kServerTrouble.begin(), kServerTrouble.end(), is_it)
                          : std::any_of(retry.on.begin(), retry.on.end(), is_it);
}

milliseconds wait_before(const Retry& retry, int attempt, double chance) {
  milliseconds wait = std::min(retry.backoff, retry.cap);
  for (int i = 2; i < attempt && wait < retry.cap; ++i) wait = std::min(retry.cap, wait * 2);
  if (!retry.jitter) return wait;
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) * (0.5 + chance / 2)));
}

milliseconds wait_before(const Retry& retry, int attempt) {
  thread_local std::minstd_rand chance{std::random_device{}()};
  return wait_before(retry, attempt, std::uniform_real_distribution<double>(0, 1)(chance));
}

}  // namespace pixgraph
