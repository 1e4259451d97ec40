#include "clock.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <thread>

namespace sandbox {

Clock::Clock(double scale)
    : scale_(scale),
      epoch_(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count()),
      start_(std::chrono::steady_clock::now()) {}

double Clock::now() const {
  return epoch_ + scale_ * std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::chrono::steady_clock::time_point Clock::real(double simulated) const {
  // Beyond a year nothing is waited for; the bound keeps the conversion from overflowing.
  const double seconds = std::min((simulated - epoch_) / scale_, 3.2e7);
  return start_ +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
}

void Clock::sleep(double simulated_seconds) const {
  std::this_thread::sleep_for(std::chrono::duration<double>(simulated_seconds / scale_));
}

std::string iso_time(double seconds, int digits) {
  const double whole = std::floor(seconds);
  const std::time_t time = static_cast<std::time_t>(whole);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 40> text{};
  std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out(text.data(), size);
  if (digits > 0) {
    // Cut, never rounded up: a fraction of 0.9999 must not become the next second.
    const long long nanos = std::min(999'999'999LL, static_cast<long long>((seconds - whole) * 1e9));
    std::snprintf(text.data(), text.size(), "%09lld", nanos);
    out += '.';
    out.append(text.data(), static_cast<std::size_t>(digits));
  }
  return out + "Z";
}

std::optional<double> parse_iso_time(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t size) -> std::optional<int> {
    int value = 0;
    if (at + size > text.size()) return std::nullopt;
    const auto end = text.data() + at + size;
    const auto result = std::from_chars(text.data() + at, end, value);
    if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return value;
  };
  const auto year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  std::tm parts{};
  parts.tm_year = *year - 1900;
  parts.tm_mon = *month - 1;
  parts.tm_mday = *day;
  if (text.size() == 10) return static_cast<double>(timegm(&parts));
  const auto hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (!hour || !minute || !second) return std::nullopt;
  parts.tm_hour = *hour;
  parts.tm_min = *minute;
  parts.tm_sec = *second;
  double value = static_cast<double>(timegm(&parts));
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    double place = 0.1;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, place /= 10)
      value += (text[at] - '0') * place;
  }
  // In a query a plus sign often arrives as a space.
  if (at < text.size() && (text[at] == '+' || text[at] == '-' || text[at] == ' ')) {
    const auto hours = number(at + 1, 2);
    const auto minutes = number(text.size() - 2, 2);
    if (!hours || !minutes) return std::nullopt;
    const double offset = *hours * 3600.0 + *minutes * 60.0;
    value += text[at] == '-' ? offset : -offset;
  }
  return value;
}

std::string http_date(double seconds) {
  const std::time_t time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::optional<double> parse_duration(std::string_view text) {
  double total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (result.ec != std::errc() || !(value >= 0 && value < 1e12)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
    std::size_t used = 1;
    if (text.empty()) {
      used = 0;
    } else if (text.starts_with("ms")) {
      value /= 1000;
      used = 2;
    } else if (text[0] == 'm') {
      value *= 60;
    } else if (text[0] == 'h') {
      value *= 3600;
    } else if (text[0] != 's') {
      return std::nullopt;
    }
    text.remove_prefix(used);
    total += value;
  }
  return total;
}

}  // namespace sandbox
