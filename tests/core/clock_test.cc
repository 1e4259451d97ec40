#include "clock.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

using namespace std::chrono_literals;

std::int64_t ms_of(std::string_view text) {
  const auto time = parse_iso_time(text);
  return time ? std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch()).count() : -1;
}

TEST(Clock, TimesGoThereAndBack) {
  for (std::int64_t ms : {0LL, 999LL, 1'795'165'953'123LL, 4'102'444'799'999LL})
    EXPECT_EQ(ms_of(iso_time(std::chrono::system_clock::time_point(std::chrono::milliseconds(ms)))), ms);
  EXPECT_EQ(iso_time(std::chrono::system_clock::time_point(1'795'165'953'123ms)), "2026-11-20T09:12:33.123Z");
  EXPECT_EQ(iso_time(std::chrono::system_clock::time_point(-1ms)), "1969-12-31T23:59:59.999Z");
}

TEST(Clock, TakesFractionsAndOffsets) {
  EXPECT_EQ(ms_of("2026-11-20T09:12:33Z"), 1'795'165'953'000);
  EXPECT_EQ(ms_of("2026-11-20T09:12:33.999999Z"), 1'795'165'953'999);
  EXPECT_EQ(ms_of("2026-11-20T11:12:33.5+02:00"), 1'795'165'953'500);
  EXPECT_EQ(ms_of("2026-11-20T03:42:33-05:30"), 1'795'165'953'000);
}

TEST(Clock, RefusesAnythingElse) {
  for (const char* text : {"", "now", "2026-11-20", "2026-11-20T09:12:33", "2026-13-20T09:12:33Z",
                           "2026-11-40T09:12:33Z", "2026-11-20T25:12:33Z", "2026-11-20T09:12:33 Z",
                           "2026-11-20T09:12:33Zx", "2026-11-20T09:12:33+2:00", "2026-11-20T09:61:33Z"})
    EXPECT_EQ(parse_iso_time(text), std::nullopt) << text;
}

TEST(Clock, ShowsDurationsForPeople) {
  EXPECT_EQ(show_duration(0ms), "0.0 s");
  EXPECT_EQ(show_duration(640ms), "0.6 s");
  EXPECT_EQ(show_duration(9949ms), "9.9 s");
  EXPECT_EQ(show_duration(9950ms), "10 s");
  EXPECT_EQ(show_duration(48s), "48 s");
  EXPECT_EQ(show_duration(200s), "3m 20s");
  EXPECT_EQ(show_duration(87min), "1h 27m");
}

TEST(Clock, BootTimeGoesForward) {
  const std::int64_t first = boottime_ms();
  EXPECT_GT(first, 0);
  EXPECT_GE(boottime_ms(), first);
}

}  // namespace
}  // namespace pixgraph
