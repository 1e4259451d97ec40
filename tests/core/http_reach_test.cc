// Where a call may lead: secrets, redirects, refused addresses, proxies.
#include "support/http_fixture.h"

#include <cstdlib>

namespace pixgraph::test {
namespace {

using HttpReachTest = HttpTest;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// ---- where secrets go

TEST_F(HttpReachTest, AuthorizationGoesToItsOriginOnly) {
  RawServer server(always("ok"));
  HttpOptions options = plain_options();
  options.extra_headers = {{"X-Gateway-Key", "gateway-secret"}};
  HttpClient gateway(options);
  HttpRequest request;
  request.url = server.url("/v1/x");
  request.authorization = "Bearer r8_secret";
  request.secret_origin = server.url("/v1");
  gateway.send(request);
  EXPECT_THAT(server.requests().at(0),
              HasSubstr("Authorization: Bearer r8_secret\r\nX-Gateway-Key: gateway-secret\r\n"));
  for (const std::string& origin :
       {std::string(), std::string("https://127.0.0.1:") + std::to_string(server.port()),
        std::string("http://127.0.0.1"), std::string("http://localhost:") + std::to_string(server.port())}) {
    request.secret_origin = origin;
    gateway.send(request);
    EXPECT_THAT(server.requests().back(), Not(HasSubstr("secret"))) << origin;
  }
}

TEST_F(HttpReachTest, RedirectsDropSecretsAcrossOrigins) {
  RawServer other(always("there"));
  RawServer server([&](RawConnection& peer) {
    while (!peer.read_request().empty()) peer.answer("", "Location: " + other.url("/file") + "\r\n", "302 Found");
  });
  HttpRequest request;
  request.url = "http://me:password@127.0.0.1:" + std::to_string(server.port()) + "/";
  request.headers = {{"X-Api-Key", "custom-secret"}, {"Accept", "image/png"}};
  request.authorization = "Bearer r8_secret";
  request.secret_origin = server.url();
  request.max_redirects = 5;
  const HttpResponse response = client.send(request);
  EXPECT_EQ(response.body, "there");
  EXPECT_EQ(response.final_url, other.url("/file"));
  EXPECT_THAT(server.requests().at(0), HasSubstr("r8_secret"));
  EXPECT_THAT(server.requests().at(0), HasSubstr("custom-secret"));
  EXPECT_THAT(other.requests().at(0), Not(HasSubstr("secret")));
  EXPECT_THAT(other.requests().at(0), Not(HasSubstr("Authorization")));
  EXPECT_THAT(other.requests().at(0), HasSubstr("Accept: image/png\r\n"));
}

TEST_F(HttpReachTest, WhatAnAnswerRepeatsOfTheTokenIsTakenOut) {
  RawServer server(
      always("{\"logs\": \"token r8_secret_word\"} cjhfc2VjcmV0X3dvcmQ r8_secret", "X-Seen: r8_secret_word\r\n"));
  HttpRequest request;
  request.url = server.url("/");
  request.authorization = "Bearer r8_secret_word";
  request.secret_origin = server.url();
  const HttpResponse response = client.send(request);
  EXPECT_EQ(response.body, "{\"logs\": \"token [secret]\"} [secret]Q r8_secret");
  EXPECT_EQ(response.header("X-Seen"), "[secret]");
}

TEST_F(HttpReachTest, LinksInABodyStayAsTheyCame) {
  RawServer server(
      always("[\"https://replicate.delivery/replicate/0.png\", \"replicate failed\", \"http://x/?key=replicate\", "
             "\"http://replicate@x/\", \"https://\"]"));
  HttpRequest request;
  request.url = server.url("/");
  request.authorization = "Bearer replicate";
  request.secret_origin = server.url();
  EXPECT_EQ(client.send(request).body,
            "[\"https://replicate.delivery/replicate/0.png\", \"[secret] failed\", \"http://x/?key=[secret]\", "
            "\"http://[secret]@x/\", \"https://\"]");
}

TEST_F(HttpReachTest, UserAndPasswordOfAUrlAreSent) {
  RawServer server(always("ok"));
  get("http://me:p%40ss@127.0.0.1:" + std::to_string(server.port()) + "/");
  EXPECT_THAT(server.requests().at(0), HasSubstr("Authorization: Basic bWU6cEBzcw==\r\n"));
}

// ---- redirects

TEST_F(HttpReachTest, FollowsRedirectsOfEveryKind) {
  RawServer server([](RawConnection& peer) {
    for (std::string head; !(head = peer.read_request()).empty();) {
      if (head.starts_with("GET /a/b/c?q"))
        peer.answer("moved", "Location: ../d?x=1#f\r\n", "301 Moved Permanently");
      else if (head.starts_with("GET /a/d?x=1 "))
        peer.answer("", "Location: ?x=2\r\n", "303 See Other");
      else if (head.starts_with("GET /a/d?x=2 "))
        peer.answer("", "Location: /e f\r\n", "307 Temporary Redirect");
      else if (head.starts_with("GET /e%20f "))
        peer.answer("", "Location: //127.0.0.1:" + std::to_string(peer.server().port()) + "/./g/../h/\r\n", "308 x");
      else if (head.starts_with("GET /h/ "))
        peer.answer("end");
    }
  });
  HttpRequest request;
  request.url = server.url("/a/b/c?q");
  request.max_redirects = 10;
  const HttpResponse response = client.send(request);
  EXPECT_EQ(response.body, "end");
  EXPECT_EQ(response.final_url, server.url("/h/"));
  EXPECT_EQ(server.connections(), 1);
  request.max_redirects = 0;
  EXPECT_EQ(client.send(request).status, 301);
}

TEST_F(HttpReachTest, LoopsEnd) {
  RawServer server(always("", "Location: /again\r\n", "302 Found"));
  HttpRequest request;
  request.url = server.url();
  request.max_redirects = 3;
  const HttpError error = error_of([&] { client.send(request); });
  EXPECT_EQ(error.code(), "E211");
  EXPECT_EQ(error.message(), server.url() + " leads to more than 3 redirects");
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST_F(HttpReachTest, APostIsNotRedirected) {
  RawServer server(always("", "Location: /elsewhere\r\n", "307 Temporary Redirect"));
  HttpRequest request = post(server.url(), "x");
  request.max_redirects = 3;
  EXPECT_EQ(client.send(request).status, 307);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(HttpReachTest, RedirectsStayOnHttp) {
  RawServer server(always("", "Location: file:///etc/passwd\r\n", "302 Found"));
  HttpRequest request;
  request.url = server.url();
  request.max_redirects = 3;
  EXPECT_EQ(error_of([&] { client.send(request); }).message(), "`file:///etc/passwd` is not an http or https URL");
}

// ---- reach

TEST_F(HttpReachTest, LinkLocalIsNeverContacted) {
  for (const char* location : {"http://169.254.169.254/latest/meta-data", "http://[fe80::1]/",
                               "http://[::ffff:169.254.169.254]/", "http://[64:ff9b::a9fe:a9fe]/"}) {
    RawServer server(always("", std::string("Location: ") + location + "\r\n", "302 Found"));
    HttpRequest request;
    request.url = server.url();
    request.max_redirects = 3;
    const HttpError error = error_of([&] { client.send(request); });
    EXPECT_EQ(error.code(), "E207") << location;
    EXPECT_EQ(error.sent(), Sent::no);
  }
  EXPECT_EQ(failed_get("http://169.254.169.254/").message(),
            "`169.254.169.254` is a link-local address, which is never contacted");
  EXPECT_EQ(failed_get("http://2852039166/").code(), "E207");  // the same, as one number
}

TEST_F(HttpReachTest, PublicOnlyRefusesThisMachineAndPrivateNetworks) {
  RawServer server(always("ok"));
  get(server.url());  // a kept connection is no way around
  HttpRequest request;
  request.url = server.url();
  request.reach = Reach::public_only;
  const HttpError error = error_of([&] { client.send(request); });
  EXPECT_EQ(error.code(), "E207");
  EXPECT_EQ(error.message(), "`127.0.0.1` is a loopback address, and this URL may lead to public ones only");
  for (const char* host :
       {"10.0.0.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "[::1]", "[::]", "[fd00::1]",
        "[::ffff:10.0.0.1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255", "127.1", "0x7f000001", "localhost"}) {
    request.url = std::string("http://") + host + ":1/";
    EXPECT_EQ(error_of([&] { client.send(request); }).code(), "E207") << host;
  }
}

TEST_F(HttpReachTest, TheAddressThatIsConnectedToIsTheOneThatWasChecked) {
  HttpOptions options = plain_options();
  int asked = 0;
  options.resolver = [&](const std::string&) {
    return std::vector<std::string>{++asked == 1 ? "169.254.1.1" : "127.0.0.1"};
  };
  HttpRequest request;
  request.url = "http://rebind.test/";
  const HttpError error = error_of([&] { HttpClient(options).send(request); });
  EXPECT_EQ(error.message(), "`rebind.test` is at 169.254.1.1, a link-local address, which is never contacted");
  EXPECT_EQ(asked, 1);
}

TEST_F(HttpReachTest, RedirectsLeadFromThisMachineToThisMachine) {
  RawServer other(always("there"));
  RawServer server(always("", "Location: " + other.url("/") + "\r\n", "302 Found"));
  HttpRequest request;
  request.url = server.url();
  request.max_redirects = 3;
  EXPECT_EQ(client.send(request).body, "there");
}

TEST_F(HttpReachTest, APublicAddressDoesNotRedirectIntoThePrivateNetwork) {
  RawServer inside(always("the user's own router"));
  for (const std::string& location : {inside.url("/"), std::string("http://192.168.1.1/"), std::string("http://[::1]/"),
                                      std::string("http://inside.test/")}) {
    // A proxy resolves names itself: what it answers for comes from a public address, as far as can be told.
    RawServer proxy(always("", "Location: " + location + "\r\n", "302 Found"));
    HttpOptions options;
    options.proxies = {"http://127.0.0.1:" + std::to_string(proxy.port()), "", "inside.test"};
    options.resolver = [](const std::string& host) {
      return std::vector<std::string>{host == "inside.test" ? "10.0.0.7" : host};
    };
    HttpRequest request;
    request.url = "http://public.test/picture.png";
    request.max_redirects = 3;
    const HttpError error = error_of([&] { HttpClient(options).send(request); });
    EXPECT_EQ(error.code(), "E207") << location << ": " << error.message();
    EXPECT_THAT(error.message(), HasSubstr("and this URL may lead to public ones only"));
    EXPECT_EQ(proxy.requests().size(), 1u);
  }
  EXPECT_EQ(inside.connections(), 0);
}

// ---- proxies

TEST_F(HttpReachTest, HttpGoesThroughTheProxy) {
  RawServer proxy(always("by proxy"));
  HttpOptions options;
  options.proxies = {"http://user:pass@127.0.0.1:" + std::to_string(proxy.port()), "", ".direct.test,exact.test:80"};
  options.resolver = [](const std::string& host) {
    return host == "127.0.0.1" ? std::vector<std::string>{host} : std::vector<std::string>{};
  };
  HttpClient behind(options);
  HttpRequest request;
  request.url = "http://example.test/a?b";
  EXPECT_EQ(behind.send(request).body, "by proxy");
  EXPECT_THAT(proxy.requests().at(0), StartsWith("GET http://example.test/a?b HTTP/1.1\r\nHost: example.test\r\n"));
  EXPECT_THAT(proxy.requests().at(0), HasSubstr("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"));
  for (const char* direct : {"http://a.direct.test/", "http://direct.test/", "http://exact.test/"}) {
    request.url = direct;
    EXPECT_EQ(error_of([&] { behind.send(request); }).code(), "E201");
  }
  request.url = "http://169.254.169.254/";
  EXPECT_EQ(error_of([&] { behind.send(request); }).code(), "E207");
  RawServer local(always("direct"));
  request.url = local.url();
  EXPECT_EQ(behind.send(request).body, "direct");
}

TEST_F(HttpReachTest, HttpsAsksTheProxyForATunnel) {
  RawServer proxy([](RawConnection& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  });
  HttpOptions options;
  options.proxies = {"", "127.0.0.1:" + std::to_string(proxy.port()), ""};
  HttpRequest request;
  request.url = "https://example.test/";
  const HttpError error = error_of([&] { HttpClient(options).send(request); });
  EXPECT_EQ(error.code(), "E202");
  EXPECT_EQ(error.message(),
            "the proxy 127.0.0.1:" + std::to_string(proxy.port()) + " answered 407 when asked for example.test:443");
  EXPECT_EQ(error.sent(), Sent::no);
  EXPECT_THAT(proxy.requests().at(0), StartsWith("CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n"));
}

TEST_F(HttpReachTest, ReadsProxiesFromTheEnvironment) {
  ::setenv("HTTPS_PROXY", "http://secure:1", 1);
  ::setenv("http_proxy", "http://plain:2", 1);
  ::setenv("NO_PROXY", "*", 1);
  const ProxySettings settings = ProxySettings::from_environment();
  ::unsetenv("HTTPS_PROXY");
  ::unsetenv("http_proxy");
  ::unsetenv("NO_PROXY");
  EXPECT_EQ(settings.for_https, "http://secure:1");
  EXPECT_EQ(settings.for_http, "http://plain:2");
  EXPECT_EQ(settings.except, "*");
  EXPECT_EQ(proxy_for(Url::parse("http://x.test"), settings), std::nullopt);
}

}  // namespace
}  // namespace pixgraph::test
