#include "live_server.h"

#include <openssl/crypto.h>

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <pixgraph/error.h>

#include "disk.h"
#include "event_follower.h"
#include "hash.h"
#include "html.h"
#include "live_state.h"
#include "report.h"
#include "report_assets.h"

namespace pixgraph {

using nlohmann::json;
using Poco::Net::HTTPRequestHandler;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

static constexpr auto kBatch = milliseconds(250);            // between two messages of a stream
static constexpr auto kHeartbeat = std::chrono::seconds(2);  // a stream whose reader has gone is noticed by then
static constexpr auto kGoodbye = std::chrono::seconds(3);
static constexpr int kOtherThreads = 8;

class LiveServer::Serving {
 public:
  explicit Serving(int port) : socket_(bound(port)), pool_(2, kMostStreams + kOtherThreads) {}
  ~Serving() {
    leave();
    if (server_) server_->stopAll(true);
    pool_.joinAll();
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  void serve(Run run) {
    run_ = std::move(run);
    run_.page.token = token_;
    follower_ = std::make_unique<EventFollower>(run_.events_path, [this](std::string_view, const json& event) {
      std::lock_guard lock(mutex_);
      state_.take(event);
    });
    auto* params = new Poco::Net::HTTPServerParams;  // the server's
    params->setKeepAlive(false);
    params->setMaxThreads(kMostStreams + kOtherThreads);
    params->setMaxQueued(64);
    params->setTimeout(Poco::Timespan(10, 0));
    server_ = std::make_unique<Poco::Net::HTTPServer>(new Factory(*this), pool_, socket_, params);
    server_->start();
  }

  std::string address() const { return "http://" + host() + "/?t=" + token_; }
  void advance() { follower_->advance(); }

  void finish(const std::string& report_path) {
    follower_->finish();
    std::unique_lock lock(mutex_);
    report_ = report_path;
    // Pictures that lie beside a large report are read from there as they come into view: not from us, who are gone.
    beside_ = !report_.empty() && real_disk().exists(pictures_beside(report_));
    finished_ = true;
    waiting_for_ = report_.empty() || beside_ ? 0 : streams_;
    changed_.notify_all();
    changed_.wait_for(lock, kGoodbye, [&] { return waiting_for_ <= 0; });
  }

 private:
  class Handler : public HTTPRequestHandler {
   public:
    explicit Handler(Serving& serving) : serving_(serving) {}
    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
      try {
        serving_.answer(request, response);
      } catch (const std::exception&) {  // whoever asked has gone
      }
    }

   private:
    Serving& serving_;
  };
  class Factory : public Poco::Net::HTTPRequestHandlerFactory {
   public:
    explicit Factory(Serving& serving) : serving_(serving) {}
    HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override { return new Handler(serving_); }

   private:
    Serving& serving_;
  };

  static Poco::Net::ServerSocket bound(int port) {
    try {
      Poco::Net::ServerSocket socket;
      socket.bind(Poco::Net::SocketAddress("127.0.0.1", static_cast<Poco::UInt16>(port)), true, false);
      socket.listen(64);
      return socket;
    } catch (const Poco::Exception& error) {
      throw Error("E808", "the live page cannot listen at port " + std::to_string(port) + ": " + error.displayText(),
                  "another --port, or none, takes one that is free");
    }
  }

  std::string host() const { return "127.0.0.1:" + std::to_string(socket_.address().port()); }

  /// Streams end; the run does not wait for who looks on.
  void leave() {
    std::lock_guard lock(mutex_);
    leaving_ = true;
    changed_.notify_all();
  }

  static void refuse(HTTPServerResponse& response, HTTPResponse::HTTPStatus status, const std::string& why) {
    send(response, "text/plain; charset=utf-8", why + "\n", status);
  }

