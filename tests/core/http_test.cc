// HttpClient against servers that misbehave: every refusal with its exact words.
#include "http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "support/folder_sink.h"
#include "support/raw_server.h"

namespace pixgraph::test {
namespace {

using namespace std::chrono_literals;
using Sent = HttpError::Sent;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

HttpOptions plain_options() {
  HttpOptions options;
  options.proxies = {};
  return options;
}

/// What a call failed with; fails the test where it did not.
template <class Work>
HttpError error_of(Work work) {
  try {
    work();
  } catch (const HttpError& error) {
    return error;
  }
  ADD_FAILURE() << "no HttpError was thrown";
  return HttpError("none", "none", Sent::no);
}

class HttpTest : public testing::Test {
 protected:
  HttpResponse get(const std::string& url) {
    HttpRequest request;
    request.url = url;
    request.deadline = 5s;
    return client.send(request);
  }
  HttpError failed_get(const std::string& url) {
    return error_of([&] { get(url); });
  }
  static HttpRequest post(const std::string& url, std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.body = std::move(body);
    request.deadline = 5s;
    return request;
  }
  HttpClient client{plain_options()};
};

/// Sends `bytes` to whoever asks, then closes.
RawServer::Script once(std::string bytes) {
  return [bytes](RawConnection& peer) {
    peer.read_request();
    peer.send(bytes);
  };
}

/// Answers every request of every connection with `body`.
RawServer::Script always(std::string body, std::string headers = "", std::string status = "200 OK") {
  return [=](RawConnection& peer) {
    while (!peer.read_request().empty()) peer.answer(body, headers, status);
  };
}

TEST_F(HttpTest, GetsWholeAnswer) {
  RawServer server(once("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"));
  const HttpResponse response = get(server.url("/a%2Fb?x=%20y#part"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.header("content-type"), "text/plain");
  EXPECT_EQ(response.final_url, server.url("/a%2Fb?x=%20y"));
  const std::string host = "127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(server.requests().at(0), "GET /a%2Fb?x=%20y HTTP/1.1\r\nHost: " + host +
                                         "\r\nUser-Agent: pixgraph/0.1.0\r\nAccept: */*\r\n\r\n");
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

// ---- framing

TEST_F(HttpTest, RefusesTruncatedContentLength) {
  RawServer server(once("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(300, 'x')));
  const HttpError error = failed_get(server.url("/cut"));
  EXPECT_EQ(error.code(), "E204");
  EXPECT_EQ(error.message(), "the answer from " + server.url("/cut") + " ended after 300 of 1000 bytes");
  EXPECT_EQ(error.sent(), Sent::maybe);
}

TEST_F(HttpTest, RefusesTruncatedChunks) {
  for (const char* body : {"a\r\n01234", "5\r\n01234\r\n", "5\r\n01234", "5\r\n01234\r\n0\r\n", "5\r\n01234\r\n0"}) {
    RawServer server(once(std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") + body));
    const HttpError error = failed_get(server.url());
    EXPECT_EQ(error.code(), "E204") << body;
    EXPECT_EQ(error.message(), "the answer from " + server.url() + " ended after 5 bytes, before its last chunk");
  }
}

TEST_F(HttpTest, ReadsChunksHoweverTheyArrive) {
  const std::string answer =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  RawServer server([&](RawConnection& peer) {
    peer.read_request();
    peer.send(answer);
    peer.read_request();
    peer.drip(answer, 0ms);
  });
  EXPECT_EQ(get(server.url()).body, "hello 0123456789");
  EXPECT_EQ(get(server.url()).body, "hello 0123456789");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTest, ReadsUntilCloseAndNoticesAReset) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.send("HTTP/1.0 200 OK\r\n\r\nall of it");
    if (peer.number() == 1) {
      peer.sleep(30ms);
      peer.reset();
    }
  });
  EXPECT_EQ(get(server.url()).body, "all of it");
  const HttpError error = failed_get(server.url());
  EXPECT_EQ(error.code(), "E204");
  EXPECT_EQ(error.message(), "no whole answer from " + server.url() + ": connection reset by peer");
}

TEST_F(HttpTest, AnswersWithoutBody) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 204 No Content\r\n\r\n");
    peer.read_request();
    peer.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n");
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    peer.read_request();
    peer.answer("end");
  });
  EXPECT_EQ(get(server.url()).status, 204);
  EXPECT_EQ(get(server.url()).status, 304);
  HttpRequest head;
  head.method = "HEAD";
  head.url = server.url();
  EXPECT_EQ(client.send(head).header("Content-Length"), "1000");
  EXPECT_EQ(get(server.url()).body, "end");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTest, SkipsInterimAnswers) {
  RawServer server(once("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  EXPECT_EQ(client.send(post(server.url(), "x")).body, "ok");
}

TEST_F(HttpTest, TakesLargeHeadsUpTo64kB) {
  std::string head = "HTTP/1.1 200 OK\r\nLong: " + std::string(20'000, 'v') + "\r\n";
  for (int i = 0; i < 500; ++i) head += "Field-" + std::to_string(i) + ": value\r\n";
  RawServer server([&](RawConnection& peer) {
    peer.read_request();
    peer.send(head + "Content-Length: 2\r\n\r\nok");
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nLong: " + std::string(70'000, 'v') + "\r\nContent-Length: 2\r\n\r\nok");
  });
  const HttpResponse response = get(server.url());
  EXPECT_EQ(response.headers.size(), 502u);
  EXPECT_EQ(response.header("field-499"), "value");
  EXPECT_EQ(response.header("long").size(), 20'000u);
  const HttpError error = failed_get(server.url());
  EXPECT_EQ(error.code(), "E212");
  EXPECT_EQ(error.message(), "the answer from " + server.url() + " is not HTTP: its head is larger than 64 kB");
}

TEST_F(HttpTest, RefusesWhatIsNotHttp) {
  const std::pair<const char*, const char*> cases[] = {
      {"SSH-2.0-OpenSSH_9.2\r\n", "it does not start with HTTP/1.1 and a status"},
      {"HTTP/1.1 2x0 OK\r\n\r\n", "its status is not a number of three digits"},
      {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "a header line has no name and colon"},
      {"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "its Content-Length is `-5`"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "it has two Content-Lengths"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "its Transfer-Encoding is `gzip, chunked`"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "a chunk's size is not a number"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", "a chunk is longer than its size"},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", "it switches to another protocol"},
  };
  for (const auto& [bytes, why] : cases) {
    RawServer server(once(bytes));
    const HttpError error = failed_get(server.url());
    EXPECT_EQ(error.code(), "E212") << bytes;
    EXPECT_EQ(error.message(), "the answer from " + server.url() + " is not HTTP: " + why);
  }
}

TEST_F(HttpTest, RefusesTooLargeBodies) {
  for (const char* framing : {"Content-Length: 101\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n65\r\n", "\r\n"}) {
    RawServer server(once(std::string("HTTP/1.1 200 OK\r\n") + framing + std::string(101, 'x')));
    HttpRequest request;
    request.url = server.url();
    request.max_bytes = 100;
    const HttpError error = error_of([&] { client.send(request); });
    EXPECT_EQ(error.code(), "E205");
    EXPECT_EQ(error.message(), "the answer from " + server.url() + " is larger than 100 bytes");
  }
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
    while (peer.send(std::string(65536, 'x'))) {}
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
      {"cat", "start it with https:// or http://"},         {"ftp://host/x", "start it with https:// or http://"},
      {"file:///etc/passwd", "start it with https:// or http://"}, {"http:/x", "write http://host/path"},
      {"http://", "it names no host"},                      {"http://host:99999/", "a port is a number from 1 to 65535"},
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
  EXPECT_EQ(error_of([&] { client.send(request); }).message(), "the header `X-Name` cannot be sent: its value holds a line break");
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
            "the answer from http://127.0.0.1:" + port + "/x?signature=...&w=1 is not HTTP: it does not start with HTTP/1.1 and a status");
}

// ---- where secrets go

TEST_F(HttpTest, AuthorizationGoesToItsOriginOnly) {
  RawServer server(always("ok"));
  HttpOptions options = plain_options();
  options.extra_headers = {{"X-Gateway-Key", "gateway-secret"}};
  HttpClient gateway(options);
  HttpRequest request;
  request.url = server.url("/v1/x");
  request.authorization = "Bearer r8_secret";
  request.secret_origin = server.url("/v1");
  gateway.send(request);
  EXPECT_THAT(server.requests().at(0), HasSubstr("Authorization: Bearer r8_secret\r\nX-Gateway-Key: gateway-secret\r\n"));
  for (const std::string& origin : {std::string(), std::string("https://127.0.0.1:") + std::to_string(server.port()),
                                    std::string("http://127.0.0.1"), std::string("http://localhost:") + std::to_string(server.port())}) {
    request.secret_origin = origin;
    gateway.send(request);
    EXPECT_THAT(server.requests().back(), Not(HasSubstr("secret"))) << origin;
  }
}

TEST_F(HttpTest, RedirectsDropSecretsAcrossOrigins) {
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

TEST_F(HttpTest, UserAndPasswordOfAUrlAreSent) {
  RawServer server(always("ok"));
  get("http://me:p%40ss@127.0.0.1:" + std::to_string(server.port()) + "/");
  EXPECT_THAT(server.requests().at(0), HasSubstr("Authorization: Basic bWU6cEBzcw==\r\n"));
}

// ---- redirects

TEST_F(HttpTest, FollowsRedirectsOfEveryKind) {
  RawServer server([](RawConnection& peer) {
    for (std::string head; !(head = peer.read_request()).empty();) {
      if (head.starts_with("GET /a/b/c?q")) peer.answer("moved", "Location: ../d?x=1#f\r\n", "301 Moved Permanently");
      else if (head.starts_with("GET /a/d?x=1 ")) peer.answer("", "Location: ?x=2\r\n", "303 See Other");
      else if (head.starts_with("GET /a/d?x=2 ")) peer.answer("", "Location: /e f\r\n", "307 Temporary Redirect");
      else if (head.starts_with("GET /e%20f ")) peer.answer("", "Location: //127.0.0.1:" + std::to_string(peer.server().port()) + "/./g/../h/\r\n", "308 x");
      else if (head.starts_with("GET /h/ ")) peer.answer("end");
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

TEST_F(HttpTest, LoopsEnd) {
  RawServer server(always("", "Location: /again\r\n", "302 Found"));
  HttpRequest request;
  request.url = server.url();
  request.max_redirects = 3;
  const HttpError error = error_of([&] { client.send(request); });
  EXPECT_EQ(error.code(), "E211");
  EXPECT_EQ(error.message(), server.url() + " leads to more than 3 redirects");
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST_F(HttpTest, APostIsNotRedirected) {
  RawServer server(always("", "Location: /elsewhere\r\n", "307 Temporary Redirect"));
  HttpRequest request = post(server.url(), "x");
  request.max_redirects = 3;
  EXPECT_EQ(client.send(request).status, 307);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(HttpTest, RedirectsStayOnHttp) {
  RawServer server(always("", "Location: file:///etc/passwd\r\n", "302 Found"));
  HttpRequest request;
  request.url = server.url();
  request.max_redirects = 3;
  EXPECT_EQ(error_of([&] { client.send(request); }).message(), "`file:///etc/passwd` is not an http or https URL");
}

// ---- reach

TEST_F(HttpTest, LinkLocalIsNeverContacted) {
  for (const char* location : {"http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[::ffff:169.254.169.254]/",
                               "http://[64:ff9b::a9fe:a9fe]/"}) {
    RawServer server(always("", std::string("Location: ") + location + "\r\n", "302 Found"));
    HttpRequest request;
    request.url = server.url();
    request.max_redirects = 3;
    const HttpError error = error_of([&] { client.send(request); });
    EXPECT_EQ(error.code(), "E207") << location;
    EXPECT_EQ(error.sent(), Sent::no);
  }
  EXPECT_EQ(failed_get("http://169.254.169.254/").message(), "`169.254.169.254` is a link-local address, which is never contacted");
  EXPECT_EQ(failed_get("http://2852039166/").code(), "E207");  // the same, as one number
}

TEST_F(HttpTest, PublicOnlyRefusesThisMachineAndPrivateNetworks) {
  RawServer server(always("ok"));
  get(server.url());  // a kept connection is no way around
  HttpRequest request;
  request.url = server.url();
  request.reach = Reach::public_only;
  const HttpError error = error_of([&] { client.send(request); });
  EXPECT_EQ(error.code(), "E207");
  EXPECT_EQ(error.message(), "`127.0.0.1` is a loopback address, and this URL may lead to public ones only");
  for (const char* host : {"10.0.0.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "[::1]", "[::]", "[fd00::1]",
                           "[::ffff:10.0.0.1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255", "127.1", "0x7f000001", "localhost"}) {
    request.url = std::string("http://") + host + ":1/";
    EXPECT_EQ(error_of([&] { client.send(request); }).code(), "E207") << host;
  }
}

TEST_F(HttpTest, TheAddressThatIsConnectedToIsTheOneThatWasChecked) {
  HttpOptions options = plain_options();
  int asked = 0;
  options.resolver = [&](const std::string&) { return std::vector<std::string>{++asked == 1 ? "169.254.1.1" : "127.0.0.1"}; };
  HttpRequest request;
  request.url = "http://rebind.test/";
  const HttpError error = error_of([&] { HttpClient(options).send(request); });
  EXPECT_EQ(error.message(), "`rebind.test` is at 169.254.1.1, a link-local address, which is never contacted");
  EXPECT_EQ(asked, 1);
}

// ---- proxies

TEST_F(HttpTest, HttpGoesThroughTheProxy) {
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

TEST_F(HttpTest, HttpsAsksTheProxyForATunnel) {
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
  EXPECT_EQ(error.message(), "the proxy 127.0.0.1:" + std::to_string(proxy.port()) + " answered 407 when asked for example.test:443");
  EXPECT_EQ(error.sent(), Sent::no);
  EXPECT_THAT(proxy.requests().at(0), StartsWith("CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n"));
}

TEST_F(HttpTest, ReadsProxiesFromTheEnvironment) {
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
