// HttpClient: calls, time, connections, and what is known to have been sent.
#include "support/http_fixture.h"

#include <thread>
#include <vector>

#include "support/folder_sink.h"

namespace pixgraph::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(HttpTest, GetsWholeAnswer) {
  RawServer server(once("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"));
  const HttpResponse response = get(server.url("/a%2Fb?x=%20y#part"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.header("content-type"), "text/plain");
  EXPECT_EQ(response.final_url, server.url("/a%2Fb?x=%20y"));
  const std::string host = "127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(server.requests().at(0),
            "GET /a%2Fb?x=%20y HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: pixgraph/0.1.0\r\nAccept: */*\r\n\r\n");
}

TEST_F(HttpTest, PostsBodyWithLengthAndHeaders) {
  RawServer server(always("{}"));
  HttpRequest request = post(server.url(), "{\"a\":1}");
  request.headers = {{"Content-Type", "application/json"}};
  EXPECT_EQ(client.send(request).status, 200);
  EXPECT_THAT(server.requests().at(0), HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(server.requests().at(0), HasSubstr("Content-Length: 7\r\n\r\n{\"a\":1}"));
  client.send(post(server.url(), ""));
  EXPECT_THAT(server.requests().at(1), HasSubstr("Content-Length: 0\r\n"));
}

TEST_F(HttpTest, AnErrorStatusIsAnAnswer) {
  RawServer server(always("gone", "", "404 Not Found"));
  const HttpResponse response = get(server.url());
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "gone");
}

// ---- time

TEST_F(HttpTest, ADrippingServerDoesNotOutliveTheDeadline) {
  for (const char* start : {"", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"}) {
    RawServer server([&](RawConnection& peer) {
      peer.read_request();
      peer.send(start);
      peer.drip("HTTP/1.1 200 OK\r\nX: " + std::string(1000, 'x'), 10ms);
    });
    HttpRequest request;
    request.url = server.url();
    request.deadline = 250ms;
    const auto begin = Clock::now();
    const HttpError error = error_of([&] { client.send(request); });
    EXPECT_LT(Clock::now() - begin, 1s);
    EXPECT_EQ(error.code(), "E206");
    EXPECT_EQ(error.message(), "no whole answer from " + server.url() + " within 0.25 s");
    EXPECT_EQ(error.sent(), Sent::maybe);
  }
}

TEST_F(HttpTest, AnEndlessStreamDoesNotOutliveTheDeadline) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.send(std::string(65536, 'x'))) {
    }
  });
  FolderSink sink;
  HttpOptions options = plain_options();
  options.downloads = &sink;
  HttpRequest request;
  request.url = server.url();
  request.deadline = 100ms;
  request.max_bytes = UINT64_MAX;
  EXPECT_EQ(error_of([&] { HttpClient(options).download(request); }).code(), "E206");
  EXPECT_EQ(sink.files(), 0);
}

TEST_F(HttpTest, AServerThatDoesNotReadDoesNotOutliveTheDeadline) {
  RawServer server([](RawConnection& peer) { peer.sleep(5s); });
  HttpRequest request = post(server.url(), std::string(20 << 20, 'x'));
  request.deadline = 200ms;
  const HttpError error = error_of([&] { client.send(request); });
  EXPECT_EQ(error.code(), "E206");
  EXPECT_EQ(error.sent(), Sent::no);
}

// ---- connections

TEST_F(HttpTest, KeepsConnections) {
  RawServer server(always("ok"));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(get(server.url()).body, "ok");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTest, DoesNotKeepWhatTheServerWillClose) {
  for (const char* header : {"Connection: close\r\n", "Keep-Alive: timeout=0\r\n"}) {
    RawServer server(always("ok", header));
    get(server.url());
    get(server.url());
    EXPECT_EQ(server.connections(), 2) << header;
  }
}

TEST_F(HttpTest, DoesNotReuseAConnectionWithBytesNobodyAskedFor) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    peer.wait_for_close();
  });
  EXPECT_EQ(get(server.url()).body, "ok");
  EXPECT_EQ(get(server.url()).body, "ok");
  EXPECT_EQ(server.connections(), 2);
}

