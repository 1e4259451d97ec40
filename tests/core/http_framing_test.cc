// Bodies and heads that are cut off, too large, or not HTTP: every refusal with its exact words.
#include "support/http_fixture.h"

namespace pixgraph::test {
namespace {

using HttpFramingTest = HttpTest;

TEST_F(HttpFramingTest, RefusesTruncatedContentLength) {
  RawServer server(once("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(300, 'x')));
  const HttpError error = failed_get(server.url("/cut"));
  EXPECT_EQ(error.code(), "E204");
  EXPECT_EQ(error.message(), "the answer from " + server.url("/cut") + " ended after 300 of 1000 bytes");
  EXPECT_EQ(error.sent(), Sent::maybe);
}

TEST_F(HttpFramingTest, RefusesTruncatedChunks) {
  for (const char* body : {"a\r\n01234", "5\r\n01234\r\n", "5\r\n01234", "5\r\n01234\r\n0\r\n", "5\r\n01234\r\n0"}) {
    RawServer server(once(std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") + body));
    const HttpError error = failed_get(server.url());
    EXPECT_EQ(error.code(), "E204") << body;
    EXPECT_EQ(error.message(), "the answer from " + server.url() + " ended after 5 bytes, before its last chunk");
  }
}

TEST_F(HttpFramingTest, ReadsChunksHoweverTheyArrive) {
  const std::string answer =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\n1\r\n "
      "\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
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

TEST_F(HttpFramingTest, ReadsUntilCloseAndNoticesAReset) {
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

TEST_F(HttpFramingTest, AnswersWithoutBody) {
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

TEST_F(HttpFramingTest, SkipsInterimAnswers) {
  RawServer server(
      once("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 "
           "OK\r\nContent-Length: 2\r\n\r\nok"));
  EXPECT_EQ(client.send(post(server.url(), "x")).body, "ok");
}

TEST_F(HttpFramingTest, TakesLargeHeadsUpTo64kB) {
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

TEST_F(HttpFramingTest, RefusesWhatIsNotHttp) {
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

TEST_F(HttpFramingTest, RefusesTooLargeBodies) {
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

}  // namespace
}  // namespace pixgraph::test
