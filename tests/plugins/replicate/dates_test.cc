#include "dates.h"

#include <gtest/gtest.h>

namespace pixgraph::replicate {
namespace {

using namespace std::chrono;

const Time kTen = Time(sys_days(year(2025) / 1 / 15)) + hours(10) + minutes(3) + seconds(40);

TEST(Dates, IsoOfEveryPrecision) {
  EXPECT_EQ(read_iso_date("2025-01-15T10:03:40Z"), kTen);
  EXPECT_EQ(read_iso_date("2025-01-15T10:03:40.5Z"), kTen + milliseconds(500));
  EXPECT_EQ(read_iso_date("2025-01-15T10:03:40.896Z"), kTen + milliseconds(896));
  EXPECT_EQ(read_iso_date("2025-01-15T10:03:40.584470194Z"), kTen + nanoseconds(584470194));
  EXPECT_EQ(read_iso_date("2025-01-15T10:03:40.5844701949999Z"), kTen + nanoseconds(584470194));
  EXPECT_EQ(read_iso_date("2025-01-15T10:03:40+00:00"), kTen);
  EXPECT_EQ(read_iso_date("2025-01-15T12:03:40.000+0200"), kTen);
  EXPECT_EQ(read_iso_date("2025-01-15 05:03:40-05:00"), kTen);
}

TEST(Dates, NotIso) {
  for (const char* text :
       {"", "now", "2025-13-15T10:03:40Z", "2025-02-30T10:03:40Z", "2025-01-15", "2025-01-15T10:03:40.Z",
        "2025-01-15T10:03:40Zz", "2025-01-15T10:03:40+1", "1900-01-01T00:00:00Z"})
    EXPECT_EQ(read_iso_date(text), std::nullopt) << text;
}

TEST(Dates, HttpDates) {
  EXPECT_EQ(read_http_date("Wed, 15 Jan 2025 10:03:40 GMT"), kTen);
  EXPECT_EQ(read_http_date("15 Foo 2025 10:03:40 GMT"), std::nullopt);
  EXPECT_EQ(read_http_date(""), std::nullopt);
}

TEST(Dates, WritesWholeSeconds) {
  EXPECT_EQ(iso_date(kTen + milliseconds(999)), "2025-01-15T10:03:40Z");
  EXPECT_EQ(read_iso_date(iso_date(kTen)), kTen);
}

}  // namespace
}  // namespace pixgraph::replicate
