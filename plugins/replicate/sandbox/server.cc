#include "server.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>

#include <algorithm>
#include <iostream>
#include <thread>

#include "api.h"
#include "delivery.h"
#include "text.h"
#include "world.h"

namespace sandbox {

namespace {

namespace net = Poco::Net;

constexpr int kMaxConnections = 1024;
constexpr std::size_t kMaxBody = 110'000'000;

void remember(World& world, const char* listener, const net::HTTPServerRequest& request) {
  std::string headers;
  for (const auto& [name, value] : request) headers.append(name).append(": ").append(value).append("\n");
  world.stats.request(listener, request.getMethod() + " " + request.getURI() + " " + request.getVersion(),
                      std::move(headers));
}

void send(const World& world, net::HTTPServerResponse& out, const Response& response) {
  out.setStatusAndReason(static_cast<net::HTTPResponse::HTTPStatus>(response.status));
  out.set("Date", http_date(world.clock.now()));
  for (const auto& [name, value] : response.headers) out.set(name, value);
  if (response.status == 204) {
    out.setContentLength(0);
    out.send();
    return;
  }
  out.setContentType(response.type);
  out.sendBuffer(response.body.data(), response.body.size());
}

// False when it is too long; what was read then is thrown away with the connection.
bool read_body(net::HTTPServerRequest& request, std::string& body) {
  if (request.hasContentLength()) {
    const auto length = static_cast<std::uint64_t>(request.getContentLength64());
    if (length > kMaxBody) return false;
  }
  std::istream& in = request.stream();
  if (request.hasContentLength() && request.getContentLength64() <= 65536) {
    body.resize(static_cast<std::size_t>(request.getContentLength64()));
    in.read(body.data(), static_cast<std::streamsize>(body.size()));
    return in.gcount() == static_cast<std::streamsize>(body.size());
  }
  std::string piece(65536, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
    body.append(piece, 0, static_cast<std::size_t>(in.gcount()));
    if (body.size() > kMaxBody) return false;
  }
  // A body cut short is no request: nothing of it may be carried out.
  return !request.hasContentLength() || body.size() == static_cast<std::size_t>(request.getContentLength64());
}

// Closing on unread bytes would reset the connection, and a client that is still sending would never see the answer.
void drain(std::istream& in) {
  constexpr std::size_t kPatience = 512'000'000;
  std::string piece(1 << 16, '\0');
  for (std::size_t n = 0; n < kPatience; n += piece.size()) {
    if (!in.read(piece.data(), static_cast<std::streamsize>(piece.size()))) return;
  }
}

class ApiHandler : public net::HTTPRequestHandler {
 public:
  explicit ApiHandler(World& world) : world_(world) {}

  void handleRequest(net::HTTPServerRequest& in, net::HTTPServerResponse& out) override {
    remember(world_, "api", in);
    Request request;
    request.method = in.getMethod();
    const std::string uri = in.getURI();
    const std::size_t mark = uri.find('?');
    request.path = uri.substr(0, mark);
    if (mark != std::string::npos) request.query = uri.substr(mark + 1);
    for (const auto& [name, value] : in) request.headers.emplace_back(name, value);
    if ((in.hasContentLength() || in.getChunkedTransferEncoding()) && !read_body(in, request.body)) {
      out.setKeepAlive(false);
      send(world_, out, problem(413, "Payload too large", "Request bodies must be less than 110MB in size"));
      drain(in.stream());
      return;
    }
    Response response;
    try {
      response = answer_api(world_, request);
    } catch (const std::exception& error) {
      std::cerr << "pixgraph-sandbox: " << request.method << " " << request.path << ": " << error.what() << "\n";
      response = problem(500, "Internal server error", error.what());
    }
    if (response.drop) {
      out.setKeepAlive(false);
      dynamic_cast<net::HTTPServerRequestImpl&>(in).socket().shutdown();
      return;
    }
    send(world_, out, response);
  }

 private:
  World& world_;
};

class DeliveryHandler : public net::HTTPRequestHandler {
 public:
  DeliveryHandler(World& world, bool behave) : world_(world), behave_(behave) {}