  static void send(HTTPServerResponse& response, const std::string& type, std::string_view body,
                   HTTPResponse::HTTPStatus status = HTTPResponse::HTTP_OK) {
    response.setStatusAndReason(status);
    response.setContentType(type);
    response.setContentLength64(static_cast<Poco::Int64>(body.size()));
    response.set("X-Content-Type-Options", "nosniff");
    if (!response.has("Cache-Control")) response.set("Cache-Control", "no-store");
    response.sendBuffer(body.data(), body.size());
  }

  bool token_fits(const std::string& query) const {
    for (std::size_t at = 0; at <= query.size();) {
      const std::size_t end = std::min(query.find('&', at), query.size());
      const std::string part = query.substr(at, end - at);
      if (part.size() == token_.size() + 2 && part.starts_with("t=") &&
          CRYPTO_memcmp(part.data() + 2, token_.data(), token_.size()) == 0)
        return true;
      at = end + 1;
    }
    return false;
  }

  void answer(HTTPServerRequest& request, HTTPServerResponse& response) {
    const std::string& uri = request.getURI();
    const std::string path = uri.substr(0, uri.find('?'));
    const std::string query = path.size() < uri.size() ? uri.substr(path.size() + 1) : "";
    const std::string named = request.get("Host", ""), port = std::to_string(socket_.address().port());
    // Another name for this machine would be one that somebody else's page resolves to it.
    if (named != host() && named != "localhost:" + port)
      return refuse(response, HTTPResponse::HTTP_FORBIDDEN, "this server is not " + named);
    const bool post = request.getMethod() == "POST", get = request.getMethod() == "GET";
    if (!get && !(post && path == "/stop"))
      return refuse(response, HTTPResponse::HTTP_METHOD_NOT_ALLOWED, "only GET, and POST /stop");
    if (get && path == "/favicon.ico") {  // browsers ask for it unasked
      response.setStatusAndReason(HTTPResponse::HTTP_NO_CONTENT);
      response.send();
      return;
    }
    if (get && (path == "/ui/live.js" || path == "/ui/page.js"))
      return send(response, "text/javascript; charset=utf-8", report_asset(path.substr(4)));
    if (!token_fits(query))
      return refuse(response, HTTPResponse::HTTP_FORBIDDEN,
                    "the address lacks the token that `pixgraph run` has printed");
    if (path == "/") return page(response);
    if (path == "/stream") return stream(response);
    if (path == "/stop")
      return post ? stop(request, response) : refuse(response, HTTPResponse::HTTP_METHOD_NOT_ALLOWED, "only POST");
    if (path == "/report") return report(response);
    if (path.starts_with("/thumbnail/")) return thumbnail(response, path.substr(11));
    refuse(response, HTTPResponse::HTTP_NOT_FOUND, "there is no such page");
  }

  void page(HTTPServerResponse& response) {
    LiveParts parts = run_.page;
    parts.nonce = random_hex(16);
    response.set("Content-Security-Policy", live_policy(parts.nonce));
    response.set("Referrer-Policy", "no-referrer");
    send(response, "text/html; charset=utf-8", live_page(parts));
  }

  void stop(HTTPServerRequest& request, HTTPServerResponse& response) {
    const std::string origin = request.get("Origin", "");
    const std::string port = std::to_string(socket_.address().port());
    if (origin != "http://" + host() && origin != "http://localhost:" + port)
      return refuse(response, HTTPResponse::HTTP_FORBIDDEN, "only the live page may stop the run");
    if (run_.stop) run_.stop();
    send(response, "text/plain; charset=utf-8", "stopping\n");
  }

  void thumbnail(HTTPServerResponse& response, const std::string& hash) {
    bool known = false;
    {
      std::lock_guard lock(mutex_);
      known = state_.knows_picture(hash);
    }
    const auto bytes = known && run_.thumbnails ? run_.thumbnails->read(hash) : std::nullopt;
    if (!bytes) return refuse(response, HTTPResponse::HTTP_NOT_FOUND, "there is no such picture");
    const std::string kind(shown_by_browsers(*bytes));
    response.set("Cache-Control", "private, max-age=3600, immutable");
    send(response, "image/" + (kind == "jpg" ? std::string("jpeg") : kind), *bytes);
  }