/// Answers the first request of a connection, then takes one more and closes without a word.
void dies_on_second_request(RawConnection& peer) {
  if (peer.read_request().empty()) return;
  peer.answer("ok");
  if (peer.number() == 0) {
    peer.read_request();
    return;
  }
  peer.read_request();
}

TEST_F(HttpTest, AGetOnADeadKeptConnectionIsSentAgain) {
  RawServer server(dies_on_second_request);
  get(server.url());
  EXPECT_EQ(get(server.url()).body, "ok");
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(HttpTest, APostOnADeadKeptConnectionIsNotSentAgain) {
  RawServer server(dies_on_second_request);
  get(server.url());
  const HttpError error = error_of([&] { client.send(post(server.url(), "buy")); });
  EXPECT_EQ(error.code(), "E204");
  EXPECT_EQ(error.message(), "no whole answer from " + server.url() + ": the connection was closed");
  EXPECT_EQ(error.sent(), Sent::maybe);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(HttpTest, AGetThatWasAnsweredInPartIsNotSentAgain) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.answer("ok");
    peer.read_request();
    peer.send("HTTP/1.1 200");
  });
  get(server.url());
  EXPECT_EQ(failed_get(server.url()).message(),
            "no whole answer from " + server.url() + ": the connection was closed inside the head");
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(HttpTest, AClosedKeptConnectionIsNoticedBeforeAPost) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.answer("ok");
  });
  get(server.url());
  std::this_thread::sleep_for(20ms);
  HttpRequest request = post(server.url(), "x");
  request.fresh_connection = true;
  EXPECT_EQ(client.send(request).body, "ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTest, AFreshConnectionIsNewOrWasUsedJustNow) {
  RawServer server(always("ok"));
  HttpRequest request = post(server.url(), "x");
  request.fresh_connection = true;
  client.send(request);
  client.send(request);
  EXPECT_EQ(server.connections(), 1);
  std::this_thread::sleep_for(2050ms);
  client.send(request);
  EXPECT_EQ(server.connections(), 2);
  get(server.url());
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTest, ServesManyThreads) {
  RawServer server(always("ok"));
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) good += get(server.url()).body == "ok";
    });
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(good, 400);
  EXPECT_LE(server.connections(), 8);
}

// ---- what was sent

TEST_F(HttpTest, RefusedConnectionsWereNotSent) {
  std::string url;
  {
    RawServer server([](RawConnection&) {});
    url = server.url();
  }
  const HttpError error = error_of([&] { client.send(post(url, "x")); });
  EXPECT_EQ(error.code(), "E202");
  EXPECT_EQ(error.message(), "cannot connect to " + url.substr(7, url.size() - 8) + ": connection refused");
  EXPECT_EQ(error.sent(), Sent::no);
}

TEST_F(HttpTest, UnknownHostsWereNotSent) {
  HttpOptions options = plain_options();
  options.resolver = [](const std::string&) { return std::vector<std::string>{}; };
  HttpRequest request = post("http://nowhere.test/x", "x");
  const HttpError error = error_of([&] { HttpClient(options).send(request); });
  EXPECT_EQ(error.code(), "E201");
  EXPECT_EQ(error.message(), "cannot resolve the host `nowhere.test`");
  EXPECT_EQ(error.sent(), Sent::no);
  EXPECT_EQ(failed_get("http://no-such-host.invalid/").code(), "E201");  // by the system's resolver
}

TEST_F(HttpTest, TriesAllAddresses) {
  RawServer server(always("ok"));
  HttpOptions options = plain_options();
  options.resolver = [](const std::string&) { return std::vector<std::string>{"127.0.0.2", "::1", "127.0.0.1"}; };
  HttpRequest request;
  request.url = "http://many.test:" + std::to_string(server.port());
  EXPECT_EQ(HttpClient(options).send(request).body, "ok");
}

TEST_F(HttpTest, PartOfARequestWasNotSent) {
  RawServer server([](RawConnection& peer) {
    peer.read_head();
    peer.reset();
  });
  const HttpError error = error_of([&] { client.send(post(server.url(), std::string(20 << 20, 'x'))); });
  EXPECT_EQ(error.code(), "E204");
  EXPECT_THAT(error.message(), StartsWith("the connection to " + server.url() + " broke after "));
  EXPECT_THAT(error.message(), HasSubstr(" of 20971"));
  EXPECT_EQ(error.sent(), Sent::no);
}

