#include "live_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <list>
#include <thread>

#include "codec.h"
#include "registry.h"
#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A connection of its own, as a browser makes one.
class Asking {
 public:
  Asking(int port, const std::string& head) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval wait{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    const std::string bytes = head + "\r\n\r\n";
    ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  ~Asking() { ::close(socket_); }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  /// Reads until the text has come, or the other side ends.
  const std::string& until(const std::string& text) {
    char buffer[4096];
    while (text.empty() || got_.find(text) == std::string::npos) {
      const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
      if (count <= 0) break;
      got_.append(buffer, static_cast<std::size_t>(count));
    }
    return got_;
  }
  const std::string& all() { return until(""); }

 private:
  const int socket_;
  std::string got_;
};

struct World {
  test::TempFolder folder;
  Registry registry;
  Codecs codecs{registry};
  Thumbnails thumbnails{real_disk(), codecs, folder.path("thumbnails")};
  std::atomic<int> stops = 0;
  std::ofstream events{folder.path("events.ndjson")};
  LiveServer server{0};
  int port = 0;
  std::string token;

  World() {
    tell("{\"type\":\"version\"}");
    tell(R"({"type":"run","t":0,"file":"p.yaml","items":2,"nodes":[{"name":"cut"}],"outputs":[{"name":"result"}]})");
    LiveParts page;
    page.drawing = {{.kind = DrawnBox::Kind::node, .name = "cut", .label = "Resize"}};
    page.name = "catalog";
    page.file = "p.yaml";
    page.report = folder.path("report.html");
    server.serve({folder.path("events.ndjson"), std::move(page), &thumbnails, [this] { ++stops; },
                  [this] { return stops > 0; }});
    const std::string address = server.address();
    port = std::stoi(address.substr(17));
    token = address.substr(address.find("?t=") + 3);
  }
  void tell(const std::string& line) { events << line << std::endl; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port); }
  std::string get(const std::string& path, const std::string& more = {}) {
    return Asking(port, "GET " + path + " HTTP/1.1\r\nHost: " + host() + more).all();
  }
  std::string with_token(const std::string& path) { return path + "?t=" + token; }
};

TEST(LiveServer, ThePageComesWithItsPolicyAndIsNotKept) {
  World world;
  EXPECT_THAT(world.server.address(), StartsWith("http://127.0.0.1:"));
  const std::string page = world.get(world.with_token("/"));
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("Cache-Control: no-store"));
  EXPECT_THAT(page, HasSubstr("<h1>catalog</h1>"));
  EXPECT_THAT(world.get("/ui/live.js"), HasSubstr("text/javascript"));
  EXPECT_THAT(world.get("/ui/report.js?t=" + world.token), StartsWith("HTTP/1.1 404"));
}