  void report(HTTPServerResponse& response) {
    std::string path;
    {
      std::lock_guard lock(mutex_);
      path = report_;
    }
    auto bytes = path.empty() ? std::nullopt : real_disk().read(path);
    if (!bytes) return refuse(response, HTTPResponse::HTTP_NOT_FOUND, "there is no report yet");
    // Where the file is: this address is gone with the program.
    if (const std::size_t main = bytes->find("<main>\n"); main != std::string::npos)
      bytes->insert(main + 7, "<p class=\"quiet\">This is the file <span class=\"mono\">" +
                                  escaped_html(run_.page.report) + "</span>.</p>\n");
    send(response, "text/html; charset=utf-8", *bytes);
    std::lock_guard lock(mutex_);
    --waiting_for_;
    changed_.notify_all();
  }

  void stream(HTTPServerResponse& response) {
    {
      std::lock_guard lock(mutex_);
      if (streams_ >= kMostStreams)
        return refuse(response, HTTPResponse::HTTP_SERVICE_UNAVAILABLE,
                      std::to_string(kMostStreams) + " pages look on already: close one of them");
      ++streams_;
    }
    struct Seat {
      Serving& serving;
      ~Seat() {
        std::lock_guard lock(serving.mutex_);
        --serving.streams_;
      }
    } seat{*this};
    response.setContentType("text/event-stream");
    response.set("Cache-Control", "no-store");
    response.setChunkedTransferEncoding(false);
    std::ostream& out = response.send();
    std::int64_t sent = -1;
    auto last = steady_clock::now();
    std::unique_lock lock(mutex_);
    out << "retry: 1000\n\n" << std::flush;
    while (out && !leaving_) {
      if (finished_) {
        const char* where = report_.empty() ? "none" : beside_ ? "beside" : "here";
        lock.unlock();
        out << "event: ended\ndata: {\"report\":\"" << where << "\"}\n\n" << std::flush;
        return;
      }
      // What runs gets older although nothing happens: once in a while it is told anyway.
      if (state_.lines() != sent || steady_clock::now() - last > kHeartbeat) {
        sent = state_.lines();
        json view = state_.view(std::chrono::duration<double>(steady_clock::now() - start_).count());
        view["stopping"] = run_.is_stopping && run_.is_stopping();
        lock.unlock();
        out << "id: " << sent << "\nevent: run\ndata: " << view.dump(-1, ' ', false, json::error_handler_t::replace)
            << "\n\n"
            << std::flush;
        last = steady_clock::now();
        lock.lock();
      }
      changed_.wait_for(lock, kBatch, [&] { return finished_ || leaving_; });
    }
  }

  const steady_clock::time_point start_ = steady_clock::now();
  const std::string token_ = random_hex(16);
  Poco::Net::ServerSocket socket_;
  Poco::ThreadPool pool_;
  Run run_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  LiveState state_{[this](const std::string& hash) { return run_.thumbnails && run_.thumbnails->has(hash); }};
  std::string report_;
  int streams_ = 0, waiting_for_ = 0;
  bool beside_ = false, finished_ = false, leaving_ = false;
  std::unique_ptr<EventFollower> follower_;
  std::unique_ptr<Poco::Net::HTTPServer> server_;
};

LiveServer::LiveServer(int port) : serving_(std::make_unique<Serving>(port)) {}
LiveServer::~LiveServer() = default;
void LiveServer::serve(Run run) {
  serving_->serve(std::move(run));
}
std::string LiveServer::address() const {
  return serving_->address();
}
void LiveServer::advance() {
  serving_->advance();
}
void LiveServer::finish(const std::string& report_path) {
  serving_->finish(report_path);
}

}  // namespace pixgraph