TEST_F(HttpTest, AnEarlyAnswerToALargeBodyIsRead) {
  RawServer server([](RawConnection& peer) {
    peer.read_head();
    peer.answer("too much", "", "413 Content Too Large");
    if (peer.number() == 0) peer.sleep(100ms);  // the second one closes on the body that is still coming
  });
  for (int i = 0; i < 2; ++i) {
    const HttpResponse response = client.send(post(server.url(), std::string(20 << 20, 'x')));
    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(response.body, "too much");
  }
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTest, ALargeBodyArrivesWhole) {
  RawServer server(always("ok"));
  std::string body(20 << 20, 'x');
  for (std::size_t i = 0; i < body.size(); i += 4096) body[i] = static_cast<char>('a' + i / 4096 % 26);
  client.send(post(server.url(), body));
  EXPECT_THAT(server.requests().at(0).size(), testing::Gt(body.size()));
  EXPECT_TRUE(server.requests().at(0).ends_with(body));
}

// ---- URLs and headers

TEST_F(HttpTest, RefusesOtherSchemes) {
  const std::pair<const char*, const char*> cases[] = {
      {"cat", "start it with https:// or http://"},
      {"ftp://host/x", "start it with https:// or http://"},
      {"file:///etc/passwd", "start it with https:// or http://"},
      {"http:/x", "write http://host/path"},
      {"http://", "it names no host"},
      {"http://host:99999/", "a port is a number from 1 to 65535"},
      {"http://a b/", "the host may have letters, digits, `-`, `_` and `.` only"},
      {"http://[::1/", "the address in brackets is not closed"}};
  for (const auto& [url, hint] : cases) {
    const HttpError error = failed_get(url);
    EXPECT_EQ(error.code(), "E208");
    EXPECT_EQ(error.message(), std::string("`") + url + "` is not an http or https URL");
    EXPECT_EQ(error.hint(), hint);
    EXPECT_EQ(error.sent(), Sent::no);
  }
}

TEST_F(HttpTest, RefusesLineBreaksInHeaders) {
  HttpRequest request;
  request.url = "http://127.0.0.1:1/";
  request.headers = {{"X-Name", "a\r\nHost: evil"}};
  EXPECT_EQ(error_of([&] { client.send(request); }).message(),
            "the header `X-Name` cannot be sent: its value holds a line break");
  request.headers = {{"Authorization", "Bearer x"}};
  EXPECT_EQ(error_of([&] { client.send(request); }).message(), "the header `Authorization` is set by the client alone");
}

TEST_F(HttpTest, ShownUrlsHoldNoSecrets) {
  EXPECT_EQ(shown_url("https://me:secret@host/p?a=1&X-Amz-Signature=abc&token=t&b=2#f"),
            "https://host/p?a=1&X-Amz-Signature=...&token=...&b=2#f");
  EXPECT_EQ(shown_url("https://host/?key"), "https://host/?key");
  EXPECT_EQ(shown_url("http://host/a@b?x=http://u:p@h"), "http://host/a@b?x=http://u:p@h");
  EXPECT_EQ(shown_url("cat"), "cat");
  EXPECT_EQ(shown_url("data:image/png;base64," + std::string(1000, 'A')).size(), 300u);
}

TEST_F(HttpTest, ErrorsShowNoSecrets) {
  RawServer server(once("nonsense"));
  const std::string port = std::to_string(server.port());
  HttpRequest request;
  request.url = "http://user:hunter22@127.0.0.1:" + port + "/x?signature=abcdef&w=1";
  request.authorization = "Bearer r8_secret";
  request.secret_origin = server.url();
  EXPECT_EQ(error_of([&] { client.send(request); }).message(),
            "the answer from http://127.0.0.1:" + port +
                "/x?signature=...&w=1 is not HTTP: it does not start with HTTP/1.1 and a status");
}

}  // namespace
}  // namespace pixgraph::test
