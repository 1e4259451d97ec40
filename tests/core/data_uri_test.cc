#include "data_uri.h"

#include <gtest/gtest.h>

#include <chrono>

#include <pixgraph/error.h>

#include "http_url.h"

namespace pixgraph {
namespace {

std::string text_of(std::string_view uri) {
  const DataUri data = decode_data_uri(uri);
  return {data.bytes.begin(), data.bytes.end()};
}

std::string refusal(std::string_view uri) {
  try {
    decode_data_uri(uri);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E209");
    return error.message();
  }
  return "";
}

TEST(DataUri, DecodesBase64) {
  EXPECT_EQ(decode_data_uri("data:image/PNG;base64,aGk=").media_type, "image/png");
  EXPECT_EQ(text_of("data:image/png;base64,"), "");
  EXPECT_EQ(text_of("data:;base64,aA=="), "h");
  EXPECT_EQ(text_of("data:;base64,aGk="), "hi");
  EXPECT_EQ(text_of("data:;base64,aGkh"), "hi!");
  EXPECT_EQ(text_of("data:;base64,aGkhaA"), "hi!h");
  EXPECT_EQ(text_of("DATA:text/plain;charset=utf-8;BASE64,aG\r\nkh\n aGkh"), "hi!hi!");
  EXPECT_EQ(text_of("data:;base64,%61Gk%3D"), "hi");
}

TEST(DataUri, DecodesPercent) {
  EXPECT_EQ(text_of("data:,a%20b%zz+c"), "a b%zz+c");
  EXPECT_EQ(decode_data_uri("data:,x").media_type, "text/plain");
  EXPECT_EQ(text_of("data:text/html,<a>,b"), "<a>,b");
  EXPECT_EQ(text_of("data:,%00%ff"), std::string("\0\xff", 2));
}

TEST(DataUri, RefusesWhatIsNone) {
  EXPECT_EQ(refusal("http://x"), "`http://x` is not a data: URI that can be read: it does not start with `data:`");
  EXPECT_EQ(refusal("data:image/png"), "`data:image/png` is not a data: URI that can be read: it has no comma");
  EXPECT_EQ(refusal("data:;base64,a*b"),
            "`data:;base64,a*b` is not a data: URI that can be read: byte 1 of its base64 is no base64");
  for (const char* cut :
       {"data:;base64,a", "data:;base64,aGkha", "data:;base64,a===", "data:;base64,aGkh=", "data:;base64,aGk=="})
    EXPECT_EQ(refusal(cut), "`" + std::string(cut) + "` is not a data: URI that can be read: its base64 is cut off");
  EXPECT_EQ(refusal("data:;base64,aGk=aGk="),
            "`data:;base64,aGk=aGk=` is not a data: URI that can be read: its base64 goes on after `=`");
  EXPECT_EQ(
      refusal("data:;base64,*" + std::string(1000, 'a')).size(),
      57u + 3 + 2 + std::string(" is not a data: URI that can be read: byte 0 of its base64 is no base64").size());
}

TEST(DataUri, IsFastForManyMegabytes) {
  std::string bytes(8 << 20, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 >> 3);
  const std::string uri = "data:image/png;base64," + base64(bytes);
  const auto begin = std::chrono::steady_clock::now();
  const DataUri data = decode_data_uri(uri);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(data.bytes.size(), bytes.size());
  EXPECT_TRUE(std::equal(data.bytes.begin(), data.bytes.end(), bytes.begin(),
                         [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }));
  EXPECT_LT(time.count(), 4.0);  // 0.02 s is usual; sanitizers are slow
}

}  // namespace
}  // namespace pixgraph
