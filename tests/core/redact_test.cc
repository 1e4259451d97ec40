#include "redact.h"

#include <gtest/gtest.h>

#include "http_url.h"

namespace pixgraph {
namespace {

TEST(Redactor, LeavesTextAloneWhereNothingIsKnown) {
  EXPECT_EQ(Redactor().clean("r8_token"), "r8_token");
}

TEST(Redactor, ReplacesASecretInEveryForm) {
  Redactor redactor;
  EXPECT_TRUE(redactor.add("r8_/se\"cret+1"));
  EXPECT_EQ(redactor.clean("a r8_/se\"cret+1 b r8_/se\"cret+1"), "a [secret] b [secret]");
  EXPECT_EQ(redactor.clean("?t=r8_%2Fse%22cret%2B1&"), "?t=[secret]&");
  EXPECT_EQ(redactor.clean("?t=r8_%2fse%22cret%2b1&"), "?t=[secret]&");
  EXPECT_EQ(redactor.clean("{\"t\":\"r8_/se\\\"cret+1\"}"), "{\"t\":\"[secret]\"}");
  EXPECT_EQ(redactor.clean("nothing here"), "nothing here");
}

TEST(Redactor, FindsASecretInsideBase64WhereverItStands) {
  Redactor redactor;
  const std::string secret = "hunter2-and-more";
  redactor.add(secret);
  for (int before = 0; before < 6; ++before) {
    for (int after = 0; after < 4; ++after) {
      const std::string encoded = base64(std::string(before, 'u') + secret + std::string(after, 'z'));
      const std::string clean = redactor.clean(encoded);
      EXPECT_NE(clean.find("[secret]"), std::string::npos) << before << " " << after;
      EXPECT_LE(clean.size(), encoded.size() - secret.size() + 4) << clean;
    }
  }
}

TEST(Redactor, TakesEveryWordOfHeaderValues) {
  Redactor redactor;
  redactor.add_headers("X-Gateway-Key: key-of-the-gateway; cf-aig-authorization: Bearer abc/defgh ;X-Short: on");
  EXPECT_EQ(redactor.clean("X-Gateway-Key: key-of-the-gateway and Bearer abc/defgh, on"),
            "X-Gateway-Key: [secret] and Bearer [secret], on");
  EXPECT_EQ(redactor.clean("abc\\/defgh"), "[secret]");  // as some servers write JSON
  Redactor lines;
  lines.add_headers("A: one-secret;with-a-semicolon\r\nB: another-secret");
  EXPECT_EQ(lines.clean("one-secret;with-a-semicolon, another-secret"), "[secret], [secret]");
}

TEST(Redactor, DoesNotTakeShortValues) {
  Redactor redactor;
  EXPECT_FALSE(redactor.add("short"));
  EXPECT_FALSE(redactor.add(""));
  EXPECT_EQ(redactor.clean("a short text"), "a short text");
}

TEST(Redactor, ALongerSecretGoesBeforeItsPart) {
  Redactor redactor;
  redactor.add("abcdefgh");
  redactor.add("abcdefghijkl");
  EXPECT_EQ(redactor.clean("abcdefghijkl abcdefgh"), "[secret] [secret]");
}

}  // namespace
}  // namespace pixgraph
