// RawServer: a TCP server on 127.0.0.1 that does exactly what a test's script says, byte by byte.
//
//     RawServer server([](RawConnection& peer) {
//       peer.read_request();
//       peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
//     });
//     client.send({.url = server.url("/x")});
//
// The script runs once per connection, in a thread of its own; when it returns, the connection is closed. All of it
// ends with the server's scope: sockets are shut down, sleeps are woken, threads are joined.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pixgraph::test {

class RawServer;

class RawConnection {
 public:
  virtual ~RawConnection() = default;
  /// The next request, head and the body that its Content-Length says, also kept in RawServer::requests(). Empty at the
  /// end of the connection.
  std::string read_request();
  /// A head only, up to its empty line; what follows stays unread.
  std::string read_head();
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const long sent = write_some(bytes);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// A whole answer.
  bool answer(std::string_view body, std::string_view more_headers = "", std::string_view status = "200 OK") {
    return send("HTTP/1.1 " + std::string(status) + "\r\n" + std::string(more_headers) +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
  }
  /// One byte at a time.
  void drip(std::string_view bytes, std::chrono::milliseconds pause);
  /// False when the server is being ended meanwhile.
  bool sleep(std::chrono::milliseconds time);
  void wait_for_close() {
    char some[4096];
    while (read_some(some, sizeof some) > 0) {
    }
  }
  /// Closes with a reset instead of an end.
  void reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  int number() const { return number_; }  // of the connection, from 0
  int fd() const { return fd_; }
  RawServer& server() { return server_; }

  RawConnection(RawServer& server, int fd, int number) : server_(server), fd_(fd), number_(number) {}
  virtual long read_some(char* to, std::size_t size) { return ::recv(fd_, to, size, 0); }
  virtual long write_some(std::string_view bytes) { return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

 protected:
  RawServer& server_;
  int fd_;
  int number_;
  std::string unread_;
};

class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  explicit RawServer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("RawServer cannot listen");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~RawServer() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    wake_.notify_all();
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& one : threads_) one.join();
    ::close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  int port() const { return port_; }
  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  int connections() const { return connections_; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  void note(std::string request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  bool sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, time, [this] { return ended_; });
  }

 private:
  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      const timeval bound{10, 0};
      setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
      setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
      const std::lock_guard lock(mutex_);
      if (ended_) {
        ::close(fd);
        return;
      }
      open_.push_back(fd);
      threads_.emplace_back([this, fd, number = connections_++] {
        RawConnection connection(*this, fd, number);
        script_(connection);
        const std::lock_guard closing(mutex_);
        open_.remove(fd);
        ::close(fd);
      });
    }
  }

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::list<int> open_;
  std::vector<std::string> requests_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

inline bool RawConnection::sleep(std::chrono::milliseconds time) {
  return server_.sleep(time);
}

inline void RawConnection::drip(std::string_view bytes, std::chrono::milliseconds pause) {
  for (const char byte : bytes)
    if (!send({&byte, 1}) || !sleep(pause)) return;
}

inline std::string RawConnection::read_head() {
  std::size_t end;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    char some[16384];
    const long got = read_some(some, sizeof some);
    if (got <= 0) return {};
    unread_.append(some, static_cast<std::size_t>(got));
  }
  std::string head = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  return head;
}

inline std::string RawConnection::read_request() {
  std::string request = read_head();
  if (request.empty()) return {};
  std::size_t length = 0;
  if (const std::size_t at = request.find("Content-Length: "); at != std::string::npos)
    length = std::strtoul(request.c_str() + at + 16, nullptr, 10);
  while (unread_.size() < length) {
    char some[65536];
    const long got = read_some(some, sizeof some);
    if (got <= 0) break;
    unread_.append(some, static_cast<std::size_t>(got));
  }
  request += unread_.substr(0, length);
  unread_.erase(0, length);
  server_.note(request);
  return request;
}

}  // namespace pixgraph::test
