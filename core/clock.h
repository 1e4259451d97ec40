// Times as files and servers write them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pixgraph {

/// "2026-11-20T09:12:33.123Z".
std::string iso_time(std::chrono::system_clock::time_point time);
/// Any fraction of a second, `Z` or an offset; nullopt for anything else.
std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text);
/// Milliseconds since the machine started, counting the time it slept (CLOCK_BOOTTIME).
std::int64_t boottime_ms();
/// "0.6 s", "48 s", "3m 20s", "1h 27m".
std::string show_duration(std::chrono::milliseconds duration);

}  // namespace pixgraph
