// The misbehaviours that the sandbox can be told to show: one table of names, each with one line of documentation.
// A fault is asked for by `--fault NAME`, `NAME:rate` (share of the occasions, 0..1) or `NAME:xN` (the first N).
// Which occasions are hit is a fixed sequence of the seed, so that a failing test fails again. Thread-safe after
// set-up.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sandbox {

enum class Fault {
  gateway_urls,
  version_alias,
  aliased_model,
  no_list,
  no_cancel,
  no_files,
  no_models,
  codes_200,
  throttle_header,
  throttle_json,
  payment_required,
  unauthenticated,
  bad_gateway_html,
  drop_before_answer,
  slow,
  stuck,
  aborted,
  failed,
  output_grows,
  output_null,
  expired,
  truncated_body,
  redirect,
  drip,
  wait_ends_processing,
  duplicate_keys,
  nanoseconds,
  dalle_body,
  elided_inputs,
  trailing_slash_404,
  count  // not a fault: how many there are
};

inline constexpr std::size_t kFaultCount = static_cast<std::size_t>(Fault::count);

struct FaultInfo {
  Fault fault;
  std::string_view name;
  std::string_view doc;
};

// In the order of the enum; also what --help prints.
std::span<const FaultInfo> fault_table();

class Faults {
 public:
  // Takes `NAME`, `NAME:rate` or `NAME:xN`. Throws std::invalid_argument with a sentence for the user.
  void add(std::string_view text);
  void set_seed(std::uint64_t seed) { seed_ = seed; }

  // Is this fault switched on at all? Does not count as an occasion.
  bool enabled(Fault fault) const { return rules_[static_cast<std::size_t>(fault)].rate > 0; }
  // One occasion: does it strike now?
  bool hit(Fault fault);

 private:
  struct Rule {
    double rate = 0;
    std::uint64_t first = 0;  // only the first N occasions when not 0
    std::atomic<std::uint64_t> occasions{0};
  };
  std::array<Rule, kFaultCount> rules_;
  std::uint64_t seed_ = 1;
};

}  // namespace sandbox
