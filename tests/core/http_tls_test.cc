// HttpClient over TLS: whom it trusts, and what it says where it does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "http.h"
#include "support/folder_sink.h"
#include "support/raw_server.h"
#include "support/tls_server.h"

namespace pixgraph::test {
namespace {

using namespace std::chrono_literals;
using Sent = HttpError::Sent;

class HttpTlsTest : public testing::Test {
 protected:
  // OpenSSL writes without MSG_NOSIGNAL, and here it is the server that would be killed.
  HttpTlsTest() { std::signal(SIGPIPE, SIG_IGN); }

  /// All names lead to this machine.
  HttpOptions options(const std::string& ca_file) {
    HttpOptions out;
    out.proxies = {};
    out.ca_file = ca_file;
    out.resolver = [](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; };
    return out;
  }
  RawServer::Script answering(const std::string& name, bool expired = false) {
    return [this, context = ca.server(name, expired)](RawConnection& raw) {
      TlsConnection peer(raw, context);
      if (peer.resumed()) ++resumed;
      if (peer.server_name()) server_name = peer.server_name();
      while (!peer.read_request().empty()) peer.answer("ok", raw.number() == 0 ? "Connection: close\r\n" : "");
    };
  }
  static HttpRequest request(const std::string& host, const RawServer& server) {
    HttpRequest out;
    out.url = "https://" + host + ":" + std::to_string(server.port()) + "/x";
    out.deadline = 5s;
    return out;
  }
  HttpError refused(HttpClient& client, const HttpRequest& wanted) {
    try {
      client.send(wanted);
    } catch (const HttpError& error) {
      EXPECT_EQ(error.sent(), Sent::no);
      return error;
    }
    ADD_FAILURE() << "not refused";
    return HttpError("", "", Sent::no);
  }
  TestCa ca;
  std::atomic<int> resumed{0};
  std::string server_name;
};

TEST_F(HttpTlsTest, AcceptsTheRightCertificateAndResumes) {
  RawServer server(answering("good.test"));
  HttpClient client(options(ca.file()));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(client.send(request("good.test", server)).body, "ok");
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(resumed, 1);
  EXPECT_EQ(server_name, "good.test");
}

TEST_F(HttpTlsTest, AcceptsAnAddressThatTheCertificateNames) {
  RawServer server(answering("IP:127.0.0.1"));
  HttpClient client(options(ca.file()));
  EXPECT_EQ(client.send(request("127.0.0.1", server)).body, "ok");
  EXPECT_EQ(server_name, "");
}

TEST_F(HttpTlsTest, RefusesAnotherHostEvenOnLoopback) {
  RawServer server(answering("good.test"));
  HttpClient client(options(ca.file()));
  for (const std::string host : {"bad.test", "localhost", "127.0.0.1"}) {
    const HttpError error = refused(client, request(host, server));
    EXPECT_EQ(error.code(), "E203");
    EXPECT_EQ(error.message(), "TLS failed with " + host + ":" + std::to_string(server.port()) +
                                   ": its certificate is for another host");
  }
  // Nor does a session that was begun with the right name serve a wrong one.
  EXPECT_EQ(client.send(request("good.test", server)).body, "ok");
  refused(client, request("bad.test", server));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(HttpTlsTest, RefusesAnUnknownAuthority) {
  TestCa other;
  RawServer server(answering("good.test"));
  HttpClient client(options(other.file()));
  const std::string start = "TLS failed with good.test:" + std::to_string(server.port()) + ": ";
  EXPECT_EQ(refused(client, request("good.test", server)).message(),
            start + "its certificate is not trusted (unable to get local issuer certificate)");
  HttpClient system(options(""));
  const HttpError error = refused(system, request("good.test", server));
  EXPECT_EQ(error.code(), "E203");
  EXPECT_EQ(error.message(), start + "its certificate is not trusted (unable to get local issuer certificate)");
  EXPECT_EQ(error.hint(), "name the file of the CA that signed it in SSL_CERT_FILE");
}

TEST_F(HttpTlsTest, TrustsTheFileOfTheEnvironment) {
  RawServer server(answering("good.test"));
  ::setenv("SSL_CERT_FILE", ca.file().c_str(), 1);
  HttpClient client(options(""));
  EXPECT_EQ(client.send(request("good.test", server)).body, "ok");
  ::unsetenv("SSL_CERT_FILE");
}

TEST_F(HttpTlsTest, SaysThatTheMachineHasNoCertificates) {
  RawServer server(answering("good.test"));
  ::setenv("SSL_CERT_FILE", "/nonexistent", 1);
  ::setenv("SSL_CERT_DIR", "/nonexistent", 1);
  HttpClient client(options(""));
  const HttpError error = refused(client, request("good.test", server));
  ::unsetenv("SSL_CERT_FILE");
  ::unsetenv("SSL_CERT_DIR");
  EXPECT_EQ(error.message(), "TLS failed with good.test:" + std::to_string(server.port()) +
                                 ": this machine has no certificates to trust");
  EXPECT_EQ(error.hint(), "install the package ca-certificates");
}

TEST_F(HttpTlsTest, RefusesAnExpiredCertificate) {
  RawServer server(answering("good.test", true));
  HttpClient client(options(ca.file()));
  EXPECT_EQ(refused(client, request("good.test", server)).message(),
            "TLS failed with good.test:" + std::to_string(server.port()) + ": its certificate has expired");
}

TEST_F(HttpTlsTest, RefusesOldProtocols) {
  SSL_CTX* old = ca.server("good.test");
  SSL_CTX_set_min_proto_version(old, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(old, TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(old, "DEFAULT@SECLEVEL=0");
  RawServer server(answering("good.test"));
  HttpClient client(options(ca.file()));
  EXPECT_EQ(refused(client, request("good.test", server)).code(), "E203");
}

TEST_F(HttpTlsTest, SaysThatAPortSpeaksNoTls) {
  RawServer server([](RawConnection& peer) {
    char some[100];
    peer.read_some(some, sizeof some);
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    if (peer.number() == 1) return;
    peer.wait_for_close();
  });
  HttpClient client(options(ca.file()));
  const HttpError error = refused(client, request("good.test", server));
  EXPECT_EQ(error.message(), "TLS failed with good.test:" + std::to_string(server.port()) + ": wrong version number");
  EXPECT_EQ(error.hint(), "does this port speak TLS");
}

TEST_F(HttpTlsTest, AHandshakeThatIsBrokenOffWasNotSent) {
  RawServer server([](RawConnection& peer) {
    char some[100];
    peer.read_some(some, sizeof some);
    if (peer.number() == 1) peer.reset();
  });
  HttpClient client(options(ca.file()));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(refused(client, request("good.test", server)).code(), "E203");
}

TEST_F(HttpTlsTest, ADrippingHandshakeDoesNotOutliveTheDeadline) {
  RawServer server(
      [](RawConnection& peer) { peer.drip(std::string("\x16\x03\x03\x10\x00", 5) + std::string(500, '\x02'), 10ms); });
  HttpClient client(options(ca.file()));
  HttpRequest wanted = request("good.test", server);
  wanted.deadline = 200ms;
  EXPECT_EQ(refused(client, wanted).code(), "E206");
  wanted.deadline = 5s;
  wanted.connect_timeout = 200ms;
  const HttpError error = refused(client, wanted);
  EXPECT_EQ(error.code(), "E202");
  EXPECT_EQ(error.message(), "cannot connect to good.test:" + std::to_string(server.port()) + " within 0.2 s");
}

TEST_F(HttpTlsTest, AnUnreadableCaFileIsNamed) {
  RawServer server(answering("good.test"));
  HttpClient client(options("/no/such/ca.pem"));
  EXPECT_EQ(refused(client, request("good.test", server)).message(),
            "the certificates in `/no/such/ca.pem` cannot be read");
}

TEST_F(HttpTlsTest, ABodyUntilCloseNeedsTheEndOfTls) {
  RawServer server([&](RawConnection& raw) {
    TlsConnection peer(raw, ca.server("good.test"));
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\nhalf");
    peer.goodbye = raw.number() == 0;
  });
  HttpClient client(options(ca.file()));
  EXPECT_EQ(client.send(request("good.test", server)).body, "half");
  try {
    client.send(request("good.test", server));
    ADD_FAILURE();
  } catch (const HttpError& error) {
    EXPECT_EQ(error.code(), "E204");
    EXPECT_EQ(error.message(), "no whole answer from https://good.test:" + std::to_string(server.port()) +
                                   "/x: the connection was closed without the end of TLS");
  }
}

TEST_F(HttpTlsTest, LargeBodiesGoBothWays) {
  const std::string body(5 << 20, 'x');
  RawServer server([&](RawConnection& raw) {
    TlsConnection peer(raw, ca.server("good.test"));
    while (!peer.read_request().empty()) peer.answer(body);
  });
  FolderSink sink;
  HttpOptions with_sink = options(ca.file());
  with_sink.downloads = &sink;
  HttpClient client(with_sink);
  HttpRequest wanted = request("good.test", server);
  wanted.method = "POST";
  wanted.body = body;
  EXPECT_EQ(client.send(wanted).body, body);
  EXPECT_TRUE(server.requests().at(0).ends_with(body));
  EXPECT_EQ(client.download(request("good.test", server)).file->size, body.size());
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTlsTest, AnEarlyAnswerToALargeBodyIsRead) {
  RawServer server([&](RawConnection& raw) {
    TlsConnection peer(raw, ca.server("good.test"));
    peer.read_head();
    peer.answer("too much", "", "413 Content Too Large");
    peer.sleep(100ms);
  });
  HttpClient client(options(ca.file()));
  HttpRequest wanted = request("good.test", server);
  wanted.method = "POST";
  wanted.body = std::string(20 << 20, 'x');
  EXPECT_EQ(client.send(wanted).status, 413);
}

TEST_F(HttpTlsTest, PartOfARequestWasNotSent) {
  RawServer server([&](RawConnection& raw) {
    TlsConnection peer(raw, ca.server("good.test"));
    peer.read_head();
    peer.goodbye = false;
  });
  HttpClient client(options(ca.file()));
  HttpRequest wanted = request("good.test", server);
  wanted.method = "POST";
  wanted.body = std::string(20 << 20, 'x');
  EXPECT_EQ(refused(client, wanted).code(), "E204");
}

TEST_F(HttpTlsTest, RedirectsDoNotLeaveTls) {
  RawServer server([&](RawConnection& raw) {
    TlsConnection peer(raw, ca.server("good.test"));
    peer.read_request();
    peer.answer("", "Location: http://good.test/plain\r\n", "302 Found");
  });
  HttpClient client(options(ca.file()));
  HttpRequest wanted = request("good.test", server);
  wanted.max_redirects = 3;
  try {
    client.send(wanted);
    ADD_FAILURE();
  } catch (const HttpError& error) {
    EXPECT_EQ(error.code(), "E207");
    EXPECT_EQ(error.message(), wanted.url + " leads to http://good.test/plain, which is not encrypted");
  }
}

TEST_F(HttpTlsTest, GoesThroughTheTunnelOfAProxy) {
  std::string connect_line;
  RawServer proxy([&](RawConnection& raw) {
    connect_line = raw.read_head();
    raw.send("HTTP/1.1 200 Connection established\r\n\r\n");
    TlsConnection peer(raw, ca.server("good.test"));
    while (!peer.read_request().empty()) peer.answer("through");
  });
  HttpOptions behind = options(ca.file());
  behind.proxies = {"", "http://me:word@proxy.test:" + std::to_string(proxy.port()), ""};
  HttpClient client(behind);
  HttpRequest wanted;
  wanted.url = "https://good.test/x";
  wanted.authorization = "Bearer r8_secret";
  wanted.secret_origin = "https://good.test/v1";
  EXPECT_EQ(client.send(wanted).body, "through");
  EXPECT_EQ(client.send(wanted).body, "through");
  EXPECT_EQ(proxy.connections(), 1);
  EXPECT_EQ(connect_line,
            "CONNECT good.test:443 HTTP/1.1\r\nHost: good.test:443\r\nProxy-Authorization: Basic bWU6d29yZA==\r\n\r\n");
  EXPECT_TRUE(proxy.requests().at(0).starts_with("GET /x HTTP/1.1\r\nHost: good.test\r\n"));
  wanted.url = "https://bad.test/x";
  EXPECT_EQ(refused(client, wanted).message(), "TLS failed with bad.test:443: its certificate is for another host");
}

}  // namespace
}  // namespace pixgraph::test
