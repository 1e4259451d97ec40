#include "errors.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pixgraph::replicate {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string reason(const std::string& body) {
  HttpResponse response;
  response.body = body;
  Server server;
  server.authorization = "Bearer r8_secret";
  return reason_of(response, server);
}

TEST(Reason, EveryShape) {
  EXPECT_EQ(reason(R"({"title": "T", "detail": "D", "status": 422})"), "T: D");
  EXPECT_EQ(reason(R"({"title": "Same", "detail": "Same"})"), "Same");
  EXPECT_EQ(reason(R"({"detail": "D"})"), "D");
  EXPECT_EQ(reason(R"({"title": "T"})"), "T");
  EXPECT_EQ(reason(R"({"detail": ["a", "b", null]})"), "a; b");
  EXPECT_EQ(reason(R"({"detail": [{"loc": ["body", "input", "x"], "msg": "m"}]})"), "input.x: m");
  EXPECT_EQ(reason(R"({"error": "E"})"), "E");
  EXPECT_EQ(reason(R"({"error": {"message": "M", "type": "t", "code": 5}})"), "M");
  EXPECT_EQ(reason(R"({"error": {"error_type": "t", "message": "M"}})"), "M");
  EXPECT_EQ(reason(R"({"error": [{"message": "a"}, {"message": "b"}]})"), "a; b");
  EXPECT_EQ(reason(R"({"message": "M\nwith  lines\t"})"), "M with lines");
  EXPECT_EQ(reason(R"({"errors": {"reason": "R"}})"), "R");
  EXPECT_EQ(reason(R"({"code": "no_quota"})"), "no_quota");
  EXPECT_EQ(reason(R"({"status": 500})"), "");
  EXPECT_EQ(reason("null"), "");
  EXPECT_EQ(reason(""), "");
  EXPECT_EQ(reason("upstream timed out\n"), "upstream timed out");
  EXPECT_EQ(reason("\xFF\xD8\xFF"), "");
}

TEST(Reason, Html) {
  EXPECT_EQ(reason("<!DOCTYPE html><html><head><title>\n  502 Bad\n Gateway </title></head><body>x</body></html>"),
            "502 Bad Gateway");
  EXPECT_EQ(
      reason(
          "<html><style>h1 {x: y}</style><body><h1>Sorry</h1><p>try later</p><script>alert(1)</script></body></html>"),
      "Sorry try later");
  EXPECT_EQ(reason("<html"), "");
}

TEST(Reason, LongOnesAreCutAndTheTokenIsTakenOut) {
  EXPECT_EQ(reason(std::string(1000, 'x')).size(), 303u);
  EXPECT_EQ(reason("bad key r8_secret, r8_secret!"), "bad key [secret], [secret]!");
}

TEST(Reason, OfPredictions) {
  EXPECT_EQ(reason_of(json("CUDA out of memory")), "CUDA out of memory");
  EXPECT_EQ(reason_of(json(nullptr)), "");
  EXPECT_EQ(reason_of(json::parse(R"({"code": 1, "message": "m"})")), "m");
  EXPECT_EQ(reason_of(json::parse(R"(["a", {"detail": "b"}])")), "a; b");
}

milliseconds wait(std::vector<std::pair<std::string, std::string>> headers, const std::string& body = "") {
  HttpResponse response;
  response.headers = std::move(headers);
  response.body = body;
  return wait_of(response);
}

TEST(Wait, TheLongestHintCounts) {
  EXPECT_EQ(wait({}), seconds(0));
  EXPECT_EQ(wait({{"retry-after", "12"}}), seconds(12));
  EXPECT_EQ(wait({{"Retry-After", "0.5"}}), milliseconds(500));
  EXPECT_EQ(wait({}, R"({"retry_after": 5})"), seconds(5));
  EXPECT_EQ(wait({}, R"({"retry_after": "2.5"})"), milliseconds(2500));
  EXPECT_EQ(wait({}, R"({"detail": "Your rate limit resets in ~30s."})"), seconds(30));
  EXPECT_EQ(wait({}, "rate limit Resets in 2m"), seconds(120));
  EXPECT_EQ(wait({{"Retry-After", "7"}}, R"({"detail": "resets in ~3s", "retry_after": 5})"), seconds(7));
  EXPECT_EQ(wait({{"Retry-After", "soon"}}, R"({"retry_after": null})"), seconds(0));
  EXPECT_EQ(wait({{"Retry-After", "99999999999999999999"}}), std::chrono::hours(24));
}

TEST(Wait, DatesAreMeasuredOnTheServersClock) {
  EXPECT_EQ(wait({{"Retry-After", "Wed, 15 Jan 2025 10:03:40 GMT"}, {"Date", "Wed, 15 Jan 2025 10:03:10 GMT"}}),
            seconds(30));
  EXPECT_EQ(wait({{"Retry-After", "Wed, 15 Jan 2025 10:03:40 GMT"}}), seconds(0));  // long past
}

}  // namespace
}  // namespace pixgraph::replicate
