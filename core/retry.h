// Retry: whether, and after what wait, something that failed is tried again, as a node's `retry:` says. For a paid node
// each try is a purchase of its own, agreed to by the pipeline file.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <pixgraph/error.h>

namespace pixgraph {

struct Retry {
  int attempts = 1;             // tries in all
  std::vector<std::string> on;  // codes of errors; empty: what is usually a passing trouble
  std::chrono::milliseconds backoff{1000}, cap{30'000};
  bool jitter = true;
};

/// Whether the code stands in the text as a word of its own: E100 is not in "E1000".
bool names_code(std::string_view text, std::string_view code);

/// Whether a local node's error is worth another try. Without `on`: broken connections and the like.
bool worth_retrying(const Retry& retry, const Error& error);
/// The same for a failed prediction; `reason` is what the server says of it. Without `on`: E1000, E6716, E8765, E8367
/// and E9825, which are the server's own troubles. E411 in `on` is any failure.
bool worth_buying_again(const Retry& retry, std::string_view reason);

/// The wait before try `attempt` (2 or more): `backoff`, doubled with each try up to `cap`; with jitter, between half
/// of that and all of it, as `chance` (0..1) says.
std::chrono::milliseconds wait_before(const Retry& retry, int attempt, double chance);
/// The same with a chance of its own.
std::chrono::milliseconds wait_before(const Retry& retry, int attempt);

}  // namespace pixgraph