  void handleRequest(net::HTTPServerRequest& in, net::HTTPServerResponse& out) override {
    remember(world_, behave_ ? "redirected" : "delivery", in);
    if (in.has("Authorization")) world_.stats.count("downloads_with_authorization");
    const std::string uri = in.getURI();
    const Delivery delivery = answer_delivery(world_, in.getMethod(), uri.substr(0, uri.find('?')), behave_);
    const std::string& body = delivery.response.body;
    if (delivery.sent == body.size() && delivery.pieces == 1) {
      send(world_, out, delivery.response);
      return;
    }
    out.setKeepAlive(false);
    out.setContentType(delivery.response.type);
    out.setContentLength64(static_cast<Poco::Int64>(body.size()));
    std::ostream& stream = out.send();
    for (std::size_t i = 0; i < delivery.pieces; ++i) {
      const std::size_t from = delivery.sent * i / delivery.pieces;
      const std::size_t to = delivery.sent * (i + 1) / delivery.pieces;
      stream.write(body.data() + from, static_cast<std::streamsize>(to - from)).flush();
      if (i + 1 < delivery.pieces) world_.clock.sleep(kDripSeconds);
    }
  }

 private:
  World& world_;
  const bool behave_;
};

enum class Role { api, delivery, redirected };

class Factory : public net::HTTPRequestHandlerFactory {
 public:
  Factory(World& world, Role role) : world_(world), role_(role) {}
  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
    if (role_ == Role::api) return new ApiHandler(world_);
    return new DeliveryHandler(world_, role_ == Role::redirected);
  }

 private:
  World& world_;
  const Role role_;
};

// Poco's default pool has 16 threads and is shared with the whole process: each port has its own.
class Port {
 public:
  Port(World& world, Role role, int number)
      : pool_(2, kMaxConnections, 30), server_(new Factory(world, role), pool_, listen(number), parameters()) {}
  ~Port() { stop(); }
  void stop() {
    // Poco looks at its stop flag only after a quarter of a second or a connection: so there is one.
    std::thread waker([address = server_.socket().address()] {
      try {
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        net::StreamSocket(address).close();
      } catch (const Poco::Exception&) {
        // It had stopped already.
      }
    });
    server_.stopAll(true);
    waker.join();
  }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  void start() { server_.start(); }

 private:
  static net::ServerSocket listen(int number) {
    return net::ServerSocket(net::SocketAddress("127.0.0.1", static_cast<Poco::UInt16>(number)), 512);
  }
  static net::HTTPServerParams::Ptr parameters() {
    net::HTTPServerParams::Ptr parameters = new net::HTTPServerParams;
    parameters->setKeepAlive(true);
    parameters->setMaxThreads(kMaxConnections);
    parameters->setMaxQueued(kMaxConnections);
    parameters->setKeepAliveTimeout(Poco::Timespan(60, 0));
    return parameters;
  }

  Poco::ThreadPool pool_;
  net::HTTPServer server_;
};

}  // namespace

struct Server::Ports {
  explicit Ports(const Options& options)
      : world(options), api(world, Role::api, options.port), delivery(world, Role::delivery, 0) {
    if (world.faults.enabled(Fault::redirect)) redirected = std::make_unique<Port>(world, Role::redirected, 0);
    world.answer = {api.origin() + "/v1", delivery.origin() + "/v1"};
    world.delivery = delivery.origin();
    if (redirected) world.redirected = redirected->origin();
    api.start();
    delivery.start();
    if (redirected) redirected->start();
  }
  ~Ports() { world.predictions.stop(); }

  World world;
  Port api;
  Port delivery;
  std::unique_ptr<Port> redirected;
};

Server::Server(const Options& options) : ports_(std::make_unique<Ports>(options)) {}
Server::~Server() = default;

std::string Server::base_url() const {
  return ports_->world.answer.base;
}
std::string Server::delivery_origin() const {
  return ports_->world.delivery;
}

}  // namespace sandbox
