// HttpConnection: one TCP or TLS connection that never blocks past a deadline, and its read buffer.
//
// The socket is non-blocking and every wait is a poll with the time that is left, so that neither a dripping server nor
// a half-done TLS handshake outlives the call. Used by one thread at a time. Throws what http_errors.h says; after any
// throw the connection is good for nothing but its destructor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <Poco/Net/StreamSocket.h>

#include "http_address.h"
#include "http_tls.h"

namespace pixgraph {

class HttpConnection {
 public:
  /// Tries the addresses in turn, each with a fair share of the time, until one answers. Throws ConnectionLost with
  /// what the last one said, or where the time is over DeadlinePassed.
  static std::unique_ptr<HttpConnection> open(const std::vector<std::string>& addresses, std::uint16_t port,
                                              Clock::time_point deadline);

  /// Handshake and check of the certificate against `host`. Throws HttpError E203 (Sent::no), DeadlinePassed.
  void start_tls(TlsClient& tls, const std::string& host, std::uint16_t port, Clock::time_point deadline);

  /// Writes; returns early, with less than everything written, when the peer has sent something or is gone: then look
  /// at buffered() and at_end(), and call again for the rest where that makes sense. Returns what was written by this
  /// call.
  std::size_t write(std::string_view data, Clock::time_point deadline);

  /// Received and not consumed yet.
  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  /// Waits for more bytes; false at the end of the stream. May move what is buffered. REQUIRES: the buffer is not full.
  bool fill(Clock::time_point deadline);
  bool at_end() const { return at_end_; }
  /// Whether a byte came since the connection was taken from the pool, or made.
  bool ever_received() const { return received_; }
  bool buffer_full() const { return begin_ == 0 && end_ == capacity_; }
  /// From now on reads up to 256 KB at a time;
  void read_large();
  void reset_for_reuse();

  /// Neither closed by the peer nor with bytes that nobody asked for: what a pooled connection must be to be used
  /// again.
  bool quiet() const;

  /// After an answer: TLS 1.3 gives its tickets only then.
  void remember_session();

  AddressKind peer_kind() const { return peer_kind_; }
  bool is_tls() const { return tls_; }
  /// For the pool: when it was last used, and until when the server said it keeps it.
  Clock::time_point last_used{};
  Clock::time_point expires{};
  bool used_before = false;

  /// Of a large read buffer, and of the one a head must fit into.
  static constexpr std::size_t kLargeBuffer = 256 * 1024;
  static constexpr std::size_t kSmallBuffer = 64 * 1024;

 private:
  explicit HttpConnection(Poco::Net::StreamSocket socket, AddressKind peer_kind);
  /// Waits for `events`; returns what is ready. Throws DeadlinePassed.
  short wait(short events, Clock::time_point deadline) const;
  void resize(std::size_t capacity);
  /// One receive that does not wait. Bytes read, 0 at the end, or kWantRead / kWantWrite.
  int receive_now();
  /// One send that does not wait. Bytes written, or kWantRead / kWantWrite.
  int send_now(std::string_view piece);

  Poco::Net::StreamSocket socket_;
  bool tls_ = false;
  std::string session_key_;
  TlsClient* tls_client_ = nullptr;
  AddressKind peer_kind_;
  bool at_end_ = false;
  bool received_ = false;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace pixgraph
