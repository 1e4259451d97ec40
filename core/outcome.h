// Outcome: how a node, one of its elements or an output ended. The table is closed, and every entry has its cause.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/error.h>
#include <pixgraph/value.h>

namespace pixgraph {

/// skipped: `when` did not hold, `on_error` took its place, or what it needs did not run.
enum class Outcome : std::uint8_t { done, reused, failed, skipped, canceled };
std::string_view outcome_name(Outcome outcome);

/// E990: what no one should see.
Error unexpected(const std::string& what);

struct Ending {
  Outcome outcome = Outcome::done;
  std::optional<Error> error = {};  // what it failed with, or was skipped because of
  std::vector<Value> outputs = {};  // by port
  std::string cause = {};           // of being skipped; with an error, what is said before its message
  bool by_when = false;             // it was skipped because of what it is made of: it would be again
  bool substituted = false;         // `on_error` took the place of something in it

  /// Its code, cause and hint, where it has them, as an event tells them.
  void tell(nlohmann::json& event) const;
  /// Whether what stands after it has its values.
  bool goes_on() const {
    return outcome == Outcome::done || outcome == Outcome::reused ||
           (outcome == Outcome::skipped && substituted && !outputs.empty());
  }
};

}  // namespace pixgraph
