// The sandbox's time. All states, links and rates live in simulated seconds since the epoch; `scale` says how many of
// them pass in a real second, so that an hour can go by in a test. Immutable after construction; safe on any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox {

class Clock {
 public:
  explicit Clock(double scale = 1.0);

  double now() const;
  double scale() const { return scale_; }
  // When the simulated moment comes, on the clock that condition variables wait on.
  std::chrono::steady_clock::time_point real(double simulated) const;
  void sleep(double simulated_seconds) const;

 private:
  double scale_;
  double epoch_;  // seconds since 1970 when the sandbox started
  std::chrono::steady_clock::time_point start_;
};

// "2025-01-15T09:54:55.566Z"; digits of the fraction 0..9.
std::string iso_time(double seconds, int digits);
// Reads ISO 8601 with Z or an offset, fraction of any length, or a date alone.
std::optional<double> parse_iso_time(std::string_view text);
// "Wed, 15 Jan 2025 09:54:55 GMT"
std::string http_date(double seconds);
// "400ms", "2s", "1m", "1h30m45s"; a bare number is seconds. nullopt when it is none of these.
std::optional<double> parse_duration(std::string_view text);

}  // namespace sandbox
