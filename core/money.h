// Money: US dollars in whole nano-dollars. What is written is read digit by digit and what is multiplied is rounded up,
// so that no sum is ever a little less than what will be billed.
//
// Pure functions. Sums that would overflow stay at the largest amount.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace pixgraph {

using NanoUsd = std::int64_t;

/// "0.0023": digits with a point and at most nine places; nullopt for anything else, a sign or an exponent too.
std::optional<NanoUsd> parse_usd(std::string_view text);
/// "0.0023", "1.00": at least two places, no zeros after them.
std::string show_usd(NanoUsd amount);
/// The same as a JSON number.
nlohmann::json usd_number(NanoUsd amount);

NanoUsd sum_of(NanoUsd a, NanoUsd b);
/// A price for each, so many times.
NanoUsd times(NanoUsd price, std::int64_t count);
/// A price per second for that time, rounded up.
NanoUsd for_time(NanoUsd per_second, std::chrono::nanoseconds time);

}  // namespace pixgraph
