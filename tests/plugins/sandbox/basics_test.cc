// Text, time and the pieces that need no server.
#include <gtest/gtest.h>

#include "bucket.h"
#include "clock.h"
#include "files.h"
#include "text.h"

namespace sandbox {

TEST(Text, IdsLookLikeReplicates) {
  const std::string id = new_id();
  EXPECT_EQ(id.size(), 26U);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos);
  EXPECT_NE(id, new_id());
}

TEST(Text, DataUris) {
  EXPECT_EQ(decode_data_uri("data:text/plain;base64,aGVsbG8="), "hello");
  EXPECT_EQ(decode_data_uri("data:text/plain;base64,aGVsbG8"), "hello");
  EXPECT_EQ(decode_data_uri("data:,a%20b"), "a b");
  EXPECT_FALSE(decode_data_uri("http://x/"));
  EXPECT_FALSE(decode_data_uri("data:;base64,***"));
}

TEST(Text, DigestsAreTheKnownOnes) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hmac_sha256_base64("key", "The quick brown fox jumps over the lazy dog"),
            "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=");
}

TEST(Clock, Durations) {
  EXPECT_DOUBLE_EQ(*parse_duration("400ms"), 0.4);
  EXPECT_DOUBLE_EQ(*parse_duration("30"), 30);
  EXPECT_DOUBLE_EQ(*parse_duration("1h30m45s"), 5445);
  EXPECT_DOUBLE_EQ(*parse_duration("0ms"), 0);
  for (const char* wrong : {"", "s", "5x", "-1s", "1h-3m", "1e3s", "nan"}) EXPECT_FALSE(parse_duration(wrong)) << wrong;
}

TEST(Clock, IsoTimes) {
  EXPECT_EQ(iso_time(1736935195.5, 3), "2025-01-15T09:59:55.500Z");
  EXPECT_EQ(iso_time(1736935195.99975, 3), "2025-01-15T09:59:55.999Z");
  EXPECT_DOUBLE_EQ(*parse_iso_time("2025-01-15T09:59:55.5Z"), 1736935195.5);
  EXPECT_DOUBLE_EQ(*parse_iso_time("2025-01-15T11:59:55.500+02:00"), 1736935195.5);
  EXPECT_DOUBLE_EQ(*parse_iso_time("2025-01-15"), 1736899200);
  EXPECT_FALSE(parse_iso_time("yesterday"));
  EXPECT_FALSE(parse_iso_time("2025-01-15T9"));
}

TEST(Clock, ScaleMakesTimePassFaster) {
  const Clock clock(1000);
  const double begin = clock.now();
  clock.sleep(10);
  EXPECT_GE(clock.now() - begin, 10);
  EXPECT_LT(clock.now() - begin, 1000);
}

TEST(Bucket, GrantsTheBurstThenTheRate) {
  Bucket bucket({10, 3}, 100);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.take(100), 0);
  EXPECT_NEAR(bucket.take(100), 0.1, 1e-9);
  EXPECT_EQ(bucket.take(100.11), 0);
  Bucket unlimited({0, 0}, 0);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(unlimited.take(0), 0);
}

TEST(Files, FormWithBinaryContentAndQuotedNames) {
  const std::string body =
      "--XX\r\nContent-Disposition: form-data; name=\"content\"; filename=\"a \\\"b\\\".png\"\r\nContent-Type: "
      "image/png\r\n\r\n"
      "\x89PNG\r\n\r\n--not the end\r\n--XX\r\nContent-Disposition: form-data; name=metadata\r\n\r\n{}\r\n--XX--\r\n";
  const auto parts = parse_form("multipart/form-data; boundary=XX", body);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].name, "content");
  EXPECT_EQ((*parts)[0].filename, "a \"b\".png");
  EXPECT_EQ((*parts)[0].content, "\x89PNG\r\n\r\n--not the end");
  EXPECT_EQ((*parts)[1].name, "metadata");
  EXPECT_FALSE(parse_form("multipart/form-data; boundary=XX", body.substr(0, 80)));
  EXPECT_FALSE(parse_form("application/json", "{}"));
}

}  // namespace sandbox
