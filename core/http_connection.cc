#include "http_connection.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SocketAddress.h>
#include <fmt/format.h>

#include "http_errors.h"
#include "http_url.h"

namespace pixgraph {

namespace {

using Poco::Net::SecureStreamSocket;

constexpr int kWantRead = SecureStreamSocket::ERR_SSL_WANT_READ;
constexpr int kWantWrite = SecureStreamSocket::ERR_SSL_WANT_WRITE;
constexpr std::size_t kTlsRecord = 16 * 1024;

std::string system_words(int error) {
  std::string text = std::strerror(error);
  if (!text.empty() && text.front() >= 'A' && text.front() <= 'Z') text.front() |= 0x20;
  return text;
}

std::string words(const Poco::Exception& error) {
  if (error.code() > 0) return system_words(error.code());
  std::string text = error.displayText();
  if (text.find("unexpected eof") != std::string::npos) return "the connection was closed without the end of TLS";
  return text;
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

}  // namespace

HttpConnection::HttpConnection(Poco::Net::StreamSocket socket, AddressKind peer_kind)
    : socket_(std::move(socket)), peer_kind_(peer_kind) {
  socket_.setNoDelay(true);
  socket_.setBlocking(false);
  resize(kSmallBuffer);
}

std::unique_ptr<HttpConnection> HttpConnection::open(const std::vector<std::string>& addresses, std::uint16_t port,
                                                     Clock::time_point deadline) {
  std::string why = "no address";
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const int left_ms = milliseconds_until(deadline);
    if (left_ms == 0) throw DeadlinePassed{};
    // A silent address (a broken IPv6 route is the usual one) must leave time for those after it.
    const std::size_t left = addresses.size() - i;
    const int share_ms = left == 1 ? left_ms : std::max(1, std::min(left_ms / static_cast<int>(left), 3'000));
    try {
      Poco::Net::StreamSocket socket;
      socket.connect(Poco::Net::SocketAddress(addresses[i], port),
                     Poco::Timespan(Poco::Timespan::TimeDiff(share_ms) * 1000));
      return std::unique_ptr<HttpConnection>(new HttpConnection(std::move(socket), address_kind(addresses[i])));
    } catch (const Poco::TimeoutException&) {
      if (left == 1) throw DeadlinePassed{};
      why = "timed out";
    } catch (const Poco::Exception& error) {
      why = words(error);
    }
  }
  throw ConnectionLost{why};
}

void HttpConnection::start_tls(TlsClient& tls, const std::string& host, std::uint16_t port,
                               Clock::time_point deadline) {
  const std::string shown = host_and_port(host, port);
  TlsClient::clear_verify_error();
  ERR_clear_error();
  try {
    session_key_ = shown;
    tls_client_ = &tls;
    // A literal address is no server name (RFC 6066); it is checked against the certificate all the same.
    SecureStreamSocket secure = SecureStreamSocket::attach(socket_, is_address(host) ? std::string() : host,
                                                           tls.context(), tls.session(session_key_));
    socket_ = secure;
    tls_ = true;
    for (;;) {
      const int step = secure.completeHandshake();
      if (step == 1) break;
      if (step == 0) throw_tls_error(shown, "the server closed the connection", tls);
      wait(step == kWantWrite ? POLLOUT : POLLIN, deadline);
    }
    secure.verifyPeerCertificate(host);
  } catch (const Poco::Net::CertificateValidationException&) {
    throw HttpError("E203", fmt::format("TLS failed with {}: its certificate is for another host", shown),
                    HttpError::Sent::no, "check the host in the URL");
  } catch (const Poco::Exception& error) {
    throw_tls_error(shown, error.code() > 0 ? std::strerror(error.code()) : error.displayText(), tls);
  }
}

short HttpConnection::wait(short events, Clock::time_point deadline) const {
  pollfd one{socket_.impl()->sockfd(), events, 0};
  for (;;) {
    const int ready = ::poll(&one, 1, milliseconds_until(deadline));
    if (ready > 0) return one.revents;
    if (ready == 0 && Clock::now() >= deadline) throw DeadlinePassed{};
    if (ready < 0 && errno != EINTR) throw ConnectionLost{system_words(errno)};
  }
}

void HttpConnection::resize(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > begin_) std::memcpy(larger.get(), buffer_.get() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

void HttpConnection::read_large() {
  if (capacity_ < kLargeBuffer) resize(kLargeBuffer);
}

void HttpConnection::reset_for_reuse() {
  used_before = true;
  received_ = false;
  if (capacity_ > kSmallBuffer && end_ - begin_ <= kSmallBuffer) resize(kSmallBuffer);
}

int HttpConnection::receive_now() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == capacity_) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (tls_) ERR_clear_error();
  try {
    const int got = socket_.receiveBytes(buffer_.get() + end_, static_cast<int>(capacity_ - end_));
    if (got > 0) {
      end_ += static_cast<std::size_t>(got);
      received_ = true;
    }
    if (got == 0) at_end_ = true;
    return got;
  } catch (const Poco::Exception& error) {
    throw ConnectionLost{words(error)};
  }
}

bool HttpConnection::fill(Clock::time_point deadline) {
  if (at_end_) return false;
  for (;;) {
    // TLS may hold decrypted bytes that poll knows nothing of, so it is asked first; a plain socket is asked when
    // ready.
    if (!tls_) wait(POLLIN, deadline);
    const int got = receive_now();
    if (got >= 0) {
      if (Clock::now() >= deadline) throw DeadlinePassed{};  // a fast endless stream never waits
      // TLS gives a record at a time; what uses a large buffer wants it full.
      while (tls_ && got > 0 && capacity_ - end_ >= kTlsRecord && capacity_ > kSmallBuffer && receive_now() > 0) {
      }
      return got > 0;
    }
    if (tls_) wait(got == kWantWrite ? POLLOUT : POLLIN, deadline);
  }
}

int HttpConnection::send_now(std::string_view piece) {
  if (!tls_) {  // Poco's sendBytes throws where a non-blocking socket is full
    const ssize_t sent = ::send(socket_.impl()->sockfd(), piece.data(), piece.size(), MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<int>(sent);
    if (errno == EAGAIN || errno == EINTR) return kWantWrite;
    throw ConnectionLost{system_words(errno)};
  }
  ERR_clear_error();
  try {
    return socket_.sendBytes(piece.data(), static_cast<int>(piece.size()));
  } catch (const Poco::Exception& error) {
    throw ConnectionLost{words(error)};
  }
}

std::size_t HttpConnection::write(std::string_view data, Clock::time_point deadline) {
  std::size_t written = 0;
  while (written < data.size()) {
    // OpenSSL wants a record that it could not send to be offered again in the same size.
    const std::size_t piece =
        tls_ ? std::min(kTlsRecord, data.size() - written) : std::min<std::size_t>(data.size() - written, 1 << 20);
    int sent = 0;
    try {
      sent = send_now(data.substr(written, piece));
    } catch (const ConnectionLost&) {
      // The peer may have answered before it stopped listening ("413"): what it sent is still to be read.
      const std::size_t before = end_ - begin_;
      try {
        while (!buffer_full() && receive_now() > 0) {
        }
      } catch (const ConnectionLost&) {
      }
      if (end_ - begin_ > before) return written;
      throw;
    }
    if (sent > 0) {
      written += static_cast<std::size_t>(sent);
      if (written == data.size()) break;
      if (Clock::now() >= deadline) throw DeadlinePassed{};
      continue;
    }
    const bool blocked_by_reading = tls_ && sent == kWantRead;
    const short ready = wait(static_cast<short>(buffer_full()        ? POLLOUT
                                                : blocked_by_reading ? POLLIN
                                                                     : POLLIN | POLLOUT),
                             deadline);
    if ((ready & (POLLIN | POLLHUP)) && !buffer_full()) {
      const int got = receive_now();
      if (got >= 0) return written;
    }
  }
  return written;
}

void HttpConnection::remember_session() {
  if (!tls_ || used_before) return;
  try {
    const Poco::Net::Session::Ptr session = SecureStreamSocket(socket_).currentSession();
    if (session) tls_client_->remember(session_key_, session);
  } catch (const Poco::Exception&) {  // the next connection makes a whole handshake
  }
}

bool HttpConnection::quiet() const {
  if (at_end_ || begin_ != end_) return false;
  pollfd one{socket_.impl()->sockfd(), POLLIN, 0};
  return ::poll(&one, 1, 0) == 0;
}

}  // namespace pixgraph
