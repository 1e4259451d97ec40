// Dates of the wire: ISO 8601 with any number of fraction digits, and HTTP's own form.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pixgraph::replicate {

using Time = std::chrono::system_clock::time_point;

/// "2025-01-15T10:03:40.584470194Z", "+00:00" and other offsets, 0 to 9 and more digits; nullopt for anything else.
std::optional<Time> read_iso_date(std::string_view text);
/// "Wed, 15 Jan 2025 10:03:40 GMT".
std::optional<Time> read_http_date(std::string_view text);
/// "2025-01-15T10:03:40Z", rounded down to the second.
std::string iso_date(Time time);

}  // namespace pixgraph::replicate
