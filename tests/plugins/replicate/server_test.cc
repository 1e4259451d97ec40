#include "server.h"

#include <gtest/gtest.h>

#include "support/scripted_host.h"

namespace pixgraph::replicate {
namespace {

using test::ScriptedHost;
using test::thrown;

std::string refused(const std::string& name, const std::string& value) {
  ScriptedHost host;
  host.variables["REPLICATE_API_TOKEN"] = "r8_secret";
  host.variables[name] = value;
  return thrown([&] { read_server(host); });
}

TEST(Server, OfficialByDefault) {
  ScriptedHost host;
  host.variables["REPLICATE_API_TOKEN"] = " r8_secret\n";
  const Server server = read_server(host);
  EXPECT_EQ(server.base, "https://api.replicate.com/v1");
  EXPECT_EQ(server.origin, "https://api.replicate.com");
  EXPECT_EQ(server.host, "api.replicate.com");
  EXPECT_EQ(server.authorization, "Bearer r8_secret");
  EXPECT_TRUE(server.official);
}

TEST(Server, BaseIsUsedVerbatimButForTheLastSlash) {
  ScriptedHost host;
  host.variables = {{"REPLICATE_API_TOKEN", "hk-key"},
                    {"REPLICATE_BASE_URL", "https://Gateway.example:8443/replicate/v1/"}};
  const Server server = read_server(host);
  EXPECT_EQ(server.base, "https://Gateway.example:8443/replicate/v1");
  EXPECT_EQ(server.origin, "https://gateway.example:8443");
  EXPECT_FALSE(server.official);
  EXPECT_EQ(server.request("GET", "/predictions").url, "https://Gateway.example:8443/replicate/v1/predictions");
}

TEST(Server, BaseWithoutV1AndWithIpv6) {
  ScriptedHost host;
  host.variables = {{"REPLICATE_API_TOKEN", "k"},
                    {"REPLICATE_BASE_URL", "https://gateway.ai.cloudflare.com/v1/acct/gw/replicate"}};
  EXPECT_EQ(read_server(host).request("POST", "/predictions").url,
            "https://gateway.ai.cloudflare.com/v1/acct/gw/replicate/predictions");
  host.variables["REPLICATE_BASE_URL"] = "http://[::1]:8080/v1";
  EXPECT_EQ(read_server(host).origin, "http://[::1]:8080");
}

TEST(Server, TheKeyIsOnlyInAuthorization) {
  ScriptedHost host;
  host.variables = {{"REPLICATE_API_TOKEN", "r8_secret"},
                    {"REPLICATE_EXTRA_HEADERS", "cf-aig-authorization: Bearer cf_other"}};
  const HttpRequest request = read_server(host).request("GET", "/predictions/abc");
  EXPECT_EQ(request.authorization, "Bearer r8_secret");
  EXPECT_EQ(request.secret_origin, "https://api.replicate.com");
  EXPECT_EQ(request.max_redirects, 0);
  EXPECT_EQ(request.url.find("secret"), std::string::npos);
  for (const auto& [name, value] : request.headers) EXPECT_EQ(value.find("r8_secret"), std::string::npos) << name;
  EXPECT_EQ(test::header_of(request, "cf-aig-authorization"), "Bearer cf_other");
}

TEST(Server, ExtraHeadersOnOneLineOrSeveral) {
  ScriptedHost host;
  host.variables = {{"REPLICATE_API_TOKEN", "k"}, {"REPLICATE_EXTRA_HEADERS", "X-One: 1; X-Two: a:b ;"}};
  using Headers = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(read_server(host).headers, (Headers{{"X-One", "1"}, {"X-Two", "a:b"}}));
  host.variables["REPLICATE_EXTRA_HEADERS"] = "Cookie: a=1; b=2\r\nX-Two: 2\n";
  EXPECT_EQ(read_server(host).headers, (Headers{{"Cookie", "a=1; b=2"}, {"X-Two", "2"}}));
}

TEST(Server, RefusesExtraHeaders) {
  const std::string how =
      " (REPLICATE_EXTRA_HEADERS holds `Name: value` pairs, parted by `;` on one line or written one per line)";
  EXPECT_EQ(refused("REPLICATE_EXTRA_HEADERS", "X-One: 1; secret"),
            "E403!: entry 2 of REPLICATE_EXTRA_HEADERS has no colon" + how);
  EXPECT_EQ(refused("REPLICATE_EXTRA_HEADERS", ": secret"),
            "E403!: entry 1 of REPLICATE_EXTRA_HEADERS has no header name before its colon" + how);
  EXPECT_EQ(refused("REPLICATE_EXTRA_HEADERS", "X: a\rb"),
            "E403!: entry 1 of REPLICATE_EXTRA_HEADERS has a control character" + how);
  EXPECT_EQ(refused("REPLICATE_EXTRA_HEADERS", "authorization: Token x"),
            "E403!: REPLICATE_EXTRA_HEADERS may not set `authorization`: pixgraph sets it itself" + how);
  EXPECT_EQ(refused("REPLICATE_EXTRA_HEADERS", "Prefer: wait"),
            "E403!: REPLICATE_EXTRA_HEADERS may not set `Prefer`: pixgraph sets it itself" + how);
}

TEST(Server, RefusesWithoutToken) {
  EXPECT_EQ(refused("REPLICATE_API_TOKEN", " "),
            "E401!: REPLICATE_API_TOKEN is not set, and ReplicatePredict calls hosted models (set it, or add --sandbox "
            "to try with "
            "stand-in models)");
  EXPECT_EQ(refused("REPLICATE_API_TOKEN", "Bearer r8_secret"),
            "E401!: REPLICATE_API_TOKEN has a blank, a quote or another character that no token has (set it to the "
            "token alone, without "
            "`Bearer`, quotes or line breaks)");
}

TEST(Server, RefusesBadBases) {
  const std::string how =
      " (write http(s)://host/path without query, user name or blanks, such as https://api.replicate.com/v1)";
  for (const char* base :
       {"api.replicate.com/v1", "ftp://x/v1", "https:///v1", "https://x y/v1", "https://x/v1?key=1", "https://x/v1#a",
        "https://x:99999/v1", "https://x:/v1", "https://x:80a/v1", "https://[::1/v1", "https://::1/v1"})
    EXPECT_EQ(refused("REPLICATE_BASE_URL", base),
              std::string("E402!: REPLICATE_BASE_URL is not a base URL: `") + base + "`" + how)
        << base;
  EXPECT_EQ(refused("REPLICATE_BASE_URL", "https://me:password@x/v1"),
            "E402!: REPLICATE_BASE_URL is not a base URL" + how);
  EXPECT_EQ(refused("REPLICATE_BASE_URL", "https://api.replicate.com"),
            "E402!: REPLICATE_BASE_URL lacks the version: `https://api.replicate.com` (it is used as it stands: write "
            "https://api.replicate.com/v1)");
  EXPECT_EQ(refused("REPLICATE_BASE_URL", "https://x/v1/predictions/"),
            "E402!: REPLICATE_BASE_URL ends with /predictions: `https://x/v1/predictions` (leave that off: "
            "/predictions is appended to it)");
}

TEST(Server, TheTokenDoesNotGoToAnotherBaseThanItsOwn) {
  ScriptedHost host;
  host.variables = {{"REPLICATE_API_TOKEN", "k"}, {"REPLICATE_BASE_URL", "https://b.example/v1"}};
  EXPECT_EQ(thrown([&] { read_server(host, "https://a.example/v1"); }),
            "E402!: the prediction was created at https://a.example/v1, and REPLICATE_BASE_URL is now "
            "https://b.example/v1 (set "
            "REPLICATE_BASE_URL back to go on with it: a token is never sent to another server than its own)");
}

TEST(Server, TheSandboxGetsNoRealToken) {
  ScriptedHost host;
  host.variables = {
      {"REPLICATE_API_TOKEN", "r8_secret"}, {"REPLICATE_BASE_URL", "http://127.0.0.1:9/v1"}, {"PIXGRAPH_SANDBOX", "1"}};
  const Server server = read_server(host);
  EXPECT_EQ(server.authorization, "Bearer sandbox");
  EXPECT_TRUE(server.official);
  host.variables.erase("REPLICATE_API_TOKEN");
  EXPECT_EQ(thrown([&] { read_server(host); }), "nothing");
}

}  // namespace
}  // namespace pixgraph::replicate
