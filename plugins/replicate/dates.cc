#include "dates.h"

#include <array>
#include <cstdio>

#include "text.h"

namespace pixgraph::replicate {
namespace {

using namespace std::chrono;

/// Takes `digits` digits off the front; -1 where they are not there.
int take(std::string_view& text, int digits) {
  int value = 0;
  if (text.size() < static_cast<std::size_t>(digits)) return -1;
  for (int i = 0; i < digits; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool skip(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Time> make(int y, int m, int d, int hour, int minute, int second) {
  const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
  if (y < 1970 || !date.ok() || hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return {};
  return Time(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace

std::optional<Time> read_iso_date(std::string_view text) {
  text = trim(text);
  const int y = take(text, 4);
  if (y < 0 || !skip(text, '-')) return {};
  const int m = take(text, 2);
  if (m < 1 || !skip(text, '-')) return {};
  const int d = take(text, 2);
  if (d < 1 || !(skip(text, 'T') || skip(text, 't') || skip(text, ' '))) return {};
  const int hour = take(text, 2);
  if (hour < 0 || !skip(text, ':')) return {};
  const int minute = take(text, 2);
  if (minute < 0 || !skip(text, ':')) return {};
  const int second = take(text, 2);
  auto time = make(y, m, d, hour, minute, second);
  if (second < 0 || !time) return {};
  if (skip(text, '.')) {
    auto unit = duration_cast<Time::duration>(milliseconds(100));
    if (text.empty() || !is_digit(text.front())) return {};
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), unit /= 10)
      *time += unit * (text.front() - '0');
  }
  if (text.empty() || text == "Z" || text == "z") return time;
  const bool east = text.front() == '+';
  if (!skip(text, '+') && !skip(text, '-')) return {};
  const int offset_hour = take(text, 2);
  skip(text, ':');
  const int offset_minute = take(text, 2);
  if (offset_hour < 0 || offset_minute < 0 || !text.empty()) return {};
  const auto offset = hours(offset_hour) + minutes(offset_minute);
  return east ? *time - offset : *time + offset;
}

std::optional<Time> read_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  text = trim(text);
  if (const auto comma = text.find(','); comma != text.npos) text = trim(text.substr(comma + 1));
  const int d = take(text, 2);
  if (d < 1 || !skip(text, ' ') || text.size() < 4) return {};
  int m = 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (text.starts_with(kMonths[i])) m = static_cast<int>(i) + 1;
  text.remove_prefix(3);
  if (m == 0 || !skip(text, ' ')) return {};
  const int y = take(text, 4);
  if (y < 0 || !skip(text, ' ')) return {};
  const int hour = take(text, 2);
  if (!skip(text, ':')) return {};
  const int minute = take(text, 2);
  if (!skip(text, ':')) return {};
  const int second = take(text, 2);
  return make(y, m, d, hour, minute, second);
}

std::string iso_date(Time time) {
  const auto whole = floor<seconds>(time);
  const auto date = floor<days>(whole);
  const year_month_day ymd(date);
  const hh_mm_ss clock(whole - date);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace pixgraph::replicate