TEST(LiveServer, WithoutTheTokenNothingIsTold) {
  World world;
  for (const char* path : {"/", "/stream", "/report", "/thumbnail/ab", "/anything"})
    EXPECT_THAT(world.get(path), AllOf(StartsWith("HTTP/1.1 403"),
                                       HasSubstr("the address lacks the token that `pixgraph run` has printed")));
  std::string wrong = world.token;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  EXPECT_THAT(world.get("/?t=" + wrong), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(world.get("/?t="), StartsWith("HTTP/1.1 403"));
}

TEST(LiveServer, AnotherNameForThisMachineIsRefused) {
  World world;
  const std::string head = "GET " + world.with_token("/") + " HTTP/1.1\r\nHost: ";
  EXPECT_THAT(Asking(world.port, head + "evil.example:" + std::to_string(world.port)).all(),
              AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("this server is not evil.example")));
  EXPECT_THAT(Asking(world.port, head + "127.0.0.1").all(), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(Asking(world.port, head + "localhost:" + std::to_string(world.port)).all(), StartsWith("HTTP/1.1 200"));
}

TEST(LiveServer, OnlyThePageItselfStopsTheRun) {
  World world;
  const std::string head =
      "POST " + world.with_token("/stop") + " HTTP/1.1\r\nContent-Length: 0\r\nHost: " + world.host();
  EXPECT_THAT(Asking(world.port, head).all(), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(Asking(world.port, head + "\r\nOrigin: http://evil.example").all(),
              AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("only the live page may stop the run")));
  EXPECT_THAT(world.get(world.with_token("/stop"), "\r\nOrigin: http://" + world.host()), StartsWith("HTTP/1.1 405"));
  EXPECT_EQ(world.stops, 0);
  EXPECT_THAT(Asking(world.port, head + "\r\nOrigin: http://" + world.host()).all(), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(world.stops, 1);
}

TEST(LiveServer, AStreamBeginsWithAllThatIsKnownAndGoesOn) {
  World world;
  Asking stream(world.port, "GET " + world.with_token("/stream") + " HTTP/1.1\r\nHost: " + world.host());
  EXPECT_THAT(stream.until("id: 2\n"), HasSubstr("Content-Type: text/event-stream"));
  world.tell(R"({"type":"task","item":"a","node":"cut","state":"started","t":1})");
  world.server.advance();
  EXPECT_THAT(stream.until("id: 3\n"), HasSubstr("id: 3\nevent: run\n"));
  EXPECT_THAT(stream.until("\"running\":1"), HasSubstr("\"item\":\"a\""));
  // One that comes late, or comes back, is told the same.
  Asking late(world.port,
              "GET " + world.with_token("/stream") + " HTTP/1.1\r\nLast-Event-ID: 2\r\nHost: " + world.host());
  EXPECT_THAT(late.until("\n\nid: "), HasSubstr("retry: 1000"));
  EXPECT_THAT(late.until("\"running\":1"), HasSubstr("id: 3\n"));
}

TEST(LiveServer, The33rdStreamIsToldThatThereIsNoRoom) {
  World world;
  const std::string head = "GET " + world.with_token("/stream") + " HTTP/1.1\r\nHost: " + world.host();
  std::list<Asking> streams;
  for (int i = 0; i < LiveServer::kMostStreams; ++i) streams.emplace_back(world.port, head).until("id: ");
  EXPECT_THAT(Asking(world.port, head).all(),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("32 pages look on already: close one of them")));
  EXPECT_THAT(world.get(world.with_token("/")), StartsWith("HTTP/1.1 200"));  // pages still come
}

TEST(LiveServer, OnlyPicturesOfThisRunAreServed) {
  World world;
  const std::string jpeg = "\xff\xd8\xff\xe0 a small picture";
  std::filesystem::create_directories(world.folder.path("thumbnails/ab"));
  std::filesystem::create_directories(world.folder.path("thumbnails/cd"));
  world.folder.write("thumbnails/ab/12", jpeg);
  world.folder.write("thumbnails/cd/34", jpeg);
  world.tell(R"({"type":"picture","item":"a","node":"cut","hash":"ab12","t":1})");
  world.server.advance();
  Asking stream(world.port, "GET " + world.with_token("/stream") + " HTTP/1.1\r\nHost: " + world.host());
  stream.until("id: 3\n");
  EXPECT_THAT(world.get(world.with_token("/thumbnail/ab12")),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Type: image/jpeg"), HasSubstr(jpeg)));
  for (const char* path : {"/thumbnail/cd34", "/thumbnail/../events.ndjson", "/thumbnail/", "/events.ndjson"})
    EXPECT_THAT(world.get(world.with_token(path)), StartsWith("HTTP/1.1 404")) << path;
}

TEST(LiveServer, AtTheEndWhoLooksOnIsSentToTheReport) {
  World world;
  EXPECT_THAT(world.get(world.with_token("/report")), HasSubstr("there is no report yet"));
  Asking stream(world.port, "GET " + world.with_token("/stream") + " HTTP/1.1\r\nHost: " + world.host());
  stream.until("id: 2\n");
  world.folder.write("report.html", "<html><main>\n<p>All done</p></main></html>");
  std::thread ending([&] { world.server.finish(world.folder.path("report.html")); });
  EXPECT_THAT(stream.until("event: ended"), HasSubstr("event: ended\ndata: {\"report\":\"here\"}"));
  const std::string report = world.get(world.with_token("/report"));
  EXPECT_THAT(report, HasSubstr("<p>All done</p>"));
  EXPECT_THAT(report,
              HasSubstr("This is the file <span class=\"mono\">" + world.folder.path("report.html") + "</span>."));
  ending.join();
}

TEST(LiveServer, AReportWhosePicturesLieBesideItIsOnlyNamed) {
  World world;
  Asking stream(world.port, "GET " + world.with_token("/stream") + " HTTP/1.1\r\nHost: " + world.host());
  stream.until("id: 2\n");
  world.folder.write("report.html", "<html></html>");
  std::filesystem::create_directories(world.folder.path("report.files"));
  world.server.finish(world.folder.path("report.html"));  // there is nothing to wait for
  EXPECT_THAT(stream.until("event: ended"), HasSubstr("event: ended\ndata: {\"report\":\"beside\"}"));
}

TEST(LiveServer, NobodyIsWaitedForWhereNobodyLooksOn) {
  World world;
  world.folder.write("report.html", "x");
  const auto before = std::chrono::steady_clock::now();
  world.server.finish(world.folder.path("report.html"));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
}

TEST(LiveServer, APortThatIsTakenIsAnErrorThatSaysSo) {
  World world;
  try {
    LiveServer second(world.port);
    FAIL() << "the port was given twice";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E808");
    EXPECT_THAT(error.message(),
                StartsWith("the live page cannot listen at port " + std::to_string(world.port) + ": "));
    EXPECT_EQ(error.hint(), "another --port, or none, takes one that is free");
  }
}

}  // namespace
}  // namespace pixgraph
